// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ssh_client.h"
#include "dtcp-proto/message.h"
#include "dtcpd/stream.h"

/* Answers to so many requests fit the window: who sends more may lock up. */
#define ON_THE_WAY	1024
#define AT_ONCE		64
#define PIECE		65536

static void fail(const struct ssh_client *c, const char *what)
{
	errx(1, "%s: %s", what, ssh_get_error(c->ssh));
}

void ssh_client_open(struct ssh_client *c, const struct subject *p)
{
	unsigned int port = p->ssh_port;
	long timeout = 60;
	bool no = false;

	c->ssh = ssh_new();
	ssh_options_set(c->ssh, SSH_OPTIONS_HOST, "127.0.0.1");
	ssh_options_set(c->ssh, SSH_OPTIONS_PORT, &port);
	ssh_options_set(c->ssh, SSH_OPTIONS_USER, SUBJECT_USER);
	ssh_options_set(c->ssh, SSH_OPTIONS_TIMEOUT, &timeout);
	ssh_options_set(c->ssh, SSH_OPTIONS_PROCESS_CONFIG, &no);
	if (ssh_connect(c->ssh) != SSH_OK)
		fail(c, "connect");
	if (ssh_userauth_publickey(c->ssh, NULL, p->login) != SSH_AUTH_SUCCESS)
		fail(c, "login");
	c->channel = ssh_channel_new(c->ssh);
	if (!c->channel || ssh_channel_open_session(c->channel) ||
	    ssh_channel_request_subsystem(c->channel, "flow-tap-dtcp"))
		fail(c, "subsystem");
}

void ssh_client_close(struct ssh_client *c)
{
	ssh_channel_free(c->channel);
	ssh_disconnect(c->ssh);
	ssh_free(c->ssh);
}

static void send_text(struct ssh_client *c, const char *text, size_t len)
{
	if (ssh_channel_write(c->channel, text, (uint32_t)len) != (int)len)
		fail(c, "write");
}

/* Waits for some bytes of the answers. */
static void receive(struct ssh_client *c, struct stream *in)
{
	char *room = stream_reserve(in, PIECE);
	int n;

	if (!room)
		errx(1, "answers are too long");
	n = ssh_channel_read(c->channel, room, PIECE, 0);
	if (n <= 0)
		fail(c, "read");
	stream_commit(in, (size_t)n);
}

/* Takes whole answers away; returns how many there were. */
static size_t take(struct stream *in)
{
	static const char good[] = "DTCP/0.7 200 OK\r\n";
	const char *msg;
	size_t n = 0;
	long len;

	while ((len = stream_next(in, &msg)) > 0) {
		if (strncmp(msg, good, sizeof(good) - 1))
			errx(1, "refused: %.*s", (int)len, msg);
		stream_skip(in, (size_t)len);
		n++;
	}
	if (len < 0)
		errx(1, "an answer is too long");
	return n;
}

void ssh_client_add(struct ssh_client *c, const struct requests *r)
{
	size_t sent = 0, answered = 0, next, from;
	struct stream in = { 0 };

	while (answered < r->n) {
		if (sent < r->n && sent - answered <= ON_THE_WAY - AT_ONCE) {
			next = sent + AT_ONCE < r->n ? sent + AT_ONCE : r->n;
			from = sent ? r->end[sent - 1] : 0;
			send_text(c, r->text + from,
				  r->end[next - 1] - from);
			sent = next;
			continue;
		}
		receive(c, &in);
		answered += take(&in);
	}
	stream_fini(&in);
}

/* The last entry says how many there are, and the digest ends it all. */
static bool is_end(const char *text, size_t len, size_t criteria)
{
	char count[64];
	const char *last;

	if (len < 4 || memcmp(text + len - 4, "\r\n\r\n", 4))
		return false;
	snprintf(count, sizeof(count),
		 "CRITERIA-NUM: %zu\r\nCRITERIA-COUNT: %zu\r\n", criteria,
		 criteria);
	last = len > 300 ? text + len - 300 : text;
	if (!memmem(last, (size_t)(text + len - last), count, strlen(count)))
		errx(1, "LIST shows something else: ...%.*s",
		     (int)(text + len - last), last);
	return true;
}

size_t ssh_client_list(struct ssh_client *c, const struct requests *r,
		       size_t criteria)
{
	size_t len = 0, room = criteria * 1024 + PIECE;
	char *text = malloc(room);
	int n;

	if (!text)
		err(1, "malloc");
	send_text(c, r->text, r->end[0]);
	while (!is_end(text, len, criteria)) {
		if (room - len < PIECE)
			errx(1, "the answer to LIST is too long");
		n = ssh_channel_read(c->channel, text + len,
				     PIECE, 0);
		if (n <= 0)
			fail(c, "read");
		len += (size_t)n;
	}
	free(text);
	return len;
}
