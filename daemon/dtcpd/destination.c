// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <syslog.h>

#include "dtcpd/config-address.h"
#include "dtcpd/keep.h"
#include "dtcpd/log.h"
#include "dtcpd/record.h"
#include "dtcpd/tasking-private.h"

static uint16_t source_port(const struct config_dest *d)
{
	return d->source_port ? d->source_port : d->port;
}

bool destination_same_endpoint(const struct config_dest *a,
			       const struct config_dest *b)
{
	return a->port == b->port &&
	       config_address_same(&a->address, &b->address);
}

bool destination_same(const struct config_dest *a, const struct config_dest *b)
{
	return !strcmp(a->name, b->name) && destination_same_endpoint(a, b) &&
	       config_address_same(&a->source, &b->source) &&
	       source_port(a) == source_port(b) && a->ttl == b->ttl &&
	       a->security_none == b->security_none &&
	       a->format == b->format && a->dscp == b->dscp &&
	       a->queue_limit == b->queue_limit;
}

/* Dynamic ones may be many of one name: only there the values count too. */
static uint32_t key_hash(const char *group, const struct config_dest *d,
			 bool configured)
{
	uint32_t h = table_hash(0, group, strlen(group));
	uint16_t port;

	h = table_hash(h, d->name, strlen(d->name));
	if (configured)
		return h;
	h = table_hash(h, d->address.addr,
		       d->address.family == AF_INET ? 4 : 16);
	h = table_hash(h, &d->port, sizeof(d->port));
	port = source_port(d);
	h = table_hash(h, &port, sizeof(port));
	if (d->source.family == AF_UNSPEC)
		return h;
	return table_hash(h, d->source.addr,
			  d->source.family == AF_INET ? 4 : 16);
}

struct destination *destination_configured(const struct tasking *t,
					   const char *group, const char *name)
{
	const struct config_dest key = { .name = (char *)name };
	struct destination *d;
	struct table_node *n;

	n = table_find(&t->dests, key_hash(group, &key, true));
	for (; n; n = table_find_next(n)) {
		d = table_entry(n, struct destination, node);
		if (d->configured && !d->staged && !strcmp(d->group, group) &&
		    !strcmp(d->outer.name, name))
			return d;
	}
	return NULL;
}

static struct destination *find_dynamic(const struct tasking *t,
					const char *group,
					const struct config_dest *outer)
{
	struct destination *d;
	struct table_node *n;

	n = table_find(&t->dests, key_hash(group, outer, false));
	for (; n; n = table_find_next(n)) {
		d = table_entry(n, struct destination, node);
		if (!d->configured && !strcmp(d->group, group) &&
		    destination_same(&d->outer, outer))
			return d;
	}
	return NULL;
}

struct destination *destination_by_id(const struct tasking *t, uint32_t id)
{
	struct table_node *n = table_find(&t->dest_ids, id);

	return n ? table_entry(n, struct destination, by_id) : NULL;
}

struct destination *destination_counts_as(const struct tasking *t,
					  struct destination *d)
{
	struct destination *base;

	if (d->configured)
		return d;
	if (d->unlisted)
		return NULL;
	base = destination_configured(t, d->group, d->outer.name);
	return base && destination_same_endpoint(&base->outer, &d->outer) ?
	       base : NULL;
}

struct addition {
	struct tasking *t;
	struct destination *d;
};

static int add_as(void *arg, uint32_t id)
{
	struct addition *a = arg;

	a->d->id = id;
	return a->t->ops->dest_add(a->t->ctx, id, &a->d->outer);
}

static int kernel_add(struct tasking *t, struct destination *d)
{
	struct addition a = { t, d };

	return tasking_number(&t->last_dest, NULL, add_as, &a);
}

static void kernel_del(struct tasking *t, const struct destination *d)
{
	if (t->ops->dest_del(t->ctx, d->id))
		log_msg(LOG_WARNING,
			"content destination %s of %s: the kernel keeps destination %u: %s",
			d->outer.name, d->group, d->id, t->ops->error(t->ctx));
}

static void destination_free(struct destination *d)
{
	if (!d)
		return;
	free(d->outer.name);
	free(d->group);
	free(d);
}

