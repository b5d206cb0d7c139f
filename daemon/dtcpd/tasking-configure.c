// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#include "dtcpd/devices.h"
#include "dtcpd/log.h"
#include "dtcpd/restore.h"
#include "dtcpd/selection.h"
#include "dtcpd/tasking-event.h"
#include "dtcpd/tasking-private.h"

static struct destination *dest_of(struct table_node *n)
{
	return table_entry(n, struct destination, node);
}

static struct source *source_of(struct table_node *n)
{
	return table_entry(n, struct source, node);
}

static const struct config_dest *find_dest(const struct config *c,
					   const char *group, const char *name)
{
	size_t g, d;

	for (g = 0; g < c->ngroup; g++) {
		if (strcmp(c->group[g].name, group))
			continue;
		for (d = 0; d < c->group[g].ndest; d++)
			if (!strcmp(c->group[g].dest[d].name, name))
				return &c->group[g].dest[d];
	}
	return NULL;
}

static int stage_dest(struct tasking *t, const char *group,
		      const struct config_dest *dest)
{
	struct destination *d = destination_configured(t, group, dest->name);
	int err = 0;

	if (d && destination_same(&d->outer, dest))
		return 0;
	d = destination_add(t, group, dest, true, &err);
	if (d) {
		d->staged = true;
		return 0;
	}
	log_msg(LOG_ERR, "content destination %s of %s: %s", dest->name, group,
		err == -ENOMEM ? "out of memory" : t->ops->error(t->ctx));
	return err;
}

void tasking_recall(struct tasking *t, struct source *s)
{
	struct tasking_memory m;

	if (!t->outlet || !t->outlet->recall ||
	    !t->outlet->recall(t->outlet_arg, s->name, &m))
		return;
	s->window = m.window;
	s->last_id = m.last_id;
	s->version = m.version;
	if (t->past && restore_knows(t->past))
		return;
	s->lost = m.criteria;
	s->lost_why = "the monitoring platform was started again";
}

static int stage_source(struct tasking *t, const char *name)
{
	struct source *s = source_lookup(&t->sources, name);

	if (s)
		return 0;
	s = source_add(&t->sources, name);
	if (!s)
		return -ENOMEM;
	tasking_recall(t, s);
	return 0;
}

static int stage_group(struct tasking *t, const struct config_group *g)
{
	size_t i;
	int err;

	for (i = 0; i < g->ndest; i++) {
		err = stage_dest(t, g->name, &g->dest[i]);
		if (err)
			return err;
	}
	for (i = 0; i < g->nsource; i++) {
		err = stage_source(t, g->source[i].name);
		if (err)
			return err;
	}
	return 0;
}

/* Makes all that is new, so that nothing can fail once taps are touched. */
static int stage(struct tasking *t, const struct config *c)
{
	int err = group_stage(t, c);
	size_t i;

	for (i = 0; i < c->ngroup && !err; i++)
		err = stage_group(t, &c->group[i]);
	return err;
}

static void unstage(struct tasking *t)
{
	struct table_node *n, *next;

	for (n = table_first(&t->dests); n; n = next) {
		next = table_next(&t->dests, n);
		if (dest_of(n)->staged)
			destination_del(t, dest_of(n));
	}
	for (n = table_first(&t->sources); n; n = next) {
		next = table_next(&t->sources, n);
		if (!source_of(n)->config)
			source_del(&t->sources, source_of(n));
	}
	group_unstage(t);
}

/* Whether an ADD would still be given this leg. */
static bool leg_allowed(const struct tasking *t,
			const struct criterion_leg *leg,
			const struct config_source *source,
			const struct config_group *group)
{
	const struct criterion *c = leg->criterion;
	bool listed = c->listed >> (leg - c->leg) & 1;
	const struct destination *was = NULL;
	const struct config_dest *is;

	if (listed)
		was = destination_configured(t, c->source->group->name,
					     leg->cdest->name);
	is = source_dest(group, source, leg->cdest->name);
	if (was && (!is || !destination_same(&was->outer, is)))
		return false;
	if (was && destination_same_endpoint(&was->outer, &leg->dest->outer))
		return true;
	return source->dynamic_destinations;
}

