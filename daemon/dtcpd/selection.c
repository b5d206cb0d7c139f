// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <errno.h>
#include <stdlib.h>

#include "dtcpd/selection.h"
#include "dtcpd/tasking-private.h"

#define CHANGE_TRIES 8	/* filters may expire while others are changed */

void selection_fini(struct selection *sel)
{
	free(sel->c);
	*sel = (struct selection){ 0 };
}

int selection_add(struct selection *sel, struct criterion *c)
{
	size_t room = sel->room ? sel->room * 2 : 16;
	struct criterion **bigger;

	if (sel->n == sel->room) {
		bigger = reallocarray(sel->c, room, sizeof(*bigger));
		if (!bigger)
			return -ENOMEM;
		sel->c = bigger;
		sel->room = room;
	}
	sel->c[sel->n++] = c;
	return 0;
}

static int add_all(struct selection *sel, const struct source *s,
		   const struct dtcp_id_range *range)
{
	struct criterion *c;
	int err;

	TAILQ_FOREACH(c, &s->criteria, link) {
		if (c->id < range->from || c->id > range->to)
			continue;
		err = selection_add(sel, c);
		if (err)
			return err;
	}
	return 0;
}

static int add_range(struct selection *sel, const struct source *s,
		     const struct dtcp_id_range *range)
{
	struct criterion *c;
	uint32_t id = range->from;
	int err;

	/* A wide range is walked by what there is, not by its numbers. */
	if (range->to - range->from > s->by_id.count)
		return add_all(sel, s, range);
	do {
		c = criterion_lookup(s, id);
		err = c ? selection_add(sel, c) : 0;
		if (err)
			return err;
	} while (id++ != range->to);
	return 0;
}

static int add_cdest(struct selection *sel, const struct source *s,
		     const char *name)
{
	struct source_cdest *cdest = source_cdest_lookup(s, name);
	struct criterion_leg *leg;
	int err;

	if (!cdest)
		return 0;
	TAILQ_FOREACH(leg, &cdest->legs, link) {
		err = selection_add(sel, leg->criterion);
		if (err)
			return err;
	}
	return 0;
}

static int by_id(const void *a, const void *b)
{
	const struct criterion *const *x = a, *const *y = b;

	return (*x)->id < (*y)->id ? -1 : (*x)->id > (*y)->id;
}

static void sort(struct selection *sel)
{
	size_t i, n = 0;

	if (!sel->n)
		return;
	qsort(sel->c, sel->n, sizeof(*sel->c), by_id);
	for (i = 1; i < sel->n; i++)
		if (sel->c[i] != sel->c[n])
			sel->c[++n] = sel->c[i];
	sel->n = n + 1;
}

int selection_fill(struct selection *sel, const struct source *s,
		   const struct dtcp_request *r)
{
	static const struct dtcp_id_range all = { 0, UINT32_MAX };
	int err = 0, missing = 0;
	size_t i;

	for (i = 0; i < r->nid && !err; i++) {
		if (r->id[i].from == r->id[i].to &&
		    !criterion_lookup(s, r->id[i].from))
			missing = -ENOENT;
		err = add_range(sel, s, &r->id[i]);
	}
	for (i = 0; i < r->ncdest && !err; i++)
		err = add_cdest(sel, s, r->cdest[i]);
	if (!r->nid && !r->ncdest)
		err = add_all(sel, s, &all);
	sort(sel);
	return err ? err : missing;
}

void selection_drop_static(struct selection *sel)
{
	size_t i, n = 0;

	for (i = 0; i < sel->n; i++)
		if (!sel->c[i]->is_static)
			sel->c[n++] = sel->c[i];
	sel->n = n;
}

uint32_t *selection_filters(const struct selection *sel)
{
	uint32_t *id = calloc(sel->n + 1, sizeof(*id));
	size_t i;

	for (i = 0; id && i < sel->n; i++)
		id[i] = sel->c[i]->filter;
	return id;
}

static bool is_named(const struct dtcp_request *r, uint32_t id)
{
	size_t i;

	for (i = 0; r && i < r->nid; i++)
		if (r->id[i].from == id && r->id[i].to == id)
			return true;
	return false;
}

static int drop_gone(struct selection *sel, const struct dtcp_request *r,
		     struct tasking_counters *c, const bool *found)
{
	size_t i, n = 0;
	int missing = 0;

	for (i = 0; i < sel->n; i++) {
		if (!found[i]) {
			if (is_named(r, sel->c[i]->id))
				missing = -ENOENT;
			continue;
		}
		sel->c[n] = sel->c[i];
		c[n++] = c[i];
	}
	sel->n = n;
	return missing;
}

int selection_counters(struct selection *sel, struct tasking *t,
		       const struct dtcp_request *r,
		       struct tasking_counters **counters)
{
	struct tasking_counters *c = calloc(sel->n + 1, sizeof(*c));
	bool *found = calloc(sel->n + 1, sizeof(*found));
	uint32_t *id = selection_filters(sel);
	int err = -ENOMEM;

	if (c && found && id && sel->n)
		err = t->ops->filter_get(t->ctx, id, sel->n, c, found) ? -EIO :
			0;
	else if (c && found && id)
		err = 0;
	if (!err)
		err = drop_gone(sel, r, c, found);
	free(found);
	free(id);
	if (counters && (!err || err == -ENOENT))
		*counters = c;
	else
		free(c);
	return err;
}

/* Replaces limits or, without any, deletes. */
static int change_once(struct selection *sel, struct tasking *t,
		       const struct tasking_filter *limits)
{
	uint32_t *id = selection_filters(sel);
	int err;

	if (!id)
		return -ENOMEM;
	if (limits)
		err = t->ops->filter_set(t->ctx, limits, id, sel->n);
	else
		err = t->ops->filter_del(t->ctx, id, sel->n);
	free(id);
	return err;
}

static int change(struct selection *sel, struct tasking *t,
		  const struct dtcp_request *r,
		  const struct tasking_filter *limits)
{
	int tries, err;

	for (tries = 0; tries < CHANGE_TRIES && sel->n; tries++) {
		err = change_once(sel, t, limits);
		if (err != -ENOENT)
			return err;
		err = selection_counters(sel, t, r, NULL);
		if (err)
			return err;
	}
	return sel->n ? -EAGAIN : 0;
}

int selection_refresh(struct selection *sel, struct tasking *t,
		      const struct dtcp_request *r,
		      const struct tasking_filter *limits)
{
	return change(sel, t, r, limits);
}

int selection_kill(struct selection *sel, struct tasking *t,
		   const struct dtcp_request *r)
{
	return change(sel, t, r, NULL);
}
