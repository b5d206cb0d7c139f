// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <stdlib.h>

#include "act.h"
#include "packets.h"

static bool counters(struct wire *w)
{
	struct filter f;
	struct stats s;
	struct dest d;

	CHECK(packets_set_up(w) && act_rule_add(w, &packets_rule));
	CHECK(packets_send(0, 10));
	CHECK(act_filter_get(w, 1, &f) && packets_counted(&f.counters, 10, 20));
	CHECK(act_dest_get(w, 1, &d) && packets_counted(&d.counters, 10, 10));
	CHECK_EQUAL(10, d.counters.drop[DFC_DROP_NO_ROUTE]);
	CHECK(act_dest_get(w, 2, &d) && packets_counted(&d.counters, 10, 10));
	CHECK_EQUAL(10, d.counters.drop[DFC_DROP_NO_SA]);
	CHECK(act_stats_get(w, &s));
	CHECK_EQUAL(20, s.counters.copies);
	CHECK_EQUAL(10, s.counters.drop[DFC_DROP_NO_ROUTE]);
	CHECK_EQUAL(10, s.counters.drop[DFC_DROP_NO_SA]);
	CHECK_EQUAL(10, s.seen_packets);
	CHECK_EQUAL(0, s.malformed_packets);
	return true;
}

/* Of three destinations one is reached; nobody there hears of it. */
static bool add_dest(struct wire *w, uint32_t id)
{
	const struct dest dest = {
		.id = id,
		.family = AF_INET,
		.addr = { 192, 0, 2, 9 },
		.port = 7890,
		.security = id % 3 == 1 ? DFC_SECURITY_NONE
					: DFC_SECURITY_REQUIRED,
	};

	return id % 3 ? act_dest_add(w, &dest) : act_dest_any(w, id);
}

static bool adds_up(const struct counters *c, uint64_t packets,
		    uint64_t copies, uint64_t sent)
{
	CHECK_EQUAL(packets, c->matched_packets);
	CHECK_EQUAL(copies, c->copies);
	CHECK_EQUAL(sent, c->sent_packets);
	CHECK_EQUAL(copies - sent, c->dropped_packets);
	CHECK_EQUAL(sent * PACKETS_LENGTH, c->sent_bytes);
	return true;
}

static bool many_dests(struct wire *w)
{
	const unsigned int n = DFC_FILTER_DESTS_MAX, reached = (n + 2) / 3;
	struct rule rule = packets_rule;
	struct filter f;
	struct stats s;
	struct dest d;
	uint32_t id;

	CHECK(packets_wire() && packets_group(w));
	CHECK(!system("ip neighbour add 192.0.2.9 "
		      "lladdr 02:00:00:00:00:09 dev in"));
	rule.ndests = n;
	for (id = 1; id <= n; id++) {
		CHECK(add_dest(w, id));
		rule.dest[id - 1] = id;
	}
	CHECK(act_rule_add(w, &rule) && packets_send(0, 5));
	CHECK(act_filter_get(w, 1, &f));
	CHECK(rule_same(&rule, &f.rule));
	CHECK(adds_up(&f.counters, 5, 5 * n, 5 * reached));
	for (id = 1; id <= n; id++) {
		CHECK(act_dest_get(w, id, &d));
		CHECK(adds_up(&d.counters, 5, 5, id % 3 == 1 ? 5 : 0));
	}
	CHECK(act_stats_get(w, &s));
	CHECK_EQUAL(5 * (n / 3), s.counters.drop[DFC_DROP_NO_SA]);
	CHECK_EQUAL(5 * (n / 3), s.counters.drop[DFC_DROP_NO_ROUTE]);
	return adds_up(&s.counters, 5, 5 * n, 5 * reached);
}

static bool no_match(struct wire *w)
{
	struct rule other = packets_rule;
	struct filter f;
	struct stats s;

	other.dst_port.entry[0].negated = true;
	CHECK(packets_set_up(w) && act_rule_add(w, &other));
	CHECK(packets_send(0, 3));
	CHECK(act_filter_get(w, 1, &f) && packets_counted(&f.counters, 0, 0));
	CHECK(act_stats_get(w, &s));
	CHECK_EQUAL(3, s.seen_packets);
	return packets_counted(&s.counters, 0, 0);
}

/* What is remembered of packets of nobody is true until filters change. */
static bool remembered(struct wire *w)
{
	struct rule other = packets_rule;
	struct filter f;
	struct stats s;

	other.id = 2;
	other.dst_port.entry[0].negated = true;
	CHECK(packets_set_up(w) && act_rule_add(w, &other));
	CHECK(packets_send(0, 3));
	CHECK(act_rule_add(w, &packets_rule) && packets_send(0, 3));
	CHECK(act_filter_get(w, 1, &f) && packets_counted(&f.counters, 3, 6));
	CHECK(act_filter_del(w, 1) && packets_send(0, 3));
	CHECK(act_filter_get(w, 2, &f) && packets_counted(&f.counters, 0, 0));
	CHECK(act_stats_get(w, &s));
	CHECK_EQUAL(9, s.seen_packets);
	return packets_counted(&s.counters, 3, 6);
}

