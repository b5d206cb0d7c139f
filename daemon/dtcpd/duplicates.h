/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DTCPD_DUPLICATES_H
#define DTCPD_DUPLICATES_H

#include <stdint.h>

struct criterion;
struct destination;
struct tasking;
struct tasking_drop;

/**
 * duplicates_tick() - tell control sources of copies that were too many
 * @t: tasking, whose destinations know what the kernel tells of them
 *
 * Notification 598 for each criterion that has lost copies, see
 * tasking_is_overload(), since the last one; at once, and then for all of a
 * capture group every duplicates-dropped-periodicity seconds. Costs nothing
 * where destinations have lost none: only then filters are asked.
 */
void duplicates_tick(struct tasking *t);

/**
 * duplicates_forget() - forget what was told of a filter that is gone
 * @t: tasking
 * @filter: kernel filter id
 */
void duplicates_forget(struct tasking *t, uint32_t filter);

/**
 * duplicates_restore() - begin where an earlier dtcpd ended
 * @t: tasking
 * @c: criterion that is taken over
 * @now: what its filter has lost; its owner is not told of that
 */
void duplicates_restore(struct tasking *t, const struct criterion *c,
			const struct tasking_drop *now);

/**
 * duplicates_restore_dest() - the same of a destination
 * @d: destination; its counters were read
 */
void duplicates_restore_dest(struct destination *d);

#endif