static void link(struct tasking *t, struct destination *d)
{
	loss_init(&d->loss, t->ops->now(t->ctx));
	table_add(&t->dests, &d->node,
		  key_hash(d->group, &d->outer, d->configured));
	/* Ids count up: they are their own best hash. */
	table_add(&t->dest_ids, &d->by_id, d->id);
}

static struct destination *alloc(const char *group,
				 const struct config_dest *outer,
				 bool configured)
{
	struct destination *d = calloc(1, sizeof(*d));

	if (!d)
		return NULL;
	d->outer = *outer;
	d->outer.name = strdup(outer->name);
	d->group = strdup(group);
	d->configured = configured;
	if (d->outer.name && d->group)
		return d;
	destination_free(d);
	return NULL;
}

struct destination *destination_restore(struct tasking *t, uint32_t id,
					const struct record_dest *r)
{
	struct config_dest outer = r->outer;
	struct destination *d;
	int err;

	outer.name = (char *)r->name;
	d = alloc(r->group, &outer, r->configured);
	if (d && r->unlisted) {
		d->unlisted = unlisted_get(&t->unlisted, r->group, &outer,
					   &err);
		if (!d->unlisted) {
			destination_free(d);
			return NULL;
		}
	}
	if (!d)
		return NULL;
	d->id = id;
	link(t, d);
	return d;
}

int destination_again(struct tasking *t, struct destination *d)
{
	uint32_t old = d->id, last = old - 1;
	struct addition a = { t, d };
	int err;

	err = t->ops->dest_add(t->ctx, old, &d->outer);
	if (err != -EEXIST)
		return err;
	/* Somebody else has it. */
	table_del(&t->dest_ids, &d->by_id);
	keep_no_dest(t, d);
	err = tasking_number(&last, &t->dest_ids, add_as, &a);
	if (err)
		d->id = old;
	table_add(&t->dest_ids, &d->by_id, d->id);
	return err ? err : keep_dest(t, d);
}

/* @e: what it counts as, or NULL; the caller's on failure */
static struct destination *add(struct tasking *t, const char *group,
			       const struct config_dest *outer,
			       bool configured, struct unlisted *e, int *err)
{
	struct destination *d = alloc(group, outer, configured);

	*err = -ENOMEM;
	if (d)
		d->unlisted = e;
	if (d)
		*err = kernel_add(t, d);
	if (d && !*err) {
		*err = keep_dest(t, d);
		if (*err)
			kernel_del(t, d);
	}
	if (*err) {
		destination_free(d);
		return NULL;
	}
	link(t, d);
	return d;
}

struct destination *destination_add(struct tasking *t, const char *group,
				    const struct config_dest *outer,
				    bool configured, int *err)
{
	return add(t, group, outer, configured, NULL, err);
}

void destination_forget(struct tasking *t, struct destination *d)
{
	table_del(&t->dests, &d->node);
	table_del(&t->dest_ids, &d->by_id);
	keep_no_dest(t, d);
	unlisted_put(&t->unlisted, d->unlisted);
	destination_free(d);
}

void destination_del(struct tasking *t, struct destination *d)
{
	kernel_del(t, d);
	destination_forget(t, d);
}

/* Whoever only names another outer source or TTL makes no new endpoint. */
static struct destination *add_dynamic(struct tasking *t, const char *group,
				       const struct config_dest *outer,
				       const struct destination *base, int *err)
{
	struct unlisted *e = NULL;
	struct destination *d;

	if (!base || !destination_same_endpoint(&base->outer, outer)) {
		e = unlisted_get(&t->unlisted, group, outer, err);
		if (!e)
			return NULL;
	}
	d = add(t, group, outer, false, e, err);
	if (!d)
		unlisted_put(&t->unlisted, e);
	return d;
}

struct destination *destination_get(struct tasking *t, const char *group,
				    const struct config_dest *outer,
				    bool known, int *err)
{
	struct destination *base = NULL, *d;

	if (known)
		base = destination_configured(t, group, outer->name);
	d = base;
	if (!d || !destination_same(&d->outer, outer))
		d = find_dynamic(t, group, outer);
	if (!d)
		d = add_dynamic(t, group, outer, base, err);
	if (d)
		d->users++;
	return d;
}

void destination_put(struct tasking *t, struct destination *d)
{
	if (!d)
		return;
	d->users--;
	if (!d->users && !d->configured)
		destination_del(t, d);
}
