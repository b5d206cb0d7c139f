// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "act.h"

void act_namespace(void)
{
	if (!unshare(CLONE_NEWNET))
		return;
	tap_note("a network namespace: %s", strerror(errno));
	exit(1);
}

void act_tests(const struct test *tests, unsigned int count)
{
	struct wire *w;
	unsigned int i;

	for (i = 0; i < count; i++) {
		act_namespace();
		w = wire_open();
		tap_result(tests[i].run(w), tests[i].name);
		wire_close(w);
	}
}

bool act_child(bool (*run)(void))
{
	int status;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (!pid) {
		status = run() ? 0 : 1;
		fflush(stdout);
		_exit(status);
	}
	CHECK(pid > 0);
	CHECK(waitpid(pid, &status, 0) == pid);
	return WIFEXITED(status) && !WEXITSTATUS(status);
}

bool act_wait(struct wire *w, bool (*holds)(struct wire *w))
{
	const struct timespec pause = { .tv_nsec = 20 * 1000 * 1000 };
	time_t end = time(NULL) + WIRE_DEADLINE;

	while (!holds(w)) {
		CHECK(time(NULL) < end);
		nanosleep(&pause, NULL);
	}
	return true;
}

bool act_rule_add(struct wire *w, const struct rule *rule)
{
	rule_put(wire_request(w, DFC_CMD_FILTER_ADD), rule);
	return wire_done(w);
}

bool act_rule_set(struct wire *w, const struct rule *rule)
{
	rule_put(wire_request(w, DFC_CMD_FILTER_SET), rule);
	return wire_done(w);
}

static bool got_one(const struct wire *w)
{
	CHECK_EQUAL(0, w->answer.error);
	CHECK_EQUAL(1, w->answer.objects);
	return true;
}

bool act_filter_get(struct wire *w, uint32_t id, struct filter *f)
{
	rule_put_id(wire_request(w, DFC_CMD_FILTER_GET), id);
	CHECK(wire_call(w, filter_read, f) && got_one(w));
	CHECK_EQUAL(id, f->rule.id);
	return true;
}

bool act_filter_del(struct wire *w, uint32_t id)
{
	rule_put_id(wire_request(w, DFC_CMD_FILTER_DEL), id);
	return wire_done(w);
}

bool act_flush(struct wire *w)
{
	wire_request(w, DFC_CMD_FILTER_FLUSH);
	return wire_done(w);
}

bool act_flush_dest(struct wire *w, uint32_t dest)
{
	struct request *r = wire_request(w, DFC_CMD_FILTER_FLUSH);
	struct nlattr *nest = nest_begin(r, DFC_A_FILTER);

	put_u32(r, DFC_FILTER_A_DEST_ID, dest);
	nest_end(r, nest);
	return wire_done(w);
}

bool act_dest_add(struct wire *w, const struct dest *dest)
{
	dest_put(wire_request(w, DFC_CMD_DEST_ADD), dest);
	return wire_done(w);
}

bool act_dest_get(struct wire *w, uint32_t id, struct dest *d)
{
	dest_put_id(wire_request(w, DFC_CMD_DEST_GET), id);
	CHECK(wire_call(w, dest_read, d) && got_one(w));
	CHECK_EQUAL(id, d->id);
	return true;
}

bool act_dest_del(struct wire *w, uint32_t id)
{
	dest_put_id(wire_request(w, DFC_CMD_DEST_DEL), id);
	return wire_done(w);
}

bool act_site_add(struct wire *w, const struct site *site)
{
	site_put(wire_request(w, DFC_CMD_GROUP_ADD), site);
	return wire_done(w);
}

bool act_site_set(struct wire *w, const struct site *site)
{
	site_put(wire_request(w, DFC_CMD_GROUP_SET), site);
	return wire_done(w);
}

bool act_site_get(struct wire *w, uint32_t id, struct site *site)
{
	site_put_id(wire_request(w, DFC_CMD_GROUP_GET), id);
	CHECK(wire_call(w, site_read, site) && got_one(w));
	CHECK_EQUAL(id, site->id);
	return true;
}

bool act_site_del(struct wire *w, uint32_t id)
{
	site_put_id(wire_request(w, DFC_CMD_GROUP_DEL), id);
	return wire_done(w);
}

