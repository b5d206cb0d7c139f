/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DTCP_COLLECTOR_H
#define DTCP_COLLECTOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dtcp/reply.h"
#include "dtcp/trouble.h"

#define COLLECTOR_MAX (1U << 24)	/* most rows of a list */

/* A message of an answer, and what is in it. */
struct collector_part {
	char *text;
	struct reply reply;
};

/* Where a row of the list is: its part and its place in that, from 1 on. */
struct collector_row {
	uint32_t part;
	uint32_t entry;
};

/**
 * struct collector - an answer that may come in several messages
 * @part: messages in the order that they came in; owned
 * @nparts: number of them
 * @row: of each Criteria-Num, from 1 on; those that did not come are zero
 * @total: number of rows that the router says there are
 * @have: rows that came
 *
 * Only the answer to LIST over UDP has more than one message.
 */
struct collector {
	struct collector_part *part;
	size_t nparts;
	struct collector_row *row;
	uint32_t total;
	uint32_t have;
};

enum collector_verdict {
	COLLECTOR_BROKEN = -1,	/* the parts contradict each other */
	COLLECTOR_MORE,		/* others are still to come */
	COLLECTOR_DOUBLE,	/* it has come before; dropped */
	COLLECTOR_COMPLETE,
};

/**
 * collector_take() - add a message
 * @c: collector, all zero at first
 * @text: the message; the collector's from now on, whatever this returns
 * @r: what is in it, which points into @text; likewise
 * @t: filled in if it is broken
 *
 * A message without rows is a whole answer.
 *
 * Return: the verdict.
 */
enum collector_verdict collector_take(struct collector *c, char *text,
				      struct reply *r, struct trouble *t);

/**
 * collector_merge() - put the parts together
 * @c: collector that took at least one message
 * @r: filled with status and headers of the first message, and all rows in
 *	their order; points into @c; reply_fini() frees it, after failures too
 *
 * Return: 0 or -1 when out of memory.
 */
int collector_merge(const struct collector *c, struct reply *r);

/**
 * collector_missing() - say which rows did not come
 * @c: collector
 * @text: filled: `2, 7-9`; a text that is too long ends in `...`
 * @room: bytes in @text
 *
 * Return: number of rows that are missing.
 */
uint32_t collector_missing(const struct collector *c, char *text, size_t room);

/**
 * collector_fini() - free everything
 * @c: collector
 */
void collector_fini(struct collector *c);

#endif
