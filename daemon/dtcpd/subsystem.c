// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <errno.h>
#include <libssh/callbacks.h>
#include <libssh/server.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#include "dtcp-proto/writer.h"
#include "dtcpd/held.h"
#include "dtcpd/subsystem.h"
#include "dtcpd/log.h"
#include "dtcpd/mailbox.h"
#include "dtcpd/stream.h"

#define NAME "flow-tap-dtcp"

/* Answers to pipelined requests leave together, once there are so many bytes */
#define ANSWERS_AT_ONCE 16384

/* At most so much is left to libssh, to wait there for room in the socket. */
#define WRITE_AT_ONCE (256U << 10)

/*
 * More than the window that libssh grants, 1,280,000 bytes once less than
 * half of that is left. It does not hold the peer to it.
 */
#define UNREAD_MAX (2U << 20)

/**
 * struct subsystem - one channel of a session
 * @session: libssh's session
 * @ssh: libssh's channel; NULL once it was closed
 * @cb: its callbacks; they only note what happened, see subsystem_work()
 * @tasking: who answers
 * @origin: where requests come from
 * @in: bytes received that are not yet answered
 * @unread: bytes left with libssh, whose window then holds the peer back
 * @reply: answers on their way out; empty if there are none
 * @held: answers that leave after it, once the journal has what they tell
 * @letters: notifications that leave after @reply, and among @held in the
 *	order in which all were written
 * @put: letters that were put there, ever
 * @gone: those that have left it
 * @early: those that came while a request is carried out, until it is known
 *	whether this is the request that asks for them
 * @written: bytes that libssh has taken of what is on its way
 * @common: what it shares with others
 * @asking: a request is being carried out
 * @asked: one has asked for notifications
 * @open: the subsystem was granted
 * @eof: the peer sends no more
 * @closed: the peer has closed the channel, nothing can be sent
 * @ending: the exit status was sent
 * @error: negative errno to end the session with
 */
struct subsystem {
	ssh_session session;
	ssh_channel ssh;
	struct ssh_channel_callbacks_struct cb;
	struct tasking *tasking;
	const struct tasking_origin *origin;
	struct stream in;
	size_t unread;
	struct dtcp_writer reply;
	struct held held;
	struct mailbox letters;
	uint64_t put;
	uint64_t gone;
	struct mailbox early;
	size_t written;
	struct subsystem_common *common;
	bool asking;
	bool asked;
	bool open;
	bool eof;
	bool closed;
	bool ending;
	int error;
};

/* Takes all bytes or none: what is left is handed over again with the next. */
static int on_data(ssh_session session, ssh_channel ssh, void *data,
		   uint32_t len, int is_stderr, void *arg)
{
	struct subsystem *c = arg;
	char *room;

	if (is_stderr || !c->open || c->error)
		return (int)len;
	if (c->unread || stream_len(&c->in) > DTCP_MESSAGE_MAX) {
		c->unread = len;
		if (len > UNREAD_MAX)
			c->error = -EPROTO;
		return 0;
	}
	room = stream_reserve(&c->in, len);
	if (!room) {
		c->error = -ENOMEM;
		return (int)len;
	}
	memcpy(room, data, len);
	stream_commit(&c->in, len);
	return (int)len;
}

static void on_eof(ssh_session session, ssh_channel ssh, void *arg)
{
	struct subsystem *c = arg;

	c->eof = true;
}

static void on_close(ssh_session session, ssh_channel ssh, void *arg)
{
	struct subsystem *c = arg;

	c->eof = true;
	c->closed = true;
}

/* Everything else that a client may ask of a channel, libssh refuses. */
static int on_subsystem(ssh_session session, ssh_channel ssh,
			const char *name, void *arg)
{
	struct subsystem *c = arg;

	if (c->open || strcmp(name, NAME)) {
		log_stranger(LOG_SSH, LOG_NOTICE,
			     "%s from %s: no subsystem \"%.64s\"",
			     c->origin->user, c->origin->peer, name);
		return SSH_ERROR;
	}
	c->open = true;
	return SSH_OK;
}

struct subsystem *subsystem_alloc(ssh_session session, struct tasking *t,
				  const struct tasking_origin *o,
				  struct subsystem_common *common)
{
	struct subsystem *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	c->session = session;
	c->tasking = t;
	c->origin = o;
	c->common = common;
	mailbox_init(&c->letters);
	held_init(&c->held);
	mailbox_init(&c->early);
	dtcp_writer_init(&c->reply, true);
	c->cb.userdata = c;
	c->cb.channel_data_function = on_data;
	c->cb.channel_eof_function = on_eof;
	c->cb.channel_close_function = on_close;
	c->cb.channel_subsystem_request_function = on_subsystem;
	ssh_callbacks_init(&c->cb);
	c->ssh = ssh_channel_new(session);
	if (!c->ssh || ssh_set_channel_callbacks(c->ssh, &c->cb)) {
		ssh_channel_free(c->ssh);
		free(c);
		return NULL;
	}
	return c;
}

