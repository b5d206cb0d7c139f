/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DTCPD_SUBSYSTEM_H
#define DTCPD_SUBSYSTEM_H

#include <libssh/libssh.h>
#include <stdbool.h>

#include "dtcpd/tasking.h"

/* A channel of an SSH session, and DTCP on it. */
struct subsystem;

/* What subsystem_work() leaves behind. */
enum subsystem_state {
	SUBSYSTEM_WAITS,	/* for the peer */
	SUBSYSTEM_HAS_WORK,	/* used up its share, call again */
	SUBSYSTEM_ENDED,	/* to be freed */
};

/**
 * subsystem_alloc() - open a channel that a client asks for
 * @session: libssh's session
 * @t: tasking, which requests go to
 * @o: where they come from; kept by reference
 *
 * For the callback of libssh that asks for a channel.
 *
 * Return: freed by subsystem_free(), or NULL.
 */
struct subsystem *subsystem_alloc(ssh_session session, struct tasking *t,
			      const struct tasking_origin *o);

/**
 * subsystem_free() - free what belongs to a channel; not from a callback
 * @c: channel
 *
 * libssh's side of it goes with the session. To close it here would make
 * libssh read, and the client could keep that going.
 */
void subsystem_free(struct subsystem *c);

/**
 * subsystem_handle() - libssh's side of a channel
 * @c: channel
 *
 * Return: handle, owned by @c.
 */
ssh_channel subsystem_handle(const struct subsystem *c);

/**
 * subsystem_is_open() - whether the client asked for DTCP on it
 * @c: channel
 *
 * Return: whether the subsystem was granted.
 */
bool subsystem_is_open(const struct subsystem *c);

/**
 * subsystem_work() - answer requests that have come in; not from a callback
 * @c: channel
 * @budget: requests that may be answered now; counted down
 *
 * A few requests are taken at a time, and the next only when their answers have
 * left for the kernel. Who does not read answers is not read from.
 *
 * Return: &enum subsystem_state; or why the whole session has to end: -EMSGSIZE
 * a line or message is too long, -EPROTO the peer disregards the window,
 * -ENOMEM.
 */
int subsystem_work(struct subsystem *c, unsigned int *budget);

#endif
