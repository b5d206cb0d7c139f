/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DTCPD_SESSION_H
#define DTCPD_SESSION_H

#include <libssh/server.h>
#include <stdbool.h>
#include <stdint.h>

#include "dtcpd/backlog.h"
#include "dtcpd/config.h"
#include "dtcpd/endpoint.h"
#include "dtcpd/loop.h"
#include "dtcpd/subsystem.h"
#include "dtcpd/tasking.h"

struct session;

/* Why a session ends. */
enum session_end {
	SESSION_GOES_ON,
	SESSION_DISCONNECTED,
	SESSION_NO_LOGIN,
	SESSION_ATTEMPTS,
	SESSION_NO_SUBSYSTEM,
	SESSION_SILENT,
	SESSION_UNREAD,
	SESSION_NOT_KEPT,
	SESSION_TOO_LONG,
	SESSION_WINDOW,
	SESSION_NO_MEMORY,
	/* The server's own reasons. */
	SESSION_LOCKED_OUT,
	SESSION_EVICTED,
	SESSION_UNKNOWN,
	SESSION_ENDS,
};

/**
 * struct session_owner - what a session needs of the server it belongs to
 * @loop: the loop
 * @tasking: who answers requests
 * @config: who may log in; changes on reload
 * @common: what all channels share
 * @backlog: answers that wait, of all sessions
 * @login: a stranger has logged in; called from within libssh, so it must not
 *	end a session
 * @refused: a login was refused; likewise
 * @may_try: whether a stranger may try to log in; likewise
 * @ended: the session is over for this reason and is to be freed now
 */
struct session_owner {
	struct loop *loop;
	struct tasking *tasking;
	const struct config *config;
	struct subsystem_common common;
	struct backlog backlog;
	void (*login)(struct session_owner *o, struct session *s);
	void (*refused)(struct session_owner *o, struct session *s);
	bool (*may_try)(struct session_owner *o, const struct session *s);
	void (*ended)(struct session_owner *o, struct session *s,
		      enum session_end why);
};

/**
 * session_alloc() - start to speak SSH on a new connection
 * @o: owner
 * @bind: host keys and algorithms
 * @fd: connected non-blocking socket; owned by the session from now on, closed
 *	on failure too
 * @peer: its address
 *
 * Return: freed by session_free(), or NULL.
 */
struct session *session_alloc(struct session_owner *o, ssh_bind bind, int fd,
			      const struct endpoint *peer);

/**
 * session_free() - disconnect and free; not from a callback of libssh
 * @s: session
 */
void session_free(struct session *s);

/**
 * session_user() - who has logged in
 * @s: session
 *
 * Return: Csource-ID, NULL as long as nobody has.
 */
const char *session_user(const struct session *s);

/**
 * session_peer() - where it comes from
 * @s: session
 *
 * Return: address as text.
 */
const char *session_peer(const struct session *s);

/**
 * session_attempts() - logins that were refused on this connection
 * @s: session
 *
 * Return: number of them.
 */
unsigned int session_attempts(const struct session *s);

/**
 * session_notify() - send notifications on the channels that want them
 * @s: session
 * @text: signed notifications
 * @all: all of its channels want them, asked or not
 *
 * They leave in a turn of the loop, see subsystem_notify().
 */
void session_notify(struct session *s, const struct dtcp_writer *text,
		    bool all);

/**
 * session_flush() - send what waits as far as the peer and the network take it
 *	now; not from a callback of libssh
 * @s: session
 */
void session_flush(struct session *s);

/**
 * session_overdue() - look at the deadlines, about once a second
 * @s: session
 * @now: loop_now()
 *
 * Login is due 30 s after the connection was made, the subsystem 30 s after
 * that. A peer that has been silent for a minute is asked for a sign of life;
 * TCP keepalives are not enough where the peer's SSH hangs. Who does not read
 * a long answer for a minute has to go if too much waits in all. Where the
 * journal does not get what an answer tells in HOLDING_TIME, it is never told.
 *
 * Return: why the session has to end, or SESSION_GOES_ON.
 */
enum session_end session_overdue(struct session *s, int64_t now);

#endif
