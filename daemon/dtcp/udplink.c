// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "dtcp/udplink.h"

/* A long list comes in one burst; the kernel grants what it may. */
#define RECEIVE_BUFFER	(8 << 20)

/* Datagrams of others that are dropped before the caller looks at the clock. */
#define DROPS_MAX	64

static struct addrinfo *find(const struct hostport *e, int flags,
			     struct trouble *t)
{
	struct addrinfo hints = {
		.ai_socktype = SOCK_DGRAM,
		.ai_flags = flags | AI_NUMERICSERV,
	};
	struct addrinfo *found;
	char port[16];
	int err;

	snprintf(port, sizeof(port), "%u", e->port);
	err = getaddrinfo(*e->host ? e->host : NULL, port, &hints, &found);
	if (!err)
		return found;
	trouble_set(t, "%s: %s", e->host, gai_strerror(err));
	return NULL;
}

static void configure(int fd, int family)
{
	int size = RECEIVE_BUFFER, yes = 1, no = 0;

	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	/* Without these an unconnected socket is told of no ICMP error. */
	if (family == AF_INET)
		setsockopt(fd, IPPROTO_IP, IP_RECVERR, &yes, sizeof(yes));
	if (family == AF_INET6) {
		setsockopt(fd, IPPROTO_IPV6, IPV6_RECVERR, &yes, sizeof(yes));
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &no, sizeof(no));
	}
}

static int make_socket(const struct addrinfo *a)
{
	int fd = socket(a->ai_family,
			SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd >= 0)
		configure(fd, a->ai_family);
	return fd;
}

static void set_peer(struct udplink *l, const struct addrinfo *a)
{
	memcpy(&l->peer, a->ai_addr, a->ai_addrlen);
	l->peer_len = a->ai_addrlen;
}

int udplink_open(struct udplink *l, const struct hostport *peer,
		 struct trouble *t)
{
	struct addrinfo *list = NULL, *a;

	*l = (struct udplink){ .fd = -1 };
	list = find(peer, 0, t);
	if (!list)
		return -1;
	for (a = list; a && l->fd < 0; a = a->ai_next) {
		l->fd = make_socket(a);
		if (l->fd >= 0)
			set_peer(l, a);
	}
	freeaddrinfo(list);
	if (l->fd < 0)
		return trouble_set(t, "%s: %s", peer->host, strerror(errno));
	return 0;
}

static int bind_any(struct udplink *l, const struct addrinfo *a)
{
	l->fd = make_socket(a);
	if (l->fd < 0)
		return -1;
	if (!bind(l->fd, a->ai_addr, a->ai_addrlen))
		return 0;
	close(l->fd);
	l->fd = -1;
	return -1;
}

/* An IPv6 socket takes IPv4 too; IPv4 alone is for where there is no other. */
static int bind_family(struct udplink *l, const struct addrinfo *list,
		       int family)
{
	const struct addrinfo *a;

	for (a = list; a; a = a->ai_next) {
		if (a->ai_family == family && !bind_any(l, a))
			return 0;
	}
	return -1;
}

int udplink_bind(struct udplink *l, const struct hostport *at,
		 struct trouble *t)
{
	struct addrinfo *list;
	int err;

	*l = (struct udplink){ .fd = -1 };
	list = find(at, AI_PASSIVE, t);
	if (!list)
		return -1;
	errno = EAFNOSUPPORT;
	err = bind_family(l, list, AF_INET6) && bind_family(l, list, AF_INET) ?
	      errno : 0;
	freeaddrinfo(list);
	if (err)
		return trouble_set(t, "%s%sport %u: %s", at->host,
				   *at->host ? " " : "", at->port,
				   strerror(err));
	return 0;
}

int udplink_send(struct udplink *l, const char *text, size_t len,
		 struct trouble *t)
{
	char to[HOSTPORT_TEXT_MAX];

	if (len > UDPLINK_DATAGRAM_MAX)
		return trouble_set(t, "the request has %zu bytes, a datagram "
				   "holds %d; SSH takes more", len,
				   UDPLINK_DATAGRAM_MAX);
	if (sendto(l->fd, text, len, 0, (const struct sockaddr *)&l->peer,
		   l->peer_len) == (ssize_t)len)
		return 0;
	hostport_text(&l->peer, to);
	return trouble_set(t, "%s: sending failed: %s", to, strerror(errno));
}

/* The network answers for a router that is not there. */
static int refuse(const struct udplink *l, int err, struct trouble *t)
{
	char to[HOSTPORT_TEXT_MAX];

	if (l->peer.ss_family == AF_UNSPEC)
		return trouble_set(t, "receiving failed: %s", strerror(err));
	hostport_text(&l->peer, to);
	return trouble_set(t, "%s: %s", to, err == ECONNREFUSED ?
			   "nobody is at this port" : strerror(err));
}

long udplink_receive(struct udplink *l, char *buf, size_t room,
		     struct trouble *t)
{
	int i;

	for (i = 0; i < DROPS_MAX; i++) {
		socklen_t len = sizeof(l->from);
		ssize_t n = recvfrom(l->fd, buf, room, 0,
				     (struct sockaddr *)&l->from, &len);

		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			return 0;
		if (n < 0)
			return refuse(l, errno, t);
		if (l->peer.ss_family == AF_UNSPEC ||
		    hostport_equal(&l->from, &l->peer))
			return n;
		l->foreign++;
	}
	return 0;
}

void udplink_close(struct udplink *l)
{
	if (l->fd >= 0)
		close(l->fd);
	l->fd = -1;
}
