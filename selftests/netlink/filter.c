// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <errno.h>
#include <netinet/in.h>
#include <string.h>

#include "act.h"

/* Adds it, with its destinations, and compares it with what comes back. */
static bool comes_back(struct wire *w, const struct rule *rule)
{
	struct filter f;
	unsigned int i;

	for (i = 0; i < rule->ndests; i++)
		CHECK(act_dest_any(w, rule->dest[i]));
	CHECK(act_rule_add(w, rule));
	CHECK(act_filter_get(w, rule->id, &f));
	CHECK(rule_same(rule, &f.rule));
	CHECK(act_holds(w, 1, rule->ndests));
	CHECK(act_flush(w));
	for (i = 0; i < rule->ndests; i++)
		CHECK(act_dest_del(w, rule->dest[i]));
	return act_holds(w, 0, 0);
}

static bool least(struct wire *w)
{
	const struct rule rule = { .id = 1, .ndests = 1, .dest = { 1 } };
	const uint32_t always = 1U << DFC_FILTER_A_ID |
		1U << DFC_FILTER_A_FLAGS | 1U << DFC_FILTER_A_PRIORITY |
		1U << DFC_FILTER_A_ACTION | 1U << DFC_FILTER_A_AGE |
		1U << DFC_FILTER_A_COUNTERS;
	struct filter f;
	struct dest d;

	CHECK(act_dest_any(w, 1));
	CHECK(act_rule_add(w, &rule));
	CHECK(act_filter_get(w, 1, &f));
	CHECK(rule_same(&rule, &f.rule));
	CHECK_EQUAL(always, f.present);
	CHECK(has(f.counters.present, DFC_COUNTERS_A_BANDWIDTH));
	CHECK_EQUAL(0, f.counters.matched_packets + f.counters.copies);
	CHECK(act_dest_get(w, 1, &d));
	CHECK_EQUAL(1, d.filters);
	return true;
}

static bool all_ipv4(struct wire *w)
{
	const struct rule rule = {
		.id = UINT32_MAX,
		.flags = DFC_FILTER_F_OWNED,
		.family = AF_INET,
		.priority = UINT32_MAX,
		.timeout_total = DFC_TIMEOUT_MAX,
		.timeout_idle = 1234,
		.limit_packets = UINT64_MAX,
		.limit_bytes = UINT64_C(0x123456789abcdef),
		.src = ONE(.from = { 192, 0, 2, 0 }, .to = { 192, 0, 2, 255 }),
		.dst = ONE(.from = { 198, 51, 100, 2 },
			   .to = { 198, 51, 100, 2 }),
		.protocol = ONE(.from = IPPROTO_TCP, .to = IPPROTO_TCP),
		.src_port = ONE(.from = 1024, .to = 65535),
		.dst_port = ONE(.from = 80, .to = 80),
		.ndests = 3,
		.dest = { 7, 5, UINT32_MAX },
	};

	return comes_back(w, &rule);
}

static bool all_ipv6(struct wire *w)
{
	const struct rule rule = {
		.id = 0x80000000,
		.family = AF_INET6,
		.priority = 1,
		.timeout_total = 1000,
		.timeout_idle = DFC_TIMEOUT_MAX,
		.limit_packets = 1,
		.limit_bytes = 1,
		.src = ONE(.from = { 0x20, 1, 0xd, 0xb8, 0, 1 },
			   .to = { 0x20, 1, 0xd, 0xb8, 0, 1, 255, 255 }),
		.dst = ONE(.from = { 0x20, 1, 0xd, 0xb8, [15] = 2 },
			   .to = { 0x20, 1, 0xd, 0xb8, [15] = 9 }),
		.protocol = ONE(.from = IPPROTO_UDP, .to = IPPROTO_UDP),
		.src_port = ONE(.from = 53, .to = 53),
		.dst_port = ONE(.from = 1, .to = 2, .negated = true),
		.ndests = 1,
		.dest = { 1 },
	};

	return comes_back(w, &rule);
}

static bool family_alone(struct wire *w)
{
	const struct rule rule4 = { .id = 1, .family = AF_INET, .ndests = 1,
				    .dest = { 1 } };
	const struct rule rule6 = { .id = 1, .family = AF_INET6, .ndests = 1,
				    .dest = { 1 } };

	return comes_back(w, &rule4) && comes_back(w, &rule6);
}

