// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <netinet/in.h>

#include "act.h"

/* So many that a dump takes many messages; prime, for shuffle() below. */
#define MANY 4999
#define MANY_DESTS 599
#define BULK 500

/* All numbers below @count, each once, in no order. */
static uint32_t shuffle(uint32_t i, uint32_t count)
{
	return (i * UINT64_C(2741) + 17) % count;
}

static uint32_t nth_id(uint32_t n)
{
	return 1 + n * 700000;
}

static void put_nth(struct request *r, uint32_t n)
{
	struct rule rule = {
		.id = nth_id(n),
		.family = AF_INET,
		.priority = n,
		.src = ONE(.from = { 10, n >> 8, n }, .to = { 10, n >> 8, n }),
		.ndests = 1,
		.dest = { 1 },
	};

	rule_put(r, &rule);
}

static bool add_many(struct wire *w)
{
	struct request *r;
	uint32_t i = 0;

	CHECK(act_dest_any(w, 1));
	while (i < MANY) {
		r = wire_request(w, DFC_CMD_FILTER_ADD);
		do {
			put_nth(r, shuffle(i++, MANY));
		} while (i < MANY && i % BULK);
		CHECK(wire_done(w));
	}
	return act_holds(w, MANY, 1);
}

/* What a dump has brought so far. */
struct progress {
	uint32_t count;
	uint32_t last;
	uint32_t extra;
};

static bool read_next(const struct nlmsghdr *nlh, void *arg)
{
	struct progress *p = arg;
	static struct filter f;

	CHECK(nlh->nlmsg_flags & NLM_F_MULTI);
	CHECK(filter_read(nlh, &f));
	CHECK(f.rule.id > p->last);
	p->last = f.rule.id;
	if (f.rule.id != nth_id(f.rule.priority)) {
		p->extra++;
		return true;
	}
	p->count++;
	CHECK_EQUAL(f.rule.priority >> 8, f.rule.src.entry[0].from[1]);
	CHECK_EQUAL(f.rule.priority & 255, f.rule.src.entry[0].to[2]);
	return true;
}

static bool in_order(struct wire *w)
{
	struct progress p = { 0 };

	CHECK(add_many(w));
	wire_dump(wire_request(w, DFC_CMD_FILTER_GET));
	CHECK(wire_call(w, read_next, &p));
	CHECK_EQUAL(0, w->answer.error);
	CHECK_EQUAL(MANY, p.count);
	CHECK_EQUAL(nth_id(MANY - 1), p.last);
	CHECK(w->answer.parts > 10);
	CHECK(!w->answer.interrupted);
	return act_flush(w) && act_holds(w, 0, 1);
}

/* Reads a part of a dump, lets @meddle do its work, and reads the rest. */
static bool meddled(struct wire *w, bool (*meddle)(struct wire *w),
		    struct progress *p)
{
	struct wire *other = wire_open();

	CHECK(add_many(other));
	wire_dump(wire_request(w, DFC_CMD_FILTER_GET));
	wire_send(w);
	CHECK(wire_receive(w, read_next, p));
	CHECK(!w->answer.interrupted && !w->answer.over);
	CHECK(meddle(other));
	while (!w->answer.over)
		CHECK(wire_receive(w, read_next, p));
	CHECK_EQUAL(0, w->answer.error);
	wire_close(other);
	return true;
}

static bool add_last(struct wire *w)
{
	return act_rule_any(w, UINT32_MAX, 1);
}

static bool added_meanwhile(struct wire *w)
{
	struct progress p = { 0 };

	CHECK(meddled(w, add_last, &p));
	CHECK(w->answer.interrupted);
	CHECK_EQUAL(MANY, p.count);
	CHECK_EQUAL(1, p.extra);
	return true;
}

static bool del_first(struct wire *w)
{
	return act_filter_del(w, nth_id(0));
}

static bool deleted_meanwhile(struct wire *w)
{
	struct progress p = { 0 };

	CHECK(meddled(w, del_first, &p));
	CHECK(w->answer.interrupted);
	CHECK_EQUAL(MANY, p.count);
	return true;
}

static bool flushed_meanwhile(struct wire *w)
{
	struct progress p = { 0 };

	CHECK(meddled(w, act_flush, &p));
	CHECK(w->answer.interrupted);
	CHECK(p.count && p.count < MANY);
	return true;
}

