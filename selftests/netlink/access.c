// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <errno.h>
#include <linux/capability.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "act.h"

static bool drop_capability(void)
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct data[2];

	CHECK(!syscall(SYS_capget, &header, data));
	data[0].effective &= ~(1U << CAP_NET_ADMIN);
	data[0].permitted &= ~(1U << CAP_NET_ADMIN);
	data[0].inheritable = 0;
	CHECK(!syscall(SYS_capset, &header, data));
	return true;
}

/* Reading is refused as well: who is tapped is nobody else's business. */
static bool all_forbidden(struct wire *w)
{
	enum dfc_cmd cmd;

	for (cmd = DFC_CMD_FILTER_ADD; cmd <= DFC_CMD_STATS_GET; cmd++) {
		wire_request(w, cmd);
		CHECK(wire_refused(w, EPERM, NULL));
	}
	for (cmd = DFC_CMD_GROUP_ADD; cmd <= DFC_CMD_GROUP_GET; cmd++) {
		wire_request(w, cmd);
		CHECK(wire_refused(w, EPERM, NULL));
	}
	wire_dump(wire_request(w, DFC_CMD_GROUP_GET));
	CHECK(wire_refused(w, EPERM, NULL));
	for (cmd = DFC_CMD_FILTER_GET; cmd <= DFC_CMD_DEST_GET;
	     cmd += DFC_CMD_DEST_GET - DFC_CMD_FILTER_GET) {
		wire_dump(wire_request(w, cmd));
		CHECK(wire_refused(w, EPERM, NULL));
	}
	rule_put_id(wire_request(w, DFC_CMD_FILTER_GET), 1);
	CHECK(wire_refused(w, EPERM, NULL));
	rule_put_id(wire_request(w, DFC_CMD_FILTER_DEL), 1);
	CHECK(wire_refused(w, EPERM, NULL));
	CHECK_EQUAL(EPERM, wire_join(w));
	return true;
}

static bool without_capability(void)
{
	struct wire *before = wire_open(), *after;

	CHECK(drop_capability());
	after = wire_open();
	return all_forbidden(after) && all_forbidden(before);
}

static bool capability(struct wire *w)
{
	CHECK(act_dest_any(w, 1) && act_rule_any(w, 1, 1));
	CHECK(act_child(without_capability));
	return act_holds(w, 1, 1);
}

static bool in_user_namespace(void)
{
	CHECK(!unshare(CLONE_NEWUSER));
	return all_forbidden(wire_open());
}

static bool user_namespace(struct wire *w)
{
	CHECK(act_dest_any(w, 1) && act_rule_any(w, 1, 1));
	CHECK(act_child(in_user_namespace));
	return act_holds(w, 1, 1);
}

static bool in_both_namespaces(void)
{
	static struct event event;
	struct wire *w, *listener;

	CHECK(!unshare(CLONE_NEWUSER | CLONE_NEWNET));
	w = wire_open();
	listener = wire_open();
	CHECK(!wire_join(listener));
	CHECK(act_holds(w, 0, 0));
	CHECK(act_dest_any(w, 1) && act_rule_any(w, 1, 1));
	CHECK(act_holds(w, 1, 1));
	CHECK(act_filter_del(w, 1) && act_dest_del(w, 1));
	CHECK(act_event(listener, &event));
	CHECK_EQUAL(1, event.filter.rule.id);
	return true;
}

static bool both_namespaces(struct wire *w)
{
	CHECK(act_dest_any(w, 1) && act_rule_any(w, 1, 1));
	CHECK(act_child(in_both_namespaces));
	return act_holds(w, 1, 1);
}

static bool apart(struct wire *w)
{
	struct wire *here;
	struct filter f;
	struct dest d;

	CHECK(act_dest_any(w, 1) && act_dest_any(w, 2));
	CHECK(act_rule_any(w, 1, 1));
	act_namespace();
	here = wire_open();
	CHECK(act_holds(here, 0, 0) && act_no_filter(here, 1));
	wire_dump(wire_request(here, DFC_CMD_FILTER_GET));
	CHECK(wire_done(here));
	CHECK_EQUAL(0, here->answer.objects);
	CHECK(act_flush(here) && act_dest_any(here, 1));
	CHECK(act_rule_any(here, 1, 1) && act_rule_any(here, 2, 1));
	CHECK(act_holds(here, 2, 1) && act_holds(w, 1, 2));
	CHECK(act_filter_del(here, 1) && act_filter_get(w, 1, &f));
	CHECK(act_flush(here) && act_dest_del(here, 1));
	CHECK(act_dest_get(w, 1, &d));
	CHECK_EQUAL(1, d.filters);
	wire_close(here);
	return true;
}

/* The first event that comes is the first of its own namespace. */
static bool events_apart(struct wire *w)
{
	static struct event event;
	struct wire *here;

	CHECK(act_dest_any(w, 1) && act_rule_any(w, 1, 1));
	act_namespace();
	here = wire_open();
	CHECK(!wire_join(here));
	CHECK(act_dest_any(here, 1) && act_rule_any(here, 2, 1));
	CHECK(!wire_join(w));
	CHECK(act_filter_del(w, 1));
	CHECK(act_event(w, &event));
	CHECK_EQUAL(1, event.filter.rule.id);
	wire_close(here);
	here = wire_open();
	CHECK(!wire_join(here));
	CHECK(act_rule_any(here, 3, 1) && act_filter_del(here, 3));
	CHECK(act_event(here, &event));
	CHECK_EQUAL(3, event.filter.rule.id);
	wire_close(here);
	return true;
}

/* A socket closes in its own namespace, not in the one with its number. */
static bool owners_apart(struct wire *w)
{
	const struct rule owned = { .id = 1, .flags = DFC_FILTER_F_OWNED,
				    .ndests = 1, .dest = { 1 } };
	struct wire *there = wire_open_as(4711), *here;

	CHECK(act_dest_any(w, 1) && act_rule_add(there, &owned));
	act_namespace();
	here = wire_open_as(4711);
	CHECK(act_dest_any(here, 1) && act_rule_add(here, &owned));
	wire_close(here);
	here = wire_open();
	CHECK(act_no_filter(here, 1));
	CHECK(act_holds(w, 1, 1));
	wire_close(there);
	wire_close(here);
	return act_no_filter(w, 1);
}

static const struct test tests[] = {
	{ "without CAP_NET_ADMIN there is nothing to do or to see",
	  capability },
	{ "nor with it in a user namespace of one's own", user_namespace },
	{ "with a network namespace of one's own there is", both_namespaces },
	{ "network namespaces have nothing in common", apart },
	{ "events stay in their network namespace", events_apart },
	{ "owners in two namespaces may have one number", owners_apart },
};

GROUP(access, tests);
