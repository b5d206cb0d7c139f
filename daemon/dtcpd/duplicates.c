// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#include "dtcpd/duplicates.h"
#include "dtcpd/log.h"
#include "dtcpd/selection.h"
#include "dtcpd/tasking-event.h"
#include "dtcpd/tasking-notice.h"
#include "dtcpd/tasking-private.h"

/*
 * What a source was told of one filter. Few filters lose copies: so this is no
 * part of a criterion.
 */
struct shortfall {
	struct table_node node;
	struct tasking_drop told;
};

static struct shortfall *find(struct tasking *t, uint32_t filter)
{
	struct table_node *n = table_find(&t->shortfalls, filter);

	return n ? table_entry(n, struct shortfall, node) : NULL;
}

static struct shortfall *get(struct tasking *t, uint32_t filter)
{
	struct shortfall *s = find(t, filter);

	if (s)
		return s;
	s = calloc(1, sizeof(*s));
	if (s)
		table_add(&t->shortfalls, &s->node, filter);
	else
		log_limited(LOG_ERR, "out of memory for notification 598");
	return s;
}

void duplicates_forget(struct tasking *t, uint32_t filter)
{
	struct shortfall *s = find(t, filter);

	if (!s)
		return;
	table_del(&t->shortfalls, &s->node);
	free(s);
}

static json_t *event(const struct criterion *c,
		     const struct tasking_drop *dropped)
{
	json_t *dests = json_array();
	size_t i;

	for (i = 0; i < c->nlegs; i++)
		json_array_append_new(dests,
				tasking_name(c->leg[i].cdest->name));
	return json_pack("{ss ss ss sI so sI sI}",
			 "event", "duplicates-dropped",
			 "capture-group", c->source->group->name,
			 "control-source", c->source->name,
			 "criteria-id", (json_int_t)c->id,
			 "content-destinations", dests,
			 "dropped-packets", (json_int_t)dropped->packets,
			 "dropped-bytes", (json_int_t)dropped->bytes);
}

/* What of @now its owner has not been told of yet. */
static void tell(struct tasking *t, const struct criterion *c,
		 const struct tasking_drop *now)
{
	struct tasking_drop more;
	struct shortfall *s;

	if (!now->packets)
		return;
	s = get(t, c->filter);
	if (!s || now->packets <= s->told.packets)
		return;
	more.packets = now->packets - s->told.packets;
	more.bytes = now->bytes - s->told.bytes;
	s->told = *now;
	notice_duplicates(t, c, &more);
	tasking_event(t, event(c, &more));
}

static uint64_t overload_of(const struct destination *d)
{
	uint64_t packets = 0;
	int i;

	for (i = 0; i <= DFC_DROP_MAX; i++)
		if (tasking_is_overload(i))
			packets += d->now.drop[i].packets;
	return packets;
}

void duplicates_restore(struct tasking *t, const struct criterion *c,
			const struct tasking_drop *now)
{
	struct shortfall *s = now->packets ? get(t, c->filter) : NULL;

	if (s)
		s->told = *now;
}

void duplicates_restore_dest(struct destination *d)
{
	d->overload = overload_of(d);
}

/* If the kernel does not answer, the next second is tried. */
static void look(struct tasking *t, struct destination *d)
{
	struct tasking_counters *n = NULL;
	struct selection sel = { 0 };
	size_t i;

	if (!selection_fill_dest(&sel, t, d, false) &&
	    !selection_counters(&sel, t, NULL, &n)) {
		for (i = 0; i < sel.n; i++)
			tell(t, sel.c[i], &n[i].overload);
		d->overload = overload_of(d);
	}
	free(n);
	selection_fini(&sel);
}

/* Criteria with two destinations are told of once: all of a group together. */
void duplicates_tick(struct tasking *t)
{
	struct destination *d;
	struct table_node *n;
	struct group *g;

	for (n = table_first(&t->groups); n; n = table_next(&t->groups, n)) {
		g = table_entry(n, struct group, node);
		g->quiet -= g->quiet != 0;
		g->told = false;
	}
	for (n = table_first(&t->dests); n; n = table_next(&t->dests, n)) {
		d = table_entry(n, struct destination, node);
		if (overload_of(d) == d->overload)
			continue;
		g = group_lookup(t, d->group);
		if (!g || g->quiet)
			continue;
		look(t, d);
		g->told = true;
	}
	for (n = table_first(&t->groups); n; n = table_next(&t->groups, n)) {
		g = table_entry(n, struct group, node);
		if (g->told)
			g->quiet = g->config->duplicates_period;
	}
}
