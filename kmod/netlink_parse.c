// SPDX-License-Identifier: GPL-2.0
// Copyright (C) 2026 the dfc project

#include <linux/slab.h>

#include "dest.h"
#include "filter.h"
#include "group.h"
#include "net.h"
#include "netlink.h"

#define OUT_ONLY(what) { \
	.type = NLA_REJECT, \
	.reject_message = what " is reported, not set", \
}

/* Not const, since not all kernels take one that is. */
static struct netlink_range_validation timeout_range = {
	.min = 1,
	.max = DFC_TIMEOUT_MAX,
};

static struct netlink_range_validation intercept_range = {
	.max = DFC_INTERCEPT_ID_MAX,
};

const struct nla_policy dfc_filter_policy[DFC_FILTER_A_MAX + 1] = {
	[DFC_FILTER_A_ID] = NLA_POLICY_MIN(NLA_U32, 1),
	[DFC_FILTER_A_FLAGS] = NLA_POLICY_MASK(NLA_U32, DFC_FILTER_F_ALL),
	[DFC_FILTER_A_FAMILY] = { .type = NLA_U16 },
	[DFC_FILTER_A_SRC] = { .type = NLA_NESTED },
	[DFC_FILTER_A_DST] = { .type = NLA_NESTED },
	[DFC_FILTER_A_PROTOCOL] = { .type = NLA_NESTED },
	[DFC_FILTER_A_SRC_PORT] = { .type = NLA_NESTED },
	[DFC_FILTER_A_DST_PORT] = { .type = NLA_NESTED },
	[DFC_FILTER_A_DEST_ID] = NLA_POLICY_MIN(NLA_U32, 1),
	[DFC_FILTER_A_PRIORITY] = { .type = NLA_U32 },
	[DFC_FILTER_A_TIMEOUT_TOTAL] =
		NLA_POLICY_FULL_RANGE(NLA_U32, &timeout_range),
	[DFC_FILTER_A_TIMEOUT_IDLE] =
		NLA_POLICY_FULL_RANGE(NLA_U32, &timeout_range),
	[DFC_FILTER_A_LIMIT_PACKETS] = NLA_POLICY_MIN(NLA_U64, 1),
	[DFC_FILTER_A_LIMIT_BYTES] = NLA_POLICY_MIN(NLA_U64, 1),
	[DFC_FILTER_A_LEFT_TOTAL] = OUT_ONLY("LEFT_TOTAL"),
	[DFC_FILTER_A_LEFT_IDLE] = OUT_ONLY("LEFT_IDLE"),
	[DFC_FILTER_A_LEFT_PACKETS] = OUT_ONLY("LEFT_PACKETS"),
	[DFC_FILTER_A_LEFT_BYTES] = OUT_ONLY("LEFT_BYTES"),
	[DFC_FILTER_A_AGE] = OUT_ONLY("AGE"),
	[DFC_FILTER_A_COUNTERS] = OUT_ONLY("COUNTERS"),
	[DFC_FILTER_A_ICMP_TYPE] = { .type = NLA_NESTED },
	[DFC_FILTER_A_ICMP_CODE] = { .type = NLA_NESTED },
	[DFC_FILTER_A_SCOPE] = NLA_POLICY_MAX(NLA_U32, DFC_SCOPE_MAX),
	[DFC_FILTER_A_DEVICE] = {
		.type = NLA_NUL_STRING,
		.len = IFNAMSIZ - 1,
	},
	[DFC_FILTER_A_ACTION] = NLA_POLICY_MAX(NLA_U32, DFC_ACTION_MAX),
	[DFC_FILTER_A_INTERCEPT_ID] =
		NLA_POLICY_FULL_RANGE(NLA_U32, &intercept_range),
	[DFC_FILTER_A_SESSION_ID] = { .type = NLA_U32 },
	[DFC_FILTER_A_GROUP_ID] = NLA_POLICY_MIN(NLA_U32, 1),
};

#define LISTS_ATTRS \
	(DFC_FILTER_BIT(SRC) | DFC_FILTER_BIT(DST) | \
	 DFC_FILTER_BIT(PROTOCOL) | DFC_FILTER_BIT(SRC_PORT) | \
	 DFC_FILTER_BIT(DST_PORT) | DFC_FILTER_BIT(ICMP_TYPE) | \
	 DFC_FILTER_BIT(ICMP_CODE) | DFC_FILTER_BIT(DEVICE) | \
	 DFC_FILTER_BIT(DEST_ID))