static void drop_letter(struct subsystem *c)
{
	mailbox_drop(&c->letters);
	c->gone++;
}

static void lose_letters(struct subsystem *c)
{
	for (; mailbox_first(&c->letters); drop_letter(c))
		c->common->lost++;
}

void subsystem_free(struct subsystem *c)
{
	if (c->ssh)
		ssh_remove_channel_callbacks(c->ssh, &c->cb);
	dtcp_writer_fini(&c->reply);
	held_fini(&c->held);
	lose_letters(c);
	stream_fini(&c->in);
	free(c);
}

ssh_channel subsystem_handle(const struct subsystem *c)
{
	return c->ssh;
}

bool subsystem_is_open(const struct subsystem *c)
{
	return c->open;
}

size_t subsystem_waiting(const struct subsystem *c)
{
	return c->reply.len + c->held.bytes;
}

int64_t subsystem_held(const struct subsystem *c)
{
	const struct held_piece *p = held_first(&c->held);

	/* What is on the disk waits for its reader only. */
	if (!p || holding_is_over(c->common->holding, p->position))
		return 0;
	return p->since;
}

/* Whether bytes for the peer wait in libssh for room in the socket. */
static bool is_congested(const struct subsystem *c)
{
	return ssh_get_status(c->session) & SSH_WRITE_PENDING;
}

/*
 * Sends a text in one write, as clients that receive once rely on, unless it
 * is very long; libssh takes less only if the peer's window is smaller.
 * Returns whether nothing of it is left to send.
 */
static bool send_text(struct subsystem *c, const char *text, size_t len)
{
	size_t part;
	int n;

	while (!c->closed && c->written < len) {
		part = len - c->written;
		if (part > WRITE_AT_ONCE)
			part = WRITE_AT_ONCE;
		n = ssh_channel_write(c->ssh, text + c->written,
				      (uint32_t)part);
		if (n < 0)
			c->closed = true;
		else
			c->written += (size_t)n;
		if (!c->closed && c->written < len &&
		    ((size_t)n < part || is_congested(c)))
			return false;
	}
	c->written = 0;
	return true;
}

static bool send_reply(struct subsystem *c)
{
	if (!c->closed && c->reply.len &&
	    !send_text(c, c->reply.buf, c->reply.len))
		return false;
	dtcp_writer_reset(&c->reply);
	return true;
}

static bool send_letter(struct subsystem *c)
{
	const struct letter *l = mailbox_first(&c->letters);

	if (!send_text(c, l->text, l->len))
		return false;
	if (!c->closed) {
		drop_letter(c);
		c->common->sent++;
	}
	return true;
}

static bool send_held(struct subsystem *c)
{
	const struct held_piece *p = held_first(&c->held);

	if (!send_text(c, p->text.buf, p->text.len))
		return false;
	if (!c->closed)
		held_drop(&c->held);
	return true;
}

/*
 * Sends held answers and letters in their order, as far as the journal has got.
 * Returns false if the peer takes no more now.
 */
static bool send_rest(struct subsystem *c)
{
	const struct held_piece *p;
	bool sent = true;

	while (sent && !c->closed) {
		p = held_first(&c->held);
		if (p && p->letters <= c->gone &&
		    !holding_is_over(c->common->holding, p->position))
			return true;
		if (!p && !mailbox_first(&c->letters))
			return true;
		sent = !is_congested(c) && (p && p->letters <= c->gone ?
					    send_held(c) : send_letter(c));
	}
	if (!c->closed)
		return false;
	held_fini(&c->held);
	lose_letters(c);
	return true;
}

/* Returns whether nothing is left that could be sent: there may be more. */
static bool flush(struct subsystem *c)
{
	return send_reply(c) && send_rest(c);
}

static void put_letter(struct subsystem *c, struct mailbox *m,
		       const char *text, size_t len)
{
	if (mailbox_put(m, text, len)) {
		c->put += m == &c->letters;
		return;
	}
	c->common->lost++;
	log_stranger(LOG_SSH, LOG_WARNING,
		     "%s (%s): notification lost: too many wait to be read",
		     c->origin->user, c->origin->peer);
}

bool subsystem_notify(struct subsystem *c, const struct dtcp_writer *text,
		      bool all)
{
	bool wanted = c->asked || all;

	if (!c->open || c->ending || c->closed || (!wanted && !c->asking))
		return false;
	put_letter(c, wanted ? &c->letters : &c->early, text->buf, text->len);
	return true;
}

