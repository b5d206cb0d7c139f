// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "act.h"
#include "listen.h"
#include "storm.h"

#define WORKERS	4
/* Filters of a worker that nothing but its commands ends. */
#define KEPT	200
/* Ids of those that end by themselves, or with their socket. */
#define MORTAL	50000
/* Each worker has ids of its own. */
#define RANGE	1000000

/**
 * struct worker - one of those that work at once
 * @w: its socket
 * @base: below all its ids
 * @live: which of its filters are there
 * @seen: which of them a dump has told
 * @next: numbers mortals
 * @spare: its second destination is there
 * @site: its group is there
 */
struct worker {
	struct wire *w;
	uint32_t base;
	bool live[KEPT];
	bool seen[KEPT];
	uint32_t next;
	bool spare;
	bool site;
};

/* Filters that were added, by all of them. */
static _Atomic uint64_t *added;
static bool blind;

/* Some of them mean packets of flow_run(), in as many ways as there are. */
static struct rule some_rule(const struct worker *me, uint32_t id)
{
	struct rule rule = {
		.id = me->base + id, .family = AF_INET,
		.priority = random_below(5),
		.dst = ONE(.from = { 198, 51, 100, 2 },
			   .to = { 198, 51, 100, 2 }),
		.ndests = 1, .dest = { me->base + 1 },
	};
	uint8_t bits = random_below(8);

	if (random_below(2)) {
		rule.src = (struct addrs)ONE(.from = { 192, 0, 2 },
					     .to = { 192, 0, 2 });
		rule.src.entry[0].to[3] = 0xff >> bits;
	}
	if (random_below(2))
		rule.protocol = (struct ranges)ONE(.from = IPPROTO_UDP,
						   .to = IPPROTO_UDP);
	if (rule.protocol.n && random_below(2))
		rule.dst_port = (struct ranges)ONE(.from = 7, .to = 7 + bits);
	if (random_below(4) == 0)
		rule.timeout_idle = 3600;
	if (random_below(4) == 0) {
		rule.scope = DFC_SCOPE_INPUT;
		rule.ndevices = 1;
		strcpy(rule.device[0], "target");
	}
	if (me->site && random_below(2))
		rule.group = me->base + 1;
	return rule;
}

/* Whether the kernel did it, or refused it for @error. */
static bool done(struct worker *me, int error, bool *refused)
{
	CHECK(wire_call(me->w, NULL, NULL));
	*refused = me->w->answer.error != 0;
	if (!*refused || blind || me->w->answer.error == error)
		return true;
	tap_note("refused: %s: %s", strerror(me->w->answer.error),
		 me->w->answer.text);
	return false;
}

static bool add(struct worker *me)
{
	struct request *r = wire_request(me->w, DFC_CMD_FILTER_ADD);
	uint32_t first = random_below(KEPT), n = 1 + random_below(60);
	uint32_t i, put = 0;
	bool refused;

	for (i = first; i < KEPT && i < first + n; i++) {
		struct rule rule = some_rule(me, 1 + i);

		if (me->live[i])
			continue;
		rule_put(r, &rule);
		put++;
	}
	if (!put)
		return true;
	CHECK(done(me, 0, &refused));
	if (refused)
		return true;
	for (i = first; i < KEPT && i < first + n; i++)
		me->live[i] = true;
	*added += put;
	return true;
}

/* Deletes or sets some that are there. */
static bool change(struct worker *me, enum dfc_cmd cmd)
{
	uint32_t first = random_below(KEPT), n = 1 + random_below(60);
	struct request *r = wire_request(me->w, cmd);
	uint32_t i, put = 0;
	bool refused;

	for (i = first; i < KEPT && i < first + n; i++) {
		if (!me->live[i])
			continue;
		put++;
		if (cmd == DFC_CMD_FILTER_DEL)
			rule_put_id(r, me->base + 1 + i);
		else
			rule_put(r, &(struct rule){
				.id = me->base + 1 + i,
				.timeout_total = 3600 + i,
				.limit_packets = UINT64_C(1) << 40,
			});
	}
	if (!put)
		return true;
	CHECK(done(me, 0, &refused));
	for (i = first; i < KEPT && i < first + n; i++)
		me->live[i] &= cmd != DFC_CMD_FILTER_DEL;
	return true;
}

