// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <errno.h>
#include <stdlib.h>
#include <string.h>

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

/* The ids that a request names, ascending; ranges neither overlap nor touch. */
struct ids {
	struct dtcp_id_range range[DTCP_ID_RANGES_MAX];
	size_t n;
	uint64_t count;
};

static int by_from(const void *a, const void *b)
{
	const struct dtcp_id_range *x = a, *y = b;

	return x->from < y->from ? -1 : x->from > y->from;
}

static void merge(struct ids *ids, const struct dtcp_request *r)
{
	struct dtcp_id_range sorted[DTCP_ID_RANGES_MAX], *last = NULL;
	size_t i;

	memcpy(sorted, r->id, r->nid * sizeof(*sorted));
	qsort(sorted, r->nid, sizeof(*sorted), by_from);
	ids->n = 0;
	for (i = 0; i < r->nid; i++) {
		if (!last || sorted[i].from > (uint64_t)last->to + 1) {
			last = &ids->range[ids->n++];
			*last = sorted[i];
		} else if (sorted[i].to > last->to) {
			last->to = sorted[i].to;
		}
	}
	ids->count = 0;
	for (i = 0; i < ids->n; i++)
		ids->count += (uint64_t)ids->range[i].to -
			      ids->range[i].from + 1;
}

static int by_range(const void *key, const void *member)
{
	const struct dtcp_id_range *range = member;
	uint32_t id = *(const uint32_t *)key;

	return id < range->from ? -1 : id > range->to;
}

static bool has_id(const struct ids *ids, uint32_t id)
{
	return bsearch(&id, ids->range, ids->n, sizeof(*ids->range), by_range);
}

/* @ids: which of them; NULL: all */
static int add_all(struct selection *sel, const struct source *s,
		   const struct ids *ids)
{
	struct criterion *c;
	int err;

	TAILQ_FOREACH(c, &s->criteria, link) {
		if (ids && !has_id(ids, c->id))
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

	do {
		c = criterion_lookup(s, id);
		err = c ? selection_add(sel, c) : 0;
		if (err)
			return err;
	} while (id++ != range->to);
	return 0;
}

static int add_ids(struct selection *sel, const struct source *s,
		   const struct dtcp_request *r)
{
	struct ids ids;
	int err = 0;
	size_t i;

	merge(&ids, r);
	/* Wide ranges are walked by what there is, and once for all of them. */
	if (ids.count > s->by_id.count)
		return add_all(sel, s, &ids);
	for (i = 0; i < ids.n && !err; i++)
		err = add_range(sel, s, &ids.range[i]);
	return err;
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
	int err, missing = 0;
	size_t i;

	for (i = 0; i < r->nid; i++)
		if (r->id[i].from == r->id[i].to &&
		    !criterion_lookup(s, r->id[i].from))
			missing = -ENOENT;
	err = add_ids(sel, s, r);
	for (i = 0; i < r->ncdest && !err; i++)
		err = add_cdest(sel, s, r->cdest[i]);
	if (!r->nid && !r->ncdest)
		err = add_all(sel, s, NULL);
	sort(sel);
	return err ? err : missing;
}

static bool goes_to(const struct tasking *t, const struct criterion_leg *leg,
		    const struct destination *d, bool all)
{
	return leg->dest == d ||
	       (all && destination_counts_as(t, leg->dest) == d);
}

/* Once, if both legs go there. */
static int add_copied(struct selection *sel, const struct tasking *t,
		      const struct source *s, const struct destination *d,
		      bool all)
{
	struct source_cdest *cdest = source_cdest_lookup(s, d->outer.name);
	struct criterion_leg *leg;
	struct criterion *c;
	int err;

	if (!cdest || strcmp(s->group->name, d->group))
		return 0;
	TAILQ_FOREACH(leg, &cdest->legs, link) {
		c = leg->criterion;
		if (c->action == DTCP_BLOCK || !goes_to(t, leg, d, all) ||
		    (leg != c->leg && goes_to(t, c->leg, d, all)))
			continue;
		err = selection_add(sel, c);
		if (err)
			return err;
	}
	return 0;
}

int selection_fill_dest(struct selection *sel, const struct tasking *t,
			const struct destination *d, bool all)
{
	struct table_node *n;
	int err = 0;

	for (n = table_first(&t->sources); n && !err;
	     n = table_next(&t->sources, n))
		err = add_copied(sel, t, table_entry(n, struct source, node),
				 d, all);
	return err;
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
