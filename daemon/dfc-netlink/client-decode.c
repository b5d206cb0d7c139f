// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <errno.h>

#include "dfc-netlink/client-private.h"

static uint64_t get_u64(struct nlattr *a)
{
	return a && nla_len(a) == sizeof(uint64_t) ? nla_get_u64(a) : 0;
}

static bool is_u32(struct nlattr *a)
{
	return a && nla_len(a) == sizeof(uint32_t);
}

static uint32_t get_u32(struct nlattr *a)
{
	return is_u32(a) ? nla_get_u32(a) : 0;
}

/* False for a cause that this program does not know. */
static bool read_drop(struct nlattr *nest, enum dfc_drop *cause,
		      struct tasking_drop *d)
{
	struct nlattr *tb[DFC_DROP_A_MAX + 1];

	if (nla_type(nest) != DFC_COUNTERS_A_DROP ||
	    nla_parse_nested(tb, DFC_DROP_A_MAX, nest, NULL) ||
	    !is_u32(tb[DFC_DROP_A_CAUSE]))
		return false;
	*cause = nla_get_u32(tb[DFC_DROP_A_CAUSE]);
	d->packets = get_u64(tb[DFC_DROP_A_PACKETS]);
	d->bytes = get_u64(tb[DFC_DROP_A_BYTES]);
	return *cause <= DFC_DROP_MAX;
}

static void read_overload(struct nlattr *nest, struct tasking_counters *c)
{
	struct tasking_drop d;
	enum dfc_drop cause;
	struct nlattr *a;
	int left;

	nla_for_each_nested(a, nest, left) {
		if (!read_drop(a, &cause, &d) || !tasking_is_overload(cause))
			continue;
		c->overload.packets += d.packets;
		c->overload.bytes += d.bytes;
	}
}

static void read_counters(struct nlattr *nest, struct tasking_counters *c)
{
	struct nlattr *tb[DFC_COUNTERS_A_MAX + 1];

	if (nla_parse_nested(tb, DFC_COUNTERS_A_MAX, nest, NULL))
		return;
	read_overload(nest, c);
	c->matched_packets = get_u64(tb[DFC_COUNTERS_A_MATCHED_PACKETS]);
	c->matched_bytes = get_u64(tb[DFC_COUNTERS_A_MATCHED_BYTES]);
	c->copies = get_u64(tb[DFC_COUNTERS_A_COPIES]);
	c->sent_packets = get_u64(tb[DFC_COUNTERS_A_SENT_PACKETS]);
	c->dropped_packets = get_u64(tb[DFC_COUNTERS_A_DROPPED_PACKETS]);
	c->bandwidth = get_u64(tb[DFC_COUNTERS_A_BANDWIDTH]);
}

int client_filter_read(struct nlmsghdr *nlh, uint32_t *id,
		       struct tasking_counters *c, enum dfc_reason *reason)
{
	struct nlattr *top[DFC_A_MAX + 1], *tb[DFC_FILTER_A_MAX + 1];

	if (genlmsg_parse(nlh, 0, top, DFC_A_MAX, NULL) ||
	    !top[DFC_A_FILTER] ||
	    nla_parse_nested(tb, DFC_FILTER_A_MAX, top[DFC_A_FILTER], NULL) ||
	    !is_u32(tb[DFC_FILTER_A_ID]))
		return -EBADMSG;
	*id = nla_get_u32(tb[DFC_FILTER_A_ID]);
	*c = (struct tasking_counters){
		.left_total = get_u64(tb[DFC_FILTER_A_LEFT_TOTAL]),
		.left_idle = get_u64(tb[DFC_FILTER_A_LEFT_IDLE]),
		.left_packets = get_u64(tb[DFC_FILTER_A_LEFT_PACKETS]),
		.left_bytes = get_u64(tb[DFC_FILTER_A_LEFT_BYTES]),
		.group = get_u32(tb[DFC_FILTER_A_GROUP_ID]),
	};
	if (tb[DFC_FILTER_A_COUNTERS])
		read_counters(tb[DFC_FILTER_A_COUNTERS], c);
	if (!reason)
		return 0;
	*reason = DFC_REASON_DELETED;
	if (is_u32(top[DFC_A_REASON]))
		*reason = nla_get_u32(top[DFC_A_REASON]);
	return 0;
}

static void read_dest_counters(struct nlattr *nest, struct tasking_dest *d)
{
	struct nlattr *tb[DFC_COUNTERS_A_MAX + 1], *a;
	struct tasking_drop drop;
	enum dfc_drop cause;
	int left;

	if (nla_parse_nested(tb, DFC_COUNTERS_A_MAX, nest, NULL))
		return;
	d->matched_packets = get_u64(tb[DFC_COUNTERS_A_MATCHED_PACKETS]);
	d->matched_bytes = get_u64(tb[DFC_COUNTERS_A_MATCHED_BYTES]);
	d->bandwidth = get_u64(tb[DFC_COUNTERS_A_BANDWIDTH]);
	nla_for_each_nested(a, nest, left)
		if (read_drop(a, &cause, &drop))
			d->drop[cause] = drop;
}

int client_dest_read(struct nlmsghdr *nlh, struct tasking_dest *d)
{
	struct nlattr *top[DFC_A_MAX + 1], *tb[DFC_DEST_A_MAX + 1];

	if (genlmsg_parse(nlh, 0, top, DFC_A_MAX, NULL) || !top[DFC_A_DEST] ||
	    nla_parse_nested(tb, DFC_DEST_A_MAX, top[DFC_A_DEST], NULL) ||
	    !is_u32(tb[DFC_DEST_A_ID]))
		return -EBADMSG;
	*d = (struct tasking_dest){
		.id = nla_get_u32(tb[DFC_DEST_A_ID]),
		.tag = get_u32(tb[DFC_DEST_A_TAG]),
	};
	if (tb[DFC_DEST_A_COUNTERS])
		read_dest_counters(tb[DFC_DEST_A_COUNTERS], d);
	return 0;
}