#define ANY_ATTRS GENMASK(DFC_FILTER_A_MAX, 0)

int dfc_netlink_nest_parse(const struct nlattr *nest, struct nlattr **tb,
			   u32 must, u32 may, struct netlink_ext_ack *extack)
{
	int err, i;

	err = nla_parse_nested(tb, DFC_FILTER_A_MAX, nest, dfc_filter_policy,
			       extack);
	if (!err)
		err = dfc_netlink_once(nest, may == ANY_ATTRS ? LISTS_ATTRS : 0,
				       extack);
	if (err)
		return err;
	if (must & DFC_FILTER_BIT(ID) && !tb[DFC_FILTER_A_ID]) {
		NL_SET_ERR_MSG_ATTR(extack, nest, "filter id is missing");
		return -EINVAL;
	}
	if (must & DFC_FILTER_BIT(DEST_ID) && !tb[DFC_FILTER_A_DEST_ID]) {
		NL_SET_ERR_MSG_ATTR(extack, nest,
				    "filter needs a destination");
		return -EINVAL;
	}
	for (i = 1; i <= DFC_FILTER_A_MAX; i++) {
		if (tb[i] && !(may & BIT(i))) {
			NL_SET_ERR_MSG_ATTR(extack, tb[i],
					    "attribute does not belong to this command");
			return -EINVAL;
		}
	}
	return 0;
}

void dfc_netlink_limits_parse(struct dfc_limits *limits, struct nlattr **tb)
{
	memset(limits, 0, sizeof(*limits));
	if (tb[DFC_FILTER_A_TIMEOUT_TOTAL])
		limits->timeout_total =
			nla_get_u32(tb[DFC_FILTER_A_TIMEOUT_TOTAL]);
	if (tb[DFC_FILTER_A_TIMEOUT_IDLE])
		limits->timeout_idle =
			nla_get_u32(tb[DFC_FILTER_A_TIMEOUT_IDLE]);
	if (tb[DFC_FILTER_A_LIMIT_PACKETS])
		limits->packets = nla_get_u64(tb[DFC_FILTER_A_LIMIT_PACKETS]);
	if (tb[DFC_FILTER_A_LIMIT_BYTES])
		limits->bytes = nla_get_u64(tb[DFC_FILTER_A_LIMIT_BYTES]);
}

#define for_each_dest_id(a, nest, rem) \
	nla_for_each_nested(a, nest, rem) \
		if (nla_type(a) == DFC_FILTER_A_DEST_ID)

static int dests_parse(struct dfc_net *dn, const struct nlattr *nest,
		       struct dfc_filter *f, struct netlink_ext_ack *extack)
{
	struct dfc_dest **dest = dfc_filter_dests(f);
	const struct nlattr *a;
	unsigned int n = 0, i;
	int rem;

	for_each_dest_id(a, nest, rem) {
		dest[n] = dfc_dest_lookup(dn, nla_get_u32(a));
		if (!dest[n]) {
			NL_SET_ERR_MSG_ATTR(extack, a,
					    "there is no destination with this id");
			return -ENOENT;
		}
		for (i = 0; i < n; i++) {
			if (dest[i] == dest[n]) {
				NL_SET_ERR_MSG_ATTR(extack, a,
						    "destination is given twice");
				return -EINVAL;
			}
		}
		n++;
	}
	return 0;
}

static int dests_count(const struct nlattr *nest,
		       struct netlink_ext_ack *extack)
{
	const struct nlattr *a;
	int rem, n = 0;

	for_each_dest_id(a, nest, rem)
		n++;
	if (n > DFC_FILTER_DESTS_MAX) {
		NL_SET_ERR_MSG_ATTR(extack, nest,
				    "filter has more than 64 destinations");
		return -EINVAL;
	}
	return n;
}

static int group_parse(struct dfc_net *dn, struct dfc_filter *f,
		       const struct nlattr *a, struct netlink_ext_ack *extack)
{
	if (!a)
		return 0;
	f->group = dfc_group_lookup(dn, nla_get_u32(a));
	if (f->group)
		return 0;
	NL_SET_ERR_MSG_ATTR(extack, a, "there is no group with this id");
	return -ENOENT;
}

/* What goes together, and what does not. */
static int precheck(const struct nlattr *nest, struct nlattr **tb,
		    struct netlink_ext_ack *extack)
{
	u32 action = tb[DFC_FILTER_A_ACTION] ?
		     nla_get_u32(tb[DFC_FILTER_A_ACTION]) : DFC_ACTION_COPY;
	const struct nlattr *icmp = tb[DFC_FILTER_A_ICMP_TYPE] ?:
				    tb[DFC_FILTER_A_ICMP_CODE];
	const struct nlattr *ids = tb[DFC_FILTER_A_INTERCEPT_ID];

