// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#include "dtcpd/keep.h"
#include "dtcpd/log.h"
#include "dtcpd/record.h"
#include "dtcpd/restore-private.h"
#include "dtcpd/tasking-audit.h"

#define LOST_ROW "the journal of the monitoring platform was damaged"

/* Of a control source that dtcpd.conf has no more; its criteria go soon. */
static const struct config_source nobody = { .name = "" };

struct restore *restore_begin(struct tasking *t, const struct config *c)
{
	struct restore *r = calloc(1, sizeof(*r));

	if (!r)
		return NULL;
	r->t = t;
	r->config = c;
	t->past = r;
	return r;
}

static void free_group(struct config_group *g)
{
	size_t i;

	for (i = 0; i < g->ndevice; i++)
		free(g->device[i]);
	free(g->device);
	free(g->name);
	free(g);
}

void restore_end(struct restore *r)
{
	if (!r)
		return;
	r->t->past = NULL;
	while (r->ngroup)
		free_group(r->groups[--r->ngroup]);
	free(r->groups);
	free(r->bad);
	free(r->has_group.id);
	free(r->has_dest.id);
	free(r->strange.id);
	free(r);
}

bool restore_knows(const struct restore *r)
{
	return r->known && !r->damaged;
}

void restore_damaged(struct restore *r)
{
	r->damaged = true;
}

/* It goes, and so does what the kernel has of it. */
static bool bad(struct restore *r, const struct journal_row *row)
{
	struct restore_row *bigger;

	r->damaged = true;
	bigger = reallocarray(r->bad, r->nbad + 1, sizeof(*bigger));
	if (!bigger)
		return false;
	r->bad = bigger;
	r->bad[r->nbad++] = (struct restore_row){ row->kind, row->key };
	return true;
}

static uint64_t read_number(const struct journal_row *row)
{
	const uint8_t *at = row->data;
	uint64_t n = 0;
	size_t i;

	for (i = row->len < 8 ? row->len : 8; i--;)
		n = n << 8 | at[i];
	return n;
}

static bool take_meta(struct restore *r, const struct journal_row *row)
{
	if (row->key == JOURNAL_META_INSTANCE && row->len == 8) {
		r->instance = read_number(row);
		r->known = true;
	}
	if (row->key == JOURNAL_META_LAST_FILTER && row->len == 4)
		r->t->last_filter = read_number(row);
	return true;
}

static struct config_group *make_group(const struct record_group *g)
{
	struct config_group *c = calloc(1, sizeof(*c));
	size_t i;

	if (!c)
		return NULL;
	c->name = strdup(g->name);
	c->passive = g->passive;
	c->local = g->local;
	c->mask_limit = g->mask_limit;
	c->max_duplicates = g->max_duplicates;
	c->device = calloc(g->ndevice + 1, sizeof(*c->device));
	for (i = 0; c->device && i < g->ndevice; i++, c->ndevice++) {
		c->device[i] = strdup(g->device[i]);
		if (!c->device[i])
			break;
	}
	if (c->name && c->device && c->ndevice == g->ndevice)
		return c;
	free_group(c);
	return NULL;
}

static bool take_group(struct restore *r, const struct journal_row *row)
{
	struct config_group **bigger, *g;
	struct record_group record;
	int err;

	if (!record_get_group(&record, row->data, row->len))
		return bad(r, row);
	bigger = reallocarray(r->groups, r->ngroup + 1, sizeof(*bigger));
	if (!bigger)
		return false;
	r->groups = bigger;
	g = make_group(&record);
	if (!g)
		return false;
	r->groups[r->ngroup++] = g;
	err = group_restore(r->t, row->key, g);
	if (err == -EEXIST)
		return bad(r, row);
	if (row->key > r->t->last_group)
		r->t->last_group = row->key;
	return !err;
}

static bool take_dest(struct restore *r, const struct journal_row *row)
{
	struct record_dest record;

	if (!record_get_dest(&record, row->data, row->len) ||
	    destination_by_id(r->t, row->key))
		return bad(r, row);
	if (row->key > r->t->last_dest)
		r->t->last_dest = row->key;
	return destination_restore(r->t, row->key, &record);
}

static struct source *get_source(struct restore *r, const char *name)
{
	struct source *s = source_lookup(&r->t->sources, name);

	if (s)
		return s;
	s = source_add(&r->t->sources, name);
	if (!s)
		return NULL;
	s->config = config_source_find(r->config, name, NULL);
	if (!s->config)
		s->config = &nobody;
	tasking_recall(r->t, s);
	return s;
}

/* Whether what the record names is there, and fits. */
static bool makes_sense(const struct restore *r, struct source *s,
			const struct record_criterion *c, uint32_t filter)
{
	const struct group *group = group_by_id(r->t, c->group);
	const struct destination *d;
	size_t i;

	if (!group || (s->group && s->group != group->config) ||
	    criterion_lookup(s, c->id) || criterion_by_filter(r->t, filter))
		return false;
	for (i = 0; i < c->ndest; i++) {
		d = destination_by_id(r->t, c->dest[i]);
		if (!d || strcmp(d->group, group->config->name))
			return false;
	}
	s->group = group->config;
	return true;
}