static bool family_of_addresses(struct wire *w)
{
	static const uint8_t addr[16] = { 0x20, 1, 0xd, 0xb8, [15] = 1 };
	static const uint16_t families[] = { AF_INET, AF_INET6 };
	struct nlattr *nest, *entry;
	struct request *r;
	struct filter f;
	unsigned int i;

	CHECK(act_dest_any(w, 1));
	for (i = 0; i < 2; i++) {
		r = wire_request(w, DFC_CMD_FILTER_ADD);
		nest = nest_begin(r, DFC_A_FILTER);
		entry = nest_begin(r, i ? DFC_FILTER_A_DST : DFC_FILTER_A_SRC);
		put(r, DFC_ADDR_A_FROM, i ? 16 : 4, addr);
		nest_end(r, entry);
		put_u32(r, DFC_FILTER_A_DEST_ID, 1);
		put_u32(r, DFC_FILTER_A_ID, i + 1);
		nest_end(r, nest);
		CHECK(wire_done(w));
		CHECK(act_filter_get(w, i + 1, &f));
		CHECK_EQUAL(families[i], f.rule.family);
	}
	return true;
}

/* A single entry may be kept as key and mask; it must not show. */
static bool single_entries(struct wire *w)
{
	static const struct rule rules[] = {
		{ .protocol = ONE(.from = 0, .to = 0) },
		{ .protocol = ONE(.from = 255, .to = 255) },
		{ .protocol = ONE(.from = 0, .to = 255) },
		{ .protocol = ONE(.from = 6, .to = 6, .negated = true) },
		{ .src_port = ONE(.from = 0, .to = 0) },
		{ .src_port = ONE(.from = 65535, .to = 65535) },
		{ .dst_port = ONE(.from = 0, .to = 65535) },
		{ .dst_port = ONE(.from = 80, .to = 80, .negated = true) },
		{ .icmp_type = ONE(.from = 0, .to = 0) },
		{ .icmp_type = ONE(.from = 255, .to = 255) },
		{ .icmp_code = ONE(.from = 3, .to = 3) },
		{ .icmp_type = ONE(.from = 0, .to = 255),
		  .icmp_code = ONE(.from = 1, .to = 1, .negated = true) },
		{ .family = AF_INET, .src = ONE(.from = { 10 }, .to = { 10 }) },
		{ .family = AF_INET,
		  .src = ONE(.from = { 10, 0, 0, 1 }, .to = { 10, 0, 0, 2 }) },
		{ .family = AF_INET,
		  .src = ONE(.from = { 10 }, .to = { 10, 1, 255, 255 },
			     .negated = true) },
		{ .family = AF_INET,
		  .dst = ONE(.from = { 255, 255, 255, 255 },
			     .to = { 255, 255, 255, 255 }) },
		{ .family = AF_INET6,
		  .dst = ONE(.from = { [15] = 1 }, .to = { [15] = 1 }) },
		{ .family = AF_INET6,
		  .src = ONE(.from = { 0x20 }, .to = { 0x2f }) },
	};
	struct rule rule;
	unsigned int i;

	for (i = 0; i < sizeof(rules) / sizeof(*rules); i++) {
		rule = rules[i];
		rule.id = i + 1;
		rule.ndests = 1;
		rule.dest[0] = 1;
		CHECK(comes_back(w, &rule));
	}
	return true;
}

static bool where_and_what(struct wire *w)
{
	static const struct rule rules[] = {
		{ .scope = DFC_SCOPE_INPUT, .ndevices = 1, .device = { "lo" } },
		{ .scope = DFC_SCOPE_OUTPUT, .ndevices = DFC_FILTER_DEVICES_MAX,
		  .device = { "a", "b", "c", "d", "e", "lo", "g",
			      "fifteen.letters" } },
		{ .scope = DFC_SCOPE_VRF, .ndevices = 1, .device = { "red" } },
		{ .action = DFC_ACTION_REDIRECT },
		{ .has_ids = true },
		{ .has_ids = true, .intercept = DFC_INTERCEPT_ID_MAX,
		  .session = UINT32_MAX },
	};
	struct rule rule;
	unsigned int i;

	for (i = 0; i < sizeof(rules) / sizeof(*rules); i++) {
		rule = rules[i];
		rule.id = i + 1;
		rule.ndests = 1;
		rule.dest[0] = 1;
		CHECK(comes_back(w, &rule));
	}
	rule = (struct rule){ .id = 1, .action = DFC_ACTION_BLOCK };
	return comes_back(w, &rule);
}

