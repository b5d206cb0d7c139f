// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#include "dtcpd/log.h"
#include "dtcpd/selection.h"
#include "dtcpd/tasking-event.h"
#include "dtcpd/tasking-notice.h"
#include "dtcpd/tasking-private.h"

#define AVERAGE 10000	/* ms that the kernel takes averages of */

/* A criterion that may have to go. */
struct victim {
	struct criterion *c;
	uint64_t bandwidth;
};

void congestion_limit(struct destination *d, const struct config_limit *limit)
{
	d->outer.limit = *limit;
}

static json_t *event(const char *what, const struct destination *d,
		     const char *limit, uint64_t value)
{
	return json_pack("{ss ss so sI sI}", "event", what,
			 "capture-group", d->group,
			 "content-destination",
			 tasking_name(d->outer.name),
			 "average-bandwidth", (json_int_t)d->congestion.load,
			 limit, (json_int_t)value);
}

/* What goes to a place counts, whatever outer source an ADD gave it. */
static void add_up(struct tasking *t)
{
	struct destination *d, *whose;
	struct table_node *n;

	for (n = table_first(&t->dests); n; n = table_next(&t->dests, n))
		table_entry(n, struct destination, node)->congestion.load = 0;
	for (n = table_first(&t->dests); n; n = table_next(&t->dests, n)) {
		d = table_entry(n, struct destination, node);
		whose = destination_counts_as(t, d);
		if (whose)
			whose->congestion.load += d->now.bandwidth;
	}
}

static bool has_criteria(const struct selection *sel, const struct source *s)
{
	size_t i;

	for (i = 0; i < sel->n; i++)
		if (sel->c[i]->source == s)
			return true;
	return false;
}

static void tell_sources(struct tasking *t, struct destination *d)
{
	struct selection sel = { 0 };
	struct table_node *n;
	struct source *s;

	if (selection_fill_dest(&sel, t, d, true))
		log_msg(LOG_ERR, "out of memory for notifications 580");
	for (n = table_first(&t->sources); n; n = table_next(&t->sources, n)) {
		s = table_entry(n, struct source, node);
		if (!has_criteria(&sel, s))
			continue;
		notice_congestion(t, s, d);
		d->congestion.notices++;
	}
	selection_fini(&sel);
}

static void check_soft(struct tasking *t, struct destination *d)
{
	const struct config_limit *limit = &d->outer.limit;
	struct congestion *now = &d->congestion;

	if (!limit->soft) {
		now->soft = false;
	} else if (!now->soft && now->load > limit->soft) {
		now->soft = true;
		log_msg(LOG_WARNING,
			"content destination %s of %s: congestion, %llu bit/s are above soft-limit %llu",
			d->outer.name, d->group, (unsigned long long)now->load,
			(unsigned long long)limit->soft);
		tasking_event(t, event("congestion", d, "soft-limit",
				       limit->soft));
		tell_sources(t, d);
	} else if (now->soft && now->load < limit->soft_clear) {
		now->soft = false;
		log_msg(LOG_NOTICE,
			"content destination %s of %s: congestion is over, %llu bit/s are below soft-limit-clear %llu",
			d->outer.name, d->group, (unsigned long long)now->load,
			(unsigned long long)limit->soft_clear);
		tasking_event(t, event("congestion-clear", d,
				       "soft-limit-clear", limit->soft_clear));
	}
}

/* The least important first, then the busiest, then the newest. */
static int by_importance(const void *a, const void *b)
{
	const struct victim *x = a, *y = b;

	if (x->c->priority != y->c->priority)
		return x->c->priority > y->c->priority ? -1 : 1;
	if (x->bandwidth != y->bandwidth)
		return x->bandwidth > y->bandwidth ? -1 : 1;
	if (x->c->added != y->c->added)
		return x->c->added > y->c->added ? -1 : 1;
	/* Kernel ids count up, whoever has the criterion. */
	return x->c->filter > y->c->filter ? -1 : x->c->filter < y->c->filter;
}

/* Moves those that have to go to the front of @v; takes them from @total. */
static size_t choose(struct victim *v, size_t n, uint64_t target,
		     uint64_t *total)
{
	size_t i, chosen = 0;

	qsort(v, n, sizeof(*v), by_importance);
	for (i = 0; i < n && *total >= target; i++) {
		if (!v[i].bandwidth)
			continue;
		*total -= v[i].bandwidth;
		v[chosen++] = v[i];
	}
	return chosen;
}

static void end_criterion(struct tasking *t, const struct destination *d,
			  struct criterion *c)
{
	struct source *s = c->source;

	log_msg(LOG_NOTICE,
		"%s: criteria %u deleted, filter %u: hard-limit of %s, its priority was %u",
		s->name, c->id, c->filter, d->outer.name, c->priority);
	tasking_event_ended(t, c, "congestion");
	s->congested++;
	criterion_del(t, c);
}

