/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DTCPD_HOLDING_H
#define DTCPD_HOLDING_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

#include "dtcpd/journal.h"
#include "dtcpd/loop.h"

/*
 * An answer that tells of a change is held back until the journal has it on
 * the disk. Meanwhile requests are carried out, so that many share one commit.
 * What is not there after HOLDING_TIME is never told: the answer goes, and over
 * SSH the connection with it.
 */
#define HOLDING_TIME	30000		/* ms */
#define HOLDING_MAX	(64U << 10)	/* bytes of answers of a channel */

/**
 * struct holding - what holds answers back
 * @journal: owned by another
 * @loop: the loop
 * @watch: journal_fd()
 * @waits: who is to be told of the next commit
 */
struct holding {
	struct journal *journal;
	struct loop *loop;
	struct loop_watch watch;
	LIST_HEAD(holding_waits, holding_wait) waits;
};

/**
 * struct holding_wait - one who holds answers
 * @task: posted when more is on the disk; owned by its user
 * @listed: it waits
 */
struct holding_wait {
	struct loop_task *task;
	bool listed;
	LIST_ENTRY(holding_wait) link;
};

/**
 * holding_open() - begin to listen to the journal
 * @h: filled in; must stay where it is
 * @l: the loop
 * @j: journal, which outlives it
 *
 * Return: 0 or a negative errno.
 */
int holding_open(struct holding *h, struct loop *l, struct journal *j);

/**
 * holding_close() - listen no longer; nobody may wait any more
 * @h: open
 */
void holding_close(struct holding *h);

/**
 * holding_position() - of the change that was asked for last
 * @h: open, or NULL: nothing is held
 *
 * Where it has grown over a request, that has changed the journal, and its
 * answer is to be held until holding_is_over().
 *
 * Return: position, see journal.h.
 */
int64_t holding_position(const struct holding *h);

/**
 * holding_is_over() - whether what an answer tells is on the disk
 * @h: open or NULL
 * @position: of the change; 0: there was none
 *
 * Return: whether the answer may leave.
 */
bool holding_is_over(const struct holding *h, int64_t position);

/**
 * holding_committed() - how far the disk has it
 * @h: open or NULL
 *
 * Return: as journal_committed(); 0 for NULL.
 */
int64_t holding_committed(const struct holding *h);

/**
 * holding_await() - have a task posted when more is on the disk
 * @h: open
 * @w: with its task set; nothing is done where it waits already
 */
void holding_await(struct holding *h, struct holding_wait *w);

/**
 * holding_cancel() - wait no longer
 * @w: waiting or not
 */
void holding_cancel(struct holding_wait *w);

#endif
