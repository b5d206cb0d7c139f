/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DTCPD_STATE_H
#define DTCPD_STATE_H

#include <stdbool.h>
#include <stddef.h>

#include "dtcpd/tasking.h"

#define STATE_RECORDS	2048	/* control sources that are remembered */

/*
 * What of control sources outlives dtcpd: the file `state` of state-directory.
 *
 * When dtcpd ends, however it does, everything is known again that
 * state_remember() has returned for. When the machine stops without warning,
 * the last second may be lost. So that a number that was accepted then is not
 * accepted again, each record has a ceiling, which is on the disk before a
 * number above it is accepted; after such a stop all numbers up to the ceiling
 * count as seen, and Criteria-IDs go on far behind the last known one. The
 * ceiling lies as far ahead as the source is fast, at least STATE_MARGIN_MIN:
 * at most so many requests that its source really sends next are refused.
 *
 * That is for numbers that are checked. Where they are not, a request can be
 * repeated anyway, and nobody waits for the disk: of those a second may be
 * lost, should they be checked later.
 */
#define STATE_MARGIN_MIN	8
#define STATE_MARGIN_MAX	(1U << 24)
#define STATE_ID_STEP		(1U << 20)

struct state;

/**
 * state_open() - open the state file, make it if it is missing
 * @directory: state-directory; made with mode 0700 if it is missing. Only its
 *	owner, who is this user, may be able to write it.
 *
 * The directory is locked: nobody else can open it, until state_close() or
 * the end of the process. A damaged file is renamed to state.bad, and what of
 * it is good goes into a new one. What is wrong is logged.
 *
 * Return: freed by state_close(), or NULL.
 */
struct state *state_open(const char *directory);

/**
 * state_close() - write everything and close
 * @s: state or NULL
 */
void state_close(struct state *s);

/**
 * state_remember() - keep this of a control source
 * @s: state
 * @source: Csource-ID. Where the table is full, the one goes that was not
 *	asked for since the start and used longest ago.
 * @m: what is kept
 *
 * Waits for the disk, unless @m->unchecked, in the first request of a source,
 * after a reset, and where it gets faster by a power of two, some twenty times.
 */
void state_remember(struct state *s, const char *source,
		    const struct tasking_memory *m);

/**
 * state_recall() - what was kept
 * @s: state
 * @source: Csource-ID
 * @m: filled in
 *
 * Return: false where there is nothing.
 */
bool state_recall(struct state *s, const char *source,
		  struct tasking_memory *m);

/**
 * state_tick() - have what has changed written, about once a second
 * @s: state
 *
 * A thread does it; so the first call comes after privileges are dropped.
 */
void state_tick(struct state *s);

/**
 * state_try() - whether state_open() could open a directory; changes nothing
 * @directory: state-directory
 * @why: filled with what is wrong and what was expected
 * @room: bytes in @why
 *
 * Return: whether it could.
 */
bool state_try(const char *directory, char *why, size_t room);

#endif