/* One that a packet ends, or the clock; or nothing until the storm is over. */
static bool add_mortal(struct worker *me)
{
	struct rule rule = some_rule(me, MORTAL + me->next++ % MORTAL);
	bool refused;

	rule.limit_packets = 1 + random_below(20);
	rule.timeout_total = random_below(2);
	rule_put(wire_request(me->w, DFC_CMD_FILTER_ADD), &rule);
	CHECK(done(me, EEXIST, &refused));
	*added += !refused;
	return true;
}

/* Those of a socket that is closed at once, while a dump may be on its way. */
static bool add_owned(struct worker *me)
{
	struct wire *w = me->w, *own = wire_open();
	struct request *r = wire_request(own, DFC_CMD_FILTER_ADD);
	uint32_t n = 1 + random_below(20), i;
	bool refused, ok;

	for (i = 0; i < n; i++) {
		struct rule rule = some_rule(me, MORTAL + me->next++ % MORTAL);

		rule.flags = DFC_FILTER_F_OWNED;
		rule_put(r, &rule);
	}
	me->w = own;
	ok = done(me, 0, &refused);
	me->w = w;
	if (ok && !refused)
		*added += n;
	if (random_below(2)) {
		wire_dump(wire_request(own, DFC_CMD_FILTER_GET));
		wire_send(own);
	}
	wire_close(own);
	return ok;
}

static bool see(const struct nlmsghdr *nlh, void *arg)
{
	static struct filter f;
	struct worker *me = arg;
	uint32_t i;

	CHECK(filter_read(nlh, &f));
	i = f.rule.id - me->base - 1;
	if (i < KEPT) {
		CHECK(!me->seen[i]);
		me->seen[i] = true;
	}
	return true;
}

static bool dump(struct worker *me)
{
	memset(me->seen, 0, sizeof(me->seen));
	wire_dump(wire_request(me->w, DFC_CMD_FILTER_GET));
	CHECK(wire_call(me->w, see, me));
	if (blind)
		return true;
	CHECK_EQUAL(0, me->w->answer.error);
	CHECK(!memcmp(me->live, me->seen, sizeof(me->live)));
	return true;
}

static bool get(struct worker *me)
{
	uint32_t i = random_below(KEPT);
	bool refused;

	rule_put_id(wire_request(me->w, DFC_CMD_FILTER_GET), me->base + 1 + i);
	CHECK(done(me, ENOENT, &refused));
	CHECK(blind || refused == !me->live[i]);
	return true;
}

static void put_dest(struct worker *me, uint32_t id)
{
	const struct dest dest = {
		.id = me->base + id, .family = AF_INET,
		.addr = { 203, 0, 113, 2 }, .port = 7890,
		.format = random_below(3),
	};
	struct dest any = dest;

	if (any.format == DFC_FORMAT_IPIP)
		any.port = 0;
	dest_put(wire_request(me->w, DFC_CMD_DEST_ADD), &any);
}

static bool toggle_dest(struct worker *me)
{
	bool refused;

	if (me->spare)
		dest_put_id(wire_request(me->w, DFC_CMD_DEST_DEL),
			    me->base + 2);
	else
		put_dest(me, 2);
	CHECK(done(me, 0, &refused));
	me->spare ^= !refused;
	return true;
}

/* Filters may be in it, and then it stays. */
static bool toggle_site(struct worker *me)
{
	struct site site = {
		.id = me->base + 1, .duplicates_max = random_below(3),
		.ndevices = 1 + random_below(2), .device = { "target", "side" },
	};
	bool refused;

	if (me->site && random_below(2)) {
		site_put(wire_request(me->w, DFC_CMD_GROUP_SET), &site);
		return done(me, 0, &refused);
	}
	if (me->site)
		site_put_id(wire_request(me->w, DFC_CMD_GROUP_DEL), site.id);
	else
		site_put(wire_request(me->w, DFC_CMD_GROUP_ADD), &site);
	CHECK(done(me, EBUSY, &refused));
	me->site ^= !refused;
	return true;
}

