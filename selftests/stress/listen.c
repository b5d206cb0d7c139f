// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <errno.h>
#include <linux/genetlink.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "act.h"
#include "listen.h"

bool listen_open(struct listener *l)
{
	int room = 256 << 20;

	memset(l, 0, sizeof(*l));
	l->w = wire_open();
	CHECK(!setsockopt(mnl_socket_get_fd(l->w->nl), SOL_SOCKET,
			  SO_RCVBUFFORCE, &room, sizeof(room)));
	CHECK(!wire_join(l->w));
	return true;
}

static bool take(struct listener *l, const struct nlmsghdr *nlh)
{
	const struct genlmsghdr *genl = mnl_nlmsg_get_payload(nlh);
	static struct event event;

	if (genl->cmd != DFC_CMD_FILTER_DEL_NTF)
		return true;
	CHECK(event_read(nlh, &event));
	CHECK(event.reason <= DFC_REASON_MAX);
	l->gone[event.reason]++;
	l->all++;
	return true;
}

bool listen_some(struct listener *l)
{
	struct pollfd pollfd = {
		.fd = mnl_socket_get_fd(l->w->nl), .events = POLLIN,
	};
	union {
		struct nlmsghdr nlh;
		char buf[8 * 1024];
	} in;
	bool ok = true;
	ssize_t len;

	poll(&pollfd, 1, 20);
	for (;;) {
		len = recv(pollfd.fd, in.buf, sizeof(in), MSG_DONTWAIT);
		if (len < 0 && errno == ENOBUFS)
			l->lost = true;
		else if (len < 0)
			return ok;
		else if (mnl_nlmsg_ok(&in.nlh, len))
			ok &= take(l, &in.nlh);
	}
}

bool listen_until(struct listener *l, uint64_t all)
{
	time_t last = time(NULL);
	uint64_t before;

	while (l->all < all && !l->lost) {
		before = l->all;
		CHECK(listen_some(l));
		if (l->all > before)
			last = time(NULL);
		CHECK(time(NULL) < last + WIRE_DEADLINE);
	}
	return true;
}
