// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "dtcp/clock.h"
#include "dtcp/inquiry.h"

/* When something has to be done: the end, and sending once more. */
struct timing {
	int64_t deadline;
	int64_t resend;
	unsigned int retries;
};

static void start_timing(struct timing *at, const struct inquiry *q,
			 bool may_resend)
{
	int64_t now = clock_ms(CLOCK_MONOTONIC);

	at->deadline = now + q->timeout;
	at->retries = may_resend ? q->retries : 0;
	at->resend = now + q->timeout / (at->retries + 1);
}

/* Nothing came: sends once more; returns 1, 0 when it is over, -1. */
static int resend(struct inquiry *q, struct link *l, struct timing *at,
		  struct trouble *t)
{
	if (!at->retries)
		return 0;
	at->resend += (at->deadline - at->resend) / at->retries--;
	return link_send(l, q->text, t) ? -1 : 1;
}

static int give_up(const struct inquiry *q, const struct link *l,
		   struct trouble *t)
{
	char text[128];

	if (q->answer.nparts) {
		uint32_t n = collector_missing(&q->answer, text, sizeof(text));

		return trouble_set(t, "%" PRIu32 " of the %" PRIu32 " rows of "
				   "the list did not come in time: %s", n,
				   q->answer.total, text);
	}
	if (q->stray.forged)
		return trouble_set(t, "no authentic answer in time; is the "
				   "shared key the router's?");
	return trouble_set(t, "no answer in time; a wrong shared key, control "
			   "source%s or sequence number gets none%s",
			   l->udp ? ", address" : "", l->udp ?
			   ". If the answer was lost, the request was carried "
			   "out: 'list' tells" : "");
}

/* Whether a message is one for this inquiry: 1, 0 if it is not, -1. */
static int judge(struct inquiry *q, const struct link *l,
		 struct dtcp_text message, struct reply *r, struct trouble *t)
{
	if (reply_parse(r, message.at, message.len, q->secret->key,
			q->secret->len, t)) {
		q->stray.forged++;
		return l->udp ? 0 : -1;
	}
	if (reply_is_notification(r)) {
		q->notify(q->data, r);
		return 0;
	}
	if (q->has_seq && reply_check_seq(r, q->seq, t)) {
		q->stray.other++;
		return l->udp ? 0 : -1;
	}
	return 1;
}

static enum collector_verdict take(struct inquiry *q, const struct link *l,
				   struct dtcp_text message, struct trouble *t)
{
	enum collector_verdict verdict;
	struct reply r = { 0 };
	int got = judge(q, l, message, &r, t);

	if (got <= 0) {
		reply_fini(&r);
		free((char *)message.at);
		return got ? COLLECTOR_BROKEN : COLLECTOR_DOUBLE;
	}
	verdict = collector_take(&q->answer, (char *)message.at, &r, t);
	q->stray.doubled += verdict == COLLECTOR_DOUBLE;
	return verdict;
}

static int await(struct inquiry *q, struct link *l, struct trouble *t)
{
	enum collector_verdict verdict = COLLECTOR_MORE;
	struct dtcp_text message;
	enum link_event event;
	struct timing at;
	int sent;

	start_timing(&at, q, l->udp);
	while (verdict != COLLECTOR_COMPLETE) {
		/* Before looking: strangers may keep sending. */
		sent = clock_left(at.resend) ? 1 : resend(q, l, &at, t);
		if (sent <= 0)
			return sent ? sent : give_up(q, l, t);
		event = link_receive(l, at.resend, &message, t);
		if (event == LINK_TIMEOUT)
			continue;
		if (event != LINK_MESSAGE)
			return -1;
		verdict = take(q, l, message, t);
		if (verdict == COLLECTOR_BROKEN)
			return -1;
		if (verdict == COLLECTOR_MORE)
			start_timing(&at, q, false);
	}
	return 0;
}

int inquiry_run(struct inquiry *q, struct link *l, struct trouble *t)
{
	int err = link_send(l, q->text, t) || await(q, l, t);

	q->stray.foreign = l->datagrams.foreign;
	return err ? -1 : 0;
}

void inquiry_fini(struct inquiry *q)
{
	collector_fini(&q->answer);
}