static bool act(struct worker *me)
{
	switch (random_below(12)) {
	case 0:
	case 1:
	case 2:
		return add(me);
	case 3:
		return change(me, DFC_CMD_FILTER_SET);
	case 4:
	case 5:
		return change(me, DFC_CMD_FILTER_DEL);
	case 6:
		return add_mortal(me);
	case 7:
		return add_owned(me);
	case 8:
		return dump(me);
	case 9:
		return toggle_dest(me);
	case 10:
		return toggle_site(me);
	}
	return get(me);
}

/* Its own things go, by their destination. */
static bool tidy(struct worker *me)
{
	CHECK(act_flush_dest(me->w, me->base + 1));
	memset(me->live, 0, sizeof(me->live));
	CHECK(dump(me));
	CHECK(act_dest_del(me->w, me->base + 1));
	CHECK(!me->spare || act_dest_del(me->w, me->base + 2));
	return !me->site || act_site_del(me->w, me->base + 1);
}

static bool work(uint32_t number, time_t end)
{
	static struct worker me;
	bool refused;

	me.w = wire_open();
	me.base = number * RANGE;
	random_seed(number + 1);
	put_dest(&me, 1);
	CHECK(done(&me, 0, &refused));
	while (time(NULL) < end)
		CHECK(act(&me));
	return tidy(&me);
}

static void work_blind(uint32_t number)
{
	static struct worker me;
	bool refused;

	me.base = number * RANGE;
	me.w = wire_open();
	random_seed(number + 1);
	for (;;) {
		wire_init();
		put_dest(&me, 1);
		done(&me, 0, &refused);
		for (refused = false; !refused || random_below(50); ) {
			act(&me);
			refused = me.w->answer.error == ENOENT;
		}
		memset(me.live, 0, sizeof(me.live));
	}
}

static bool workers_are_content(unsigned int n, struct listener *l)
{
	bool ok = true;
	int status;
	pid_t pid;

	while (n) {
		pid = waitpid(-1, &status, l ? WNOHANG : 0);
		ok &= !l || listen_some(l);
		if (pid <= 0)
			continue;
		n--;
		ok &= WIFEXITED(status) && !WEXITSTATUS(status);
	}
	return ok;
}

static bool is_empty(struct wire *w)
{
	static struct stats s;

	CHECK(act_stats_get(w, &s));
	CHECK_EQUAL(0, s.filters);
	CHECK_EQUAL(0, s.dests);
	CHECK_EQUAL(0, s.groups);
	CHECK_EQUAL(0, s.masks);
	return true;
}

static bool all_told(struct listener *l)
{
	CHECK(listen_until(l, *added));
	CHECK(!l->lost);
	CHECK_EQUAL(*added, l->all);
	return true;
}

int storm_main(const char *seconds)
{
	time_t end = time(NULL) + strtoul(seconds, NULL, 0);
	struct listener listener;
	unsigned int i;

	added = mmap(NULL, sizeof(*added), PROT_READ | PROT_WRITE,
		     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (added == MAP_FAILED || !listen_open(&listener))
		return 1;
	tap_plan(3);
	for (i = 1; i <= WORKERS; i++) {
		if (!fork())
			_exit(work(i, end) ? 0 : 1);
	}
	tap_result(workers_are_content(WORKERS, &listener),
		   "each of several sockets finds its own in every dump");
	tap_note("%llu filters", (unsigned long long)*added);
	tap_result(all_told(&listener), "the end of each filter is told once");
	tap_result(is_empty(listener.w), "nothing is left");
	return tap_end();
}

static void end_all(int number)
{
	(void)number;
	kill(0, SIGKILL);
}

int storm_blind(void)
{
	static _Atomic uint64_t any;
	unsigned int i;

	added = &any;
	blind = true;
	setpgid(0, 0);
	signal(SIGTERM, end_all);
	/* Half of what they see is that the family is not there. */
	if (!freopen("/dev/null", "w", stdout))
		return 1;
	for (i = 1; i <= WORKERS; i++) {
		if (!fork())
			work_blind(i);
	}
	return workers_are_content(WORKERS, NULL) ? 0 : 1;
}
