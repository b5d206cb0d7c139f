/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DTCPD_SUBSYSTEM_H
#define DTCPD_SUBSYSTEM_H

#include <libssh/libssh.h>
#include <stdbool.h>

#include "dtcpd/holding.h"
#include "dtcpd/loop.h"
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
 * struct subsystem_common - what all channels of all sessions share
 * @loop: the loop
 * @holding: what answers wait for; NULL: nothing
 * @sent: notifications sent
 * @lost: notifications that nobody read
 */
struct subsystem_common {
	struct loop *loop;
	struct holding *holding;
	uint64_t sent;
	uint64_t lost;
};

/**
 * subsystem_alloc() - open a channel that a client asks for
 * @session: libssh's session
 * @t: tasking, which requests go to
 * @o: where they come from; kept by reference
 * @common: kept by reference
 *
 * For the callback of libssh that asks for a channel.
 *
 * Return: freed by subsystem_free(), or NULL.
 */
struct subsystem *subsystem_alloc(ssh_session session, struct tasking *t,
				  const struct tasking_origin *o,
				  struct subsystem_common *common);

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
 * subsystem_waiting() - how much memory its answers take
 * @c: channel
 *
 * Return: bytes of what is not sent whole.
 */
size_t subsystem_waiting(const struct subsystem *c);

/**
 * subsystem_held() - since when an answer waits for the journal
 * @c: channel
 *
 * Return: loop_now() when the oldest was written; 0 if there is none.
 */
int64_t subsystem_held(const struct subsystem *c);

/**
 * subsystem_work() - answer requests that have come in; not from a callback
 * @c: channel
 * @budget: requests that may be answered now; counted down, and 0 once the
 *	turn of the loop has taken its time
 *
 * A few requests are taken at a time, and the next only when their answers have
 * left for the kernel, or are held; of those HOLDING_MAX may wait. Who does not
 * read answers is not read from.
 *
 * Return: &enum subsystem_state; or why the whole session has to end: -EMSGSIZE
 * a line or message is too long, -EPROTO the peer disregards the window,
 * -ENOMEM.
 */
int subsystem_work(struct subsystem *c, unsigned int *budget);

/**
 * subsystem_notify() - have notifications sent, if the client wants them
 * @c: channel
 * @text: signed notifications
 * @all: the client wants them though no request on this channel has asked
 *
 * They leave in one piece, behind the answer to the request that is being
 * carried out, in subsystem_work(). Who does not read them loses them: up to
 * MAILBOX_MAX bytes wait.
 *
 * Return: whether subsystem_work() has something to do now.
 */
bool subsystem_notify(struct subsystem *c, const struct dtcp_writer *text,
		      bool all);

#endif
