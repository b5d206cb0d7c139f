/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DTCPD_THROTTLE_H
#define DTCPD_THROTTLE_H

#include <stdbool.h>
#include <stdint.h>

#define THROTTLE_MAX	250	/* most events of a window */

/**
 * struct throttle - lets at most so many events through in any window of time
 * @limit: events a window, 1..THROTTLE_MAX
 * @window: milliseconds
 * @refused: events that were not let through since throttle_missed()
 * @taken: number of entries of @at that are in use
 * @next: entry of @at that is written next
 * @at: when the last @taken events were let through
 */
struct throttle {
	unsigned int limit;
	int64_t window;
	unsigned long refused;
	unsigned int taken;
	unsigned int next;
	int64_t at[THROTTLE_MAX];
};

/**
 * throttle_init() - start with no event
 * @t: throttle
 * @limit: events a window, 1..THROTTLE_MAX
 * @window: milliseconds
 */
void throttle_init(struct throttle *t, unsigned int limit, int64_t window);

/**
 * throttle_limit() - change the limit; what was let through still counts
 * @t: throttle
 * @limit: events a window, 1..THROTTLE_MAX
 */
void throttle_limit(struct throttle *t, unsigned int limit);

/**
 * throttle_take() - ask whether an event may happen now
 * @t: throttle
 * @now: milliseconds of a clock that does not go back
 *
 * Return: whether it may; it then counts.
 */
bool throttle_take(struct throttle *t, int64_t now);

/**
 * throttle_missed() - how many were refused since the last call
 * @t: throttle
 *
 * Return: number of events.
 */
unsigned long throttle_missed(struct throttle *t);

#endif
