// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#include "dtcpd/config-interface.h"
#include "dtcpd/keep.h"
#include "dtcpd/log.h"
#include "dtcpd/tasking-private.h"

static struct group *group_of(struct table_node *n)
{
	return table_entry(n, struct group, node);
}

static uint32_t name_hash(const char *name)
{
	return table_hash(0, name, strlen(name));
}

/* Of those that have been there before. */
struct group *group_lookup(const struct tasking *t, const char *name)
{
	struct table_node *n = table_find(&t->groups, name_hash(name));

	for (; n; n = table_find_next(n))
		if (!group_of(n)->fresh &&
		    !strcmp(group_of(n)->config->name, name))
			return group_of(n);
	return NULL;
}

/* There are few. */
struct group *group_by_id(const struct tasking *t, uint32_t id)
{
	struct table_node *n;

	for (n = table_first(&t->groups); n; n = table_next(&t->groups, n))
		if (group_of(n)->id == id)
			return group_of(n);
	return NULL;
}

uint32_t group_id(const struct tasking *t, const struct config_group *config)
{
	return group_lookup(t, config->name)->id;
}

static const struct config_group *find_config(const struct config *c,
					      const char *name)
{
	size_t i;

	for (i = 0; i < c->ngroup; i++)
		if (!strcmp(c->group[i].name, name))
			return &c->group[i];
	return NULL;
}

static bool same(const struct config_group *a, const struct config_group *b)
{
	size_t i;

	for (i = 0; i < a->ndevice; i++)
		if (!config_group_has(b, a->device[i]))
			return false;
	return a->ndevice == b->ndevice && a->local == b->local &&
	       a->mask_limit == b->mask_limit &&
	       a->max_duplicates == b->max_duplicates;
}

static int refuse(struct tasking *t, const struct config_group *config, int err)
{
	const char *why;

	if (!keep_full(t, &why))
		why = err == -ENOMEM ? "out of memory" : t->ops->error(t->ctx);
	log_msg(LOG_ERR, "capture-group %s: %s", config->name, why);
	return err;
}

static int set(struct tasking *t, struct group *g,
	       const struct config_group *to)
{
	int err = t->ops->group_set(t->ctx, g->id, to);

	g->touched = true;
	return err ? refuse(t, g->config, err) : 0;
}

struct addition {
	struct tasking *t;
	const struct config_group *config;
};

static int add_as(void *arg, uint32_t id)
{
	struct addition *a = arg;

	return a->t->ops->group_add(a->t->ctx, id, a->config);
}

static int add(struct tasking *t, const struct config_group *config)
{
	struct addition a = { t, config };
	struct group *g = calloc(1, sizeof(*g));
	int err;

	if (!g)
		return refuse(t, config, -ENOMEM);
	err = tasking_number(&t->last_group, NULL, add_as, &a);
	if (!err) {
		err = keep_group(t, t->last_group, config);
		if (err)
			t->ops->group_del(t->ctx, t->last_group);
	}
	if (err) {
		free(g);
		return refuse(t, config, err);
	}
	g->id = t->last_group;
	g->config = config;
	g->fresh = true;
	table_add(&t->groups, &g->node, name_hash(config->name));
	return 0;
}

static void forget(struct tasking *t, struct group *g)
{
	table_del(&t->groups, &g->node);
	free(g);
}

static void delete(struct tasking *t, struct group *g, const char *name)
{
	if (t->ops->group_del(t->ctx, g->id))
		log_msg(LOG_WARNING,
			"capture-group %s: the kernel keeps group %u: %s",
			name, g->id, t->ops->error(t->ctx));
	keep_no_group(t, g->id);
	forget(t, g);
}

/*
 * The kernel has a passive group with a device at least, and a device in one
 * of them at most. Where two groups exchange their only ones, one of them has
 * this in the meantime: no device needs to have that name.
 */
static int park(struct tasking *t, struct group *g)
{
	char name[IFNAMSIZ], *device = name;
	struct config_group nowhere = *g->config;

	snprintf(name, sizeof(name), "dfc-%u", g->id);
	nowhere.device = &device;
	nowhere.ndevice = 1;
	return set(t, g, &nowhere);
}

