// SPDX-License-Identifier: GPL-2.0
// Copyright (C) 2026 the dfc project

#include <net/sock.h>

#include "device.h"
#include "group.h"
#include "mask.h"
#include "net.h"
#include "netlink.h"

#define OUT_ONLY(what) { \
	.type = NLA_REJECT, \
	.reject_message = what " is reported, not set", \
}

const struct nla_policy dfc_group_policy[DFC_GROUP_A_MAX + 1] = {
	[DFC_GROUP_A_ID] = NLA_POLICY_MIN(NLA_U32, 1),
	[DFC_GROUP_A_FLAGS] = NLA_POLICY_MASK(NLA_U32, DFC_GROUP_F_ALL),
	[DFC_GROUP_A_MODE] = NLA_POLICY_MAX(NLA_U32, DFC_MODE_MAX),
	[DFC_GROUP_A_DEVICE] = {
		.type = NLA_NUL_STRING,
		.len = IFNAMSIZ - 1,
	},
	[DFC_GROUP_A_MASKS_MAX] = NLA_POLICY_RANGE(NLA_U32, 1, DFC_MASKS_MAX),
	[DFC_GROUP_A_FILTERS] = OUT_ONLY("FILTERS"),
	[DFC_GROUP_A_MASKS] = OUT_ONLY("MASKS"),
	[DFC_GROUP_A_SEEN_PACKETS] = OUT_ONLY("SEEN_PACKETS"),
	[DFC_GROUP_A_DUPLICATES_MAX] =
		NLA_POLICY_RANGE(NLA_U32, 1, DFC_GROUP_DUPLICATES_MAX),
	[DFC_GROUP_A_TAG] = { .type = NLA_U32 },
};

#define ID_ATTRS BIT(DFC_GROUP_A_ID)
#define ANY_ATTRS GENMASK(DFC_GROUP_A_MAX, 0)
/* What SET may replace. */
#define SET_ATTRS (ANY_ATTRS & ~(BIT(DFC_GROUP_A_MODE) | BIT(DFC_GROUP_A_TAG)))

#define for_each_device(a, nest, rem) \
	nla_for_each_nested(a, nest, rem) \
		if (nla_type(a) == DFC_GROUP_A_DEVICE)

/* Reads the group nest, which may have the attributes in @may. */
static int nest_parse(struct genl_info *info, struct nlattr **tb, u32 may)
{
	const struct nlattr *nest = info->attrs[DFC_A_GROUP];
	int err, i;

	err = dfc_netlink_precheck(info->nlhdr, DFC_A_GROUP, false,
				   info->extack);
	if (err)
		return err;
	if (!nest) {
		GENL_SET_ERR_MSG(info, "no group is given");
		return -EINVAL;
	}
	err = nla_parse_nested(tb, DFC_GROUP_A_MAX, nest, dfc_group_policy,
			       info->extack);
	if (!err)
		err = dfc_netlink_once(nest, may & BIT(DFC_GROUP_A_DEVICE),
				       info->extack);
	if (err)
		return err;
	if (!tb[DFC_GROUP_A_ID]) {
		NL_SET_ERR_MSG_ATTR(info->extack, nest, "group id is missing");
		return -EINVAL;
	}
	for (i = DFC_GROUP_A_ID + 1; i <= DFC_GROUP_A_MAX; i++) {
		if (tb[i] && !(may & BIT(i))) {
			NL_SET_ERR_MSG_ATTR(info->extack, tb[i],
					    "attribute does not belong to this command");
			return -EINVAL;
		}
	}
	return 0;
}

static int count_devices(const struct nlattr *nest,
			 struct netlink_ext_ack *extack)
{
	const struct nlattr *a;
	int rem, n = 0;

	for_each_device(a, nest, rem) {
		if (++n > DFC_GROUP_DEVICES_MAX) {
			NL_SET_ERR_MSG_ATTR(extack, a,
					    "group has more than 64 devices");
			return -EINVAL;
		}
	}
	return n;
}

/* What comes in by a device can be consumed for one group only. */
static int device_parse(struct dfc_net *dn, const struct nlattr *a,
			const struct dfc_group *group, struct dfc_where *where,
			struct netlink_ext_ack *extack)
{
	const struct dfc_group *other;
	int err;

	err = dfc_netlink_device_parse(dn, a, where, extack);
	if (err || !dfc_group_is_passive(group))
		return err;
	other = where->device[where->n - 1]->passive;
	if (other && other != group) {
		NL_SET_ERR_MSG_ATTR(extack, a,
				    "another passive group has this device");
		return -EBUSY;
	}
	return 0;
}

