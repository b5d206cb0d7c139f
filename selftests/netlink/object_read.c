// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <linux/genetlink.h>
#include <string.h>
#include <sys/socket.h>

#include "object.h"
#include "tap.h"

/* Where the value of an attribute goes; the sizes of both are the same. */
struct field {
	uint16_t type;
	uint16_t size;
	uint32_t offset;
};

#define FIELD(attr, type, member) \
	{ attr, sizeof(((struct type *)0)->member), offsetof(struct type, member) }

static const struct field counters_fields[] = {
	FIELD(DFC_COUNTERS_A_MATCHED_PACKETS, counters, matched_packets),
	FIELD(DFC_COUNTERS_A_MATCHED_BYTES, counters, matched_bytes),
	FIELD(DFC_COUNTERS_A_COPIES, counters, copies),
	FIELD(DFC_COUNTERS_A_SENT_PACKETS, counters, sent_packets),
	FIELD(DFC_COUNTERS_A_SENT_BYTES, counters, sent_bytes),
	FIELD(DFC_COUNTERS_A_DROPPED_PACKETS, counters, dropped_packets),
	FIELD(DFC_COUNTERS_A_BANDWIDTH, counters, bandwidth),
	{ 0 }
};

static const struct field filter_fields[] = {
	FIELD(DFC_FILTER_A_ID, filter, rule.id),
	FIELD(DFC_FILTER_A_FLAGS, filter, rule.flags),
	FIELD(DFC_FILTER_A_FAMILY, filter, rule.family),
	FIELD(DFC_FILTER_A_PRIORITY, filter, rule.priority),
	FIELD(DFC_FILTER_A_TIMEOUT_TOTAL, filter, rule.timeout_total),
	FIELD(DFC_FILTER_A_TIMEOUT_IDLE, filter, rule.timeout_idle),
	FIELD(DFC_FILTER_A_LIMIT_PACKETS, filter, rule.limit_packets),
	FIELD(DFC_FILTER_A_LIMIT_BYTES, filter, rule.limit_bytes),
	FIELD(DFC_FILTER_A_LEFT_TOTAL, filter, left_total),
	FIELD(DFC_FILTER_A_LEFT_IDLE, filter, left_idle),
	FIELD(DFC_FILTER_A_LEFT_PACKETS, filter, left_packets),
	FIELD(DFC_FILTER_A_LEFT_BYTES, filter, left_bytes),
	FIELD(DFC_FILTER_A_AGE, filter, age),
	FIELD(DFC_FILTER_A_SCOPE, filter, rule.scope),
	FIELD(DFC_FILTER_A_ACTION, filter, rule.action),
	FIELD(DFC_FILTER_A_INTERCEPT_ID, filter, rule.intercept),
	FIELD(DFC_FILTER_A_SESSION_ID, filter, rule.session),
	FIELD(DFC_FILTER_A_GROUP_ID, filter, rule.group),
	{ 0 }
};

static const struct field dest_fields[] = {
	FIELD(DFC_DEST_A_ID, dest, id),
	FIELD(DFC_DEST_A_FLAGS, dest, flags),
	FIELD(DFC_DEST_A_PORT, dest, port),
	FIELD(DFC_DEST_A_SRC_PORT, dest, src_port),
	FIELD(DFC_DEST_A_TTL, dest, ttl),
	FIELD(DFC_DEST_A_SECURITY, dest, security),
	FIELD(DFC_DEST_A_FILTERS, dest, filters),
	FIELD(DFC_DEST_A_FORMAT, dest, format),
	FIELD(DFC_DEST_A_DSCP, dest, dscp),
	FIELD(DFC_DEST_A_QUEUE_MAX, dest, queue_max),
	FIELD(DFC_DEST_A_QUEUED_PACKETS, dest, queued_packets),
	FIELD(DFC_DEST_A_QUEUED_BYTES, dest, queued_bytes),
	FIELD(DFC_DEST_A_TAG, dest, tag),
	{ 0 }
};

