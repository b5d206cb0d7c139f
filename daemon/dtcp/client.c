// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "dtcp/client.h"
#include "dtcp/inbox.h"
#include "dtcp/reply.h"
#include "dtcp/sequence.h"
#include "dtcp/show.h"
#include "dtcp/sshlink.h"

/* A request on its way. */
struct exchange {
	const struct options *o;
	const char *text;
	size_t len;
	bool has_seq;
	uint64_t seq;
	bool list;
};

static int64_t now_ms(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int print(const struct exchange *x, const struct reply *r)
{
	json_t *answer;
	int err;

	if (!x->o->json) {
		show_text(stdout, r);
		return fflush(stdout);
	}
	answer = show_json(r, x->list && r->code == 200);
	if (!answer)
		return -1;
	err = json_dumpf(answer, stdout, JSON_INDENT(2));
	putchar('\n');
	json_decref(answer);
	return err ? err : fflush(stdout);
}

/* Waits for one whole message; returns its length or -1. */
static long receive(struct sshlink *l, struct inbox *in, int64_t deadline,
		    struct trouble *t)
{
	size_t n;

	while (!(n = inbox_message(in))) {
		int64_t left = deadline - now_ms(CLOCK_MONOTONIC);
		size_t room;
		char *at = inbox_room(in, &room);
		long got;

		if (!at)
			return trouble_set(t, "the answer is too long");
		if (left <= 0)
			return trouble_set(t, "no answer in time; a wrong "
					   "shared key, control source or "
					   "sequence number gets none");
		got = sshlink_receive(l, at, room, (int)left, t);
		if (got < 0)
			return -1;
		in->len += (size_t)got;
	}
	return (long)n;
}

/* Takes messages up to the answer; notifications among them are shown. */
static int await(struct sshlink *l, const struct exchange *x,
		 struct inbox *in, struct reply *r, struct trouble *t)
{
	int64_t deadline = now_ms(CLOCK_MONOTONIC) + x->o->timeout * 1000LL;

	for (;;) {
		long n = receive(l, in, deadline, t);

		if (n < 0 || reply_parse(r, in->buf, (size_t)n,
					 x->o->secret.key, x->o->secret.len, t))
			return -1;
		if (!reply_is_notification(r))
			break;
		fputs("dtcp: notification: ", stderr);
		show_text(stderr, r);
		reply_fini(r);
		inbox_drop(in, (size_t)n);
	}
	return x->has_seq ? reply_check_seq(r, x->seq, t) : 0;
}

static int run(struct sshlink *l, const struct exchange *x, struct trouble *t)
{
	struct inbox in = { 0 };
	struct reply r = { 0 };
	int status = TROUBLE_FAILED;

	if (sshlink_send(l, x->text, x->len, t) || await(l, x, &in, &r, t))
		goto out;
	if (print(x, &r)) {
		trouble_set(t, "the answer cannot be printed");
		goto out;
	}
	status = r.code == 200 ? 0 : TROUBLE_REFUSED;
	if (status)
		trouble_set(t, "%s refused: %u %.*s", x->o->router, r.code,
			    (int)r.reason.len, r.reason.at);
out:
	reply_fini(&r);
	inbox_fini(&in);
	return status;
}

static int take_seq(const struct options *o, uint64_t *seq, struct trouble *t)
{
	char path[PATH_MAX];

	if (sequence_path(path, sizeof(path), o->user, o->router, o->port, t))
		return -1;
	return sequence_next(path, (uint64_t)now_ms(CLOCK_REALTIME), seq, t);
}

static int sign(struct dtcp_writer *w, const struct options *o,
		struct trouble *t)
{
	if (dtcp_writer_sign(w, o->secret.key, o->secret.len))
		return trouble_set(t, "the request cannot be signed");
	return 0;
}

static int finish(struct sshlink *l, int status, const struct trouble *t)
{
	sshlink_close(l);
	if (status)
		trouble_say(t);
	return status;
}

int client_request(const struct options *o, const char *method,
		   const struct compose_arg *args,
		   const struct compose_values *v)
{
	struct exchange x = { .o = o, .has_seq = true };
	int status = TROUBLE_FAILED;
	struct dtcp_writer w;
	struct trouble t = { "" };
	struct sshlink l;

	dtcp_writer_init(&w, false);
	if (sshlink_open(&l, o, &t) || take_seq(o, &x.seq, &t))
		goto out;
	compose_write(&w, method, args, v, o->user, x.seq);
	if (sign(&w, o, &t))
		goto out;
	x.text = w.buf;
	x.len = w.len;
	x.list = !strcmp(method, "LIST");
	status = run(&l, &x, &t);
out:
	dtcp_writer_fini(&w);
	return finish(&l, status, &t);
}

int client_raw(const struct options *o, const struct body *b)
{
	struct exchange x = { .o = o, .has_seq = b->has_seq, .seq = b->seq };
	int status = TROUBLE_FAILED;
	struct dtcp_text message;
	struct trouble t = { "" };
	struct sshlink l;

	if (body_sign(b, &o->secret, &message, &t))
		return trouble_say(&t);
	x.text = message.at;
	x.len = message.len;
	if (!sshlink_open(&l, o, &t))
		status = run(&l, &x, &t);
	free((void *)message.at);
	return finish(&l, status, &t);
}
