// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <errno.h>
#include <string.h>
#include <syslog.h>

#include "dtcpd/config-alias.h"
#include "dtcpd/config-interface.h"
#include "dtcpd/devices.h"
#include "dtcpd/log.h"

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

	if (name && x->again)
		return 0;
	if (name && config_device(name))
		err = x->t->ops->device_check(x->t->ctx, name, vrf);
	if (err == -ENODEV)
		return exchange_refuse(x, 901, scopes[scope].header, vrf ?
			"there is no such VRF" :
			"there is no such interface, or no interface-alias");
	return err ? exchange_kernel_refused(x, "look for a device") : 0;
}

/* Nothing goes through a passive group; and frames have no other place. */
static unsigned int check_scope(struct exchange *x)
{
	const struct config_group *g = x->source->group;
	enum dtcp_scope scope = x->r.scope;

	if (g->passive && (scope == DTCP_OUTPUT || scope == DTCP_VRF))
		return exchange_refuse(x, 432, scopes[scope].header,
			"the capture group is passive: packets go nowhere");
	if (x->r.family_ccc && scope == DTCP_EVERYWHERE && !g->ndevice)
		return exchange_refuse(x, 901, NULL,
			"no X-JTap-Input-Interface, and the capture group has no interfaces");
	return 0;
}

/* What comes in by one of a passive group, filters of no other group see. */
static bool is_taken(const struct config *c, const char *name)
{
	size_t i;

	for (i = 0; i < c->ngroup; i++)
		if (c->group[i].passive && config_group_has(&c->group[i], name))
			return true;
	return false;
}

static unsigned int check_group(struct exchange *x, const char *name)
{
	const struct config_group *g = x->source->group;

	if (x->r.scope != DTCP_INPUT || !g->ndevice ||
	    config_group_has(g, name))
		return 0;
	return exchange_refuse(x, 901, scopes[DTCP_INPUT].header,
			       "not an interface of the capture group");
}

/* One that nobody else has is enough to see something. */
static unsigned int check_taken(struct exchange *x, const struct devices *d)
{
	size_t i;

	if (x->r.scope != DTCP_INPUT || x->source->group->passive)
		return 0;
	for (i = 0; i < d->n; i++)
		if (!is_taken(x->t->config, d->name[i]))
			return 0;
	return exchange_refuse(x, 901, scopes[DTCP_INPUT].header,
			       "an interface of a passive capture group, "
			       "which takes all that comes in");
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
	unsigned int code = check_scope(x);
	const char *name;
	size_t i;

	*d = (struct devices){ .scope = scopes[r->scope].scope };
	for (i = 0; i < r->ninterface && !code; i++) {
		name = r->interface[i];
		if (r->scope != DTCP_VRF)
			name = config_interface(x->t->config, name);
		code = check(x, name);
		if (!code)
			code = check_group(x, name);
		if (!code)
			take(d, name);
	}
	return code ? code : check_taken(x, d);
}

/* A group works without; but a passive one is for devices that are there. */
static void warn(const struct tasking *t, const struct config_group *g)
{
	size_t i;

	for (i = 0; i < g->ndevice; i++)
		if (t->ops->device_check(t->ctx, g->device[i], false) ==
		    -ENODEV)
			log_msg(LOG_WARNING, "capture-group %s: there is no "
				"interface %s now; it counts as soon as there "
				"is", g->name, g->device[i]);
}

void devices_warn(const struct tasking *t, const struct config *c)
{
	size_t i;

	for (i = 0; i < c->ngroup; i++)
		if (c->group[i].passive)
			warn(t, &c->group[i]);
}

void devices_put(const struct devices *d, struct tasking_filter *f)
{
	f->scope = d->scope;
	memcpy(f->device, d->name, sizeof(f->device));
	f->ndevice = d->n;
}