/* Ends the criteria of the owner of the first of @doomed; they become NULL. */
static void end_of_owner(struct tasking *t, struct destination *d,
			 struct criterion **doomed, size_t n, uint32_t *id)
{
	struct source *s = doomed[0]->source;
	size_t i, count = 0;

	for (i = 0; i < n; i++) {
		if (!doomed[i] || doomed[i]->source != s)
			continue;
		id[count++] = doomed[i]->id;
		end_criterion(t, d, doomed[i]);
		doomed[i] = NULL;
	}
	d->congestion.delete_notices +=
		notice_congestion_delete(t, s, d, id, count);
	tasking_remember(t, s);
}

static void tell_deleted(struct tasking *t, const struct destination *d,
			 size_t criteria, uint64_t left)
{
	json_t *e = event("congestion-delete", d, "hard-limit",
			  d->outer.limit.hard);

	log_msg(LOG_WARNING,
		"content destination %s of %s: congestion, %llu bit/s are above hard-limit %llu: %zu criteria deleted, the others have %llu bit/s",
		d->outer.name, d->group,
		(unsigned long long)d->congestion.load,
		(unsigned long long)d->outer.limit.hard, criteria,
		(unsigned long long)left);
	json_object_set_new(e, "criteria", json_integer(criteria));
	json_object_set_new(e, "bandwidth", json_integer((json_int_t)left));
	tasking_event(t, e);
}

/* Deletes the filters, then the criteria of those that were there. */
static int end_all(struct tasking *t, struct destination *d,
		   struct selection *doomed, uint64_t left)
{
	uint32_t *id = calloc(doomed->n, sizeof(*id));
	size_t i, n;
	int err = -ENOMEM;

	if (id)
		err = selection_kill(doomed, t, NULL);
	n = doomed->n;
	if (!err && n)
		tell_deleted(t, d, n, left);
	for (i = 0; !err && i < n; i++)
		if (doomed->c[i])
			end_of_owner(t, d, doomed->c + i, n - i, id);
	free(id);
	return err;
}

/* Judges @sel by what the kernel counted, and ends what is too much. */
static int relieve(struct tasking *t, struct destination *d,
		   struct selection *sel, const struct tasking_counters *n,
		   int64_t clock)
{
	struct victim *v = calloc(sel->n + 1, sizeof(*v));
	size_t i, count = sel->n;
	uint64_t total = 0;
	int err = 0;

	if (!v)
		return -ENOMEM;
	for (i = 0; i < count; i++) {
		v[i] = (struct victim){ sel->c[i], n[i].bandwidth };
		total += n[i].bandwidth;
	}
	if (total > d->outer.limit.hard) {
		sel->n = choose(v, count, d->outer.limit.hard_target, &total);
		for (i = 0; i < sel->n; i++)
			sel->c[i] = v[i].c;
		err = end_all(t, d, sel, total);
	}
	free(v);
	if (err)
		return err;
	d->congestion.gone = d->congestion.load > total ?
			     d->congestion.load - total : 0;
	d->congestion.gone_at = clock;
	return 0;
}

/*
 * What has gone counts in the average of the destination for another 10 s, less
 * and less. Criteria are asked for their own averages only if there may be too
 * much without that: there may be many of them.
 */
static uint64_t present_load(const struct congestion *c, int64_t clock)
{
	int64_t left = AVERAGE - (clock - c->gone_at);
	uint64_t gone = 0;

	if (left > 0 && left <= AVERAGE)
		gone = (uint64_t)((double)c->gone * left / AVERAGE);
	return c->load > gone ? c->load - gone : 0;
}

static void check_hard(struct tasking *t, struct destination *d, int64_t clock)
{
	struct tasking_counters *counters = NULL;
	struct selection sel = { 0 };
	int err;

	if (!d->outer.limit.hard ||
	    present_load(&d->congestion, clock) <= d->outer.limit.hard)
		return;
	err = selection_fill_dest(&sel, t, d, true);
	if (!err)
		err = selection_counters(&sel, t, NULL, &counters);
	if (!err)
		err = relieve(t, d, &sel, counters, clock);
	if (err)
		log_limited(LOG_ERR,
			    "content destination %s of %s: above hard-limit, and criteria cannot be deleted: %s",
			    d->outer.name, d->group, err == -ENOMEM ?
			    "out of memory" : t->ops->error(t->ctx));
	free(counters);
	selection_fini(&sel);
}

void congestion_tick(struct tasking *t, int64_t clock)
{
	const struct config_group *g;
	struct destination *d;
	size_t i, j;

	add_up(t);
	/* By the configuration: criteria take destinations of ADD with them. */
	for (i = 0; i < t->config->ngroup; i++) {
		g = &t->config->group[i];
		for (j = 0; j < g->ndest; j++) {
			d = destination_configured(t, g->name,
						   g->dest[j].name);
			if (!d)
				continue;
			check_soft(t, d);
			check_hard(t, d, clock);
		}
	}
}
