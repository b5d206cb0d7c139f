// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <netinet/in.h>
#include <string.h>

#include "act.h"

/* Filters of this kind whose lists are all full. */
#define FULL 7

static void fill_addrs(struct addrs *list, uint16_t family, unsigned int salt)
{
	unsigned int i, j, len = family == AF_INET ? 4 : 16;
	struct addr *e;

	list->n = DFC_FILTER_ENTRIES_MAX;
	for (i = 0; i < list->n; i++) {
		e = &list->entry[i];
		for (j = 0; j < len; j++)
			e->from[j] = e->to[j] = salt + 7 * i + j;
		e->from[len - 1] = i;
		e->to[len - 1] = i + 100;
		e->negated = (i + salt) % 2;
	}
}

static void fill_ranges(struct ranges *list, unsigned int step)
{
	unsigned int i;

	list->n = DFC_FILTER_ENTRIES_MAX;
	for (i = 0; i < list->n; i++) {
		list->entry[i].from = step * i;
		list->entry[i].to = step * i + step - 1;
		list->entry[i].negated = i % 3 == 0;
	}
}

static void fill(struct rule *rule, uint16_t family, uint32_t id)
{
	unsigned int i;

	*rule = (struct rule){
		.id = id,
		.family = family,
		.priority = id,
		.timeout_total = 5000,
		.timeout_idle = 4000,
		.limit_packets = UINT64_MAX,
		.limit_bytes = UINT64_MAX - 1,
		.ndests = DFC_FILTER_DESTS_MAX,
	};
	fill_addrs(&rule->src, family, id);
	fill_addrs(&rule->dst, family, id + 1);
	fill_ranges(&rule->protocol, 4);
	fill_ranges(&rule->src_port, 1000);
	fill_ranges(&rule->dst_port, 1024);
	for (i = 0; i < rule->ndests; i++)
		rule->dest[i] = UINT32_MAX - 3 * ((i + id) % rule->ndests);
}

static bool add_dests(struct wire *w)
{
	unsigned int i;

	for (i = 0; i < DFC_FILTER_DESTS_MAX; i++)
		CHECK(act_dest_any(w, UINT32_MAX - 3 * i));
	return true;
}

static bool full_get(struct wire *w)
{
	static const uint16_t families[] = { AF_INET, AF_INET6 };
	static struct filter f;
	static struct rule rule;
	uint32_t id;

	CHECK(add_dests(w));
	for (id = 1; id <= 2; id++) {
		fill(&rule, families[id - 1], id);
		CHECK(act_rule_add(w, &rule));
		CHECK(act_filter_get(w, id, &f));
		CHECK(rule_same(&rule, &f.rule));
	}
	return true;
}

static bool read_full(const struct nlmsghdr *nlh, void *arg)
{
	static struct filter f;
	static struct rule rule;
	uint32_t *id = arg;

	CHECK(filter_read(nlh, &f));
	fill(&rule, AF_INET6, ++*id);
	return rule_same(&rule, &f.rule);
}

/*
 * The kernel makes room for an answer after the last read of the socket, so
 * one that has not read yet is the hardest to serve.
 */
static bool full_dump(struct wire *w)
{
	struct wire *fresh = wire_open();
	static struct rule rule;
	uint32_t id;

	CHECK(add_dests(w));
	for (id = 1; id <= FULL; id++) {
		fill(&rule, AF_INET6, id);
		CHECK(act_rule_add(w, &rule));
	}
	id = 0;
	wire_dump(wire_request(fresh, DFC_CMD_FILTER_GET));
	CHECK(wire_call(fresh, read_full, &id));
	CHECK_EQUAL(0, fresh->answer.error);
	CHECK_EQUAL(FULL, fresh->answer.objects);
	CHECK(fresh->answer.parts > FULL / 3);
	CHECK(!fresh->answer.interrupted);
	wire_close(fresh);
	CHECK(act_flush_dest(w, UINT32_MAX - 9));
	return act_holds(w, 0, DFC_FILTER_DESTS_MAX);
}

static void shorten(struct rule *rule)
{
	rule->src.n = random_below(DFC_FILTER_ENTRIES_MAX + 1);
	rule->dst.n = random_below(DFC_FILTER_ENTRIES_MAX + 1);
	rule->protocol.n = random_below(3);
	rule->src_port.n = random_below(DFC_FILTER_ENTRIES_MAX + 1);
	rule->dst_port.n = random_below(2);
	rule->ndests = 1 + random_below(DFC_FILTER_DESTS_MAX);
	memset(rule->src.entry + rule->src.n, 0,
	       (DFC_FILTER_ENTRIES_MAX - rule->src.n) * sizeof(struct addr));
	memset(rule->dst.entry + rule->dst.n, 0,
	       (DFC_FILTER_ENTRIES_MAX - rule->dst.n) * sizeof(struct addr));
	memset(rule->dest + rule->ndests, 0,
	       (DFC_FILTER_DESTS_MAX - rule->ndests) * sizeof(*rule->dest));
}

/* The lists share one piece of memory: none may reach into another. */
static bool any_length(struct wire *w)
{
	static struct filter f;
	static struct rule rule;
	uint32_t id;

	random_seed(1);
	CHECK(add_dests(w));
	for (id = 1; id <= 100; id++) {
		fill(&rule, id % 2 ? AF_INET : AF_INET6, id);
		shorten(&rule);
		CHECK(act_rule_add(w, &rule));
		CHECK(act_filter_get(w, id, &f));
		CHECK(rule_same(&rule, &f.rule));
	}
	return true;
}

/* The order of attributes says nothing but where they are of one list. */
static bool mixed_order(struct wire *w)
{
	static const uint16_t lists[] = {
		DFC_FILTER_A_PROTOCOL, DFC_FILTER_A_SRC_PORT,
		DFC_FILTER_A_DST_PORT,
	};
	struct nlattr *nest, *entry;
	struct request *r;
	struct filter f;
	unsigned int i;

	CHECK(act_dest_any(w, 1) && act_dest_any(w, 2));
	r = wire_request(w, DFC_CMD_FILTER_ADD);
	nest = nest_begin(r, DFC_A_FILTER);
	put_u32(r, DFC_FILTER_A_DEST_ID, 2);
	for (i = 0; i < 9; i++) {
		entry = nest_begin(r, lists[i % 3]);
		put_u32(r, DFC_RANGE_A_FLAGS, 0);
		put_u16(r, DFC_RANGE_A_TO, 10 * i + 5);
		put_u16(r, DFC_RANGE_A_FROM, 10 * i);
		nest_end(r, entry);
	}
	put_u32(r, DFC_FILTER_A_ID, 1);
	put_u32(r, DFC_FILTER_A_DEST_ID, 1);
	nest_end(r, nest);
	CHECK(wire_done(w));
	CHECK(act_filter_get(w, 1, &f));
	for (i = 0; i < 3; i++) {
		CHECK_EQUAL(30 * i, f.rule.protocol.entry[i].from);
		CHECK_EQUAL(30 * i + 10, f.rule.src_port.entry[i].from);
		CHECK_EQUAL(30 * i + 25, f.rule.dst_port.entry[i].to);
		CHECK(!f.rule.protocol.entry[i].negated);
	}
	CHECK_EQUAL(2, f.rule.dest[0]);
	CHECK_EQUAL(1, f.rule.dest[1]);
	return true;
}

static const struct test tests[] = {
	{ "filters with all lists full come back", full_get },
	{ "a dump has filters with all lists full", full_dump },
	{ "lists of any length come back", any_length },
	{ "attributes may come in any order", mixed_order },
};

GROUP(lists, tests);
