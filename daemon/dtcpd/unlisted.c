// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "dtcpd/destination.h"
#include "dtcpd/unlisted.h"

static uint32_t hash(const char *group, const struct config_dest *outer)
{
	uint32_t h = table_hash(0, group, strlen(group));

	h = table_hash(h, outer->name, strlen(outer->name));
	h = table_hash(h, outer->address.addr,
		       outer->address.family == AF_INET ? 4 : 16);
	return table_hash(h, &outer->port, sizeof(outer->port));
}

static struct unlisted *find(const struct table *all, const char *group,
			     const struct config_dest *outer)
{
	struct table_node *n = table_find(all, hash(group, outer));
	struct unlisted *e;

	for (; n; n = table_find_next(n)) {
		e = table_entry(n, struct unlisted, node);
		if (!strcmp(e->group, group) &&
		    !strcmp(e->outer.name, outer->name) &&
		    destination_same_endpoint(&e->outer, outer))
			return e;
	}
	return NULL;
}

/* There are few: no group has more than UNLISTED_MAX. */
static size_t count(const struct table *all, const char *group)
{
	struct table_node *n;
	size_t found = 0;

	for (n = table_first(all); n; n = table_next(all, n))
		if (!strcmp(table_entry(n, struct unlisted, node)->group,
			    group))
			found++;
	return found;
}

static void unlisted_free(struct unlisted *e)
{
	free(e->outer.name);
	free(e->group);
	free(e);
}

static struct unlisted *unlisted_add(struct table *all, const char *group,
				     const struct config_dest *outer)
{
	struct unlisted *e = calloc(1, sizeof(*e));

	if (!e)
		return NULL;
	e->outer = *outer;
	e->outer.name = strdup(outer->name);
	e->group = strdup(group);
	if (!e->outer.name || !e->group) {
		unlisted_free(e);
		return NULL;
	}
	table_add(all, &e->node, hash(group, outer));
	return e;
}

struct unlisted *unlisted_get(struct table *all, const char *group,
			      const struct config_dest *outer, int *err)
{
	struct unlisted *e = find(all, group, outer);

	if (!e && count(all, group) >= UNLISTED_MAX) {
		*err = -EDQUOT;
		return NULL;
	}
	if (!e)
		e = unlisted_add(all, group, outer);
	if (e)
		e->users++;
	else
		*err = -ENOMEM;
	return e;
}

void unlisted_put(struct table *all, struct unlisted *e)
{
	if (!e || --e->users)
		return;
	table_del(all, &e->node);
	unlisted_free(e);
}
