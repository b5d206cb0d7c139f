// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#include "dtcpd/holding.h"
#include "dtcpd/log.h"
#include "dtcpd/outbox.h"

#define BATCHES_A_TURN 2

/**
 * struct outbox_answer - what one datagram is answered
 * @text: messages, one datagram each; owned
 * @sent: bytes of it that are sent, or lost
 * @way: where it goes
 * @position: what must be on the disk before it is sent
 * @since: loop_now() when it was written
 */
struct outbox_answer {
	struct dtcp_writer text;
	size_t sent;
	struct datagram_way way;
	int64_t position;
	int64_t since;
	STAILQ_ENTRY(outbox_answer) link;
};

void outbox_init(struct outbox *o)
{
	memset(o, 0, sizeof(*o));
	STAILQ_INIT(&o->answers);
}

static void remove_first(struct outbox *o)
{
	struct outbox_answer *a = STAILQ_FIRST(&o->answers);

	STAILQ_REMOVE_HEAD(&o->answers, link);
	dtcp_writer_fini(&a->text);
	free(a);
}

void outbox_fini(struct outbox *o)
{
	while (!STAILQ_EMPTY(&o->answers))
		remove_first(o);
	o->bytes = 0;
}

int outbox_add(struct outbox *o, const struct datagram_way *way,
	       struct dtcp_writer *text, int64_t position)
{
	struct outbox_answer *a = malloc(sizeof(*a));

	if (!a)
		return -ENOMEM;
	a->text = *text;
	a->sent = 0;
	a->way = *way;
	a->position = position;
	a->since = loop_now();
	o->bytes += text->len;
	STAILQ_INSERT_TAIL(&o->answers, a, link);
	dtcp_writer_init(text, false);
	return 0;
}

/* What has no end that can be found is one message to its end. */
static size_t message_end(const struct dtcp_writer *w, size_t from)
{
	size_t end = dtcp_writer_message(w, from);

	return end ? end : w->len;
}

unsigned int outbox_messages(const struct dtcp_writer *text)
{
	unsigned int n = 0;
	size_t at;

	for (at = 0; at < text->len; at = message_end(text, at))
		n++;
	return n;
}

/* The first datagrams that are not sent yet and may be. */
static unsigned int collect(const struct outbox *o, int64_t committed,
			    struct datagram d[DATAGRAM_BATCH])
{
	struct outbox_answer *a;
	unsigned int n = 0;
	size_t at, end;

	STAILQ_FOREACH(a, &o->answers, link) {
		if (a->position > committed)
			break;
		for (at = a->sent; at < a->text.len; at = end) {
			if (n == DATAGRAM_BATCH)
				return n;
			end = message_end(&a->text, at);
			d[n++] = (struct datagram){
				a->text.buf + at, end - at, a->way
			};
		}
	}
	return n;
}

static void take_off(struct outbox *o, const struct datagram *d,
		     unsigned int n)
{
	struct outbox_answer *a;
	unsigned int i;

	for (i = 0; i < n; i++) {
		a = STAILQ_FIRST(&o->answers);
		a->sent += d[i].len;
		o->bytes -= d[i].len;
		if (a->sent == a->text.len)
			remove_first(o);
	}
}

static void lose_first(struct outbox *o, const struct datagram *d, int err)
{
	char peer[ENDPOINT_TEXT];

	endpoint_text(&d->way.peer, peer);
	log_limited(LOG_WARNING, "answer to %s over UDP lost: %s", peer,
		    strerror(-err));
	o->lost++;
	take_off(o, d, 1);
}

/* Sends some; false if the socket takes no more now. */
static bool send_batch(struct outbox *o, int fd, int64_t committed)
{
	struct datagram d[DATAGRAM_BATCH];
	unsigned int n = collect(o, committed, d), done = 0;
	bool tried = false;
	int sent;

	while (done < n) {
		sent = datagram_send(fd, d + done, n - done);
		if (sent == -EAGAIN)
			return false;
		if (sent > 0) {
			take_off(o, d + done, (unsigned int)sent);
			o->sent += (unsigned int)sent;
			done += (unsigned int)sent;
		} else if (tried || sent != -ECONNREFUSED) {
			lose_first(o, d + done++, sent);
		}
		/* Once: it may tell of a datagram that was sent before. */
		tried = sent == -ECONNREFUSED && !tried;
	}
	return true;
}

bool outbox_is_ready(const struct outbox *o, int64_t committed)
{
	const struct outbox_answer *a = STAILQ_FIRST(&o->answers);

	return a && a->position <= committed;
}

bool outbox_send(struct outbox *o, int fd, int64_t committed)
{
	unsigned int batches = BATCHES_A_TURN;

	while (outbox_is_ready(o, committed)) {
		if (!batches-- || !send_batch(o, fd, committed))
			return false;
	}
	return true;
}

size_t outbox_expire(struct outbox *o, int64_t committed)
{
	int64_t before = loop_now() - HOLDING_TIME;
	size_t bytes = o->bytes;
	struct outbox_answer *a;
	char peer[ENDPOINT_TEXT];

	while ((a = STAILQ_FIRST(&o->answers)) && a->position > committed &&
	       a->since <= before) {
		endpoint_text(&a->way.peer, peer);
		log_limited(LOG_WARNING, "answer to %s over UDP is not sent: "
			    "the journal has not got what it tells", peer);
		o->lost += outbox_messages(&a->text);
		o->bytes -= a->text.len;
		remove_first(o);
	}
	return bytes - o->bytes;
}
