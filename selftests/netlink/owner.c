// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <netinet/in.h>

#include "act.h"

static bool owned_rule(struct wire *w, uint32_t id, uint32_t dest)
{
	return act_rule_add(w, &(struct rule){ .id = id, .ndests = 1,
					       .flags = DFC_FILTER_F_OWNED,
					       .dest = { dest } });
}

static bool owned_dest(struct wire *w, uint32_t id)
{
	return act_dest_add(w, &(struct dest){ .id = id, .family = AF_INET,
					       .flags = DFC_DEST_F_OWNED,
					       .addr = { 203, 0, 113, 2 },
					       .port = 7890 });
}

static bool owner_event(struct wire *listener, uint32_t id)
{
	static struct event event;

	CHECK(act_event(listener, &event));
	CHECK_EQUAL(id, event.filter.rule.id);
	CHECK_EQUAL(DFC_REASON_OWNER, event.reason);
	CHECK_EQUAL(DFC_FILTER_F_OWNED, event.filter.rule.flags);
	return true;
}

static bool is_empty(struct wire *w)
{
	struct stats s;

	return act_stats_get(w, &s) && !s.filters && !s.dests;
}

/* No command is needed for it, so none is given before the event. */
static bool closes(struct wire *w)
{
	struct wire *owner = wire_open();

	CHECK(!wire_join(w));
	CHECK(owned_dest(owner, 1) && owned_rule(owner, 1, 1));
	wire_close(owner);
	CHECK(owner_event(w, 1));
	return act_wait(w, is_empty);
}

/* Who asks right after the socket was closed finds nothing any more. */
static bool gone_at_once(struct wire *w)
{
	struct wire *owner;
	uint32_t i;

	CHECK(act_dest_any(w, 1));
	for (i = 0; i < 50; i++) {
		owner = wire_open();
		CHECK(owned_rule(owner, 1, 1) && owned_rule(owner, 2, 1));
		wire_close(owner);
		CHECK(act_no_filter(w, 1));
		CHECK(act_rule_any(w, 2, 1) && act_filter_del(w, 2));
	}
	return act_holds(w, 0, 1);
}

static bool others_stay(struct wire *w)
{
	struct wire *owner = wire_open(), *second = wire_open();
	struct filter f;
	struct dest d;

	CHECK(owned_dest(owner, 1) && act_dest_any(owner, 2));
	CHECK(owned_rule(owner, 1, 2) && act_rule_any(owner, 2, 2));
	CHECK(owned_rule(second, 3, 2) && owned_rule(w, 4, 2));
	wire_close(owner);
	CHECK(act_no_filter(w, 1));
	CHECK(act_filter_get(w, 2, &f) && !f.rule.flags);
	CHECK(act_filter_get(w, 3, &f) && f.rule.flags);
	CHECK(act_dest_get(w, 2, &d));
	CHECK_EQUAL(3, d.filters);
	wire_close(second);
	CHECK(act_no_filter(w, 3) && act_filter_get(w, 4, &f));
	return act_holds(w, 2, 1);
}

/* A destination waits for the filters of others. */
static bool dest_in_use(struct wire *w)
{
	struct wire *owner = wire_open();

	CHECK(owned_dest(owner, 1) && act_rule_any(w, 1, 1));
	CHECK(owned_rule(owner, 2, 1));
	wire_close(owner);
	CHECK(act_no_filter(w, 2));
	CHECK(act_holds(w, 1, 1));
	CHECK(act_filter_del(w, 1));
	return act_wait(w, is_empty);
}

static bool deleted_before(struct wire *w)
{
	struct wire *owner = wire_open();

	CHECK(owned_dest(owner, 1) && owned_rule(owner, 1, 1));
	CHECK(act_filter_del(w, 1) && act_dest_del(w, 1));
	CHECK(owned_dest(w, 1) && owned_rule(w, 1, 1));
	wire_close(owner);
	CHECK(act_holds(w, 1, 1));
	return act_flush(w) && act_dest_del(w, 1);
}

/* The number of a closed socket is soon given to another. */
static bool same_number(struct wire *w)
{
	struct wire *owner;
	struct filter f;
	uint32_t i;

	CHECK(act_dest_any(w, 1));
	for (i = 1; i <= 50; i++) {
		owner = wire_open_as(4711);
		CHECK(owned_rule(owner, i, 1));
		CHECK(act_filter_get(owner, i, &f));
		if (i > 1)
			CHECK(act_no_filter(owner, i - 1));
		wire_close(owner);
	}
	CHECK(act_no_filter(w, 50));
	return act_holds(w, 0, 1);
}

/* A closed socket is remembered for as long as its destination is in use. */
static bool same_number_remembered(struct wire *w)
{
	struct wire *owner = wire_open_as(4711);
	struct filter f;

	CHECK(owned_dest(owner, 1) && act_rule_any(w, 1, 1));
	wire_close(owner);
	CHECK(act_holds(w, 1, 1));
	owner = wire_open_as(4711);
	CHECK(owned_rule(owner, 2, 1) && owned_dest(owner, 2));
	CHECK(act_filter_get(w, 2, &f) && act_holds(w, 2, 2));
	CHECK(act_filter_del(w, 1) && act_holds(w, 1, 2));
	wire_close(owner);
	CHECK(act_no_filter(w, 2));
	return act_wait(w, is_empty);
}

static bool leave_all(void)
{
	struct wire *w = wire_open();
	uint32_t id;

	CHECK(owned_dest(w, 1));
	for (id = 1; id <= 300; id++)
		CHECK(owned_rule(w, id, 1));
	return act_holds(w, 300, 1);
}

static bool process_ends(struct wire *w)
{
	CHECK(act_child(leave_all));
	return act_wait(w, is_empty);
}

/* A namespace may end with all that is in it. */
static bool leave_namespace(void)
{
	struct wire *w, *owner;
	uint32_t id;

	act_namespace();
	w = wire_open();
	owner = wire_open();
	CHECK(!wire_join(w));
	CHECK(act_dest_any(w, 1) && owned_dest(owner, 2));
	for (id = 1; id <= 50; id++) {
		CHECK(act_rule_any(w, id, 1));
		CHECK(owned_rule(owner, 100 + id, 2));
		CHECK(act_rule_add(w, &(struct rule){ .id = 200 + id,
						      .timeout_total = 86400,
						      .ndests = 2,
						      .dest = { 1, 2 } }));
	}
	return act_holds(w, 150, 2);
}

static bool namespaces_end(struct wire *w)
{
	unsigned int i;

	for (i = 0; i < 5; i++)
		CHECK(act_child(leave_namespace));
	return act_holds(w, 0, 0);
}

static const struct test tests[] = {
	{ "what a socket owned goes when it is closed", closes },
	{ "it is gone when the next command comes", gone_at_once },
	{ "what others own or nobody owns stays", others_stay },
	{ "a destination goes after the last filter that uses it",
	  dest_in_use },
	{ "what was deleted and added by others stays", deleted_before },
	{ "a socket with the number of a closed one is another", same_number },
	{ "even while the closed one is remembered", same_number_remembered },
	{ "what a process owned goes when it ends", process_ends },
	{ "network namespaces end with all that is in them", namespaces_end },
};

GROUP(owner, tests);
