/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DTCPD_THRESHOLD_H
#define DTCPD_THRESHOLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct tasking;

#define THRESHOLD_WINDOW	10	/* s that a packet rate is averaged over */

/* Something that warns when it is exceeded, and says when it is over. */
struct threshold {
	bool above;
};

/**
 * struct threshold_rate - packets that came in, second by second
 * @threshold: what is said of them
 * @clock: when they were counted, ms of a clock that is never set
 * @packets: all until then
 * @n: how often that was done; the places are used in turn
 */
struct threshold_rate {
	struct threshold threshold;
	int64_t clock[THRESHOLD_WINDOW + 1];
	uint64_t packets[THRESHOLD_WINDOW + 1];
	size_t n;
};

/**
 * threshold_tick() - hold packet rates and memory against the thresholds of
 * capture groups
 * @t: tasking
 * @clock: milliseconds of a clock that is never set
 * @memory: memory in use, in percent; negative: not known
 *
 * Logs when one is exceeded, once until it is nine tenths of it or less.
 */
void threshold_tick(struct tasking *t, int64_t clock, int memory);

#endif
