// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "dtcpd/datagram.h"
#include "dtcpd/log.h"
#include "dtcpd/notifier.h"

/**
 * struct notifier - what notifications leave by over UDP
 * @inet: socket for IPv4 targets, or a negative errno
 * @inet6: socket for IPv6 targets, or a negative errno
 * @sent: datagrams sent
 * @lost: datagrams that could not be sent
 */
struct notifier {
	int inet;
	int inet6;
	json_int_t sent;
	json_int_t lost;
};

/* Who writes to the port that it gets with the first datagram is not read. */
static int open_outlet(int family)
{
	int fd = datagram_open_outlet(family), least = 0;

	if (fd >= 0)
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &least, sizeof(least));
	return fd;
}

struct notifier *notifier_alloc(void)
{
	struct notifier *n = calloc(1, sizeof(*n));

	if (!n)
		return NULL;
	n->inet = open_outlet(AF_INET);
	n->inet6 = open_outlet(AF_INET6);
	return n;
}

void notifier_free(struct notifier *n)
{
	if (!n)
		return;
	if (n->inet >= 0)
		close(n->inet);
	if (n->inet6 >= 0)
		close(n->inet6);
	free(n);
}

static int send_one(const struct notifier *n, const struct endpoint *to,
		    const char *text, size_t len)
{
	int fd = to->any.sa_family == AF_INET ? n->inet : n->inet6;
	ssize_t sent;

	if (fd < 0)
		return fd;
	sent = sendto(fd, text, len, 0, &to->any, to->len);
	/* It tells of a notification before this one. */
	if (sent < 0 && errno == ECONNREFUSED)
		sent = sendto(fd, text, len, 0, &to->any, to->len);
	return sent < 0 ? -errno : 0;
}

static void tell(struct notifier *n, const struct config_source *source,
		 const struct endpoint *to, const char *text, size_t len)
{
	int err = send_one(n, to, text, len);
	char peer[ENDPOINT_TEXT];

	if (!err) {
		n->sent++;
		return;
	}
	n->lost++;
	endpoint_text(to, peer);
	log_limited(LOG_WARNING, "%s: notification to %s port %u lost: %s",
		    source->name, peer, ntohs(to->in.sin_port),
		    strerror(-err));
}

void notifier_send(struct notifier *n, const struct config_source *source,
		   const struct dtcp_writer *text)
{
	size_t at, end, i;
	struct endpoint to;

	for (at = 0; at < text->len; at = end) {
		end = dtcp_writer_message(text, at);
		/* One that is too long for a request goes as it is. */
		if (!end)
			end = text->len;
		for (i = 0; i < source->ntarget; i++) {
			endpoint_make(&to, &source->target[i].addr,
				      source->target[i].port);
			tell(n, source, &to, text->buf + at, end - at);
		}
	}
}

json_t *notifier_show(const struct notifier *n)
{
	return json_pack("{s{sI sI}}", "notifications", "sent", n->sent,
			 "lost", n->lost);
}