static bool attach(struct tasking *t, struct criterion *c,
		   const struct record_criterion *record)
{
	struct destination *d;
	size_t i;

	for (i = 0; i < record->ndest; i++) {
		d = destination_by_id(t, record->dest[i]);
		d->users++;
		if (criterion_attach(c, d->outer.name,
				     record->listed >> i & 1, d))
			return false;
	}
	return true;
}

static bool add(struct restore *r, struct source *s,
		const struct record_criterion *record,
		const struct journal_row *row)
{
	struct criterion *c = criterion_restore(s, record);

	if (!c)
		return bad(r, row);
	c->filter = row->key;
	if (!attach(r->t, c, record)) {
		criterion_free(r->t, c);
		return false;
	}
	criterion_link(r->t, c);
	if (c->id > s->last_id)
		s->last_id = c->id;
	if (row->key > r->t->last_filter)
		r->t->last_filter = row->key;
	return true;
}

static bool take_criterion(struct restore *r, const struct journal_row *row)
{
	struct record_criterion record;
	struct source *s;

	if (!record_get_criterion(&record, row->data, row->len))
		return bad(r, row);
	s = get_source(r, record.source);
	if (!s)
		return false;
	if (makes_sense(r, s, &record, row->key))
		return add(r, s, &record, row);
	return bad(r, row);
}

bool restore_row(void *arg, const struct journal_row *row)
{
	struct restore *r = arg;

	switch (row->kind) {
	case JOURNAL_META:
		return take_meta(r, row);
	case JOURNAL_GROUP:
		return take_group(r, row);
	case JOURNAL_DEST:
		return take_dest(r, row);
	case JOURNAL_CRITERION:
		return take_criterion(r, row);
	}
	return true;
}

/*
 * Where rows are missing, what a control source had is known from the state
 * file: it has lost the difference.
 */
static void count_lost(struct restore *r)
{
	struct tasking *t = r->t;
	struct tasking_memory m;
	struct table_node *n;
	struct source *s;

	for (n = table_first(&t->sources); n && r->damaged;
	     n = table_next(&t->sources, n)) {
		s = table_entry(n, struct source, node);
		s->lost = 0;
		if (!t->outlet || !t->outlet->recall ||
		    !t->outlet->recall(t->outlet_arg, s->name, &m) ||
		    m.criteria <= s->by_id.count)
			continue;
		s->lost = m.criteria - s->by_id.count;
		s->lost_why = LOST_ROW;
	}
}

static void drop_bad(struct restore *r)
{
	const struct tasking *t = r->t;
	size_t i;

	for (i = 0; t->store && i < r->nbad; i++)
		t->store->del(t->store_arg, r->bad[i].kind, r->bad[i].key);
	if (r->nbad)
		log_msg(LOG_ERR, "journal: %zu rows make no sense", r->nbad);
}

/* Those of ADD go with their last user, who may be gone. */
static void drop_unused(struct tasking *t)
{
	struct table_node *n, *next;
	struct destination *d;

	for (n = table_first(&t->dests); n; n = next) {
		next = table_next(&t->dests, n);
		d = table_entry(n, struct destination, node);
		if (!d->users && !d->configured)
			destination_del(t, d);
	}
}

/* What was lost is told to its owners; where they are not known, to all. */
static void tell(struct restore *r)
{
	struct tasking *t = r->t;
	struct table_node *n;
	bool any = false;
	struct source *s;

	for (n = table_first(&t->sources); n; n = table_next(&t->sources, n)) {
		s = table_entry(n, struct source, node);
		any |= s->lost != 0;
		tasking_remember(t, s);
	}
	if (!r->known)
		tasking_note_restart(t);
	if (!restore_knows(r) && !any && r->strange.n)
		t->restarted = LOST_ROW;
	t->past = NULL;
	tasking_settle(t);
}

static int take_over(struct restore *r, bool same)
{
	int err = restore_census(r, same);

	if (err) {
		log_msg(LOG_ERR, "cannot see what the kernel has: %s",
			r->t->ops->error(r->t->ctx));
		return err;
	}
	err = restore_sweep(r, same);
	return err ? err : restore_objects(r, same);
}

int restore_finish(struct restore *r, uint32_t tag)
{
	struct tasking *t = r->t;
	size_t before = t->filters.count;
	uint64_t instance;
	bool same;
	int err;

	r->tag = tag;
	err = t->ops->instance_get(t->ctx, &instance);
	same = r->known && r->instance == instance;
	if (!err)
		err = take_over(r, same);
	if (err)
		return err;
	drop_bad(r);
	count_lost(r);
	err = tasking_configure(t, r->config);
	if (err)
		return err;
	err = restore_criteria(r, same);
	if (err)
		return err;
	drop_unused(t);
	/* That a new instance has all of it is true only now. */
	if (keep_instance(t, instance))
		log_msg(LOG_ERR,
			"journal: the instance of the kernel module cannot be written down");
	tell(r);
	if (!before)
		return 0;
	tasking_audit(t, json_pack("{ss sI sI}", "event", "criteria-restored",
				   "criteria", (json_int_t)t->filters.count,
				   "of", (json_int_t)before));
	log_msg(LOG_INFO, "%zu of %zu criteria taken over%s", t->filters.count,
		before, same ? "" : ", added to the kernel once more");
	return 0;
}