static const struct field site_fields[] = {
	FIELD(DFC_GROUP_A_ID, site, id),
	FIELD(DFC_GROUP_A_FLAGS, site, flags),
	FIELD(DFC_GROUP_A_MODE, site, mode),
	FIELD(DFC_GROUP_A_MASKS_MAX, site, masks_max),
	FIELD(DFC_GROUP_A_DUPLICATES_MAX, site, duplicates_max),
	FIELD(DFC_GROUP_A_TAG, site, tag),
	FIELD(DFC_GROUP_A_FILTERS, site, filters),
	FIELD(DFC_GROUP_A_MASKS, site, masks),
	FIELD(DFC_GROUP_A_SEEN_PACKETS, site, seen_packets),
	{ 0 }
};

static const struct field stats_fields[] = {
	FIELD(DFC_STATS_A_GROUPS, stats, groups),
	FIELD(DFC_STATS_A_FILTERS, stats, filters),
	FIELD(DFC_STATS_A_DESTS, stats, dests),
	FIELD(DFC_STATS_A_MASKS, stats, masks),
	FIELD(DFC_STATS_A_SEEN_PACKETS, stats, seen_packets),
	FIELD(DFC_STATS_A_MALFORMED_PACKETS, stats, malformed_packets),
	FIELD(DFC_STATS_A_EXPIRED, stats, expired),
	FIELD(DFC_STATS_A_LOST_FRAGMENTS, stats, lost_fragments),
	FIELD(DFC_STATS_A_LOST_PENDING, stats, lost_pending),
	FIELD(DFC_STATS_A_INSTANCE, stats, instance),
	{ 0 }
};

static bool read_field(const struct nlattr *a, const struct field *f,
		       void *object, uint32_t *present)
{
	unsigned int type = mnl_attr_get_type(a);

	while (f->type && f->type != type)
		f++;
	if (!f->type) {
		tap_note("attribute %u does not belong here", type);
		return false;
	}
	CHECK(!has(*present, type));
	CHECK_EQUAL(f->size, mnl_attr_get_payload_len(a));
	memcpy((char *)object + f->offset, mnl_attr_get_payload(a), f->size);
	*present |= UINT32_C(1) << type;
	return true;
}

static bool read_drop(const struct nlattr *nest, struct counters *c)
{
	uint32_t cause = UINT32_MAX;
	uint64_t packets = 0, bytes = 0;
	const struct nlattr *a;

	mnl_attr_for_each_nested(a, nest) {
		if (mnl_attr_get_type(a) == DFC_DROP_A_BYTES)
			bytes = mnl_attr_get_u64(a);
		if (mnl_attr_get_type(a) == DFC_DROP_A_CAUSE)
			cause = mnl_attr_get_u32(a);
		if (mnl_attr_get_type(a) == DFC_DROP_A_PACKETS)
			packets = mnl_attr_get_u64(a);
	}
	CHECK(cause <= DFC_DROP_MAX);
	CHECK(packets && bytes);
	CHECK(!c->drop[cause]);
	c->drop[cause] = packets;
	c->drop_bytes[cause] = bytes;
	return true;
}

static bool read_counters(const struct nlattr *nest, struct counters *c)
{
	const struct nlattr *a;
	uint64_t dropped = 0;
	bool ok = true;
	int i;

	CHECK(nest->nla_type & NLA_F_NESTED);
	mnl_attr_for_each_nested(a, nest) {
		if (mnl_attr_get_type(a) == DFC_COUNTERS_A_DROP)
			ok &= read_drop(a, c);
		else if (mnl_attr_get_type(a) != DFC_COUNTERS_A_PAD)
			ok &= read_field(a, counters_fields, c, &c->present);
	}
	CHECK_EQUAL(c->sent_packets + c->dropped_packets, c->copies);
	for (i = 0; i <= DFC_DROP_MAX; i++)
		dropped += c->drop[i];
	CHECK_EQUAL(c->dropped_packets, dropped);
	return ok;
}

