/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DTCP_INQUIRY_H
#define DTCP_INQUIRY_H

#include <stdbool.h>
#include <stdint.h>

#include "dtcp/collector.h"
#include "dtcp/link.h"
#include "dtcp/secret.h"
#include "dtcp/stray.h"

/**
 * struct inquiry - a request on its way, and what came back
 * @text: the request, signed
 * @has_seq: it has a sequence number, and so has its answer
 * @seq: the number
 * @timeout: ms to wait for the answer, and again for each further part of it
 * @retries: how many times more the same datagram is sent while nothing comes
 * @secret: shared key
 * @notify: is given each notification that comes meanwhile
 * @data: for @notify
 * @answer: what came
 * @stray: what came and was no part of it
 */
struct inquiry {
	struct dtcp_text text;
	bool has_seq;
	uint64_t seq;
	int64_t timeout;
	unsigned int retries;
	const struct secret *secret;
	void (*notify)(void *data, const struct reply *r);
	void *data;
	struct collector answer;
	struct stray stray;
};

/**
 * inquiry_run() - send the request and wait for all of its answer
 * @q: inquiry; inquiry_fini() frees it, after failures too
 * @l: open link
 * @t: filled in on failure
 *
 * Over SSH, where nobody else can write, what is no answer ends it. Over UDP
 * it is counted and disregarded. Over UDP a number that a router has seen is
 * never answered again, so a datagram that is sent again is carried out once at
 * most, and is answered only if the first one was lost on its way there.
 *
 * Return: 0, or -1 if no answer came or only a part of it, which is in
 * @q->answer.
 */
int inquiry_run(struct inquiry *q, struct link *l, struct trouble *t);

/**
 * inquiry_fini() - free what came
 * @q: inquiry
 */
void inquiry_fini(struct inquiry *q);

#endif