static int where_parse(struct dfc_net *dn, const struct nlattr *nest,
		       const struct dfc_group *group, struct dfc_where **where,
		       struct netlink_ext_ack *extack)
{
	int n = count_devices(nest, extack);
	const struct nlattr *a;
	struct dfc_where *w;
	int rem, err;

	if (n <= 0)
		return n;
	w = dfc_where_alloc(&dn->devices, DFC_SCOPE_INPUT, n);
	if (!w) {
		NL_SET_ERR_MSG(extack, "no memory for the group's devices");
		return -ENOMEM;
	}
	for_each_device(a, nest, rem) {
		err = device_parse(dn, a, group, w, extack);
		if (err) {
			dfc_where_free(w);
			return err;
		}
	}
	*where = w;
	return 0;
}

/* What goes with the mode of the group, and what does not. */
static int precheck(const struct nlattr *nest, struct nlattr **tb,
		    const struct dfc_group *group, u32 flags,
		    struct netlink_ext_ack *extack)
{
	if (!dfc_group_is_passive(group))
		return 0;
	if (flags & DFC_GROUP_F_LOCAL) {
		NL_SET_ERR_MSG_ATTR(extack, tb[DFC_GROUP_A_FLAGS],
				    "LOCAL is for active groups only");
		return -EINVAL;
	}
	if (!tb[DFC_GROUP_A_DEVICE]) {
		NL_SET_ERR_MSG_ATTR(extack, nest,
				    "a passive group needs a DEVICE");
		return -EINVAL;
	}
	return 0;
}

static int settings_parse(struct dfc_net *dn, struct genl_info *info,
			  struct nlattr **tb, const struct dfc_group *group,
			  struct dfc_group_settings *settings)
{
	const struct nlattr *nest = info->attrs[DFC_A_GROUP];
	int err;

	*settings = (struct dfc_group_settings){ .masks_max = DFC_MASKS_MAX };
	if (tb[DFC_GROUP_A_FLAGS])
		settings->flags = nla_get_u32(tb[DFC_GROUP_A_FLAGS]);
	if (tb[DFC_GROUP_A_MASKS_MAX])
		settings->masks_max = nla_get_u32(tb[DFC_GROUP_A_MASKS_MAX]);
	if (tb[DFC_GROUP_A_DUPLICATES_MAX])
		settings->duplicates_max =
			nla_get_u32(tb[DFC_GROUP_A_DUPLICATES_MAX]);
	err = precheck(nest, tb, group, settings->flags, info->extack);
	return err ?: where_parse(dn, nest, group, &settings->where,
				  info->extack);
}

static int add(struct dfc_net *dn, struct genl_info *info, struct nlattr **tb,
	       struct dfc_group *group)
{
	struct dfc_group_settings settings;
	int err;

	err = settings_parse(dn, info, tb, group, &settings);
	if (err)
		return err;
	err = dfc_group_add(dn, group, &settings, info->snd_portid,
			    info->extack);
	if (err) {
		NL_SET_BAD_ATTR(info->extack, tb[DFC_GROUP_A_ID]);
		dfc_where_free(settings.where);
	}
	return err;
}

int dfc_netlink_group_add(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr *tb[DFC_GROUP_A_MAX + 1];
	enum dfc_mode mode = DFC_MODE_ACTIVE;
	struct dfc_group *group;
	struct dfc_net *dn;
	int err;

	err = nest_parse(info, tb, ANY_ATTRS);
	if (err)
		return err;
	if (tb[DFC_GROUP_A_MODE])
		mode = nla_get_u32(tb[DFC_GROUP_A_MODE]);
	group = dfc_group_alloc(nla_get_u32(tb[DFC_GROUP_A_ID]), mode);
	if (!group) {
		GENL_SET_ERR_MSG(info, "no memory for the group");
		return -ENOMEM;
	}
	if (tb[DFC_GROUP_A_TAG])
		group->tag = nla_get_u32(tb[DFC_GROUP_A_TAG]);
	dn = dfc_netlink_begin(genl_info_net(info));
	err = add(dn, info, tb, group);
	dfc_netlink_end(dn);
	if (err)
		dfc_group_free(group);
	return err;
}

static struct dfc_group *lookup(struct dfc_net *dn, struct genl_info *info,
				struct nlattr **tb)
{
	struct dfc_group *group;

	group = dfc_group_lookup(dn, nla_get_u32(tb[DFC_GROUP_A_ID]));
	if (!group)
		NL_SET_ERR_MSG_ATTR(info->extack, tb[DFC_GROUP_A_ID],
				    "there is no group with this id");
	return group;
}

