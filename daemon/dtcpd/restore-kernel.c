// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <errno.h>
#include <stdlib.h>
#include <syslog.h>

#include "dtcpd/duplicates.h"
#include "dtcpd/log.h"
#include "dtcpd/restore-private.h"
#include "dtcpd/tasking-audit.h"

/* Filters that are deleted by one message. */
#define BATCH 1024

static void keep_id(struct restore_ids *ids, uint32_t id)
{
	size_t room = ids->room ? ids->room * 2 : 64;
	uint32_t *bigger;

	if (ids->n == ids->room) {
		bigger = reallocarray(ids->id, room, sizeof(*bigger));
		if (!bigger) {
			ids->failed = true;
			return;
		}
		ids->id = bigger;
		ids->room = room;
	}
	ids->id[ids->n++] = id;
}

static int by_number(const void *a, const void *b)
{
	const uint32_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

static void sort(struct restore_ids *ids)
{
	if (ids->n)
		qsort(ids->id, ids->n, sizeof(*ids->id), by_number);
}

static bool has(const struct restore_ids *ids, uint32_t id)
{
	return ids->n && bsearch(&id, ids->id, ids->n, sizeof(id), by_number);
}

struct census {
	struct restore *r;
	bool same;
};

static void see_group(void *arg, uint32_t id, uint32_t tag)
{
	struct restore *r = arg;

	if (tag == r->tag)
		keep_id(&r->has_group, id);
}

static void see_filter(void *arg, uint32_t id, const struct tasking_counters *n)
{
	const struct census *census = arg;
	struct restore *r = census->r;
	struct criterion *c;

	if (!has(&r->has_group, n->group))
		return;
	if (id > r->t->last_filter)
		r->t->last_filter = id;
	c = census->same ? criterion_by_filter(r->t, id) : NULL;
	if (!c || group_id(r->t, c->source->group) != n->group) {
		keep_id(&r->strange, id);
		return;
	}
	c->found = true;
	duplicates_restore(r->t, c, &n->overload);
}

static void see_dest(void *arg, const struct tasking_dest *now)
{
	const struct census *census = arg;
	struct restore *r = census->r;
	struct destination *d;

	if (now->tag != r->tag)
		return;
	keep_id(&r->has_dest, now->id);
	d = census->same ? destination_by_id(r->t, now->id) : NULL;
	if (!d)
		return;
	d->now = *now;
	loss_restore(&d->loss, now);
	duplicates_restore_dest(d);
}

int restore_census(struct restore *r, bool same)
{
	const struct tasking_ops *ops = r->t->ops;
	struct census census = { r, same };
	void *ctx = r->t->ctx;
	int err;

	err = ops->group_each(ctx, see_group, r);
	sort(&r->has_group);
	if (!err)
		err = ops->dest_each(ctx, see_dest, &census);
	sort(&r->has_dest);
	if (!err)
		err = ops->filter_each(ctx, see_filter, &census);
	if (r->has_group.failed || r->has_dest.failed || r->strange.failed)
		err = -ENOMEM;
	return err;
}

/* Some may have met a limit since they were seen. */
static int delete_batch(struct tasking *t, const uint32_t *id, size_t n)
{
	int err = t->ops->filter_del(t->ctx, id, n);
	size_t i;

	for (i = 0; err == -ENOENT && i < n; i++) {
		err = t->ops->filter_del(t->ctx, &id[i], 1);
		if (!err)
			err = -ENOENT;
	}
	return err == -ENOENT ? 0 : err;
}

static int delete_filters(struct restore *r)
{
	struct restore_ids *s = &r->strange;
	size_t i, n;
	int err = 0;

	for (i = 0; i < s->n && !err; i += n) {
		n = s->n - i < BATCH ? s->n - i : BATCH;
		err = delete_batch(r->t, s->id + i, n);
	}
	if (err)
		log_msg(LOG_ERR, "filters that nobody knows stay in the kernel: %s",
			r->t->ops->error(r->t->ctx));
	if (err || !s->n)
		return err;
	log_msg(LOG_WARNING,
		"%zu filters of before are deleted, nobody knows whose they are",
		s->n);
	tasking_audit(r->t, json_pack("{ss sI}", "event",
				      "unknown-filters-deleted", "filters",
				      (json_int_t)s->n));
	return 0;
}

static void complain(const struct restore *r, const char *what, uint32_t id)
{
	log_msg(LOG_WARNING, "the kernel keeps %s %u of before: %s", what, id,
		r->t->ops->error(r->t->ctx));
}

int restore_sweep(struct restore *r, bool same)
{
	struct tasking *t = r->t;
	int err = delete_filters(r);
	uint32_t id;
	size_t i;

	for (i = 0; i < r->has_dest.n && !err; i++) {
		id = r->has_dest.id[i];
		if ((!same || !destination_by_id(t, id)) &&
		    t->ops->dest_del(t->ctx, id))
			complain(r, "destination", id);
	}
	for (i = 0; i < r->has_group.n && !err; i++) {
		id = r->has_group.id[i];
		if ((!same || !group_by_id(t, id)) &&
		    t->ops->group_del(t->ctx, id))
			complain(r, "group", id);
	}
	return err;
}

static int make_group(struct restore *r, struct group *g)
{
	uint32_t old = g->id;
	int err = group_again(r->t, g);

	r->renamed |= g->id != old;
	if (err)
		log_msg(LOG_ERR, "capture-group %s: %s", g->config->name,
			r->t->ops->error(r->t->ctx));
	return err;
}

static int make_dest(struct restore *r, struct destination *d)
{
	uint32_t old = d->id;
	int err = destination_again(r->t, d);

	r->renamed |= d->id != old;
	if (err)
		log_msg(LOG_ERR, "content destination %s of %s: %s",
			d->outer.name, d->group, r->t->ops->error(r->t->ctx));
	return err;
}

int restore_objects(struct restore *r, bool same)
{
	struct tasking *t = r->t;
	struct table_node *n;
	struct destination *d;
	struct group *g;
	int err = 0;

	for (n = table_first(&t->groups); n && !err;
	     n = table_next(&t->groups, n)) {
		g = table_entry(n, struct group, node);
		if (!same || !has(&r->has_group, g->id))
			err = make_group(r, g);
	}
	/* By their names: an id may change meanwhile. */
	for (n = table_first(&t->dests); n && !err;
	     n = table_next(&t->dests, n)) {
		d = table_entry(n, struct destination, node);
		if (!same || !has(&r->has_dest, d->id))
			err = make_dest(r, d);
	}
	return err;
}
