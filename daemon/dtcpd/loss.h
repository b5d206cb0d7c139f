/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DTCPD_LOSS_H
#define DTCPD_LOSS_H

#include <stdbool.h>
#include <stdint.h>
#include <linux/dfc.h>

struct destination;
struct tasking;
struct tasking_dest;

#define LOSS_EVERY	60000	/* ms between two lines about the same thing */

/**
 * struct loss - what was said of copies that a destination has lost
 * @told: copies, by cause
 * @at: when, milliseconds since the epoch; at first, when it was made
 * @said: whether anything was said
 */
struct loss {
	uint64_t told[DFC_DROP_MAX + 1];
	int64_t at[DFC_DROP_MAX + 1];
	bool said[DFC_DROP_MAX + 1];
};

/**
 * loss_init() - start with nothing lost
 * @l: loss, all zero
 * @now: milliseconds since the epoch
 */
void loss_init(struct loss *l, int64_t now);

/**
 * loss_note() - log what was lost since the last time
 * @t: tasking
 * @d: destination
 * @now: its counters
 *
 * One line for each cause, at once and then every LOSS_EVERY at most.
 */
void loss_note(struct tasking *t, struct destination *d,
	       const struct tasking_dest *now);

/**
 * loss_restore() - begin where an earlier dtcpd ended
 * @l: loss, initialised
 * @now: counters; what they count has been told of, or never will be
 */
void loss_restore(struct loss *l, const struct tasking_dest *now);

#endif
