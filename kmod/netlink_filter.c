// SPDX-License-Identifier: GPL-2.0
// Copyright (C) 2026 the dfc project

#include <linux/slab.h>

#include "dest.h"
#include "filter.h"
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
};

/* Sets of attributes are kept in 32 bits. */
static_assert(DFC_FILTER_A_MAX < 32);
#define BIT_OF(attr) BIT(DFC_FILTER_A_##attr)
#define LIMITS_ATTRS (BIT_OF(TIMEOUT_TOTAL) | BIT_OF(TIMEOUT_IDLE) | \
		      BIT_OF(LIMIT_PACKETS) | BIT_OF(LIMIT_BYTES))
#define LISTS_ATTRS (BIT_OF(SRC) | BIT_OF(DST) | BIT_OF(PROTOCOL) | \
		     BIT_OF(SRC_PORT) | BIT_OF(DST_PORT) | BIT_OF(DEST_ID))
#define ANY_ATTRS GENMASK(DFC_FILTER_A_MAX, 0)

/* Reads one filter nest that needs @must and may have nothing but @may. */
static int nest_parse(const struct nlattr *nest, struct nlattr **tb, u32 must,
		      u32 may, struct netlink_ext_ack *extack)
{
	int err, i;

	err = nla_parse_nested(tb, DFC_FILTER_A_MAX, nest, dfc_filter_policy,
			       extack);
	if (!err)
		err = dfc_netlink_once(nest, may == ANY_ATTRS ? LISTS_ATTRS : 0,
				       extack);
	if (err)
		return err;
	if (must & BIT_OF(ID) && !tb[DFC_FILTER_A_ID]) {
		NL_SET_ERR_MSG_ATTR(extack, nest, "filter id is missing");
		return -EINVAL;
	}
	if (must & BIT_OF(DEST_ID) && !tb[DFC_FILTER_A_DEST_ID]) {
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

static void limits_parse(struct dfc_limits *limits, struct nlattr **tb)
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
	const struct nlattr *a;
	unsigned int n = 0, i;
	int rem;

	for_each_dest_id(a, nest, rem) {
		f->dest[n] = dfc_dest_lookup(dn, nla_get_u32(a));
		if (!f->dest[n]) {
			NL_SET_ERR_MSG_ATTR(extack, a,
					    "there is no destination with this id");
			return -ENOENT;
		}
		for (i = 0; i < n; i++) {
			if (f->dest[i] == f->dest[n]) {
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

static struct dfc_filter *filter_parse(struct dfc_net *dn,
				       const struct nlattr *nest,
				       struct netlink_ext_ack *extack)
{
	struct nlattr *tb[DFC_FILTER_A_MAX + 1];
	struct dfc_filter *f;
	int err, n;

	err = nest_parse(nest, tb, BIT_OF(ID) | BIT_OF(DEST_ID), ANY_ATTRS,
			 extack);
	if (err)
		return ERR_PTR(err);
	n = dests_count(nest, extack);
	if (n < 0)
		return ERR_PTR(n);
	f = dfc_filter_alloc(n);
	if (!f)
		return ERR_PTR(-ENOMEM);
	f->id = nla_get_u32(tb[DFC_FILTER_A_ID]);
	if (tb[DFC_FILTER_A_FLAGS])
		f->flags = nla_get_u32(tb[DFC_FILTER_A_FLAGS]);
	if (tb[DFC_FILTER_A_PRIORITY])
		f->priority = nla_get_u32(tb[DFC_FILTER_A_PRIORITY]);
	limits_parse(&f->limits, tb);
	err = dests_parse(dn, nest, f, extack);
	if (!err)
		err = dfc_netlink_match_parse(nest, tb, &f->match, extack);
	if (err) {
		dfc_filter_free(f);
		return ERR_PTR(err);
	}
	return f;
}

static int add_one(struct dfc_net *dn, const struct nlattr *nest, u32 portid,
		   struct netlink_ext_ack *extack)
{
	struct dfc_filter *f;
	int err;

	f = filter_parse(dn, nest, extack);
	if (IS_ERR(f))
		return PTR_ERR(f);
	err = dfc_filter_add(dn, f, portid, extack);
	if (err) {
		NL_SET_BAD_ATTR(extack, nest);
		dfc_filter_free(f);
	}
	return err;
}

/* The filter nests of a request; the policy has checked each of them. */
#define for_each_filter(a, info, rem) \
	nlmsg_for_each_attr(a, (info)->nlhdr, GENL_HDRLEN, rem) \
		if (nla_type(a) == DFC_A_FILTER)

static u32 nest_id(const struct nlattr *nest)
{
	const struct nlattr *id;

	id = nla_find_nested(nest, DFC_FILTER_A_ID);
	return id ? nla_get_u32(id) : 0;
}

static int need_filter(struct genl_info *info, bool many)
{
	int err = dfc_netlink_precheck(info->nlhdr, DFC_A_FILTER, many,
				       info->extack);

	if (err || info->attrs[DFC_A_FILTER])
		return err;
	GENL_SET_ERR_MSG(info, "no filter is given");
	return -EINVAL;
}

int dfc_netlink_filter_add(struct sk_buff *skb, struct genl_info *info)
{
	const struct nlattr *a, *bad = NULL;
	struct dfc_net *dn;
	int rem, err;

	err = need_filter(info, true);
	if (err)
		return err;
	dn = dfc_netlink_begin(genl_info_net(info));
	for_each_filter(a, info, rem) {
		err = add_one(dn, a, info->snd_portid, info->extack);
		if (err) {
			bad = a;
			break;
		}
	}
	/* All or none: those before the bad one go again. */
	if (bad) {
		for_each_filter(a, info, rem) {
			struct dfc_filter *f;

			if (a == bad)
				break;
			f = dfc_filter_lookup(dn, nest_id(a));
			if (f)
				dfc_filter_del(f, DFC_REASON_DELETED);
		}
	} else {
		dfc_classifier_publish(&dn->classifier);
	}
	dfc_netlink_end(dn);
	return err;
}

static struct dfc_filter *lookup(struct dfc_net *dn, struct nlattr **tb,
				 struct netlink_ext_ack *extack)
{
	struct dfc_filter *f;

	f = dfc_filter_lookup(dn, nla_get_u32(tb[DFC_FILTER_A_ID]));
	if (!f)
		NL_SET_ERR_MSG_ATTR(extack, tb[DFC_FILTER_A_ID],
				    "there is no filter with this id");
	return f;
}

int dfc_netlink_filter_set(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr *tb[DFC_FILTER_A_MAX + 1];
	struct dfc_limits limits;
	struct dfc_filter *f;
	struct dfc_net *dn;
	int err;

	err = need_filter(info, false);
	if (!err)
		err = nest_parse(info->attrs[DFC_A_FILTER], tb, BIT_OF(ID),
				 BIT_OF(ID) | LIMITS_ATTRS, info->extack);
	if (err)
		return err;
	limits_parse(&limits, tb);

	dn = dfc_netlink_begin(genl_info_net(info));
	f = lookup(dn, tb, info->extack);
	err = f ? dfc_filter_set(f, &limits) : -ENOENT;
	if (f && err)
		NL_SET_ERR_MSG_ATTR(info->extack, tb[DFC_FILTER_A_ID],
				    "the filter has just met a limit");
	dfc_netlink_end(dn);
	return err;
}

static int del_check(struct dfc_net *dn, const struct nlattr *nest,
		     struct netlink_ext_ack *extack)
{
	struct nlattr *tb[DFC_FILTER_A_MAX + 1];
	int err;

	err = nest_parse(nest, tb, BIT_OF(ID), BIT_OF(ID), extack);
	if (err)
		return err;
	return lookup(dn, tb, extack) ? 0 : -ENOENT;
}

int dfc_netlink_filter_del(struct sk_buff *skb, struct genl_info *info)
{
	const struct nlattr *a;
	struct dfc_net *dn;
	int rem, err;

	err = need_filter(info, true);
	if (err)
		return err;
	dn = dfc_netlink_begin(genl_info_net(info));
	for_each_filter(a, info, rem) {
		err = del_check(dn, a, info->extack);
		if (err)
			goto end;
	}
	/* One named twice, or expired since, is gone as was asked for. */
	for_each_filter(a, info, rem) {
		struct dfc_filter *f = dfc_filter_lookup(dn, nest_id(a));

		if (f)
			dfc_filter_del(f, DFC_REASON_DELETED);
	}
end:
	dfc_netlink_end(dn);
	return err;
}

int dfc_netlink_filter_flush(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr *tb[DFC_FILTER_A_MAX + 1];
	struct dfc_net *dn;
	u32 dest = 0;
	int err;

	err = dfc_netlink_precheck(info->nlhdr, DFC_A_FILTER, false,
				   info->extack);
	if (err)
		return err;
	if (info->attrs[DFC_A_FILTER]) {
		err = nest_parse(info->attrs[DFC_A_FILTER], tb,
				 BIT_OF(DEST_ID), BIT_OF(DEST_ID),
				 info->extack);
		if (err)
			return err;
		dest = nla_get_u32(tb[DFC_FILTER_A_DEST_ID]);
	}
	dn = dfc_netlink_begin(genl_info_net(info));
	dfc_filter_flush(dn, dest, DFC_REASON_DELETED);
	dfc_netlink_end(dn);
	return 0;
}

static int put_u64(struct sk_buff *msg, int attr, u64 value)
{
	return nla_put_u64_64bit(msg, attr, value, DFC_FILTER_A_PAD);
}

static int limits_fill(struct sk_buff *msg, const struct dfc_filter *f)
{
	const struct dfc_limits *l = &f->limits;

	if (l->timeout_total &&
	    (nla_put_u32(msg, DFC_FILTER_A_TIMEOUT_TOTAL, l->timeout_total) ||
	     put_u64(msg, DFC_FILTER_A_LEFT_TOTAL,
		     dfc_filter_left(f->total_end))))
		return -EMSGSIZE;
	if (l->timeout_idle &&
	    (nla_put_u32(msg, DFC_FILTER_A_TIMEOUT_IDLE, l->timeout_idle) ||
	     put_u64(msg, DFC_FILTER_A_LEFT_IDLE,
		     dfc_filter_left(f->idle_end))))
		return -EMSGSIZE;
	if (l->packets &&
	    (put_u64(msg, DFC_FILTER_A_LIMIT_PACKETS, l->packets) ||
	     put_u64(msg, DFC_FILTER_A_LEFT_PACKETS, f->left_packets)))
		return -EMSGSIZE;
	if (l->bytes &&
	    (put_u64(msg, DFC_FILTER_A_LIMIT_BYTES, l->bytes) ||
	     put_u64(msg, DFC_FILTER_A_LEFT_BYTES, f->left_bytes)))
		return -EMSGSIZE;
	return 0;
}

/* What packets change, read in one go. */
static int state_fill(struct sk_buff *msg, struct dfc_filter *f)
{
	struct dfc_totals t = { };
	int err;

	spin_lock_bh(&f->lock);
	err = limits_fill(msg, f);
	t.matched_packets = f->matched_packets;
	t.matched_bytes = f->matched_bytes;
	t.copies = f->copies;
	t.sent_packets = f->sent_packets;
	t.sent_bytes = f->sent_bytes;
	t.dropped_packets = f->dropped_packets;
	t.bandwidth = dfc_rate_read(&f->rate);
	spin_unlock_bh(&f->lock);
	return err ?: dfc_netlink_counters_fill(msg, DFC_FILTER_A_COUNTERS, &t,
						false, true);
}

int dfc_netlink_filter_fill(struct sk_buff *msg, struct dfc_filter *f,
			    bool whole)
{
	u64 age = jiffies64_to_msecs(get_jiffies_64() - f->added);
	struct nlattr *nest = nla_nest_start(msg, DFC_A_FILTER);
	unsigned int i;

	if (!nest || nla_put_u32(msg, DFC_FILTER_A_ID, f->id) ||
	    nla_put_u32(msg, DFC_FILTER_A_FLAGS, f->flags) ||
	    nla_put_u32(msg, DFC_FILTER_A_PRIORITY, f->priority) ||
	    put_u64(msg, DFC_FILTER_A_AGE, age) || state_fill(msg, f))
		return -EMSGSIZE;
	if (whole && dfc_netlink_match_fill(msg, f))
		return -EMSGSIZE;
	for (i = 0; whole && i < f->ndests; i++) {
		if (nla_put_u32(msg, DFC_FILTER_A_DEST_ID, f->dest[i]->id))
			return -EMSGSIZE;
	}
	nla_nest_end(msg, nest);
	return 0;
}

static int fill(struct sk_buff *msg, const void *arg)
{
	return dfc_netlink_filter_fill(msg, (struct dfc_filter *)arg, true);
}

int dfc_netlink_filter_get(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr *tb[DFC_FILTER_A_MAX + 1];
	struct dfc_filter *f;
	struct dfc_net *dn;
	int err;

	err = need_filter(info, false);
	if (!err)
		err = nest_parse(info->attrs[DFC_A_FILTER], tb, BIT_OF(ID),
				 BIT_OF(ID), info->extack);
	if (err)
		return err;
	dn = dfc_netlink_begin(genl_info_net(info));
	f = lookup(dn, tb, info->extack);
	err = f ? dfc_netlink_reply(info, fill, f) : -ENOENT;
	dfc_netlink_end(dn);
	return err;
}

int dfc_netlink_filter_dump(struct sk_buff *msg, struct netlink_callback *cb)
{
	struct dfc_net *dn = dfc_netlink_begin(sock_net(cb->skb->sk));
	int ret;

	ret = dfc_netlink_dump(msg, cb, &dn->filters, dn, fill);
	dfc_netlink_end(dn);
	return ret;
}
