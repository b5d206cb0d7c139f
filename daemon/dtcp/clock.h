/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DTCP_CLOCK_H
#define DTCP_CLOCK_H

#include <stdint.h>
#include <time.h>

/**
 * clock_ms() - what a clock shows
 * @clock: CLOCK_MONOTONIC to measure time, CLOCK_REALTIME to number requests
 *
 * Return: milliseconds since its beginning.
 */
static inline int64_t clock_ms(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/**
 * clock_left() - how long it is until a deadline, as poll() wants it
 * @deadline: by CLOCK_MONOTONIC in milliseconds; INT64_MAX: never
 *
 * Return: milliseconds, 0 if it has passed, -1 for never.
 */
static inline int clock_left(int64_t deadline)
{
	int64_t left;

	if (deadline == INT64_MAX)
		return -1;
	left = deadline - clock_ms(CLOCK_MONOTONIC);
	if (left > INT32_MAX)
		return INT32_MAX;
	return left > 0 ? (int)left : 0;
}

#endif
