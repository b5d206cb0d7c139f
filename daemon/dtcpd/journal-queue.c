// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "dtcpd/journal-queue.h"

int journal_queue_init(struct journal_queue *q)
{
	TAILQ_INIT(&q->changes);
	return table_init(&q->rows);
}

static void remove_change(struct journal_queue *q, struct journal_change *c)
{
	TAILQ_REMOVE(&q->changes, c, link);
	table_del(&q->rows, &c->node);
}

void journal_queue_clear(struct journal_queue *q)
{
	struct journal_change *c;

	while ((c = TAILQ_FIRST(&q->changes))) {
		remove_change(q, c);
		free(c);
	}
}

void journal_queue_fini(struct journal_queue *q)
{
	journal_queue_clear(q);
	table_fini(&q->rows);
}

static struct journal_change *find(const struct journal_queue *q, int64_t id,
				   uint32_t hash)
{
	struct journal_change *c;
	struct table_node *n;

	for (n = table_find(&q->rows, hash); n; n = table_find_next(n)) {
		c = table_entry(n, struct journal_change, node);
		if (c->id == id)
			return c;
	}
	return NULL;
}

static void append(struct journal_queue *q, struct journal_change *c)
{
	uint32_t hash = table_hash(0, &c->id, sizeof(c->id));
	struct journal_change *old = find(q, c->id, hash);

	if (old) {
		remove_change(q, old);
		free(old);
	}
	TAILQ_INSERT_TAIL(&q->changes, c, link);
	table_add(&q->rows, &c->node, hash);
}

int journal_queue_add(struct journal_queue *q, int64_t id, const void *data,
		      size_t len)
{
	struct journal_change *c;

	if (!data)
		len = 0;
	c = malloc(sizeof(*c) + len);
	if (!c)
		return -ENOMEM;
	c->id = id;
	c->deleted = !data;
	c->len = len;
	if (len)
		memcpy(c->data, data, len);
	append(q, c);
	return 0;
}

void journal_queue_move(struct journal_queue *to, struct journal_queue *from)
{
	struct table rows = to->rows;
	struct journal_change *c;

	if (!journal_queue_count(to)) {
		TAILQ_CONCAT(&to->changes, &from->changes, link);
		to->rows = from->rows;
		from->rows = rows;
		return;
	}
	while ((c = TAILQ_FIRST(&from->changes))) {
		remove_change(from, c);
		append(to, c);
	}
}
