/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DTCPD_LOCKOUT_H
#define DTCPD_LOCKOUT_H

#include <stdbool.h>
#include <stdint.h>

#define LOCKOUT_HOSTS		1024	/* that are remembered */
#define LOCKOUT_ATTEMPTS_MAX	1000
#define LOCKOUT_PERIOD_MAX	86400	/* s */

struct lockout_host {
	uint64_t host;
	unsigned int failures;	/* since @since */
	int64_t since;
	int64_t until;		/* 0: not locked out */
};

/**
 * struct lockout - hosts that guess passwords and keys, of one address family
 * @attempts: lockout-attempts, 1..LOCKOUT_ATTEMPTS_MAX
 * @period: lockout-period in milliseconds
 * @times: how often a host was locked out
 * @n: entries of @known in use
 * @known: hosts that a login was refused of
 *
 * A host that is refused @attempts logins within @period is locked out for
 * @period. Nothing that it does meanwhile makes it longer. What it was refused
 * before a login succeeds, in the same connection, does not count: clients try
 * one key after the other. So what others do who have the same address by NAT
 * takes that long from it, and not what it has open already.
 *
 * Of more hosts than there is room for those are forgotten whose failures began
 * first, and those that are locked out last of all.
 */
struct lockout {
	unsigned int attempts;
	int64_t period;
	uint64_t times;
	unsigned int n;
	struct lockout_host known[LOCKOUT_HOSTS];
};

/**
 * lockout_limits() - set the limits; who is locked out stays so as long as was
 *	said then
 * @l: lockout, all zero at first
 * @attempts: 1..LOCKOUT_ATTEMPTS_MAX
 * @period: seconds, 1..LOCKOUT_PERIOD_MAX
 */
void lockout_limits(struct lockout *l, unsigned int attempts,
		    unsigned int period);

/**
 * lockout_failed() - a login was refused
 * @l: lockout
 * @host: of admission_host()
 * @now: milliseconds, loop_now()
 *
 * Return: whether the host is locked out from now on.
 */
bool lockout_failed(struct lockout *l, uint64_t host, int64_t now);

/**
 * lockout_forgive() - logins were refused to somebody who may log in
 * @l: lockout
 * @host: of admission_host()
 * @failures: how many, in this connection
 */
void lockout_forgive(struct lockout *l, uint64_t host, unsigned int failures);

/**
 * lockout_is_locked() - whether a host is locked out
 * @l: lockout
 * @host: of admission_host()
 * @now: milliseconds, loop_now()
 *
 * Return: true if so.
 */
bool lockout_is_locked(const struct lockout *l, uint64_t host, int64_t now);

/**
 * lockout_count() - hosts that are locked out
 * @l: lockout
 * @now: milliseconds, loop_now()
 *
 * Return: number of them.
 */
unsigned int lockout_count(const struct lockout *l, int64_t now);

#endif