static void carry_out(struct subsystem *c, const char *msg, size_t len)
{
	const struct letter *l;

	c->asking = true;
	if (tasking_request(c->tasking, c->origin, msg, len, &c->reply))
		c->asked = true;
	c->asking = false;
	while (c->asked && (l = mailbox_first(&c->early))) {
		put_letter(c, &c->letters, l->text, l->len);
		mailbox_drop(&c->early);
	}
	mailbox_fini(&c->early);
}

/* Returns 1 if a request was carried out, 0 if there is none, or -EMSGSIZE. */
static int answer_next(struct subsystem *c)
{
	const char *msg;
	long len;

	len = stream_next(&c->in, &msg);
	if (len <= 0)
		return (int)len;
	carry_out(c, msg, (size_t)len);
	stream_skip(&c->in, (size_t)len);
	return 1;
}

/*
 * Answers the requests that are there, until that is enough for one write: a
 * packet and a system call for each of many small answers would cost more than
 * the answers. A notification that a request causes leaves right behind its
 * answer. As answer_next() else; what is wrong behind requests that were
 * carried out is met again once their answers are sent.
 */
static int answer_some(struct subsystem *c, unsigned int *budget)
{
	uint64_t put = c->put;
	int done, n = 0;

	do {
		done = answer_next(c);
		if (c->reply.failed)
			return -ENOMEM;
		if (done <= 0)
			return n ? n : done;
		n += done;
		--*budget;
		if (loop_turn_is_over(c->common->loop))
			*budget = 0;
	} while (*budget && c->reply.len < ANSWERS_AT_ONCE && c->put == put);
	return n;
}

/* As answer_some(); what was answered is held if it must not leave yet. */
static int answer_or_hold(struct subsystem *c, unsigned int *budget)
{
	struct holding *h = c->common->holding;
	int64_t before = holding_position(h), position;
	uint64_t letters = c->put;
	int n;

	n = answer_some(c, budget);
	position = holding_position(h);
	if (position == before)
		position = 0;
	if (n <= 0 || !c->reply.len ||
	    (!held_first(&c->held) && holding_is_over(h, position)))
		return n;
	return held_add(&c->held, &c->reply, position, letters) ? -ENOMEM : n;
}

/*
 * Fetches what was left with libssh, all at once: libssh widens the window
 * after each read, whatever it still holds. Returns whether there was
 * something.
 */
static bool refill(struct subsystem *c)
{
	char *room;
	int n;

	if (!c->unread)
		return false;
	room = stream_reserve(&c->in, c->unread);
	if (!room) {
		c->error = -ENOMEM;
		return true;
	}
	n = ssh_channel_read_nonblocking(c->ssh, room, (uint32_t)c->unread, 0);
	c->unread = 0;
	if (n <= 0)
		return false;
	stream_commit(&c->in, (size_t)n);
	return true;
}

static void send_exit_status(struct subsystem *c)
{
	bool whole = stream_is_blank(&c->in);

	c->ending = true;
	if (!whole)
		tasking_unfinished(c->tasking, c->origin);
	if (!c->open || c->closed)
		return;
	ssh_channel_request_send_exit_status(c->ssh, whole ? 0 : 1);
}

static enum subsystem_state finish(struct subsystem *c)
{
	if (!c->eof)
		return SUBSYSTEM_WAITS;
	if (!c->ending)
		send_exit_status(c);
	/* It may have to be called again until what was sent before is out. */
	if (ssh_channel_close(c->ssh) == SSH_AGAIN)
		return SUBSYSTEM_WAITS;
	ssh_remove_channel_callbacks(c->ssh, &c->cb);
	ssh_channel_free(c->ssh);
	c->ssh = NULL;
	return SUBSYSTEM_ENDED;
}

int subsystem_work(struct subsystem *c, unsigned int *budget)
{
	int done;

	for (;;) {
		if (c->error)
			return c->error;
		if (is_congested(c) || !flush(c) ||
		    c->held.bytes >= HOLDING_MAX)
			return SUBSYSTEM_WAITS;
		if (!*budget)
			return SUBSYSTEM_HAS_WORK;
		done = answer_or_hold(c, budget);
		/* The last answers leave before the end, and what is wrong. */
		if (done != -ENOMEM && done <= 0 && held_first(&c->held) &&
		    (done || !refill(c)))
			return SUBSYSTEM_WAITS;
		if (done < 0)
			return done;
		if (!done && !held_first(&c->held) && !refill(c))
			return finish(c);
	}
}
