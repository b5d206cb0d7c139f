// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <stdlib.h>
#include <string.h>

#include "act.h"
#include "packets.h"

/* A device that is up cannot take another name in every kernel. */
#define RENAME(from, to) \
	"exec >/dev/null 2>&1; ip link set " from " down && " \
	"ip link set " from " name " to " && ip link set " to " up && " \
	"ip link set out up"

/* A filter of what comes in by a device, beside others that it names first. */
static struct rule from_device(uint32_t id, const char *name,
			       unsigned int others)
{
	struct rule rule = packets_rule;
	unsigned int i;

	rule.id = id;
	rule.scope = DFC_SCOPE_INPUT;
	for (i = 0; i < others; i++)
		rule.device[i][0] = 'a' + i;
	strcpy(rule.device[others], name);
	rule.ndevices = others + 1;
	return rule;
}

static bool matched(struct wire *w, uint32_t id, uint64_t packets)
{
	struct filter f;

	CHECK(act_filter_get(w, id, &f));
	return packets_counted(&f.counters, packets, 2 * packets);
}

static bool input(struct wire *w)
{
	const struct rule rules[] = {
		from_device(1, "in", 0), from_device(2, "in", 7),
		from_device(3, "out", 0), from_device(4, "lo", 7),
	};
	unsigned int i;

	CHECK(packets_set_up(w));
	for (i = 0; i < 4; i++)
		CHECK(act_rule_add(w, &rules[i]));
	CHECK(packets_send(0, 3));
	return matched(w, 1, 3) && matched(w, 2, 3) && matched(w, 3, 0) &&
	       matched(w, 4, 0);
}

static bool other_scopes(struct wire *w)
{
	struct rule rule = from_device(1, "in", 0);

	CHECK(packets_set_up(w));
	rule.scope = DFC_SCOPE_OUTPUT;
	CHECK(act_rule_add(w, &rule));
	rule.id = 2;
	rule.scope = DFC_SCOPE_VRF;
	CHECK(act_rule_add(w, &rule));
	CHECK(packets_send(0, 2));
	return matched(w, 1, 0) && matched(w, 2, 0);
}

static bool comes_later(struct wire *w)
{
	const struct rule rule = from_device(1, "in", 1);

	CHECK(packets_dests(w) && act_rule_add(w, &rule));
	CHECK(packets_wire() && packets_send(0, 2));
	CHECK(matched(w, 1, 2));
	CHECK(!system("ip link delete in"));
	CHECK(packets_wire() && packets_send(0, 5));
	return matched(w, 1, 7);
}

static bool renamed(struct wire *w)
{
	const struct rule in = from_device(1, "in", 0);
	const struct rule other = from_device(2, "other", 0);
	const struct rule both = from_device(3, "in", 0);
	struct rule rule = both;

	strcpy(rule.device[1], "other");
	rule.ndevices = 2;
	CHECK(packets_set_up(w));
	CHECK(act_rule_add(w, &in) && act_rule_add(w, &other));
	CHECK(act_rule_add(w, &rule));
	CHECK(packets_send(0, 1));
	CHECK(!system(RENAME("in", "other")));
	CHECK(packets_send(0, 2));
	CHECK(matched(w, 1, 1) && matched(w, 2, 2) && matched(w, 3, 3));
	CHECK(!system(RENAME("other", "third")));
	CHECK(packets_send(0, 4));
	CHECK(matched(w, 1, 1) && matched(w, 2, 2) && matched(w, 3, 3));
	CHECK(!system(RENAME("third", "in")));
	CHECK(packets_send(0, 8));
	return matched(w, 1, 9) && matched(w, 2, 2) && matched(w, 3, 11);
}

/* One of two filters with a name goes, and the other goes on. */
static bool shared(struct wire *w)
{
	const struct rule one = from_device(1, "in", 0);
	const struct rule two = from_device(2, "in", 3);

	CHECK(packets_set_up(w));
	CHECK(act_rule_add(w, &one) && act_rule_add(w, &two));
	CHECK(act_filter_del(w, 1));
	CHECK(packets_send(0, 2));
	CHECK(act_rule_add(w, &one));
	CHECK(packets_send(0, 3));
	return matched(w, 1, 3) && matched(w, 2, 5);
}

static bool drops(struct wire *w, enum dfc_action action, unsigned int ndests)
{
	struct rule rule = packets_rule;
	struct wire *listener = wire_open();
	static struct event event;

	CHECK(!wire_join(listener));
	CHECK(packets_set_up(w));
	rule.action = action;
	rule.ndests = ndests;
	rule.limit_packets = 4;
	CHECK(act_rule_add(w, &rule));
	CHECK(packets_send(4, 3));
	CHECK(act_no_filter(w, 1));
	CHECK(act_event(listener, &event));
	CHECK_EQUAL(action, event.filter.rule.action);
	wire_close(listener);
	return packets_counted(&event.filter.counters, 4, 4 * ndests);
}

static bool redirect(struct wire *w)
{
	return drops(w, DFC_ACTION_REDIRECT, 2);
}

static bool block(struct wire *w)
{
	return drops(w, DFC_ACTION_BLOCK, 0);
}

/* The packet that a byte limit forbids is not the filter's any more. */
static bool block_bytes(struct wire *w)
{
	struct rule rule = packets_rule;

	CHECK(packets_set_up(w));
	rule.action = DFC_ACTION_BLOCK;
	rule.ndests = 0;
	rule.limit_bytes = 2 * PACKETS_LENGTH + 1;
	CHECK(act_rule_add(w, &rule));
	CHECK(packets_send(2, 3));
	return act_no_filter(w, 1);
}

/* All other filters get their copies of a packet that one has dropped. */
static bool copied_and_blocked(struct wire *w)
{
	struct rule rule = packets_rule;
	uint32_t id;

	CHECK(packets_set_up(w));
	for (id = 1; id <= 3; id++) {
		rule.id = id;
		rule.action = id == 2 ? DFC_ACTION_BLOCK : DFC_ACTION_COPY;
		rule.ndests = id == 2 ? 0 : 2;
		rule.limit_packets = id == 2 ? 3 : 0;
		CHECK(act_rule_add(w, &rule));
	}
	CHECK(packets_send(3, 2));
	return matched(w, 1, 5) && matched(w, 3, 5);
}

static const struct test tests[] = {
	{ "packets match by the device that they come in by", input },
	{ "packets do not match by it in another scope", other_scopes },
	{ "a device may come later than its filter", comes_later },
	{ "a filter follows the name of its device", renamed },
	{ "filters with one device come and go", shared },
	{ "packets are redirected while the filter lives", redirect },
	{ "packets are blocked while the filter lives", block },
	{ "what a byte limit forbids is not blocked", block_bytes },
	{ "packets that one filter blocks match the others", copied_and_blocked },
};

GROUP(device, tests);