static bool read_addr(const struct nlattr *nest, struct addrs *list,
		      size_t len)
{
	struct addr *e = &list->entry[list->n];
	unsigned int seen = 0;
	const struct nlattr *a;
	void *to;

	CHECK(list->n++ < DFC_FILTER_ENTRIES_MAX);
	mnl_attr_for_each_nested(a, nest) {
		seen |= 1U << mnl_attr_get_type(a);
		if (mnl_attr_get_type(a) == DFC_ADDR_A_FLAGS) {
			CHECK_EQUAL(DFC_ENTRY_F_NOT, mnl_attr_get_u32(a));
			e->negated = true;
			continue;
		}
		to = mnl_attr_get_type(a) == DFC_ADDR_A_FROM ? e->from : e->to;
		CHECK_EQUAL(len, mnl_attr_get_payload_len(a));
		memcpy(to, mnl_attr_get_payload(a), len);
	}
	CHECK(has(seen, DFC_ADDR_A_FROM) && has(seen, DFC_ADDR_A_TO));
	return true;
}

static bool read_range(const struct nlattr *nest, struct ranges *list)
{
	struct range *e = &list->entry[list->n];
	unsigned int seen = 0;
	const struct nlattr *a;

	CHECK(list->n++ < DFC_FILTER_ENTRIES_MAX);
	mnl_attr_for_each_nested(a, nest) {
		seen |= 1U << mnl_attr_get_type(a);
		switch (mnl_attr_get_type(a)) {
		case DFC_RANGE_A_FROM:
			e->from = mnl_attr_get_u16(a);
			break;
		case DFC_RANGE_A_TO:
			e->to = mnl_attr_get_u16(a);
			break;
		default:
			CHECK_EQUAL(DFC_RANGE_A_FLAGS, mnl_attr_get_type(a));
			CHECK_EQUAL(DFC_ENTRY_F_NOT, mnl_attr_get_u32(a));
			e->negated = true;
		}
	}
	CHECK(has(seen, DFC_RANGE_A_FROM) && has(seen, DFC_RANGE_A_TO));
	return true;
}

static bool read_device(const struct nlattr *a, char (*names)[IFNAMSIZ],
			unsigned int *n, unsigned int max)
{
	CHECK(*n < max);
	CHECK(mnl_attr_validate(a, MNL_TYPE_NUL_STRING) >= 0);
	CHECK(mnl_attr_get_payload_len(a) <= IFNAMSIZ);
	strcpy(names[(*n)++], mnl_attr_get_str(a));
	return true;
}

static bool read_filter_attr(const struct nlattr *a, struct filter *f)
{
	size_t len = f->rule.family == AF_INET ? 4 : 16;
	struct rule *rule = &f->rule;

	switch (mnl_attr_get_type(a)) {
	case DFC_FILTER_A_PAD:
		return true;
	case DFC_FILTER_A_SRC:
		return read_addr(a, &rule->src, len);
	case DFC_FILTER_A_DST:
		return read_addr(a, &rule->dst, len);
	case DFC_FILTER_A_PROTOCOL:
		return read_range(a, &rule->protocol);
	case DFC_FILTER_A_SRC_PORT:
		return read_range(a, &rule->src_port);
	case DFC_FILTER_A_DST_PORT:
		return read_range(a, &rule->dst_port);
	case DFC_FILTER_A_ICMP_TYPE:
		return read_range(a, &rule->icmp_type);
	case DFC_FILTER_A_ICMP_CODE:
		return read_range(a, &rule->icmp_code);
	case DFC_FILTER_A_DEVICE:
		return read_device(a, rule->device, &rule->ndevices,
				   DFC_FILTER_DEVICES_MAX);
	case DFC_FILTER_A_DEST_ID:
		CHECK(rule->ndests < DFC_FILTER_DESTS_MAX);
		rule->dest[rule->ndests++] = mnl_attr_get_u32(a);
		return true;
	case DFC_FILTER_A_COUNTERS:
		f->present |= 1U << DFC_FILTER_A_COUNTERS;
		return read_counters(a, &f->counters);
	}
	return read_field(a, filter_fields, f, &f->present);
}

