// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <inttypes.h>
#include <stdlib.h>
#include <time.h>

#include "act.h"
#include "listen.h"
#include "storm.h"

/* As many as find room in a message that a socket sends. */
#define BULK 500

static uint32_t count;

static void put_nth(struct request *r, uint32_t n, uint32_t flags)
{
	const struct rule rule = {
		.id = 1 + n, .flags = flags, .family = AF_INET,
		.src = ONE(.from = { 192, 0, 2, 2 }, .to = { 192, 0, 2, 2 }),
		.dst = ONE(.from = { 10, n >> 16, n >> 8, n },
			   .to = { 10, n >> 16, n >> 8, n }),
		.timeout_idle = 86400,
		.ndests = 1, .dest = { 1 },
	};

	rule_put(r, &rule);
}

static bool add_all(struct wire *w, uint32_t flags)
{
	struct request *r;
	uint32_t n = 0;

	while (n < count) {
		r = wire_request(w, DFC_CMD_FILTER_ADD);
		do {
			put_nth(r, n++, flags);
		} while (n < count && n % BULK);
		CHECK(wire_done(w));
	}
	return true;
}

/* All are given what is left until one moment. */
static bool set_all(struct wire *w, time_t end)
{
	struct request *r;
	uint32_t n = 0;
	time_t now;

	while (n < count) {
		r = wire_request(w, DFC_CMD_FILTER_SET);
		now = time(NULL);
		do {
			rule_put(r, &(struct rule){
				.id = 1 + n++,
				.timeout_total = now < end ? end - now : 1,
			});
		} while (n < count && n % BULK);
		/* On a slow machine, the first may have met its end. */
		CHECK(wire_call(w, NULL, NULL) && !w->answer.error);
	}
	return true;
}

static bool is_empty(struct wire *w)
{
	static struct stats s;

	return act_stats_get(w, &s) && !s.filters && !s.masks;
}

/* The socket of events has a limit, and says so when it is reached. */
static bool all_told(struct listener *l, enum dfc_reason reason,
		     struct wire *w)
{
	time_t start = time(NULL);

	CHECK(listen_until(l, count));
	if (l->lost)
		tap_note("events were lost, after %" PRIu64, l->all);
	else
		CHECK_EQUAL(count, l->gone[reason]);
	tap_note("%" PRIu64 " events, the last %lld s after all had begun",
		 l->all, (long long)(time(NULL) - start));
	return act_wait(w, is_empty);
}

static bool by_timeout(struct wire *w)
{
	time_t start = time(NULL), now;
	struct listener listener;
	static struct stats s;
	bool ok;

	CHECK(listen_open(&listener));
	CHECK(act_stats_get(w, &s) && add_all(w, 0));
	now = time(NULL);
	CHECK(set_all(w, now + (now - start) + 2));
	ok = all_told(&listener, DFC_REASON_TIMEOUT_TOTAL, w);
	wire_close(listener.w);
	start = s.expired;
	CHECK(act_stats_get(w, &s));
	CHECK_EQUAL(start + count, s.expired);
	return ok;
}

static bool by_owner(struct wire *w)
{
	struct listener listener;
	struct wire *own;
	bool ok;

	CHECK(listen_open(&listener));
	own = wire_open();
	ok = add_all(own, DFC_FILTER_F_OWNED);
	wire_close(own);
	ok = ok && all_told(&listener, DFC_REASON_OWNER, w);
	wire_close(listener.w);
	return ok;
}

int expire_main(const char *number)
{
	struct wire *w = wire_open();

	count = strtoul(number, NULL, 0);
	tap_plan(2);
	tap_result(by_timeout(w), "many filters expire at once");
	tap_result(by_owner(w), "many filters go with their socket");
	wire_close(w);
	return tap_end();
}
