// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "dtcp/clock.h"
#include "dtcp/listen.h"
#include "dtcp/notice.h"

void listener_hear(void *data, const struct reply *r)
{
	struct listener *n = data;

	notice_show(stdout, n->json, r, NULL);
	n->heard++;
}

static void take(struct listener *n, const struct link *l,
		 struct dtcp_text message)
{
	char from[HOSTPORT_TEXT_MAX] = "the router";
	struct trouble t = { "" };
	struct reply r;

	if (l->udp)
		hostport_text(&l->datagrams.from, from);
	if (reply_parse(&r, message.at, message.len, n->secret->key,
			n->secret->len, &t)) {
		notice_refuse(n->json, from, &t);
		n->refused++;
	} else {
		notice_show(stdout, n->json, &r, l->udp ? from : NULL);
		n->heard++;
	}
	reply_fini(&r);
	free((char *)message.at);
}

static bool is_enough(const struct listener *n)
{
	return n->count && n->heard >= n->count;
}

static int end(const struct listener *n, struct trouble *t)
{
	if (!n->count || is_enough(n))
		return 0;
	return trouble_set(t, "%" PRIu64 " of %" PRIu64 " notifications came "
			   "in time", n->heard, n->count);
}

static int listen_until(struct listener *n, struct link *l, int64_t deadline,
			struct trouble *t)
{
	struct dtcp_text message;

	while (!is_enough(n) && clock_left(deadline)) {
		switch (link_receive(l, deadline, &message, t)) {
		case LINK_MESSAGE:
			take(n, l, message);
			break;
		case LINK_WOKEN:
			return 0;
		case LINK_TIMEOUT:
			return end(n, t);
		default:
			return -1;
		}
	}
	return end(n, t);
}

int listener_run(struct listener *n, struct link *l, struct trouble *t)
{
	int64_t deadline = n->wait ? clock_ms(CLOCK_MONOTONIC) + n->wait :
				     INT64_MAX;
	sigset_t signals, before;
	int err;

	sigemptyset(&signals);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGHUP);
	sigprocmask(SIG_BLOCK, &signals, &before);
	l->wake = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
	if (l->wake < 0) {
		err = trouble_set(t, "signalfd: %s", strerror(errno));
	} else {
		err = listen_until(n, l, deadline, t);
		close(l->wake);
		l->wake = -1;
	}
	sigprocmask(SIG_SETMASK, &before, NULL);
	return err;
}