/* Whether another group waits for a device that this one will not keep. */
static bool is_in_the_way(const struct config *c, const struct group *g)
{
	const struct config_group *other;
	size_t i, j;

	if (!g->config->passive)
		return false;
	for (i = 0; i < c->ngroup; i++) {
		other = &c->group[i];
		if (!other->passive || other == g->next)
			continue;
		for (j = 0; j < g->config->ndevice; j++)
			if (config_group_has(other, g->config->device[j]))
				return true;
	}
	return false;
}

static int make_way(struct tasking *t, const struct config *c)
{
	struct table_node *n;
	struct group *g;
	int err = 0;

	for (n = table_first(&t->groups); n && !err;
	     n = table_next(&t->groups, n)) {
		g = group_of(n);
		g->next = find_config(c, g->config->name);
		if (g->next && g->next->passive != g->config->passive)
			g->next = NULL;
		if (is_in_the_way(c, g))
			err = park(t, g);
	}
	return err;
}

/*
 * Without devices of its own a group has no place for frames: their criteria
 * go first.
 */
static bool can_wait(const struct group *g)
{
	return g->config->ndevice && !g->next->ndevice;
}

int group_stage(struct tasking *t, const struct config *c)
{
	int err = make_way(t, c);
	struct group *g;
	size_t i;

	for (i = 0; i < c->ngroup && !err; i++) {
		g = group_lookup(t, c->group[i].name);
		if (!g || !g->next)
			err = add(t, &c->group[i]);
		else if (!can_wait(g) &&
			 (g->touched || !same(g->config, g->next)))
			err = set(t, g, g->next);
	}
	return err;
}

/* First all devices are let go of, then each group takes its own. */
void group_unstage(struct tasking *t)
{
	struct table_node *n, *next;
	struct group *g;

	for (n = table_first(&t->groups); n; n = next) {
		next = table_next(&t->groups, n);
		g = group_of(n);
		if (g->fresh)
			delete(t, g, g->config->name);
		else if (g->touched && g->config->passive && !t->past)
			park(t, g);
	}
	/* A start that fails leaves taken over groups as they are. */
	for (n = t->past ? NULL : table_first(&t->groups); n; n = table_next(&t->groups, n)) {
		g = group_of(n);
		if (g->touched && !set(t, g, g->config))
			g->touched = false;
	}
}

void group_commit(struct tasking *t)
{
	struct table_node *n, *next;
	struct group *g;

	for (n = table_first(&t->groups); n; n = next) {
		next = table_next(&t->groups, n);
		g = group_of(n);
		if (!g->fresh && !g->next) {
			delete(t, g, g->config->name);
			continue;
		}
		/* Tried again by the next configuration if it fails. */
		g->touched = !g->fresh && can_wait(g) && set(t, g, g->next);
		if (!g->fresh)
			g->config = g->next;
		g->fresh = false;
		keep_group(t, g->id, g->config);
	}
}

int group_restore(struct tasking *t, uint32_t id,
		  const struct config_group *config)
{
	struct group *g;

	if (group_lookup(t, config->name))
		return -EEXIST;
	g = calloc(1, sizeof(*g));
	if (!g)
		return -ENOMEM;
	g->id = id;
	g->config = config;
	/* So that the kernel is told the whole configuration once more. */
	g->touched = true;
	table_add(&t->groups, &g->node, name_hash(config->name));
	return 0;
}

int group_again(struct tasking *t, struct group *g)
{
	struct addition a = { t, g->config };
	uint32_t last = g->id - 1;
	int err = t->ops->group_add(t->ctx, g->id, g->config);

	if (err != -EEXIST)
		return err;
	/* Somebody else has it. */
	keep_no_group(t, g->id);
	err = tasking_number(&last, NULL, add_as, &a);
	g->id = last;
	return err ? err : keep_group(t, g->id, g->config);
}

void group_forget_all(struct tasking *t)
{
	while (t->groups.count)
		forget(t, group_of(table_first(&t->groups)));
}