static bool read_filter(const struct nlattr *nest, struct filter *f)
{
	const struct nlattr *a;
	bool ok = true;

	CHECK(nest->nla_type & NLA_F_NESTED);
	memset(f, 0, sizeof(*f));
	/* The lists can only be judged by who knows the family. */
	mnl_attr_for_each_nested(a, nest)
		if (mnl_attr_get_type(a) == DFC_FILTER_A_FAMILY)
			f->rule.family = mnl_attr_get_u16(a);
	mnl_attr_for_each_nested(a, nest)
		ok &= read_filter_attr(a, f);
	CHECK(has(f->present, DFC_FILTER_A_ID));
	CHECK(has(f->present, DFC_FILTER_A_FLAGS));
	CHECK(has(f->present, DFC_FILTER_A_PRIORITY));
	CHECK(has(f->present, DFC_FILTER_A_AGE));
	CHECK(has(f->present, DFC_FILTER_A_ACTION));
	CHECK_EQUAL(!!f->rule.ndevices, has(f->present, DFC_FILTER_A_SCOPE));
	f->rule.has_ids = has(f->present, DFC_FILTER_A_INTERCEPT_ID);
	CHECK_EQUAL(f->rule.has_ids, has(f->present, DFC_FILTER_A_SESSION_ID));
	CHECK(has(f->present, DFC_FILTER_A_COUNTERS));
	CHECK_EQUAL(!!f->rule.timeout_total,
		    has(f->present, DFC_FILTER_A_LEFT_TOTAL));
	CHECK_EQUAL(!!f->rule.timeout_idle,
		    has(f->present, DFC_FILTER_A_LEFT_IDLE));
	CHECK_EQUAL(!!f->rule.limit_packets,
		    has(f->present, DFC_FILTER_A_LEFT_PACKETS));
	CHECK_EQUAL(!!f->rule.limit_bytes,
		    has(f->present, DFC_FILTER_A_LEFT_BYTES));
	return ok;
}

/* The only attribute of an answer. */
static const struct nlattr *only_attr(const struct nlmsghdr *nlh,
				      unsigned int cmd, unsigned int type)
{
	const struct genlmsghdr *genl = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *a, *found = NULL;

	if (tap_differs(__FILE__, __LINE__, "command", cmd, genl->cmd))
		return NULL;
	mnl_attr_for_each(a, nlh, sizeof(*genl)) {
		if (found || mnl_attr_get_type(a) != type ||
		    !(a->nla_type & NLA_F_NESTED)) {
			tap_note("answer has attribute %u", a->nla_type);
			return NULL;
		}
		found = a;
	}
	if (!found)
		tap_note("answer has no attribute");
	return found;
}

bool filter_read(const struct nlmsghdr *nlh, void *arg)
{
	const struct nlattr *nest = only_attr(nlh, DFC_CMD_FILTER_GET,
					      DFC_A_FILTER);

	return nest && read_filter(nest, arg);
}

static bool read_dest_addr(const struct nlattr *a, struct dest *d,
			   uint8_t *addr)
{
	size_t len = mnl_attr_get_payload_len(a);

	CHECK(len == 4 || len == 16);
	d->family = len == 4 ? AF_INET : AF_INET6;
	memcpy(addr, mnl_attr_get_payload(a), len);
	d->present |= 1U << mnl_attr_get_type(a);
	return true;
}

static bool read_dest_attr(const struct nlattr *a, struct dest *d)
{
	switch (mnl_attr_get_type(a)) {
	case DFC_DEST_A_ADDRESS:
		return read_dest_addr(a, d, d->addr);
	case DFC_DEST_A_SRC_ADDRESS:
		return read_dest_addr(a, d, d->src_addr);
	case DFC_DEST_A_COUNTERS:
		d->present |= 1U << DFC_DEST_A_COUNTERS;
		return read_counters(a, &d->counters);
	}
	return read_field(a, dest_fields, d, &d->present);
}

bool dest_read(const struct nlmsghdr *nlh, void *arg)
{
	const struct nlattr *nest = only_attr(nlh, DFC_CMD_DEST_GET,
					      DFC_A_DEST);
	uint32_t all = (2U << DFC_DEST_A_MAX) - 2, optional;
	const struct nlattr *a;
	struct dest *d = arg;
	bool ok = true;

	CHECK(nest);
	memset(d, 0, sizeof(*d));
	mnl_attr_for_each_nested(a, nest)
		ok &= read_dest_attr(a, d);
	optional = 1U << DFC_DEST_A_SRC_ADDRESS;
	if (d->format == DFC_FORMAT_IPIP)
		optional |= 1U << DFC_DEST_A_PORT | 1U << DFC_DEST_A_SRC_PORT;
	CHECK_EQUAL(all, d->present | optional);
	CHECK(has(d->counters.present, DFC_COUNTERS_A_BANDWIDTH));
	return ok;
}

