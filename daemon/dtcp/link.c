// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "dtcp/clock.h"
#include "dtcp/link.h"

int link_open(struct link *l, const struct options *o, struct trouble *t)
{
	struct hostport peer = { .port = o->port };

	*l = (struct link){
		.udp = o->udp, .wake = -1, .datagrams = { .fd = -1 },
	};
	if (!o->udp)
		return sshlink_open(&l->ssh, o, t);
	memcpy(peer.host, o->router, sizeof(peer.host));
	return udplink_open(&l->datagrams, &peer, t);
}

int link_listen(struct link *l, const struct hostport *at, struct trouble *t)
{
	*l = (struct link){ .udp = true, .wake = -1 };
	return udplink_bind(&l->datagrams, at, t);
}

int link_send(struct link *l, struct dtcp_text text, struct trouble *t)
{
	if (l->udp)
		return udplink_send(&l->datagrams, text.at, text.len, t);
	return sshlink_send(&l->ssh, text.at, text.len, t);
}

static int copy(struct dtcp_text *message, const char *at, size_t len,
		struct trouble *t)
{
	char *text = malloc(len);

	if (!text)
		return trouble_set(t, "out of memory");
	memcpy(text, at, len);
	*message = (struct dtcp_text){ text, len };
	return 1;
}

/* Takes a datagram that is there: 1, 0 if none is, -1. */
static int take_datagram(struct link *l, struct dtcp_text *message,
			 struct trouble *t)
{
	static char buf[UINT16_MAX];
	long n = udplink_receive(&l->datagrams, buf, sizeof(buf), t);

	return n > 0 ? copy(message, buf, (size_t)n, t) : (int)n;
}

/* Takes what came over SSH up to the end of a message; returns likewise. */
static int take_stream(struct link *l, struct dtcp_text *message,
		       struct trouble *t)
{
	size_t room, n;
	char *at;
	long got;

	while (!(n = inbox_message(&l->inbox))) {
		at = inbox_room(&l->inbox, &room);
		if (!at)
			return trouble_set(t, "the answer is too long");
		got = sshlink_receive(&l->ssh, at, room, t);
		if (got <= 0)
			return (int)got;
		l->inbox.len += (size_t)got;
	}
	if (copy(message, l->inbox.buf, n, t) < 0)
		return -1;
	inbox_drop(&l->inbox, n);
	return 1;
}

/* Sleeps until there may be something to take; false if woken otherwise. */
static bool wait_for_more(struct link *l, int64_t deadline)
{
	struct pollfd fd[2] = {
		{ .fd = l->udp ? l->datagrams.fd : sshlink_fd(&l->ssh),
		  .events = POLLIN },
		{ .fd = l->wake, .events = POLLIN },
	};

	return poll(fd, 2, clock_left(deadline)) <= 0 || !fd[1].revents;
}

enum link_event link_receive(struct link *l, int64_t deadline,
			     struct dtcp_text *message, struct trouble *t)
{
	for (;;) {
		int got = l->udp ? take_datagram(l, message, t) :
				   take_stream(l, message, t);

		if (got)
			return got < 0 ? LINK_FAILED : LINK_MESSAGE;
		if (!clock_left(deadline))
			return LINK_TIMEOUT;
		if (!wait_for_more(l, deadline))
			return LINK_WOKEN;
	}
}

void link_close(struct link *l)
{
	if (l->udp)
		udplink_close(&l->datagrams);
	else
		sshlink_close(&l->ssh);
	inbox_fini(&l->inbox);
}
