// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <syslog.h>

#include "dtcpd/log.h"
#include "dtcpd/tasking-event.h"
#include "dtcpd/tasking-private.h"

/* What is said of a threshold. */
struct words {
	const char *statement;
	const char *figure;	/* name in events */
	const char *set;	/* event */
	const char *clear;
	const char *unit;	/* in the log */
};

static const struct words rate_words = {
	"input-packet-rate-threshold", "packet-rate", "packet-rate",
	"packet-rate-clear", "packets/s come in",
};

static const struct words memory_words = {
	"pic-memory-threshold", "memory-used", "memory", "memory-clear",
	"% of the memory are in use",
};

static void say(struct tasking *t, const struct group *g,
		const struct words *w, bool above, uint64_t value,
		uint64_t limit)
{
	log_msg(above ? LOG_WARNING : LOG_NOTICE,
		"capture-group %s: %llu %s, %s %s %llu", g->config->name,
		(unsigned long long)value, w->unit,
		above ? "above" : "no longer above", w->statement,
		(unsigned long long)limit);
	tasking_event(t, json_pack("{ss ss sI sI}",
				   "event", above ? w->set : w->clear,
				   "capture-group", g->config->name,
				   w->figure, (json_int_t)value,
				   w->statement, (json_int_t)limit));
}

static void judge(struct tasking *t, const struct group *g,
		  const struct words *w, struct threshold *th, uint64_t value,
		  uint64_t limit)
{
	bool above = th->above ? value * 10 > limit * 9 : value > limit;

	if (above == th->above)
		return;
	th->above = above;
	say(t, g, w, above, value, limit);
}

/* Packets a second, since the window began; false at first. */
static bool count(struct threshold_rate *r, int64_t clock, uint64_t packets,
		  uint64_t *rate)
{
	size_t places = THRESHOLD_WINDOW + 1;
	size_t first = r->n < THRESHOLD_WINDOW ? 0 : (r->n + 1) % places;
	size_t last = r->n++ % places;
	int64_t ms;

	r->clock[last] = clock;
	r->packets[last] = packets;
	ms = clock - r->clock[first];
	if (ms <= 0 || packets < r->packets[first])
		return false;
	*rate = (packets - r->packets[first]) * 1000 / ms;
	return true;
}

/* Of an active group, what all of them see: none has a counter of its own. */
static void check_rate(struct tasking *t, struct group *g, int64_t clock)
{
	uint32_t id = g->config->passive ? g->id : 0;
	uint64_t packets, rate;

	if (!g->config->packet_rate) {
		g->rate = (struct threshold_rate){ 0 };
		return;
	}
	if (t->ops->seen_get(t->ctx, id, &packets)) {
		log_limited(LOG_WARNING, "capture-group %s: packets seen: %s",
			    g->config->name, t->ops->error(t->ctx));
		return;
	}
	if (count(&g->rate, clock, packets, &rate))
		judge(t, g, &rate_words, &g->rate.threshold, rate,
		      g->config->packet_rate);
}

void threshold_tick(struct tasking *t, int64_t clock, int memory)
{
	struct table_node *n;
	struct group *g;

	for (n = table_first(&t->groups); n; n = table_next(&t->groups, n)) {
		g = table_entry(n, struct group, node);
		check_rate(t, g, clock);
		if (g->config->memory < 0)
			g->memory.above = false;
		else if (memory >= 0)
			judge(t, g, &memory_words, &g->memory, memory,
			      g->config->memory);
	}
}
