// SPDX-License-Identifier: GPL-2.0
// Copyright (C) 2026 the dfc project

#include <linux/netdevice.h>

#include "device.h"
#include "net.h"
#include "netlink.h"

#define for_each_device(a, nest, rem) \
	nla_for_each_nested(a, nest, rem) \
		if (nla_type(a) == DFC_FILTER_A_DEVICE)

/* One culprit a sentence: the attribute that is there without the other. */
static int check_scope(struct nlattr **tb, enum dfc_scope scope,
		       struct netlink_ext_ack *extack)
{
	if (scope == DFC_SCOPE_ANY && tb[DFC_FILTER_A_DEVICE]) {
		NL_SET_ERR_MSG_ATTR(extack, tb[DFC_FILTER_A_DEVICE],
				    "DEVICE needs a SCOPE that says what it is");
		return -EINVAL;
	}
	if (scope != DFC_SCOPE_ANY && !tb[DFC_FILTER_A_DEVICE]) {
		NL_SET_ERR_MSG_ATTR(extack, tb[DFC_FILTER_A_SCOPE],
				    "SCOPE needs a DEVICE");
		return -EINVAL;
	}
	return 0;
}

static int device_parse(struct dfc_net *dn, const struct nlattr *a,
			struct dfc_where *where,
			struct netlink_ext_ack *extack)
{
	const char *name = nla_data(a);
	int err;

	if (!dev_valid_name(name)) {
		NL_SET_ERR_MSG_ATTR(extack, a,
				    "no network device can have this name");
		return -EINVAL;
	}
	if (where->scope == DFC_SCOPE_VRF && where->n) {
		NL_SET_ERR_MSG_ATTR(extack, a, "filter has more than one VRF");
		return -EINVAL;
	}
	if (where->n == DFC_FILTER_DEVICES_MAX) {
		NL_SET_ERR_MSG_ATTR(extack, a,
				    "filter has more than 8 devices");
		return -EINVAL;
	}
	err = dfc_where_add(where, dn->net, name);
	if (err == -EEXIST) {
		NL_SET_ERR_MSG_ATTR(extack, a, "device is given twice");
		return -EINVAL;
	}
	return err;
}

int dfc_netlink_where_parse(struct dfc_net *dn, const struct nlattr *nest,
			    struct nlattr **tb, struct dfc_where **where,
			    struct netlink_ext_ack *extack)
{
	enum dfc_scope scope = DFC_SCOPE_ANY;
	struct dfc_where *w;
	const struct nlattr *a;
	int err, rem;

	if (tb[DFC_FILTER_A_SCOPE])
		scope = nla_get_u32(tb[DFC_FILTER_A_SCOPE]);
	err = check_scope(tb, scope, extack);
	if (err || scope == DFC_SCOPE_ANY)
		return err;
	w = dfc_where_alloc(&dn->devices, scope);
	if (!w)
		return -ENOMEM;
	for_each_device(a, nest, rem) {
		err = device_parse(dn, a, w, extack);
		if (err) {
			dfc_where_free(w);
			return err;
		}
	}
	*where = w;
	return 0;
}

int dfc_netlink_where_fill(struct sk_buff *msg, const struct dfc_where *where)
{
	unsigned int i;

	if (!where)
		return 0;
	if (nla_put_u32(msg, DFC_FILTER_A_SCOPE, where->scope))
		return -EMSGSIZE;
	for (i = 0; i < where->n; i++) {
		if (nla_put_string(msg, DFC_FILTER_A_DEVICE,
				   where->device[i]->name))
			return -EMSGSIZE;
	}
	return 0;
}
