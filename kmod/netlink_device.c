// SPDX-License-Identifier: GPL-2.0
// Copyright (C) 2026 the dfc project

#include <linux/netdevice.h>

#include "device.h"
#include "filter.h"
#include "group.h"
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

int dfc_netlink_device_parse(struct dfc_net *dn, const struct nlattr *a,
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
	err = dfc_where_add(where, dn->net, name);
	if (err == -EEXIST) {
		NL_SET_ERR_MSG_ATTR(extack, a, "device is given twice");
		return -EINVAL;
	}
	return err;
}

static int device_parse(struct dfc_net *dn, const struct nlattr *a,
			struct dfc_where *where,
			struct netlink_ext_ack *extack)
{
	if (where->scope == DFC_SCOPE_VRF && where->n) {
		NL_SET_ERR_MSG_ATTR(extack, a, "filter has more than one VRF");
		return -EINVAL;
	}
	if (where->n == where->max) {
		NL_SET_ERR_MSG_ATTR(extack, a,
				    "filter has more than 8 devices");
		return -EINVAL;
	}
	return dfc_netlink_device_parse(dn, a, where, extack);
}

static int devices_parse(struct dfc_net *dn, const struct nlattr *nest,
			 enum dfc_scope scope, struct dfc_filter *f,
			 struct netlink_ext_ack *extack)
{
	struct dfc_extra *extra = dfc_extra_get(f);
	const struct nlattr *a;
	int rem, err;

	if (!extra)
		return -ENOMEM;
	extra->where = dfc_where_alloc(&dn->devices, scope,
				       DFC_FILTER_DEVICES_MAX);
	if (!extra->where)
		return -ENOMEM;
	for_each_device(a, nest, rem) {
		err = device_parse(dn, a, extra->where, extack);
		if (err)
			return err;
	}
	return 0;
}

/* A filter of a passive group can be for some of its devices only. */
static int check_passive(struct dfc_net *dn, const struct nlattr *nest,
			 struct nlattr **tb, const struct dfc_filter *f,
			 struct netlink_ext_ack *extack)
{
	const struct dfc_where *group = dfc_group_where(dn, f->group);
	const struct dfc_where *where = dfc_filter_where(f);
	const struct nlattr *a;
	unsigned int i = 0;
	int rem;

	if (!where)
		return 0;
	if (where->scope != DFC_SCOPE_INPUT) {
		NL_SET_ERR_MSG_ATTR(extack, tb[DFC_FILTER_A_SCOPE],
				    "in a passive group SCOPE can only be input");
		return -EINVAL;
	}
	for_each_device(a, nest, rem) {
		if (!dfc_where_has(group, where->device[i++])) {
			NL_SET_ERR_MSG_ATTR(extack, a,
					    "device is not one of the passive group");
			return -EINVAL;
		}
	}
	return 0;
}

/* Frames are seen at devices, so there must be some. */
static int check_frames(struct dfc_net *dn, const struct nlattr *family,
			const struct dfc_filter *f,
			struct netlink_ext_ack *extack)
{
	const struct dfc_where *where = dfc_filter_where(f);

	if (!family || nla_get_u16(family) != AF_PACKET ||
	    (where && where->scope != DFC_SCOPE_VRF) ||
	    dfc_group_where(dn, f->group))
		return 0;
	NL_SET_ERR_MSG_ATTR(extack, family,
			    "frames need SCOPE input or output, or a group with devices");
	return -EINVAL;
}

int dfc_netlink_where_parse(struct dfc_net *dn, const struct nlattr *nest,
			    struct nlattr **tb, struct dfc_filter *f,
			    struct netlink_ext_ack *extack)
{
	enum dfc_scope scope = DFC_SCOPE_ANY;
	int err;

	if (tb[DFC_FILTER_A_SCOPE])
		scope = nla_get_u32(tb[DFC_FILTER_A_SCOPE]);
	err = check_scope(tb, scope, extack);
	if (!err && scope != DFC_SCOPE_ANY)
		err = devices_parse(dn, nest, scope, f, extack);
	if (!err && dfc_group_is_passive(f->group))
		err = check_passive(dn, nest, tb, f, extack);
	return err ?: check_frames(dn, tb[DFC_FILTER_A_FAMILY], f, extack);
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
