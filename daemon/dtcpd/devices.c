// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <errno.h>
#include <string.h>

#include "dtcpd/config-alias.h"
#include "dtcpd/devices.h"

_Static_assert(DTCP_INTERFACES_MAX <= DFC_FILTER_DEVICES_MAX,
	       "an ADD may name more interfaces than a filter has");

static const struct {
	enum dfc_scope scope;
	const char *header;
} scopes[] = {
	[DTCP_EVERYWHERE] = { DFC_SCOPE_ANY, NULL },
	[DTCP_INPUT] = { DFC_SCOPE_INPUT, "X-JTap-Input-Interface" },
	[DTCP_OUTPUT] = { DFC_SCOPE_OUTPUT, "X-JTap-Output-Interface" },
	[DTCP_VRF] = { DFC_SCOPE_VRF, "X-JTap-VRF-Name" },
};

static unsigned int check(struct exchange *x, const char *name)
{
	enum dtcp_scope scope = x->r.scope;
	bool vrf = scope == DTCP_VRF;
	int err = -ENODEV;

	if (name && config_device(name))
		err = x->t->ops->device_check(x->t->ctx, name, vrf);
	if (err == -ENODEV)
		return exchange_refuse(x, 901, scopes[scope].header, vrf ?
			"there is no such VRF" :
			"there is no such interface, or no interface-alias");
	return err ? exchange_kernel_refused(x, "look for a device") : 0;
}

/* Two names may mean the same device. */
static void take(struct devices *d, const char *name)
{
	size_t i;

	for (i = 0; i < d->n; i++)
		if (!strcmp(d->name[i], name))
			return;
	d->name[d->n++] = name;
}

unsigned int devices_resolve(struct devices *d, struct exchange *x)
{
	const struct dtcp_request *r = &x->r;
	unsigned int code;
	const char *name;
	size_t i;

	*d = (struct devices){ .scope = scopes[r->scope].scope };
	for (i = 0; i < r->ninterface; i++) {
		name = r->interface[i];
		if (r->scope != DTCP_VRF)
			name = config_interface(x->t->config, name);
		code = check(x, name);
		if (code)
			return code;
		take(d, name);
	}
	return 0;
}

void devices_put(const struct devices *d, struct tasking_filter *f)
{
	f->scope = d->scope;
	memcpy(f->device, d->name, sizeof(f->device));
	f->ndevice = d->n;
}
