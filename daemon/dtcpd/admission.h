/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DTCPD_ADMISSION_H
#define DTCPD_ADMISSION_H

#include <stdbool.h>
#include <stdint.h>

#include "dtcpd/throttle.h"

/* What becomes of a new connection. */
enum admission_verdict {
	ADMISSION_OK,
	/* Welcome, once the oldest connection without login made room. */
	ADMISSION_EVICT,
	ADMISSION_REFUSED_LIMIT,
	ADMISSION_REFUSED_RATE,
};

/**
 * struct admission - who may connect, for one address family
 * @limit: most connections at the same time
 * @sessions: connections there are
 * @strangers: those of them that have not logged in
 * @rate: new connections a minute
 *
 * connection-limit and rate-limit count for each address family on its own,
 * as in Junos. At most half of the connections may be strangers: silent ones
 * then neither keep out who is logged in nor, since the oldest one makes
 * room, who is about to.
 */
struct admission {
	unsigned int limit;
	unsigned int sessions;
	unsigned int strangers;
	struct throttle rate;
};

/**
 * admission_init() - start with no connection
 * @a: admission
 * @limit: connection-limit, 1..250
 * @rate: rate-limit, new connections a minute, 1..250
 */
void admission_init(struct admission *a, unsigned int limit,
		    unsigned int rate);

/**
 * admission_limits() - change the limits; who is connected stays
 * @a: admission
 * @limit: connection-limit
 * @rate: rate-limit
 */
void admission_limits(struct admission *a, unsigned int limit,
		      unsigned int rate);

/**
 * admission_enter() - judge a new connection
 * @a: admission
 * @now: milliseconds, loop_now()
 *
 * Return: what to do. Unless refused it is counted as a stranger, and with
 * ADMISSION_EVICT the caller lets the oldest other stranger leave.
 */
enum admission_verdict admission_enter(struct admission *a, int64_t now);

/**
 * admission_login() - a stranger has logged in
 * @a: admission
 */
void admission_login(struct admission *a);

/**
 * admission_leave() - a connection has ended
 * @a: admission
 * @stranger: it had not logged in
 */
void admission_leave(struct admission *a, bool stranger);

#endif