static bool swap_first(struct wire *w)
{
	CHECK(act_filter_del(w, nth_id(0)));
	put_nth(wire_request(w, DFC_CMD_FILTER_ADD), 0);
	return wire_done(w);
}

static bool swapped_meanwhile(struct wire *w)
{
	struct progress p = { 0 };

	CHECK(meddled(w, swap_first, &p));
	CHECK(w->answer.interrupted);
	return true;
}

static bool just_look(struct wire *w)
{
	struct filter f;

	CHECK(act_filter_get(w, nth_id(1), &f));
	return act_rule_set(w, &(struct rule){ .id = nth_id(1),
					       .limit_packets = 5 });
}

static bool looked_at_meanwhile(struct wire *w)
{
	struct progress p = { 0 };

	CHECK(meddled(w, just_look, &p));
	CHECK(!w->answer.interrupted);
	CHECK_EQUAL(MANY, p.count);
	return true;
}

/* A dump that nobody reads to its end leaves nothing behind. */
static bool broken_off(struct wire *w)
{
	struct wire *other = wire_open();
	struct progress p = { 0 };

	CHECK(add_many(w));
	wire_dump(wire_request(other, DFC_CMD_FILTER_GET));
	wire_send(other);
	CHECK(wire_receive(other, read_next, &p));
	wire_close(other);
	CHECK(act_flush(w) && act_dest_del(w, 1));
	return act_holds(w, 0, 0);
}

static bool nothing(struct wire *w)
{
	static const enum dfc_cmd cmds[] = {
		DFC_CMD_FILTER_GET, DFC_CMD_DEST_GET,
	};
	unsigned int i;

	for (i = 0; i < 2; i++) {
		wire_dump(wire_request(w, cmds[i]));
		CHECK(wire_done(w));
		CHECK_EQUAL(0, w->answer.objects);
	}
	return true;
}

static bool add_dests(struct wire *w)
{
	uint32_t i;

	for (i = 0; i < MANY_DESTS; i++)
		CHECK(act_dest_any(w, nth_id(shuffle(i, MANY_DESTS))));
	return act_rule_any(w, 1, nth_id(3));
}

static bool read_next_dest(const struct nlmsghdr *nlh, void *arg)
{
	struct progress *p = arg;
	static struct dest d;

	CHECK(nlh->nlmsg_flags & NLM_F_MULTI);
	CHECK(dest_read(nlh, &d));
	CHECK_EQUAL(nth_id(p->count), d.id);
	CHECK_EQUAL(p->count == 3, d.filters);
	p->count++;
	return true;
}

static bool dests_in_order(struct wire *w)
{
	struct progress p = { 0 };

	CHECK(add_dests(w));
	wire_dump(wire_request(w, DFC_CMD_DEST_GET));
	CHECK(wire_call(w, read_next_dest, &p));
	CHECK_EQUAL(MANY_DESTS, p.count);
	CHECK(w->answer.parts > 3);
	CHECK(!w->answer.interrupted);
	return true;
}

static bool dest_added_meanwhile(struct wire *w)
{
	struct wire *other = wire_open();
	struct progress p = { 0 };

	CHECK(add_dests(w));
	wire_dump(wire_request(w, DFC_CMD_DEST_GET));
	wire_send(w);
	CHECK(wire_receive(w, read_next_dest, &p));
	CHECK(act_dest_any(other, 2));
	while (!w->answer.over)
		CHECK(wire_receive(w, read_next_dest, &p));
	CHECK(w->answer.interrupted);
	CHECK_EQUAL(MANY_DESTS, p.count);
	wire_close(other);
	return true;
}

static const struct test tests[] = {
	{ "a dump of nothing is empty", nothing },
	{ "thousands of filters are dumped in the order of ids", in_order },
	{ "a dump tells that a filter was added meanwhile", added_meanwhile },
	{ "a dump tells that one was deleted", deleted_meanwhile },
	{ "a dump tells that one was replaced", swapped_meanwhile },
	{ "a dump tells that all were deleted", flushed_meanwhile },
	{ "a dump is not disturbed by GET and SET", looked_at_meanwhile },
	{ "a dump may be broken off", broken_off },
	{ "many destinations are dumped in the order of ids", dests_in_order },
	{ "their dump tells that one was added", dest_added_meanwhile },
};

GROUP(dump, tests);