static bool criterion_allowed(const struct tasking *t,
			      const struct criterion *c,
			      const struct config_source *source,
			      const struct config_group *group)
{
	size_t i;

	if (!source || strcmp(c->source->group->name, group->name) ||
	    c->source->group->passive != group->passive)
		return false;
	if (c->of_group && !group->ndevice)
		return false;
	if ((c->action == DTCP_REDIRECT && !source->action_redirect) ||
	    (c->action == DTCP_BLOCK && !source->action_block))
		return false;
	for (i = 0; i < c->nlegs; i++)
		if (!leg_allowed(t, &c->leg[i], source, group))
			return false;
	return true;
}

static int collect(const struct tasking *t, const struct source *s,
		   const struct config *new, struct selection *doomed)
{
	const struct config_group *group = NULL;
	const struct config_source *source;
	struct criterion *c;
	int err;

	source = config_source_find(new, s->name, &group);
	TAILQ_FOREACH(c, &s->criteria, link) {
		if (criterion_allowed(t, c, source, group))
			continue;
		err = selection_add(doomed, c);
		if (err)
			return err;
	}
	return 0;
}

static void end_criterion(struct tasking *t, struct criterion *c)
{
	struct source *s = c->source;

	log_msg(LOG_NOTICE,
		"%s: criteria %u deleted, filter %u: not allowed by the new configuration",
		s->name, c->id, c->filter);
	tasking_event_ended(t, c, "configuration");
	source_lose(s, c->id, "not allowed by the new configuration");
	s->disallowed++;
	criterion_del(t, c);
	tasking_remember(t, s);
}

/* Deletes the filters; on failure none, and the criteria stay. */
static int kill_all(struct tasking *t, const struct selection *doomed)
{
	/* Those whose filter has gone meanwhile must be forgotten as well. */
	struct selection alive = { 0 };
	int err = 0;
	size_t i;

	alive.c = calloc(doomed->n + 1, sizeof(*alive.c));
	if (!alive.c)
		return -ENOMEM;
	/* At the start, another filter may have the id of one that is gone. */
	for (i = 0; i < doomed->n; i++)
		if (!t->past || doomed->c[i]->found)
			alive.c[alive.n++] = doomed->c[i];
	if (alive.n) {
		err = selection_kill(&alive, t, NULL);
		if (err)
			log_msg(LOG_ERR, "the kernel refused to delete filters: %s",
				t->ops->error(t->ctx));
	}
	free(alive.c);
	return err;
}

/* Deletes the criteria that the new configuration does not allow. */
static int end_criteria(struct tasking *t, const struct config *new)
{
	struct selection doomed = { 0 };
	struct table_node *n;
	int err = 0;
	size_t i;

	for (n = table_first(&t->sources); n && !err;
	     n = table_next(&t->sources, n))
		err = collect(t, source_of(n), new, &doomed);
	if (!err)
		err = kill_all(t, &doomed);
	for (i = 0; !err && i < doomed.n; i++)
		end_criterion(t, doomed.c[i]);
	selection_fini(&doomed);
	return err;
}

static void commit_dests(struct tasking *t, const struct config *c)
{
	struct table_node *n, *next;
	const struct config_dest *is;
	struct destination *d;

	for (n = table_first(&t->dests); n; n = next) {
		next = table_next(&t->dests, n);
		d = dest_of(n);
		is = find_dest(c, d->group, d->outer.name);
		d->staged = false;
		if (!d->configured)
			continue;
		if (is && destination_same(&d->outer, is))
			congestion_limit(d, &is->limit);
		else
			destination_del(t, d);
	}
}

static void commit_sources(struct tasking *t, const struct config *c)
{
	struct table_node *n, *next;
	struct source *s;

	for (n = table_first(&t->sources); n; n = next) {
		next = table_next(&t->sources, n);
		s = source_of(n);
		s->config = config_source_find(c, s->name, &s->group);
		if (!s->config)
			source_del(&t->sources, s);
	}
}

void tasking_note_restart(struct tasking *t)
{
	struct table_node *n;

	for (n = table_first(&t->sources); n; n = table_next(&t->sources, n))
		if (source_of(n)->lost)
			t->restarted = source_of(n)->lost_why;
}

int tasking_configure(struct tasking *t, const struct config *c)
{
	int err = stage(t, c);

	if (!err)
		err = end_criteria(t, c);
	if (err) {
		unstage(t);
		return err;
	}
	commit_sources(t, c);
	commit_dests(t, c);
	group_commit(t);
	if (!t->config && !t->past)
		tasking_note_restart(t);
	t->config = c;
	devices_warn(t, c);
	if (!t->past)
		tasking_settle(t);
	return 0;
}