static bool same_rule_twice(struct wire *w)
{
	struct filter f;
	uint32_t id;

	CHECK(act_dest_any(w, 1));
	for (id = 1; id <= 3; id++)
		CHECK(act_rule_any(w, id, 1));
	CHECK(act_filter_del(w, 2));
	CHECK(act_filter_get(w, 1, &f) && act_filter_get(w, 3, &f));
	CHECK(act_no_filter(w, 2));
	CHECK(act_rule_any(w, 2, 1));
	return act_holds(w, 3, 1);
}

static void begin_bulk(struct wire *w, enum dfc_cmd cmd, uint32_t first,
		       uint32_t count)
{
	struct request *r = wire_request(w, cmd);
	struct nlattr *nest;
	uint32_t id;

	for (id = first; id < first + count; id++) {
		nest = nest_begin(r, DFC_A_FILTER);
		put_u32(r, DFC_FILTER_A_ID, id);
		if (cmd == DFC_CMD_FILTER_ADD)
			put_u32(r, DFC_FILTER_A_DEST_ID, 1);
		nest_end(r, nest);
	}
}

static bool bulk(struct wire *w)
{
	struct filter f;
	struct dest d;

	CHECK(act_dest_any(w, 1));
	begin_bulk(w, DFC_CMD_FILTER_ADD, 1, 1000);
	CHECK(wire_done(w));
	CHECK(act_holds(w, 1000, 1));
	CHECK(act_filter_get(w, 1, &f) && act_filter_get(w, 1000, &f));
	CHECK(act_dest_get(w, 1, &d));
	CHECK_EQUAL(1000, d.filters);
	begin_bulk(w, DFC_CMD_FILTER_DEL, 101, 800);
	CHECK(wire_done(w));
	CHECK(act_holds(w, 200, 1));
	CHECK(act_filter_get(w, 100, &f) && act_no_filter(w, 101));
	CHECK(act_no_filter(w, 900) && act_filter_get(w, 901, &f));
	return true;
}

/* A message with one bad filter adds none, and the others' stay. */
static bool bulk_add_whole(struct wire *w)
{
	struct filter f;
	struct dest d;

	CHECK(act_dest_any(w, 1));
	CHECK(act_rule_any(w, 51, 1));
	begin_bulk(w, DFC_CMD_FILTER_ADD, 1, 50);
	culprit(&w->request);
	rule_put(&w->request, &(struct rule){ .id = 51, .ndests = 1,
					      .dest = { 1 } });
	rule_put(&w->request, &(struct rule){ .id = 52, .ndests = 1,
					      .dest = { 1 } });
	CHECK(wire_refused(w, EEXIST, "filter id is already in use"));
	CHECK(act_holds(w, 1, 1));
	CHECK(act_filter_get(w, 51, &f));
	CHECK(act_dest_get(w, 1, &d));
	CHECK_EQUAL(1, d.filters);
	begin_bulk(w, DFC_CMD_FILTER_ADD, 1, 50);
	return wire_done(w) && act_holds(w, 51, 1);
}

static bool bulk_id_twice(struct wire *w)
{
	CHECK(act_dest_any(w, 1));
	begin_bulk(w, DFC_CMD_FILTER_ADD, 1, 20);
	culprit(&w->request);
	rule_put(&w->request, &(struct rule){ .id = 7, .ndests = 1,
					      .dest = { 1 } });
	CHECK(wire_refused(w, EEXIST, "filter id is already in use"));
	return act_holds(w, 0, 1);
}

static bool bulk_del_whole(struct wire *w)
{
	struct nlattr *nest;

	CHECK(act_dest_any(w, 1));
	begin_bulk(w, DFC_CMD_FILTER_ADD, 1, 20);
	CHECK(wire_done(w));
	begin_bulk(w, DFC_CMD_FILTER_DEL, 1, 10);
	nest = nest_begin(&w->request, DFC_A_FILTER);
	culprit(&w->request);
	put_u32(&w->request, DFC_FILTER_A_ID, 21);
	nest_end(&w->request, nest);
	rule_put_id(&w->request, 11);
	CHECK(wire_refused(w, ENOENT, "there is no filter with this id"));
	return act_holds(w, 20, 1);
}

static bool del_named_twice(struct wire *w)
{
	CHECK(act_dest_any(w, 1));
	CHECK(act_rule_any(w, 1, 1) && act_rule_any(w, 2, 1));
	rule_put_id(wire_request(w, DFC_CMD_FILTER_DEL), 1);
	rule_put_id(&w->request, 1);
	CHECK(wire_done(w));
	return act_holds(w, 1, 1) && act_no_filter(w, 1);
}

