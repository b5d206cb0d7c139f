// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "dtcp/client.h"
#include "dtcp/clock.h"
#include "dtcp/command.h"
#include "dtcp/inquiry.h"
#include "dtcp/notice.h"
#include "dtcp/sequence.h"
#include "dtcp/show.h"

static int print_json(const struct reply *r, bool list, const char *missing)
{
	json_t *answer = show_json(r, list && r->code == 200);
	int err;

	if (answer && *missing)
		json_object_set_new(answer, "missing", json_string(missing));
	if (!answer)
		return -1;
	err = json_dumpf(answer, stdout, JSON_INDENT(2));
	putchar('\n');
	json_decref(answer);
	return err ? err : fflush(stdout);
}

/* Prints what came, be it all or not; returns the code of the answer or -1. */
static int print(const struct options *o, const struct inquiry *q, bool list,
		 struct trouble *t)
{
	struct reply r = { 0 };
	char missing[256];
	int err = collector_merge(&q->answer, &r);

	collector_missing(&q->answer, missing, sizeof(missing));
	if (!err && o->json) {
		err = print_json(&r, list, missing);
	} else if (!err) {
		show_text(stdout, &r);
		err = fflush(stdout);
	}
	if (err)
		trouble_set(t, "the answer cannot be printed");
	else if (r.code != 200)
		trouble_set(t, "%s refused: %u %.*s", o->router, r.code,
			    (int)r.reason.len, r.reason.at);
	err = err ? -1 : (int)r.code;
	reply_fini(&r);
	return err;
}

static void say_strays(const struct inquiry *q)
{
	char text[256];

	stray_text(&q->stray, text, sizeof(text));
	if (*text)
		fprintf(stderr, "dtcp: %s\n", text);
}

/* Sends a request over an open link and prints its answer: exit status. */
static int ask(const struct options *o, struct inquiry *q, struct link *l,
	       bool list, struct trouble *t)
{
	struct trouble printing = { "" };
	int err = inquiry_run(q, l, t);
	int code = 0;

	if (l->udp)
		say_strays(q);
	if (q->answer.nparts)
		code = print(o, q, list, err ? &printing : t);
	inquiry_fini(q);
	if (err || code < 0)
		return TROUBLE_FAILED;
	return code == 200 ? 0 : TROUBLE_REFUSED;
}

static void notify(void *data, const struct reply *r)
{
	const struct options *o = data;

	notice_show(stderr, o->json, r, NULL);
}

static struct inquiry start(struct options *o, struct dtcp_text text)
{
	return (struct inquiry){
		.text = text,
		.timeout = o->timeout * 1000LL,
		.retries = o->retries,
		.secret = &o->secret,
		.notify = notify,
		.data = o,
	};
}

static int take_seq(const struct options *o, uint64_t *seq, struct trouble *t)
{
	const char *path = o->sequence_file;
	char usual[PATH_MAX];

	*seq = o->seq;
	if (o->has_seq)
		return 0;
	if (!path && sequence_path(usual, sizeof(usual), o->user, o->router, t))
		return -1;
	return sequence_next(path ? path : usual,
			     (uint64_t)clock_ms(CLOCK_REALTIME), seq, t);
}

/* Numbers, writes and signs a request. */
static int prepare(struct dtcp_writer *w, const struct options *o,
		   const struct compose_values *v, uint64_t *seq,
		   struct trouble *t)
{
	struct dtcp_version version = o->version;

	if (!version.minor)
		version = compose_version(v);
	if (take_seq(o, seq, t))
		return -1;
	compose_write(w, v, version, o->user, *seq);
	if (dtcp_writer_sign(w, o->secret.key, o->secret.len))
		return trouble_set(t, "the request cannot be signed");
	return 0;
}

static int finish(struct link *l, int status, const struct trouble *t)
{
	link_close(l);
	if (status)
		trouble_say(t);
	return status;
}

int client_request(struct options *o, const struct compose_values *v)
{
	bool list = !strcmp(v->form->method, "LIST");
	int status = TROUBLE_FAILED;
	struct trouble t = { "" };
	struct dtcp_writer w;
	struct inquiry q;
	struct link l;
	uint64_t seq;

	if (dtcp_options_key(o, &t))
		return trouble_say(&t);
	dtcp_writer_init(&w, false);
	if (!link_open(&l, o, &t) && !prepare(&w, o, v, &seq, &t)) {
		q = start(o, (struct dtcp_text){ w.buf, w.len });
		q.has_seq = true;
		q.seq = seq;
		status = ask(o, &q, &l, list, &t);
	}
	dtcp_writer_fini(&w);
	return finish(&l, status, &t);
}

int client_raw(struct options *o, const struct body *b)
{
	int status = TROUBLE_FAILED;
	struct dtcp_text message;
	struct trouble t = { "" };
	struct inquiry q;
	struct link l;

	if (dtcp_options_key(o, &t) ||
	    body_sign(b, &o->secret, &message, &t))
		return trouble_say(&t);
	q = start(o, message);
	q.has_seq = b->has_seq;
	q.seq = b->seq;
	if (!link_open(&l, o, &t))
		status = ask(o, &q, &l, false, &t);
	free((char *)message.at);
	return finish(&l, status, &t);
}

static int listen_status(const struct listener *n, int err, struct trouble *t)
{
	if (err)
		return TROUBLE_FAILED;
	if (!n->refused)
		return 0;
	trouble_set(t, "%" PRIu64 " message%s not authentic", n->refused,
		    n->refused == 1 ? " was" : "s were");
	return TROUBLE_FAILED;
}

/* Asks for notifications; those that come before the answer are heard too. */
static int ask_for_them(struct options *o, struct listener *n, struct link *l,
			struct trouble *t)
{
	static char *words[] = { "--send-async" };
	int status = TROUBLE_FAILED;
	struct compose_values v;
	struct dtcp_writer w;
	struct inquiry q;
	uint64_t seq;

	dtcp_writer_init(&w, false);
	if (!compose_parse(&v, command_noop.form, 1, words, t) &&
	    !prepare(&w, o, &v, &seq, t)) {
		q = start(o, (struct dtcp_text){ w.buf, w.len });
		q.has_seq = true;
		q.seq = seq;
		q.notify = listener_hear;
		q.data = n;
		if (!inquiry_run(&q, l, t))
			status = q.answer.part->reply.code == 200 ? 0 :
				 print(o, &q, false, t) < 0 ? TROUBLE_FAILED :
				 TROUBLE_REFUSED;
		inquiry_fini(&q);
	}
	dtcp_writer_fini(&w);
	return status;
}

int client_listen(struct options *o, struct listener *n)
{
	int status = TROUBLE_FAILED;
	struct trouble t = { "" };
	struct link l;

	if (dtcp_options_key(o, &t))
		return trouble_say(&t);
	n->secret = &o->secret;
	if (!link_open(&l, o, &t))
		status = ask_for_them(o, n, &l, &t);
	if (!status)
		status = listen_status(n, listener_run(n, &l, &t), &t);
	return finish(&l, status, &t);
}

int client_listen_at(struct options *o, struct listener *n,
		     const struct hostport *at)
{
	int status = TROUBLE_FAILED;
	struct trouble t = { "" };
	struct link l;

	o->udp = true;
	if (dtcp_options_transport(o, &t) || dtcp_options_key(o, &t))
		return trouble_say(&t);
	n->secret = &o->secret;
	if (!link_listen(&l, at, &t))
		status = listen_status(n, listener_run(n, &l, &t), &t);
	return finish(&l, status, &t);
}
