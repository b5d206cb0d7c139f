/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DTCPD_GATE_H
#define DTCPD_GATE_H

#include <jansson.h>

#include "dtcpd/admission.h"
#include "dtcpd/config.h"
#include "dtcpd/endpoint.h"
#include "dtcpd/lockout.h"

/* IPv4 and IPv6 have limits and connections of their own. */
enum gate_family { GATE_INET, GATE_INET6, GATE_FAMILIES };

/* Why a connection is refused. */
enum gate_verdict {
	GATE_OPEN,
	GATE_LIMIT,
	GATE_RATE,
	GATE_LIMIT_SHARE,
	GATE_RATE_SHARE,
	GATE_LOCKED_OUT,
	GATE_VERDICTS
};

#define GATE_REGULARS 256	/* hosts with logins that are remembered */

/**
 * struct gate_host - a host that connects
 * @family: of its address
 * @host: of admission_host()
 * @configured: source-addresses of a control source have it
 */
struct gate_host {
	enum gate_family family;
	uint64_t host;
	bool configured;
};

/**
 * struct gate - who may connect by SSH, and try to log in
 * @admission: for each family
 * @lockout: likewise
 * @regular: hosts that control sources have logged in from, the last that many
 * @nregular: number of them, less than or equal to GATE_REGULARS
 * @next_regular: which is written next
 * @refused: connections, by reason
 * @logins: that succeeded
 * @logins_refused: attempts to log in
 */
struct gate {
	struct admission admission[GATE_FAMILIES];
	struct lockout lockout[GATE_FAMILIES];
	struct gate_host regular[GATE_REGULARS];
	unsigned int nregular;
	unsigned int next_regular;
	json_int_t refused[GATE_VERDICTS];
	json_int_t logins;
	json_int_t logins_refused;
};

/**
 * gate_init() - begin with limits of one, until gate_limits()
 * @g: gate, all zero
 */
void gate_init(struct gate *g);

/**
 * gate_limits() - take limits; who is in stays
 * @g: gate
 * @c: of the configuration
 */
void gate_limits(struct gate *g, const struct config_ssh *c);

/**
 * gate_host() - who a peer is to the gate
 * @h: filled
 * @c: configuration
 * @peer: its address
 */
void gate_host(struct gate_host *h, const struct config *c,
	       const struct endpoint *peer);

/**
 * gate_enter() - judge a new connection, and count it
 * @g: gate
 * @h: whose it is
 * @now: milliseconds, loop_now()
 * @victim: filled with whose oldest connection without login has to make room
 *	for it; @evict says whether
 * @evict: filled
 *
 * Return: GATE_OPEN: it is in, as one that has not logged in; else why it is
 * refused.
 */
enum gate_verdict gate_enter(struct gate *g, const struct gate_host *h,
			     int64_t now, struct gate_host *victim,
			     bool *evict);

/**
 * gate_why() - a reason as text, for the log
 * @verdict: not GATE_OPEN
 *
 * Return: constant.
 */
const char *gate_why(enum gate_verdict verdict);

/**
 * gate_login() - one that was not logged in is now
 * @g: gate
 * @h: whose it is
 * @failures: logins that it was refused before
 */
void gate_login(struct gate *g, const struct gate_host *h,
		unsigned int failures);

/**
 * gate_failed() - a login was refused
 * @g: gate
 * @h: whose it was
 * @peer: the same as text, for the log
 * @now: milliseconds, loop_now()
 *
 * Logs if the host is locked out from now on.
 */
void gate_failed(struct gate *g, const struct gate_host *h, const char *peer,
		 int64_t now);

/**
 * gate_is_locked() - whether a host is locked out
 * @g: gate
 * @h: host
 * @now: milliseconds, loop_now()
 *
 * Return: true if it may neither connect nor try to log in.
 */
bool gate_is_locked(const struct gate *g, const struct gate_host *h,
		    int64_t now);

/**
 * gate_leave() - a connection has ended
 * @g: gate
 * @h: whose it was
 * @stranger: it had not logged in
 */
void gate_leave(struct gate *g, const struct gate_host *h, bool stranger);

/**
 * gate_show() - put its numbers into a JSON object
 * @g: gate
 * @now: milliseconds, loop_now()
 * @o: added to
 */
void gate_show(const struct gate *g, int64_t now, json_t *o);

#endif