bool act_stats_get(struct wire *w, struct stats *s)
{
	wire_request(w, DFC_CMD_STATS_GET);
	return wire_call(w, stats_read, s) && got_one(w);
}

bool act_dest_any(struct wire *w, uint32_t id)
{
	const struct dest dest = {
		.id = id,
		.family = AF_INET,
		.addr = { 203, 0, 113, 2 },
		.port = 7890,
	};

	return act_dest_add(w, &dest);
}

bool act_rule_any(struct wire *w, uint32_t id, uint32_t dest)
{
	const struct rule rule = { .id = id, .ndests = 1, .dest = { dest } };

	return act_rule_add(w, &rule);
}

bool act_holds(struct wire *w, unsigned int filters, unsigned int dests)
{
	struct stats s;

	CHECK(act_stats_get(w, &s));
	CHECK_EQUAL(filters, s.filters);
	CHECK_EQUAL(dests, s.dests);
	return true;
}

bool act_no_filter(struct wire *w, uint32_t id)
{
	struct request *r = wire_request(w, DFC_CMD_FILTER_GET);
	struct nlattr *nest = nest_begin(r, DFC_A_FILTER);

	culprit(r);
	put_u32(r, DFC_FILTER_A_ID, id);
	nest_end(r, nest);
	return wire_refused(w, ENOENT, "there is no filter with this id");
}

static bool addrs_same(const struct addrs *a, const struct addrs *b)
{
	CHECK_EQUAL(a->n, b->n);
	CHECK(!memcmp(a->entry, b->entry, sizeof(a->entry)));
	return true;
}

static bool ranges_same(const struct ranges *a, const struct ranges *b)
{
	unsigned int i;

	CHECK_EQUAL(a->n, b->n);
	for (i = 0; i < a->n; i++) {
		CHECK_EQUAL(a->entry[i].from, b->entry[i].from);
		CHECK_EQUAL(a->entry[i].to, b->entry[i].to);
		CHECK_EQUAL(a->entry[i].negated, b->entry[i].negated);
	}
	return true;
}

bool rule_same(const struct rule *expected, const struct rule *actual)
{
	CHECK_EQUAL(expected->id, actual->id);
	CHECK_EQUAL(expected->flags, actual->flags);
	CHECK_EQUAL(expected->family, actual->family);
	CHECK_EQUAL(expected->priority, actual->priority);
	CHECK_EQUAL(expected->timeout_total, actual->timeout_total);
	CHECK_EQUAL(expected->timeout_idle, actual->timeout_idle);
	CHECK_EQUAL(expected->limit_packets, actual->limit_packets);
	CHECK_EQUAL(expected->limit_bytes, actual->limit_bytes);
	CHECK(addrs_same(&expected->src, &actual->src));
	CHECK(addrs_same(&expected->dst, &actual->dst));
	CHECK(ranges_same(&expected->protocol, &actual->protocol));
	CHECK(ranges_same(&expected->src_port, &actual->src_port));
	CHECK(ranges_same(&expected->dst_port, &actual->dst_port));
	CHECK(ranges_same(&expected->icmp_type, &actual->icmp_type));
	CHECK(ranges_same(&expected->icmp_code, &actual->icmp_code));
	CHECK_EQUAL(expected->scope, actual->scope);
	CHECK_EQUAL(expected->ndevices, actual->ndevices);
	CHECK(!memcmp(expected->device, actual->device,
		      sizeof(actual->device)));
	CHECK_EQUAL(expected->action, actual->action);
	CHECK_EQUAL(expected->has_ids, actual->has_ids);
	CHECK_EQUAL(expected->intercept, actual->intercept);
	CHECK_EQUAL(expected->session, actual->session);
	CHECK_EQUAL(expected->group, actual->group);
	CHECK_EQUAL(expected->ndests, actual->ndests);
	CHECK(!memcmp(expected->dest, actual->dest, sizeof(actual->dest)));
	return true;
}

static uint64_t series = 1;

void random_seed(uint64_t seed)
{
	series = seed;
}

/* xorshift64*, by S. Vigna. */
uint32_t random_below(uint32_t limit)
{
	series ^= series >> 12;
	series ^= series << 25;
	series ^= series >> 27;
	return (series * UINT64_C(0x2545f4914f6cdd1d) >> 32) % limit;
}