bool site_read(const struct nlmsghdr *nlh, void *arg)
{
	const struct nlattr *nest = only_attr(nlh, DFC_CMD_GROUP_GET,
					      DFC_A_GROUP);
	struct site *site = arg;
	const struct nlattr *a;
	bool ok = true;

	CHECK(nest);
	memset(site, 0, sizeof(*site));
	mnl_attr_for_each_nested(a, nest) {
		if (mnl_attr_get_type(a) == DFC_GROUP_A_DEVICE)
			ok &= read_device(a, site->device, &site->ndevices,
					  DFC_GROUP_DEVICES_MAX);
		else if (mnl_attr_get_type(a) != DFC_GROUP_A_PAD)
			ok &= read_field(a, site_fields, site, &site->present);
	}
	CHECK(has(site->present, DFC_GROUP_A_ID));
	CHECK(has(site->present, DFC_GROUP_A_FLAGS));
	CHECK(has(site->present, DFC_GROUP_A_MODE));
	CHECK(has(site->present, DFC_GROUP_A_MASKS_MAX));
	CHECK(has(site->present, DFC_GROUP_A_FILTERS));
	CHECK(has(site->present, DFC_GROUP_A_MASKS));
	CHECK_EQUAL(site->mode == DFC_MODE_PASSIVE,
		    has(site->present, DFC_GROUP_A_SEEN_PACKETS));
	return ok;
}

bool stats_read(const struct nlmsghdr *nlh, void *arg)
{
	const struct nlattr *nest = only_attr(nlh, DFC_CMD_STATS_GET,
					      DFC_A_STATS);
	const struct nlattr *a;
	struct stats *s = arg;
	bool ok = true;

	CHECK(nest);
	memset(s, 0, sizeof(*s));
	mnl_attr_for_each_nested(a, nest) {
		if (mnl_attr_get_type(a) == DFC_STATS_A_COUNTERS)
			ok &= read_counters(a, &s->counters);
		else if (mnl_attr_get_type(a) != DFC_STATS_A_PAD)
			ok &= read_field(a, stats_fields, s, &s->present);
	}
	CHECK(s->counters.present);
	CHECK(!has(s->counters.present, DFC_COUNTERS_A_BANDWIDTH));
	return ok;
}

bool event_read(const struct nlmsghdr *nlh, void *arg)
{
	const struct genlmsghdr *genl = mnl_nlmsg_get_payload(nlh);
	struct event *event = arg;
	const struct nlattr *a;
	unsigned int seen = 0;
	bool ok = true;

	CHECK_EQUAL(DFC_CMD_FILTER_DEL_NTF, genl->cmd);
	mnl_attr_for_each(a, nlh, sizeof(*genl)) {
		seen |= 1U << mnl_attr_get_type(a);
		if (mnl_attr_get_type(a) == DFC_A_REASON)
			event->reason = mnl_attr_get_u32(a);
		else
			ok &= read_filter(a, &event->filter);
	}
	CHECK_EQUAL(1U << DFC_A_REASON | 1U << DFC_A_FILTER, seen);
	CHECK_EQUAL(0, event->filter.rule.src.n + event->filter.rule.dst.n);
	CHECK_EQUAL(0, event->filter.rule.ndests);
	CHECK_EQUAL(0, event->filter.rule.ndevices);
	CHECK_EQUAL(0, event->filter.rule.group);
	return ok;
}

bool drops_read(const struct nlmsghdr *nlh, void *arg)
{
	const struct nlattr *nest = only_attr(nlh, DFC_CMD_DEST_DROP_NTF,
					      DFC_A_DEST);
	const struct nlattr *a;
	struct dest *d = arg;
	bool ok = true;

	CHECK(nest);
	memset(d, 0, sizeof(*d));
	mnl_attr_for_each_nested(a, nest)
		ok &= read_dest_attr(a, d);
	CHECK_EQUAL(1U << DFC_DEST_A_ID | 1U << DFC_DEST_A_COUNTERS,
		    d->present);
	return ok;
}
