// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include "act.h"

/* Waits for the end of a filter that no packet has matched. */
static bool gone(struct wire *listener, uint32_t id, enum dfc_reason reason)
{
	static struct event event;

	CHECK(act_event(listener, &event));
	CHECK_EQUAL(id, event.filter.rule.id);
	CHECK_EQUAL(reason, event.reason);
	CHECK_EQUAL(0, event.filter.counters.matched_packets);
	return true;
}

static struct wire *listen_here(void)
{
	struct wire *listener = wire_open();

	if (!wire_join(listener))
		return listener;
	tap_note("the group cannot be joined");
	return NULL;
}

static bool deleted(struct wire *w)
{
	struct wire *listener = listen_here();

	CHECK(listener && act_dest_any(w, 1));
	CHECK(act_rule_any(w, 1, 1) && act_rule_any(w, 2, 1));
	CHECK(act_filter_del(w, 2) && gone(listener, 2, DFC_REASON_DELETED));
	CHECK(act_filter_del(w, 1) && gone(listener, 1, DFC_REASON_DELETED));
	wire_close(listener);
	return true;
}

static bool flushed(struct wire *w)
{
	struct wire *listener = listen_here();
	static struct event event;
	uint32_t id, seen = 0;

	CHECK(listener && act_dest_any(w, 1));
	for (id = 1; id <= 20; id++)
		CHECK(act_rule_any(w, id, 1));
	CHECK(act_flush(w));
	for (id = 1; id <= 20; id++) {
		CHECK(act_event(listener, &event));
		CHECK_EQUAL(DFC_REASON_DELETED, event.reason);
		seen |= 1U << event.filter.rule.id;
	}
	CHECK_EQUAL((1U << 21) - 2, seen);
	wire_close(listener);
	return true;
}

static bool expired(struct wire *w, const struct rule *rule,
		    enum dfc_reason reason)
{
	struct wire *listener = listen_here();
	struct stats s;

	CHECK(listener && act_dest_any(w, 1) && act_rule_add(w, rule));
	CHECK(gone(listener, rule->id, reason));
	CHECK(act_no_filter(w, rule->id));
	CHECK(act_stats_get(w, &s));
	CHECK_EQUAL(1, s.expired);
	CHECK_EQUAL(0, s.filters);
	wire_close(listener);
	return act_dest_del(w, 1);
}

static bool total_timeout(struct wire *w)
{
	return expired(w, &(struct rule){ .id = 1, .timeout_total = 1,
					  .timeout_idle = 86400,
					  .ndests = 1, .dest = { 1 } },
		       DFC_REASON_TIMEOUT_TOTAL);
}

static bool idle_timeout(struct wire *w)
{
	return expired(w, &(struct rule){ .id = 1, .timeout_total = 86400,
					  .timeout_idle = 1,
					  .ndests = 1, .dest = { 1 } },
		       DFC_REASON_TIMEOUT_IDLE);
}

static bool shortened_timeout(struct wire *w)
{
	struct wire *listener = listen_here();

	CHECK(listener && act_dest_any(w, 1));
	CHECK(act_rule_add(w, &(struct rule){ .id = 1, .ndests = 1,
					      .timeout_total = 86400,
					      .dest = { 1 } }));
	CHECK(act_rule_set(w, &(struct rule){ .id = 1, .timeout_total = 1 }));
	CHECK(gone(listener, 1, DFC_REASON_TIMEOUT_TOTAL));
	wire_close(listener);
	return act_holds(w, 0, 1);
}

static bool several_listeners(struct wire *w)
{
	struct wire *first = listen_here(), *second = listen_here();

	CHECK(first && second && act_dest_any(w, 1) && act_rule_any(w, 1, 1));
	CHECK(act_filter_del(w, 1));
	CHECK(gone(first, 1, DFC_REASON_DELETED));
	CHECK(gone(second, 1, DFC_REASON_DELETED));
	wire_close(first);
	wire_close(second);
	return true;
}

static const struct test tests[] = {
	{ "an event tells of a filter that was deleted", deleted },
	{ "events tell of filters that were flushed", flushed },
	{ "an event tells of a total timeout", total_timeout },
	{ "an event tells of an idle timeout", idle_timeout },
	{ "an event tells of a timeout that was shortened", shortened_timeout },
	{ "all listeners are told", several_listeners },
};

GROUP(event, tests);
