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
 * notice_restart() - 599: criteria were lost, @s->lost of its own
 * @t: tasking
 * @s: source that had them; @s->lost is 0 afterwards
 */
void notice_restart(struct tasking *t, struct source *s);

#endif
