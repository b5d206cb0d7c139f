/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DTCPD_ADMISSION_H
#define DTCPD_ADMISSION_H

#include <stdbool.h>
#include <stdint.h>

#include "dtcp-proto/request.h"

#define ADMISSION_MAX		250	/* of connection-limit and rate-limit */
#define ADMISSION_SHARE		3	/* times what is left: see below */
#define ADMISSION_WINDOW	60000	/* ms that rate-limit is about */
#define ADMISSION_KNOWN		4	/* one in so many is for known hosts */

/* What becomes of a new connection. */
enum admission_verdict {
	ADMISSION_OK,
	/* Welcome, once the oldest connection of a host without login goes. */
	ADMISSION_EVICT,
	ADMISSION_REFUSED_LIMIT,
	ADMISSION_REFUSED_RATE,
	/* Others may still connect. */
	ADMISSION_REFUSED_LIMIT_SHARE,
	ADMISSION_REFUSED_RATE_SHARE,
};

/**
 * struct admission - who may connect, for one address family
 * @limit: most connections at the same time
 * @rate: most new connections a minute
 * @sessions: connections there are
 * @strangers: those of them that have not logged in
 * @session: whose they are
 * @ntaken: entries of @taken in use
 * @taken: who connected when, oldest first; older than a minute does not count
 *
 * connection-limit and rate-limit count for each address family on its own,
 * as in Junos. At most half of the connections may be strangers: silent ones
 * then neither keep out who is logged in nor, since the oldest one makes
 * room, who is about to.
 *
 * No host can use up what is there for all: of connections, and of new ones a
 * minute, it gets no further one where it has three times as many as are left
 * over. Alone it gets three quarters; two that want all get three sevenths
 * each; there is something left whenever somebody else comes. A host is an
 * IPv4 address or an IPv6 prefix of 64 bits, within which anybody can have as
 * many addresses as he likes.
 */
struct admission {
	unsigned int limit;
	unsigned int rate;
	unsigned int sessions;
	unsigned int strangers;
	struct {
		uint64_t host;
		bool stranger;
		bool known;
	} session[ADMISSION_MAX + 1];
	unsigned int ntaken;
	struct {
		uint64_t host;
		bool known;
		int64_t at;
	} taken[ADMISSION_MAX];
};

/**
 * admission_host() - who an address belongs to
 * @a: IPv4 or IPv6 address
 *
 * Return: a number that is the same for what shares; of one family.
 */
uint64_t admission_host(const struct dtcp_outer_addr *a);

/**
 * admission_init() - start with no connection
 * @a: admission
 * @limit: connection-limit, 1..ADMISSION_MAX
 * @rate: rate-limit, new connections a minute, 1..ADMISSION_MAX
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
 * @host: of admission_host()
 * @known: control sources are known to connect from there
 * @now: milliseconds, loop_now()
 * @victim: with ADMISSION_EVICT filled with the host that makes room: this one
 *	if it has its share, else the one with most strangers, of those that
 *	are not known if there are any
 *
 * Return: what to do. Unless refused it is counted as a stranger, and with
 * ADMISSION_EVICT the caller lets the oldest other stranger of @victim leave.
 */
enum admission_verdict admission_enter(struct admission *a, uint64_t host,
				       bool known, int64_t now,
				       uint64_t *victim);

/**
 * admission_login() - a stranger has logged in
 * @a: admission
 * @host: it came from
 */
void admission_login(struct admission *a, uint64_t host);

/**
 * admission_leave() - a connection has ended
 * @a: admission
 * @host: it came from
 * @stranger: it had not logged in
 */
void admission_leave(struct admission *a, uint64_t host, bool stranger);

#endif
