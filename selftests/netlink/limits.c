// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <errno.h>

#include "act.h"

static const struct rule limited = {
	.id = 1,
	.timeout_total = 1000,
	.timeout_idle = 2000,
	.limit_packets = 3000,
	.limit_bytes = 4000,
	.ndests = 1,
	.dest = { 1 },
};

/* Milliseconds that are left of so many seconds; a slow machine has fewer. */
static bool is_left(uint32_t timeout, uint64_t left)
{
	CHECK(left <= timeout * UINT64_C(1000));
	CHECK(left > (timeout - WIRE_DEADLINE) * UINT64_C(1000));
	return true;
}

static bool filter_is(struct wire *w, const struct rule *rule)
{
	struct filter f;

	CHECK(act_filter_get(w, rule->id, &f));
	CHECK(rule_same(rule, &f.rule));
	if (rule->timeout_total)
		CHECK(is_left(rule->timeout_total, f.left_total));
	if (rule->timeout_idle)
		CHECK(is_left(rule->timeout_idle, f.left_idle));
	CHECK_EQUAL(rule->limit_packets, f.left_packets);
	CHECK_EQUAL(rule->limit_bytes, f.left_bytes);
	return true;
}

static bool report(struct wire *w)
{
	CHECK(act_dest_any(w, 1));
	return act_rule_add(w, &limited) && filter_is(w, &limited);
}

static bool set_each(struct wire *w)
{
	struct rule rule = limited;

	CHECK(act_dest_any(w, 1) && act_rule_add(w, &rule));
	CHECK(act_rule_set(w, &(struct rule){ .id = 1, .timeout_total = 70 }));
	rule.timeout_total = 70;
	CHECK(filter_is(w, &rule));
	CHECK(act_rule_set(w, &(struct rule){ .id = 1,
					      .timeout_idle = 86400 }));
	rule.timeout_idle = 86400;
	CHECK(filter_is(w, &rule));
	CHECK(act_rule_set(w, &(struct rule){ .id = 1, .limit_packets = 1 }));
	rule.limit_packets = 1;
	CHECK(filter_is(w, &rule));
	CHECK(act_rule_set(w, &(struct rule){ .id = 1,
					      .limit_bytes = UINT64_MAX }));
	rule.limit_bytes = UINT64_MAX;
	return filter_is(w, &rule);
}

static bool set_none(struct wire *w)
{
	CHECK(act_dest_any(w, 1) && act_rule_add(w, &limited));
	CHECK(act_rule_set(w, &(struct rule){ .id = 1 }));
	return filter_is(w, &limited);
}

static bool set_first(struct wire *w)
{
	struct rule rule = limited;

	CHECK(act_dest_any(w, 1) && act_rule_any(w, 1, 1));
	rule.ndests = 0;
	CHECK(act_rule_set(w, &rule));
	return filter_is(w, &limited);
}

/* What is left is never more than what was given last. */
static bool set_again(struct wire *w)
{
	struct rule rule = { .id = 1 };
	unsigned int i;

	random_seed(2);
	CHECK(act_dest_any(w, 1) && act_rule_any(w, 1, 1));
	for (i = 0; i < 200; i++) {
		rule.timeout_total = 100 + random_below(DFC_TIMEOUT_MAX - 99);
		rule.timeout_idle = 100 + random_below(DFC_TIMEOUT_MAX - 99);
		rule.limit_packets = 1 + random_below(UINT32_MAX);
		rule.limit_bytes = 1 + random_below(UINT32_MAX);
		rule.ndests = 0;
		CHECK(act_rule_set(w, &rule));
		rule.ndests = 1;
		rule.dest[0] = 1;
		CHECK(filter_is(w, &rule));
	}
	return true;
}

static bool other_filters_stay(struct wire *w)
{
	struct rule other = limited;

	other.id = 2;
	CHECK(act_dest_any(w, 1));
	CHECK(act_rule_add(w, &limited) && act_rule_add(w, &other));
	CHECK(act_rule_set(w, &(struct rule){ .id = 1, .timeout_total = 99,
					      .limit_bytes = 1 }));
	return filter_is(w, &other);
}

static bool too_late(struct wire *w)
{
	struct request *r;
	struct nlattr *nest;

	CHECK(act_dest_any(w, 1) && act_rule_add(w, &limited));
	CHECK(act_filter_del(w, 1));
	r = wire_request(w, DFC_CMD_FILTER_SET);
	nest = nest_begin(r, DFC_A_FILTER);
	put_u64(r, DFC_FILTER_A_LIMIT_BYTES, 1);
	culprit(r);
	put_u32(r, DFC_FILTER_A_ID, 1);
	nest_end(r, nest);
	return wire_refused(w, ENOENT, "there is no filter with this id");
}

static bool set_many(struct wire *w)
{
	struct rule rule = limited;
	uint32_t id;

	CHECK(act_dest_any(w, 1));
	for (id = 1; id <= 3; id++) {
		rule.id = id;
		CHECK(act_rule_add(w, &rule));
	}
	wire_request(w, DFC_CMD_FILTER_SET);
	for (id = 1; id <= 3; id += 2)
		rule_put(&w->request, &(struct rule){ .id = id,
						      .limit_packets = id });
	CHECK(wire_done(w));
	for (id = 1; id <= 3; id++) {
		rule.id = id;
		rule.limit_packets = id == 2 ? limited.limit_packets : id;
		CHECK(filter_is(w, &rule));
	}
	return true;
}

/* None is set if one is not there, or has what SET does not take. */
static bool set_all_or_none(struct wire *w)
{
	struct request *r;
	struct nlattr *nest;
	unsigned int i;

	CHECK(act_dest_any(w, 1) && act_rule_add(w, &limited));
	for (i = 0; i < 2; i++) {
		r = wire_request(w, DFC_CMD_FILTER_SET);
		rule_put(r, &(struct rule){ .id = 1, .limit_packets = 9 });
		nest = nest_begin(r, DFC_A_FILTER);
		if (i)
			put_u32(r, DFC_FILTER_A_ID, 1);
		culprit(r);
		put_u32(r, i ? DFC_FILTER_A_PRIORITY : DFC_FILTER_A_ID, 2);
		nest_end(r, nest);
		if (i)
			CHECK(wire_refused(w, EINVAL,
					   "attribute does not belong to this command"));
		else
			CHECK(wire_refused(w, ENOENT,
					   "there is no filter with this id"));
		CHECK(filter_is(w, &limited));
	}
	return true;
}

static const struct test tests[] = {
	{ "limits are reported with what is left of them", report },
	{ "one limit is set and the others stay", set_each },
	{ "no limit is named and all stay", set_none },
	{ "limits are set that a filter did not have", set_first },
	{ "limits are set again and again", set_again },
	{ "limits of other filters stay", other_filters_stay },
	{ "limits of a filter that is gone are refused", too_late },
	{ "limits of many filters are set by one message", set_many },
	{ "limits of all filters of a message are set, or of none",
	  set_all_or_none },
};

GROUP(limits, tests);
