// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <string.h>
#include <sys/socket.h>

#include "object.h"

static size_t addr_len(uint16_t family)
{
	return family == AF_INET ? 4 : 16;
}

static void put_addrs(struct request *r, uint16_t type, uint16_t family,
		      const struct addrs *list)
{
	const struct addr *e;
	struct nlattr *nest;

	for (e = list->entry; e < list->entry + list->n; e++) {
		nest = nest_begin(r, type);
		put(r, DFC_ADDR_A_FROM, addr_len(family), e->from);
		if (memcmp(e->from, e->to, sizeof(e->to)))
			put(r, DFC_ADDR_A_TO, addr_len(family), e->to);
		if (e->negated)
			put_u32(r, DFC_ADDR_A_FLAGS, DFC_ENTRY_F_NOT);
		nest_end(r, nest);
	}
}

static void put_ranges(struct request *r, uint16_t type,
		       const struct ranges *list)
{
	const struct range *e;
	struct nlattr *nest;

	for (e = list->entry; e < list->entry + list->n; e++) {
		nest = nest_begin(r, type);
		put_u16(r, DFC_RANGE_A_FROM, e->from);
		if (e->to != e->from)
			put_u16(r, DFC_RANGE_A_TO, e->to);
		if (e->negated)
			put_u32(r, DFC_RANGE_A_FLAGS, DFC_ENTRY_F_NOT);
		nest_end(r, nest);
	}
}

static void put_u32_set(struct request *r, uint16_t type, uint32_t value)
{
	if (value)
		put_u32(r, type, value);
}

void rule_put(struct request *r, const struct rule *rule)
{
	struct nlattr *nest = nest_begin(r, DFC_A_FILTER);
	unsigned int i;

	put_u32_set(r, DFC_FILTER_A_ID, rule->id);
	put_u32_set(r, DFC_FILTER_A_FLAGS, rule->flags);
	if (rule->family)
		put_u16(r, DFC_FILTER_A_FAMILY, rule->family);
	put_u32_set(r, DFC_FILTER_A_PRIORITY, rule->priority);
	put_u32_set(r, DFC_FILTER_A_TIMEOUT_TOTAL, rule->timeout_total);
	put_u32_set(r, DFC_FILTER_A_TIMEOUT_IDLE, rule->timeout_idle);
	if (rule->limit_packets)
		put_u64(r, DFC_FILTER_A_LIMIT_PACKETS, rule->limit_packets);
	if (rule->limit_bytes)
		put_u64(r, DFC_FILTER_A_LIMIT_BYTES, rule->limit_bytes);
	put_addrs(r, DFC_FILTER_A_SRC, rule->family, &rule->src);
	put_addrs(r, DFC_FILTER_A_DST, rule->family, &rule->dst);
	put_ranges(r, DFC_FILTER_A_PROTOCOL, &rule->protocol);
	put_ranges(r, DFC_FILTER_A_SRC_PORT, &rule->src_port);
	put_ranges(r, DFC_FILTER_A_DST_PORT, &rule->dst_port);
	put_ranges(r, DFC_FILTER_A_ICMP_TYPE, &rule->icmp_type);
	put_ranges(r, DFC_FILTER_A_ICMP_CODE, &rule->icmp_code);
	put_u32_set(r, DFC_FILTER_A_SCOPE, rule->scope);
	for (i = 0; i < rule->ndevices; i++)
		put(r, DFC_FILTER_A_DEVICE, strlen(rule->device[i]) + 1,
		    rule->device[i]);
	put_u32_set(r, DFC_FILTER_A_ACTION, rule->action);
	if (rule->has_ids) {
		put_u32(r, DFC_FILTER_A_INTERCEPT_ID, rule->intercept);
		put_u32(r, DFC_FILTER_A_SESSION_ID, rule->session);
	}
	put_u32_set(r, DFC_FILTER_A_GROUP_ID, rule->group);
	for (i = 0; i < rule->ndests; i++)
		put_u32(r, DFC_FILTER_A_DEST_ID, rule->dest[i]);
	nest_end(r, nest);
}

void rule_put_id(struct request *r, uint32_t id)
{
	struct nlattr *nest = nest_begin(r, DFC_A_FILTER);

	put_u32(r, DFC_FILTER_A_ID, id);
	nest_end(r, nest);
}

static bool is_set(const uint8_t addr[16])
{
	static const uint8_t zero[16];

	return memcmp(addr, zero, sizeof(zero));
}

void dest_put(struct request *r, const struct dest *dest)
{
	struct nlattr *nest = nest_begin(r, DFC_A_DEST);

	put_u32_set(r, DFC_DEST_A_ID, dest->id);
	put_u32_set(r, DFC_DEST_A_FLAGS, dest->flags);
	put(r, DFC_DEST_A_ADDRESS, addr_len(dest->family), dest->addr);
	if (is_set(dest->src_addr))
		put(r, DFC_DEST_A_SRC_ADDRESS, addr_len(dest->family),
		    dest->src_addr);
	if (dest->port)
		put_u16(r, DFC_DEST_A_PORT, dest->port);
	if (dest->src_port)
		put_u16(r, DFC_DEST_A_SRC_PORT, dest->src_port);
	if (dest->ttl)
		put_u8(r, DFC_DEST_A_TTL, dest->ttl);
	put_u32(r, DFC_DEST_A_SECURITY, dest->security);
	put_u32_set(r, DFC_DEST_A_FORMAT, dest->format);
	if (dest->dscp)
		put_u8(r, DFC_DEST_A_DSCP, dest->dscp);
	put_u32_set(r, DFC_DEST_A_QUEUE_MAX, dest->queue_max);
	put_u32_set(r, DFC_DEST_A_TAG, dest->tag);
	nest_end(r, nest);
}

void dest_put_id(struct request *r, uint32_t id)
{
	struct nlattr *nest = nest_begin(r, DFC_A_DEST);

	put_u32(r, DFC_DEST_A_ID, id);
	nest_end(r, nest);
}

void site_put(struct request *r, const struct site *site)
{
	struct nlattr *nest = nest_begin(r, DFC_A_GROUP);
	unsigned int i;

	put_u32_set(r, DFC_GROUP_A_ID, site->id);
	put_u32_set(r, DFC_GROUP_A_FLAGS, site->flags);
	put_u32_set(r, DFC_GROUP_A_MODE, site->mode);
	put_u32_set(r, DFC_GROUP_A_MASKS_MAX, site->masks_max);
	put_u32_set(r, DFC_GROUP_A_DUPLICATES_MAX, site->duplicates_max);
	put_u32_set(r, DFC_GROUP_A_TAG, site->tag);
	for (i = 0; i < site->ndevices; i++)
		put(r, DFC_GROUP_A_DEVICE, strlen(site->device[i]) + 1,
		    site->device[i]);
	nest_end(r, nest);
}

void site_put_id(struct request *r, uint32_t id)
{
	struct nlattr *nest = nest_begin(r, DFC_A_GROUP);

	put_u32(r, DFC_GROUP_A_ID, id);
	nest_end(r, nest);
}
