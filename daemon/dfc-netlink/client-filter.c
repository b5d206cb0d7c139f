// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dfc-netlink/client-private.h"

/* Seven lists of 64 entries, each entry with 52 bytes at most, and the rest. */
#define FILTER_ROOM	(32 << 10)
/* Up to here filters are read one by one, without asking how many there are. */
#define SINGLES_MAX	16
/* A single read costs about as much as so many filters of a dump. */
#define SINGLE_COST	8
#define DUMP_TRIES	3

int client_filter_add(void *ctx, const struct tasking_filter *f)
{
	struct dfc_client *c = ctx;
	struct nl_msg *msg;

	msg = client_message(c, DFC_CMD_FILTER_ADD, 0, FILTER_ROOM);
	if (msg && client_filter_put(msg, f, c->keep)) {
		nlmsg_free(msg);
		msg = NULL;
	}
	return client_call(c, msg, NULL, NULL);
}

/* What is wanted, by ascending id, to be found while a dump goes by. */
struct wanted {
	uint32_t id;
	size_t index;
};

struct search {
	struct wanted *wanted;
	size_t n;
	struct tasking_counters *counters;
	bool *found;
};

static int by_id(const void *a, const void *b)
{
	const struct wanted *x = a, *y = b;

	return x->id < y->id ? -1 : x->id > y->id;
}

static void keep_wanted(struct nlmsghdr *nlh, void *arg)
{
	struct search *s = arg;
	struct tasking_counters c;
	struct wanted key = { 0 }, *w;

	if (client_filter_read(nlh, &key.id, &c, NULL))
		return;
	w = bsearch(&key, s->wanted, s->n, sizeof(*w), by_id);
	if (!w)
		return;
	s->counters[w->index] = c;
	s->found[w->index] = true;
}

int client_dump(struct dfc_client *c, client_parse parse, void *arg)
{
	int tries, ret = 1;

	for (tries = 0; tries < DUMP_TRIES && ret == 1; tries++)
		ret = client_call(c, client_message(c, DFC_CMD_FILTER_GET,
						    NLM_F_DUMP, 0),
				  parse, arg);
	return ret;
}

static int get_by_dump(struct dfc_client *c, struct search *s,
		       const uint32_t *id)
{
	size_t i;
	int ret;

	s->wanted = calloc(s->n, sizeof(*s->wanted));
	if (!s->wanted) {
		snprintf(c->error, sizeof(c->error), "out of memory");
		return -ENOMEM;
	}
	for (i = 0; i < s->n; i++)
		s->wanted[i] = (struct wanted){ .id = id[i], .index = i };
	qsort(s->wanted, s->n, sizeof(*s->wanted), by_id);
	ret = client_dump(c, keep_wanted, s);
	free(s->wanted);
	/* A dump goes by ids: whatever else changed, none is left out. */
	return ret < 0 ? ret : 0;
}

/* The one filter that was asked for. */
static void keep_one(struct nlmsghdr *nlh, void *arg)
{
	struct search *s = arg;
	uint32_t id;

	s->found[0] = !client_filter_read(nlh, &id, s->counters, NULL);
}

static int get_singly(struct dfc_client *c, struct search *s,
		      const uint32_t *id)
{
	static const struct tasking_filter none;
	struct search one = *s;
	size_t i;
	int err;

	for (i = 0; i < s->n; i++) {
		one.counters = &s->counters[i];
		one.found = &s->found[i];
		err = client_call(c, client_name_filters(c, DFC_CMD_FILTER_GET,
							 &none, &id[i], 1),
				  keep_one, &one);
		if (err && err != -ENOENT)
			return err;
	}
	return 0;
}

static void keep_total(struct nlmsghdr *nlh, void *arg)
{
	struct nlattr *top[DFC_A_MAX + 1], *tb[DFC_STATS_A_MAX + 1], *n;

	if (genlmsg_parse(nlh, 0, top, DFC_A_MAX, NULL) ||
	    !top[DFC_A_STATS] ||
	    nla_parse_nested(tb, DFC_STATS_A_MAX, top[DFC_A_STATS], NULL))
		return;
	n = tb[DFC_STATS_A_FILTERS];
	if (n && nla_len(n) == sizeof(uint32_t))
		*(uint32_t *)arg = nla_get_u32(n);
}

int client_filter_get(void *ctx, const uint32_t *id, size_t n,
		      struct tasking_counters *counters, bool *found)
{
	struct search s = { .n = n, .counters = counters, .found = found };
	struct dfc_client *c = ctx;
	uint32_t total = 0;
	int err = 0;

	memset(found, 0, n * sizeof(*found));
	if (n > SINGLES_MAX)
		err = client_call(c, client_message(c, DFC_CMD_STATS_GET, 0, 0),
				  keep_total, &total);
	if (err)
		return err;
	if (n <= SINGLES_MAX || n < total / SINGLE_COST)
		return get_singly(c, &s, id);
	return get_by_dump(c, &s, id);
}

struct each {
	tasking_filter_fn *fn;
	void *arg;
};

static void pass_on(struct nlmsghdr *nlh, void *arg)
{
	const struct each *e = arg;
	struct tasking_counters c;
	uint32_t id;

	if (!client_filter_read(nlh, &id, &c, NULL))
		e->fn(e->arg, id, &c);
}

int client_filter_each(void *ctx, tasking_filter_fn *fn, void *arg)
{
	struct each e = { fn, arg };

	return client_each(ctx, DFC_CMD_FILTER_GET, pass_on, &e);
}