/* Counters of the namespace outlive filters and destinations. */
static bool outlived(struct wire *w)
{
	struct stats s;

	CHECK(packets_set_up(w) && act_rule_add(w, &packets_rule));
	CHECK(packets_send(0, 4));
	CHECK(act_flush(w) && act_dest_del(w, 1) && act_dest_del(w, 2));
	CHECK(packets_send(0, 4));
	CHECK(act_stats_get(w, &s));
	CHECK_EQUAL(0, s.expired);
	return packets_counted(&s.counters, 4, 8);
}

static bool ends_with(struct wire *w, const struct rule *rule,
		      enum dfc_reason reason, uint64_t packets)
{
	struct wire *listener = wire_open();
	static struct event event;
	struct stats s;

	CHECK(!wire_join(listener));
	CHECK(packets_set_up(w) && act_rule_add(w, rule));
	CHECK(packets_send(0, packets + 3));
	CHECK(act_no_filter(w, 1));
	CHECK(act_event(listener, &event));
	CHECK_EQUAL(1, event.filter.rule.id);
	CHECK_EQUAL(reason, event.reason);
	CHECK(packets_counted(&event.filter.counters, packets, 2 * packets));
	CHECK(act_stats_get(w, &s));
	CHECK_EQUAL(1, s.expired);
	wire_close(listener);
	return packets_counted(&s.counters, packets, 2 * packets);
}

/*
 * The first copy that is lost is told of, and later which have been. A copy
 * that is lost while an event is written may be in it and raise the next one,
 * which then has no news.
 */
static bool told(struct wire *w)
{
	struct wire *listener = wire_open();
	uint64_t seen[3] = { 0 };
	struct dest d;

	CHECK(!wire_join(listener));
	CHECK(packets_set_up(w) && act_rule_add(w, &packets_rule));
	CHECK(packets_send(0, 5));
	while (seen[1] < 5 || seen[2] < 5) {
		CHECK(wire_event(listener, DFC_CMD_DEST_DROP_NTF, drops_read,
				 &d));
		CHECK(d.id == 1 || d.id == 2);
		CHECK(d.counters.dropped_packets > 0);
		CHECK(d.counters.dropped_packets >= seen[d.id]);
		seen[d.id] = d.counters.dropped_packets;
	}
	wire_close(listener);
	return true;
}

static bool packet_limit(struct wire *w)
{
	struct rule rule = packets_rule;

	rule.limit_packets = 5;
	rule.limit_bytes = 5 * PACKETS_LENGTH + 1;
	return ends_with(w, &rule, DFC_REASON_LIMIT_PACKETS, 5);
}

static bool byte_limit(struct wire *w)
{
	struct rule rule = packets_rule;

	rule.limit_packets = 6;
	rule.limit_bytes = 6 * PACKETS_LENGTH - 1;
	return ends_with(w, &rule, DFC_REASON_LIMIT_BYTES, 5);
}

static bool exact_byte_limit(struct wire *w)
{
	struct rule rule = packets_rule;

	rule.limit_bytes = 2 * PACKETS_LENGTH;
	return ends_with(w, &rule, DFC_REASON_LIMIT_BYTES, 2);
}

static bool left_and_set(struct wire *w)
{
	struct rule rule = packets_rule;
	struct filter f;

	rule.limit_packets = 100;
	rule.limit_bytes = 100 * PACKETS_LENGTH;
	CHECK(packets_set_up(w) && act_rule_add(w, &rule));
	CHECK(packets_send(0, 7));
	CHECK(act_filter_get(w, 1, &f));
	CHECK_EQUAL(93, f.left_packets);
	CHECK_EQUAL(93 * PACKETS_LENGTH, f.left_bytes);
	CHECK(act_rule_set(w, &(struct rule){ .id = 1, .limit_packets = 3 }));
	CHECK(act_filter_get(w, 1, &f));
	CHECK_EQUAL(3, f.left_packets);
	CHECK_EQUAL(93 * PACKETS_LENGTH, f.left_bytes);
	CHECK(packets_counted(&f.counters, 7, 14));
	CHECK(packets_send(0, 2));
	CHECK(act_filter_get(w, 1, &f));
	CHECK_EQUAL(1, f.left_packets);
	CHECK(packets_counted(&f.counters, 9, 18));
	return packets_send(0, 1) && act_no_filter(w, 1);
}

static const struct test tests[] = {
	{ "packets, copies and drops are counted", counters },
	{ "copies to 64 destinations add up", many_dests },
	{ "what does not match is not counted", no_match },
	{ "what matched nothing matches what comes later", remembered },
	{ "the counters of the namespace outlive its filters", outlived },
	{ "events tell of destinations that lose copies", told },
	{ "a packet limit ends a filter, and an event tells", packet_limit },
	{ "a byte limit ends it before it is exceeded", byte_limit },
	{ "a byte limit ends it when it is met", exact_byte_limit },
	{ "limits are set anew while packets match", left_and_set },
};

GROUP(traffic, tests);
