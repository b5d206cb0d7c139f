// SPDX-License-Identifier: GPL-2.0
// Copyright (C) 2026 the dfc project

#include <linux/slab.h>

#include "dest.h"
#include "filter.h"
#include "group.h"
#include "net.h"
#include "netlink.h"

static int add_one(struct dfc_net *dn, const struct nlattr *nest, u32 portid,
		   struct netlink_ext_ack *extack)
{
	struct dfc_filter *f;
	int err;

	f = dfc_netlink_filter_parse(dn, nest, extack);
	if (IS_ERR(f))
		return PTR_ERR(f);
	err = dfc_filter_add(dn, f, portid, extack);
	if (err) {
		NL_SET_BAD_ATTR(extack, nest);
		dfc_filter_free(f);
	}
	return err;
}

#define SET_ATTRS \
	(DFC_FILTER_BIT(ID) | \
	 DFC_FILTER_BIT(TIMEOUT_TOTAL) | DFC_FILTER_BIT(TIMEOUT_IDLE) | \
	 DFC_FILTER_BIT(LIMIT_PACKETS) | DFC_FILTER_BIT(LIMIT_BYTES))

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
				dfc_filter_del(dn, f, DFC_REASON_DELETED);
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

/* Holds the nests of a request against the rules and the filters there are. */
static int check_all(struct dfc_net *dn, struct genl_info *info, u32 may)
{
	struct nlattr *tb[DFC_FILTER_A_MAX + 1];
	const struct nlattr *a;
	int rem, err;

	for_each_filter(a, info, rem) {
		err = dfc_netlink_nest_parse(a, tb, DFC_FILTER_BIT(ID), may,
					     info->extack);
		if (err)
			return err;
		if (!lookup(dn, tb, info->extack))
			return -ENOENT;
	}
	return 0;
}

static int set_one(struct dfc_net *dn, const struct nlattr *nest)
{
	struct nlattr *tb[DFC_FILTER_A_MAX + 1];
	struct dfc_limits limits;
	struct dfc_filter *f;
	int err;

	err = dfc_netlink_nest_parse(nest, tb, 0, SET_ATTRS, NULL);
	if (err)
		return err;
	dfc_netlink_limits_parse(&limits, tb);
	f = dfc_filter_lookup(dn, nest_id(nest));
	return f ? dfc_filter_set(dn, f, &limits) : -ENOENT;
}

/*
 * What is live when all are checked can still meet a limit before its turn.
 * Then it is gone, of which its event tells, and the others are set.
 */
int dfc_netlink_filter_set(struct sk_buff *skb, struct genl_info *info)
{
	const struct nlattr *a;
	struct dfc_net *dn;
	bool any = false;
	int rem, err;

	err = need_filter(info, true);
	if (err)
		return err;
	dn = dfc_netlink_begin(genl_info_net(info));
	err = check_all(dn, info, SET_ATTRS);
	if (err)
		goto end;
	for_each_filter(a, info, rem)
		any |= !set_one(dn, a);
	if (!any) {
		NL_SET_ERR_MSG_ATTR(info->extack, info->attrs[DFC_A_FILTER],
				    "the filter has just met a limit");
		err = -ENOENT;
	}
end:
	dfc_netlink_end(dn);
	return err;
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
	err = check_all(dn, info, DFC_FILTER_BIT(ID));
	if (err)
		goto end;
	/* One named twice, or expired since, is gone as was asked for. */
	for_each_filter(a, info, rem) {
		struct dfc_filter *f = dfc_filter_lookup(dn, nest_id(a));

		if (f)
			dfc_filter_del(dn, f, DFC_REASON_DELETED);
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
		err = dfc_netlink_nest_parse(info->attrs[DFC_A_FILTER], tb,
					     DFC_FILTER_BIT(DEST_ID),
					     DFC_FILTER_BIT(DEST_ID),
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
	const struct dfc_extra *extra = f->extra;

	if (f->timeout_total &&
	    (nla_put_u32(msg, DFC_FILTER_A_TIMEOUT_TOTAL, f->timeout_total) ||
	     put_u64(msg, DFC_FILTER_A_LEFT_TOTAL,
		     dfc_filter_left(f->total_end))))
		return -EMSGSIZE;
	if (f->timeout_idle &&
	    (nla_put_u32(msg, DFC_FILTER_A_TIMEOUT_IDLE, f->timeout_idle) ||
	     put_u64(msg, DFC_FILTER_A_LEFT_IDLE,
		     dfc_filter_left(f->idle_end))))
		return -EMSGSIZE;
	if (extra->packets &&
	    (put_u64(msg, DFC_FILTER_A_LIMIT_PACKETS, extra->packets) ||
	     put_u64(msg, DFC_FILTER_A_LEFT_PACKETS, extra->left_packets)))
		return -EMSGSIZE;
	if (extra->bytes &&
	    (put_u64(msg, DFC_FILTER_A_LIMIT_BYTES, extra->bytes) ||
	     put_u64(msg, DFC_FILTER_A_LEFT_BYTES, extra->left_bytes)))
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
	t.copies = f->matched_packets * f->ndests;
	t.sent_packets = t.copies - f->dropped_packets;
	t.sent_bytes = f->matched_bytes * f->ndests - f->dropped_bytes;
	t.dropped_packets = f->dropped_packets;
	dfc_filter_drops(f, &t.drops);
	t.bandwidth = dfc_rate_read(&f->rate);
	spin_unlock_bh(&f->lock);
	return err ?: dfc_netlink_counters_fill(msg, DFC_FILTER_A_COUNTERS, &t,
						true);
}

static int ids_fill(struct sk_buff *msg, const struct dfc_ids *ids)
{
	if (ids->present &&
	    (nla_put_u32(msg, DFC_FILTER_A_INTERCEPT_ID, ids->intercept) ||
	     nla_put_u32(msg, DFC_FILTER_A_SESSION_ID, ids->session)))
		return -EMSGSIZE;
	return 0;
}

int dfc_netlink_filter_fill(struct sk_buff *msg, struct dfc_filter *f,
			    bool whole)
{
	u64 age = jiffies64_to_msecs(get_jiffies_64() - f->added);
	struct nlattr *nest = nla_nest_start(msg, DFC_A_FILTER);
	unsigned int i;

	if (!nest || nla_put_u32(msg, DFC_FILTER_A_ID, f->node.id) ||
	    nla_put_u32(msg, DFC_FILTER_A_FLAGS, f->flags) ||
	    nla_put_u32(msg, DFC_FILTER_A_PRIORITY, f->node.priority) ||
	    nla_put_u32(msg, DFC_FILTER_A_ACTION, f->action) ||
	    ids_fill(msg, dfc_filter_ids(f)) ||
	    put_u64(msg, DFC_FILTER_A_AGE, age) || state_fill(msg, f))
		return -EMSGSIZE;
	if (whole && (dfc_netlink_match_fill(msg, f) ||
		      dfc_netlink_where_fill(msg, dfc_filter_where(f))))
		return -EMSGSIZE;
	if (whole && f->group &&
	    nla_put_u32(msg, DFC_FILTER_A_GROUP_ID, f->group->id))
		return -EMSGSIZE;
	for (i = 0; whole && i < f->ndests; i++) {
		if (nla_put_u32(msg, DFC_FILTER_A_DEST_ID,
				dfc_filter_dests(f)[i]->id))
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
		err = dfc_netlink_nest_parse(info->attrs[DFC_A_FILTER], tb,
					     DFC_FILTER_BIT(ID),
					     DFC_FILTER_BIT(ID), info->extack);
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
