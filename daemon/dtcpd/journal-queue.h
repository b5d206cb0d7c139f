/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DTCPD_JOURNAL_QUEUE_H
#define DTCPD_JOURNAL_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

#include "dtcpd/table.h"

/**
 * struct journal_change - what is to become of a row
 * @link: in the order in which it was asked for
 * @node: in &struct journal_queue, by @id
 * @id: see journal_id()
 * @deleted: the row goes; there are no bytes
 * @len: of @data
 * @data: its bytes
 */
struct journal_change {
	TAILQ_ENTRY(journal_change) link;
	struct table_node node;
	int64_t id;
	bool deleted;
	size_t len;
	uint8_t data[];
};

TAILQ_HEAD(journal_changes, journal_change);

/**
 * struct journal_queue - changes, the last one of each row
 * @changes: oldest first
 * @rows: the same by row
 */
struct journal_queue {
	struct journal_changes changes;
	struct table rows;
};

/**
 * journal_queue_init() - start with no changes
 * @q: queue
 *
 * Return: 0 or -ENOMEM.
 */
int journal_queue_init(struct journal_queue *q);

/**
 * journal_queue_fini() - forget all changes
 * @q: queue
 */
void journal_queue_fini(struct journal_queue *q);

/**
 * journal_queue_clear() - as journal_queue_fini(), but may be used again
 * @q: queue
 */
void journal_queue_clear(struct journal_queue *q);

/**
 * journal_queue_add() - add a change, in place of an earlier one of its row
 * @q: queue
 * @id: row
 * @data: copied; NULL: the row is deleted
 * @len: of @data
 *
 * Return: 0 or -ENOMEM.
 */
int journal_queue_add(struct journal_queue *q, int64_t id, const void *data,
		      size_t len);

/**
 * journal_queue_move() - add all changes of a later queue
 * @to: queue; where it is empty, that takes no time
 * @from: queue; empty afterwards
 */
void journal_queue_move(struct journal_queue *to, struct journal_queue *from);

/**
 * journal_queue_count() - how many rows it changes
 * @q: queue
 *
 * Return: number of changes.
 */
static inline size_t journal_queue_count(const struct journal_queue *q)
{
	return q->rows.count;
}

#endif
