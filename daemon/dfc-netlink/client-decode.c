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

static void read_counters(struct nlattr *nest, struct tasking_counters *c)
{
	struct nlattr *tb[DFC_COUNTERS_A_MAX + 1];

	if (nla_parse_nested(tb, DFC_COUNTERS_A_MAX, nest, NULL))
		return;
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