	if (icmp && (tb[DFC_FILTER_A_SRC_PORT] || tb[DFC_FILTER_A_DST_PORT])) {
		NL_SET_ERR_MSG_ATTR(extack, icmp,
				    "a filter has ICMP types and codes, or ports, but not both");
		return -EINVAL;
	}
	if (tb[DFC_FILTER_A_SESSION_ID] && !ids) {
		NL_SET_ERR_MSG_ATTR(extack, tb[DFC_FILTER_A_SESSION_ID],
				    "SESSION_ID needs an INTERCEPT_ID");
		return -EINVAL;
	}
	if (action == DFC_ACTION_BLOCK && (tb[DFC_FILTER_A_DEST_ID] || ids)) {
		NL_SET_ERR_MSG_ATTR(extack, tb[DFC_FILTER_A_DEST_ID] ?: ids,
				    "a filter that blocks makes no copies");
		return -EINVAL;
	}
	if (action != DFC_ACTION_BLOCK && !tb[DFC_FILTER_A_DEST_ID]) {
		NL_SET_ERR_MSG_ATTR(extack, nest,
				    "filter needs a destination");
		return -EINVAL;
	}
	return 0;
}

static void scalars_parse(struct dfc_filter *f, struct nlattr **tb)
{
	f->node.id = nla_get_u32(tb[DFC_FILTER_A_ID]);
	if (tb[DFC_FILTER_A_FLAGS])
		f->flags = nla_get_u32(tb[DFC_FILTER_A_FLAGS]);
	if (tb[DFC_FILTER_A_PRIORITY])
		f->node.priority = nla_get_u32(tb[DFC_FILTER_A_PRIORITY]);
	if (tb[DFC_FILTER_A_ACTION])
		f->action = nla_get_u32(tb[DFC_FILTER_A_ACTION]);
}

static int ids_parse(struct dfc_filter *f, struct nlattr **tb)
{
	struct dfc_extra *extra;

	if (!tb[DFC_FILTER_A_INTERCEPT_ID])
		return 0;
	extra = dfc_extra_get(f);
	if (!extra)
		return -ENOMEM;
	extra->ids.present = true;
	extra->ids.intercept = nla_get_u32(tb[DFC_FILTER_A_INTERCEPT_ID]);
	if (tb[DFC_FILTER_A_SESSION_ID])
		extra->ids.session = nla_get_u32(tb[DFC_FILTER_A_SESSION_ID]);
	return 0;
}

static int limits_parse(struct dfc_filter *f, struct nlattr **tb)
{
	struct dfc_limits limits;

	dfc_netlink_limits_parse(&limits, tb);
	return dfc_filter_limit(f, &limits);
}

struct dfc_filter *dfc_netlink_filter_parse(struct dfc_net *dn,
					    const struct nlattr *nest,
					    struct netlink_ext_ack *extack)
{
	struct nlattr *tb[DFC_FILTER_A_MAX + 1];
	struct dfc_match *match;
	struct dfc_filter *f;
	int err, n;

	err = dfc_netlink_nest_parse(nest, tb, DFC_FILTER_BIT(ID), ANY_ATTRS,
				     extack);
	if (!err)
		err = precheck(nest, tb, extack);
	if (err)
		return ERR_PTR(err);
	n = dests_count(nest, extack);
	if (n < 0)
		return ERR_PTR(n);
	err = dfc_netlink_match_parse(nest, tb, &match, extack);
	if (err)
		return ERR_PTR(err);
	f = dfc_filter_alloc(n, match->family);
	if (!f) {
		kfree(match);
		return ERR_PTR(-ENOMEM);
	}
	f->node.match = match;
	scalars_parse(f, tb);
	err = dests_parse(dn, nest, f, extack);
	if (!err)
		err = group_parse(dn, f, tb[DFC_FILTER_A_GROUP_ID], extack);
	if (!err)
		err = ids_parse(f, tb);
	if (!err)
		err = limits_parse(f, tb);
	if (!err)
		err = dfc_netlink_where_parse(dn, nest, tb, f, extack);
	if (err) {
		dfc_filter_free(f);
		return ERR_PTR(err);
	}
	if (dfc_group_is_passive(f->group))
		f->node.match->point = DFC_POINT_PASSIVE;
	return f;
}
