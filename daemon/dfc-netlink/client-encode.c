// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "dfc-netlink/client-private.h"

static size_t addr_len(int family)
{
	return family == AF_INET ? 4 : 16;
}

static int put_flags(struct nl_msg *msg, int attr, bool negated)
{
	return negated ? nla_put_u32(msg, attr, DFC_ENTRY_F_NOT) : 0;
}

static int put_addr(struct nl_msg *msg, int attr, int family,
		    const struct dtcp_addr_entry *e)
{
	static const uint8_t first[16];
	uint8_t last[16];
	const uint8_t *from = e->from, *to = e->to;
	struct nlattr *nest = nla_nest_start(msg, attr);

	/* "!*" excludes every address of the family. */
	if (e->family == AF_UNSPEC) {
		memset(last, 0xff, sizeof(last));
		from = first;
		to = last;
	}
	if (!nest ||
	    nla_put(msg, DFC_ADDR_A_FROM, addr_len(family), from) ||
	    nla_put(msg, DFC_ADDR_A_TO, addr_len(family), to) ||
	    put_flags(msg, DFC_ADDR_A_FLAGS, e->negated))
		return -EMSGSIZE;
	return nla_nest_end(msg, nest);
}

/*
 * Where one entry takes every address, the others that take some add nothing:
 * only those that exclude are left, and no entry means any address.
 */
static int put_addrs(struct nl_msg *msg, int attr, int family,
		     const struct dtcp_addr_list *list)
{
	bool every = false;
	size_t i;

	for (i = 0; i < list->n; i++)
		if (list->entry[i].family == AF_UNSPEC &&
		    !list->entry[i].negated)
			every = true;
	for (i = 0; i < list->n; i++) {
		if (every && !list->entry[i].negated)
			continue;
		if (put_addr(msg, attr, family ? family : AF_INET,
			     &list->entry[i]))
			return -EMSGSIZE;
	}
	return 0;
}

static int put_range(struct nl_msg *msg, int attr,
		     const struct dtcp_range_entry *e)
{
	struct nlattr *nest = nla_nest_start(msg, attr);

	if (!nest || nla_put_u16(msg, DFC_RANGE_A_FROM, e->from) ||
	    nla_put_u16(msg, DFC_RANGE_A_TO, e->to) ||
	    put_flags(msg, DFC_RANGE_A_FLAGS, e->negated))
		return -EMSGSIZE;
	return nla_nest_end(msg, nest);
}

static int put_ranges(struct nl_msg *msg, int attr,
		      const struct dtcp_range_list *list)
{
	size_t i;

	for (i = 0; i < list->n; i++)
		if (put_range(msg, attr, &list->entry[i]))
			return -EMSGSIZE;
	return 0;
}

/*
 * Every protocol is no condition; but every port is one, that the protocol has
 * ports at all, and every type of ICMP is one, that it is ICMP: so those lists
 * are never left out.
 */
static int put_protocols(struct nl_msg *msg, const struct dtcp_range_list *list)
{
	const struct dtcp_range_entry *e = list->entry;

	if (list->n == 1 && !e->from && e->to == UINT8_MAX && !e->negated)
		return 0;
	return put_ranges(msg, DFC_FILTER_A_PROTOCOL, list);
}

static int put_match(struct nl_msg *msg, const struct dtcp_request *r)
{
	uint16_t family = r->family_ccc ? AF_PACKET : r->family;

	if (family && nla_put_u16(msg, DFC_FILTER_A_FAMILY, family))
		return -EMSGSIZE;
	if (put_addrs(msg, DFC_FILTER_A_SRC, r->family, &r->src) ||
	    put_addrs(msg, DFC_FILTER_A_DST, r->family, &r->dst) ||
	    put_protocols(msg, &r->protocol) ||
	    put_ranges(msg, DFC_FILTER_A_SRC_PORT, &r->src_port) ||
	    put_ranges(msg, DFC_FILTER_A_DST_PORT, &r->dst_port) ||
	    put_ranges(msg, DFC_FILTER_A_ICMP_TYPE, &r->icmp_type) ||
	    put_ranges(msg, DFC_FILTER_A_ICMP_CODE, &r->icmp_code))
		return -EMSGSIZE;
	return 0;
}

static int put_limits(struct nl_msg *msg, const struct tasking_filter *f)
{
	if ((f->timeout_total &&
	     nla_put_u32(msg, DFC_FILTER_A_TIMEOUT_TOTAL, f->timeout_total)) ||
	    (f->timeout_idle &&
	     nla_put_u32(msg, DFC_FILTER_A_TIMEOUT_IDLE, f->timeout_idle)) ||
	    (f->limit_packets &&
	     nla_put_u64(msg, DFC_FILTER_A_LIMIT_PACKETS, f->limit_packets)) ||
	    (f->limit_bytes &&
	     nla_put_u64(msg, DFC_FILTER_A_LIMIT_BYTES, f->limit_bytes)))
		return -EMSGSIZE;
	return 0;
}

static int put_scope(struct nl_msg *msg, const struct tasking_filter *f)
{
	size_t i;

	if (f->scope == DFC_SCOPE_ANY)
		return 0;
	if (nla_put_u32(msg, DFC_FILTER_A_SCOPE, f->scope))
		return -EMSGSIZE;
	for (i = 0; i < f->ndevice; i++)
		if (nla_put_string(msg, DFC_FILTER_A_DEVICE, f->device[i]))
			return -EMSGSIZE;
	return 0;
}

static int put_intercept(struct nl_msg *msg, const struct tasking_filter *f)
{
	if (!f->has_intercept)
		return 0;
	return nla_put_u32(msg, DFC_FILTER_A_INTERCEPT_ID, f->intercept) ||
	       nla_put_u32(msg, DFC_FILTER_A_SESSION_ID, f->session) ?
		-EMSGSIZE : 0;
}

/* What only a new filter has; other requests name one, and its limits. */
static int put_new(struct nl_msg *msg, const struct tasking_filter *f,
		   bool keep)
{
	size_t i;

	if ((!keep &&
	     nla_put_u32(msg, DFC_FILTER_A_FLAGS, DFC_FILTER_F_OWNED)) ||
	    (f->group && nla_put_u32(msg, DFC_FILTER_A_GROUP_ID, f->group)) ||
	    nla_put_u32(msg, DFC_FILTER_A_PRIORITY, f->priority) ||
	    put_match(msg, f->match) || put_scope(msg, f) ||
	    put_intercept(msg, f))
		return -EMSGSIZE;
	if (f->action != DFC_ACTION_COPY &&
	    nla_put_u32(msg, DFC_FILTER_A_ACTION, f->action))
		return -EMSGSIZE;
	for (i = 0; i < f->ndest; i++)
		if (nla_put_u32(msg, DFC_FILTER_A_DEST_ID, f->dest[i]))
			return -EMSGSIZE;
	return 0;
}

int client_filter_put(struct nl_msg *msg, const struct tasking_filter *f,
		      bool keep)
{
	struct nlattr *nest = nla_nest_start(msg, DFC_A_FILTER);

	if (!nest || nla_put_u32(msg, DFC_FILTER_A_ID, f->id) ||
	    put_limits(msg, f))
		return -EMSGSIZE;
	if (f->match && put_new(msg, f, keep))
		return -EMSGSIZE;
	return nla_nest_end(msg, nest) ? -EMSGSIZE : 0;
}