static bool flush_of_dest(struct wire *w)
{
	const struct rule both = { .id = 3, .ndests = 2, .dest = { 2, 1 } };
	struct filter f;

	CHECK(act_dest_any(w, 1) && act_dest_any(w, 2) && act_dest_any(w, 3));
	CHECK(act_rule_any(w, 1, 1) && act_rule_any(w, 2, 2));
	CHECK(act_rule_add(w, &both));
	CHECK(act_flush_dest(w, 3) && act_holds(w, 3, 3));
	CHECK(act_flush_dest(w, 4) && act_holds(w, 3, 3));
	CHECK(act_flush_dest(w, 1) && act_holds(w, 1, 3));
	CHECK(act_filter_get(w, 2, &f));
	CHECK(act_flush(w) && act_holds(w, 0, 3));
	return act_flush(w);
}

/*
 * Every combination of fields and prefix lengths makes one more table to look
 * into. Where there are too many, filters share one with others that are less
 * exact; it must not show.
 */
static void combine(struct rule *rule, uint32_t id)
{
	uint32_t src = htonl(0x0a000000 | ((1U << id % 25) - 1));
	uint32_t dst = htonl(0x0a000000 | ((1U << id / 25 % 25) - 1));

	rule->id = id;
	memcpy(rule->src.entry->to, &src, sizeof(src));
	memcpy(rule->dst.entry->to, &dst, sizeof(dst));
	rule->dst_port.n = id / 625;
}

static bool combinations(struct wire *w)
{
	struct rule rule = {
		.family = AF_INET,
		.src = ONE(.from = { 10 }),
		.dst = ONE(.from = { 10 }),
		.dst_port = ONE(.from = 80, .to = 80),
		.ndests = 1,
		.dest = { 1 },
	};
	struct filter f;
	struct stats s;
	uint32_t id;

	CHECK(act_dest_any(w, 1));
	for (id = 1; id < 2 * 625; id++) {
		combine(&rule, id);
		CHECK(act_rule_add(w, &rule));
	}
	CHECK(act_stats_get(w, &s));
	CHECK_EQUAL(id - 1, s.filters);
	CHECK(s.masks > 1 && s.masks <= 1024);
	while (--id) {
		combine(&rule, id);
		CHECK(act_filter_get(w, id, &f));
		CHECK(rule_same(&rule, &f.rule));
	}
	CHECK(act_flush(w) && act_stats_get(w, &s));
	CHECK_EQUAL(0, s.masks);
	return true;
}

static bool stats(struct wire *w)
{
	struct stats s;

	CHECK(act_stats_get(w, &s));
	CHECK_EQUAL(0, s.filters + s.dests + s.masks + s.expired);
	CHECK_EQUAL(0, s.seen_packets + s.malformed_packets);
	CHECK_EQUAL(0, s.counters.matched_packets + s.counters.copies);
	CHECK(act_dest_any(w, 1) && act_dest_any(w, 2));
	CHECK(act_rule_any(w, 1, 1) && act_rule_any(w, 2, 1));
	CHECK(act_stats_get(w, &s));
	CHECK_EQUAL(2, s.filters);
	CHECK_EQUAL(2, s.dests);
	CHECK_EQUAL(1, s.masks);
	return true;
}

static const struct test tests[] = {
	{ "a filter needs no more than id and destination", least },
	{ "all of an IPv4 filter comes back", all_ipv4 },
	{ "all of an IPv6 filter comes back", all_ipv6 },
	{ "a family alone comes back", family_alone },
	{ "the family is that of the addresses", family_of_addresses },
	{ "single entries of lists come back", single_entries },
	{ "devices, actions and ids come back", where_and_what },
	{ "filters may be the same but for their ids", same_rule_twice },
	{ "one message adds or deletes many filters", bulk },
	{ "one bad filter, and none of a message is added", bulk_add_whole },
	{ "an id twice in a message, and none is added", bulk_id_twice },
	{ "one unknown id, and none of a message is deleted", bulk_del_whole },
	{ "a filter may be named twice for deletion", del_named_twice },
	{ "flush takes all, or those of a destination", flush_of_dest },
	{ "combinations of fields do not show that they are many", combinations },
	{ "the namespace counts what it has", stats },
};

GROUP(filter, tests);