static int set(struct dfc_net *dn, struct genl_info *info, struct nlattr **tb)
{
	struct dfc_group *group = lookup(dn, info, tb);
	struct dfc_group_settings settings;
	int err;

	if (!group)
		return -ENOENT;
	if (group->frames && !tb[DFC_GROUP_A_DEVICE]) {
		NL_SET_ERR_MSG_ATTR(info->extack, info->attrs[DFC_A_GROUP],
				    "filters of frames in this group need a DEVICE");
		return -EBUSY;
	}
	err = settings_parse(dn, info, tb, group, &settings);
	if (err)
		return err;
	err = dfc_group_set(dn, group, &settings, info->snd_portid,
			    info->extack);
	if (err)
		dfc_where_free(settings.where);
	return err;
}

int dfc_netlink_group_set(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr *tb[DFC_GROUP_A_MAX + 1];
	struct dfc_net *dn;
	int err;

	err = nest_parse(info, tb, SET_ATTRS);
	if (err)
		return err;
	dn = dfc_netlink_begin(genl_info_net(info));
	err = set(dn, info, tb);
	dfc_netlink_end(dn);
	return err;
}

int dfc_netlink_group_del(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr *tb[DFC_GROUP_A_MAX + 1];
	struct dfc_group *group;
	struct dfc_net *dn;
	int err;

	err = nest_parse(info, tb, ID_ATTRS);
	if (err)
		return err;
	dn = dfc_netlink_begin(genl_info_net(info));
	group = lookup(dn, info, tb);
	if (!group) {
		err = -ENOENT;
	} else if (group->users) {
		NL_SET_ERR_MSG_ATTR(info->extack, tb[DFC_GROUP_A_ID],
				    "filters are still in this group");
		err = -EBUSY;
	} else {
		dfc_group_del(dn, group);
	}
	dfc_netlink_end(dn);
	return err;
}

static int where_fill(struct sk_buff *msg, const struct dfc_where *where)
{
	unsigned int i;

	for (i = 0; where && i < where->n; i++) {
		if (nla_put_string(msg, DFC_GROUP_A_DEVICE,
				   where->device[i]->name))
			return -EMSGSIZE;
	}
	return 0;
}

static int seen_fill(struct sk_buff *msg, const struct dfc_group *group)
{
	if (!dfc_group_is_passive(group))
		return 0;
	return nla_put_u64_64bit(msg, DFC_GROUP_A_SEEN_PACKETS,
				 dfc_group_seen_sum(group), DFC_GROUP_A_PAD);
}

static int fill(struct sk_buff *msg, const void *arg)
{
	const struct dfc_group *group = arg;
	struct nlattr *nest;

	nest = nla_nest_start(msg, DFC_A_GROUP);
	if (!nest || nla_put_u32(msg, DFC_GROUP_A_ID, group->id) ||
	    nla_put_u32(msg, DFC_GROUP_A_FLAGS, group->flags) ||
	    nla_put_u32(msg, DFC_GROUP_A_MODE, group->mode) ||
	    where_fill(msg, rcu_dereference_protected(group->where, true)) ||
	    nla_put_u32(msg, DFC_GROUP_A_MASKS_MAX, group->quota.max) ||
	    (group->duplicates_max &&
	     nla_put_u32(msg, DFC_GROUP_A_DUPLICATES_MAX,
			 group->duplicates_max)) ||
	    nla_put_u32(msg, DFC_GROUP_A_TAG, group->tag) ||
	    nla_put_u32(msg, DFC_GROUP_A_FILTERS, group->users) ||
	    nla_put_u32(msg, DFC_GROUP_A_MASKS, group->quota.n) ||
	    seen_fill(msg, group))
		return -EMSGSIZE;
	nla_nest_end(msg, nest);
	return 0;
}

int dfc_netlink_group_get(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr *tb[DFC_GROUP_A_MAX + 1];
	struct dfc_group *group;
	struct dfc_net *dn;
	int err;

	err = nest_parse(info, tb, ID_ATTRS);
	if (err)
		return err;
	dn = dfc_netlink_begin(genl_info_net(info));
	group = lookup(dn, info, tb);
	err = group ? dfc_netlink_reply(info, fill, group) : -ENOENT;
	dfc_netlink_end(dn);
	return err;
}

int dfc_netlink_group_dump(struct sk_buff *msg, struct netlink_callback *cb)
{
	struct dfc_net *dn = dfc_netlink_begin(sock_net(cb->skb->sk));
	int ret;

	ret = dfc_netlink_dump(msg, cb, &dn->groups, dn, fill);
	dfc_netlink_end(dn);
	return ret;
}
