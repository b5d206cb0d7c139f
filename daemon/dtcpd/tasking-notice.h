/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DTCPD_TASKING_NOTICE_H
#define DTCPD_TASKING_NOTICE_H

#include "dtcpd/criterion.h"
#include "dtcpd/source.h"
#include "dtcpd/tasking.h"

/*
 * Notifications, draft-cavuto-dtcp-03: signed with the key of the source that
 * they go to, in the version of its notification-version, or that which it
 * used last, or 0.7. They are handed to the outlet, counted and logged; where
 * there is no outlet nothing happens. None is acknowledged.
 */

/**
 * notice_rollover() - 130: sequence numbers start again from 0
 * @t: tasking
 * @s: source whose numbers they are
 */
void notice_rollover(struct tasking *t, struct source *s);

/**
 * notice_no_op() - 131: what a NOOP with SendAsync asked for
 * @t: tasking
 * @s: source that asked
 */
void notice_no_op(struct tasking *t, struct source *s);

/**
 * notice_timeout() - 390: a criterion ended by one of its limits
 * @t: tasking
 * @c: criterion
 * @n: final counters; NULL: not known, nothing is said of what remained
 */
void notice_timeout(struct tasking *t, const struct criterion *c,
		    const struct tasking_counters *n);

/**
 * notice_congestion() - 580: a destination is sent more than its soft-limit
 * @t: tasking
 * @s: source with criteria to it
 * @d: destination
 */
void notice_congestion(struct tasking *t, struct source *s,
		       const struct destination *d);

/**
 * notice_congestion_delete() - 680: criteria were deleted, for a destination
 * was sent more than its hard-limit
 * @t: tasking
 * @s: source that had them
 * @d: destination
 * @id: Criteria-IDs, in the order in which they were chosen
 * @count: number of them; as many messages are sent as they take
 *
 * Return: number of messages.
 */
size_t notice_congestion_delete(struct tasking *t, struct source *s,
				const struct destination *d,
				const uint32_t *id, size_t count);

/**
 * notice_duplicates() - 598: copies of a criterion were dropped
 * @t: tasking
 * @c: criterion
 * @dropped: since the last one
 */
void notice_duplicates(struct tasking *t, const struct criterion *c,
		       const struct tasking_drop *dropped);

/**
 * notice_restart() - 599: criteria were lost, @s->lost of its own
 * @t: tasking
 * @s: source that had them; @s->lost is 0 afterwards
 */
void notice_restart(struct tasking *t, struct source *s);

#endif
