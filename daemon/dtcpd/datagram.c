// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "dtcp-proto/message.h"
#include "dtcpd/datagram.h"

/* A flood of requests waits here while others have their turn. */
#define SOCKET_ROOM (4 << 20)

#define CONTROL_ROOM (CMSG_SPACE(sizeof(struct in6_pktinfo)) + \
		      CMSG_SPACE(sizeof(uint32_t)))

union control {
	struct cmsghdr align;
	char room[CONTROL_ROOM];
};

/**
 * struct datagram_batch - where recvmmsg() puts what it receives
 * @msg: what it is told and tells
 * @iov: one for each of @msg
 * @peer: where they came from
 * @control: where they went to
 * @text: what they are; memory is touched only as far as they are long
 */
struct datagram_batch {
	struct mmsghdr msg[DATAGRAM_BATCH];
	struct iovec iov[DATAGRAM_BATCH];
	struct endpoint peer[DATAGRAM_BATCH];
	union control control[DATAGRAM_BATCH];
	char text[DATAGRAM_BATCH][DTCP_MESSAGE_MAX];
};

struct datagram_batch *datagram_batch_alloc(void)
{
	struct datagram_batch *b = calloc(1, sizeof(*b));
	unsigned int i;

	for (i = 0; b && i < DATAGRAM_BATCH; i++) {
		b->iov[i].iov_base = b->text[i];
		b->iov[i].iov_len = sizeof(b->text[i]);
		b->msg[i].msg_hdr.msg_iov = &b->iov[i];
		b->msg[i].msg_hdr.msg_iovlen = 1;
		b->msg[i].msg_hdr.msg_name = &b->peer[i].any;
		b->msg[i].msg_hdr.msg_control = &b->control[i];
	}
	return b;
}

void datagram_batch_free(struct datagram_batch *b)
{
	free(b);
}

/* Returns whether it was sent to this machine alone. */
static bool read_pktinfo(struct datagram_way *way, const struct in_pktinfo *to)
{
	/* The route says from where: it does not matter where it came in. */
	way->local.in = to->ipi_spec_dst;
	return to->ipi_spec_dst.s_addr == to->ipi_addr.s_addr;
}

static bool read_pktinfo6(struct datagram_way *way,
			  const struct in6_pktinfo *to)
{
	way->local.in6 = to->ipi6_addr;
	if (IN6_IS_ADDR_LINKLOCAL(&to->ipi6_addr))
		way->ifindex = to->ipi6_ifindex;
	return !IN6_IS_ADDR_MULTICAST(&to->ipi6_addr);
}

static bool read_control(struct datagram_way *way, struct msghdr *h,
			 uint32_t *lost)
{
	struct cmsghdr *c;
	bool alone = false;

	for (c = CMSG_FIRSTHDR(h); c; c = CMSG_NXTHDR(h, c)) {
		if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_PKTINFO)
			alone = read_pktinfo(way, (void *)CMSG_DATA(c));
		else if (c->cmsg_level == IPPROTO_IPV6 &&
			 c->cmsg_type == IPV6_PKTINFO)
			alone = read_pktinfo6(way, (void *)CMSG_DATA(c));
		else if (c->cmsg_level == SOL_SOCKET &&
			 c->cmsg_type == SO_RXQ_OVFL)
			memcpy(lost, CMSG_DATA(c), sizeof(*lost));
	}
	return alone;
}

/* Both families have it at the same place. */
static bool has_port(const struct endpoint *e)
{
	return e->in.sin_port != 0;
}

enum datagram_flaw datagram_batch_get(struct datagram_batch *b, unsigned int i,
				      struct datagram *d, uint32_t *lost)
{
	struct msghdr *h = &b->msg[i].msg_hdr;
	bool alone;

	memset(&d->way, 0, sizeof(d->way));
	d->text = b->text[i];
	d->len = b->msg[i].msg_len;
	d->way.peer = b->peer[i];
	d->way.peer.len = h->msg_namelen;
	alone = read_control(&d->way, h, lost);
	if (h->msg_flags & MSG_TRUNC)
		return DATAGRAM_TOO_LONG;
	return alone && has_port(&d->way.peer) ? DATAGRAM_GOOD :
	       DATAGRAM_UNANSWERABLE;
}

/* More than the system's limit where we are allowed to, else up to it. */
static void set_room(int fd, int force, int option)
{
	int room = SOCKET_ROOM;

	if (setsockopt(fd, SOL_SOCKET, force, &room, sizeof(room)))
		setsockopt(fd, SOL_SOCKET, option, &room, sizeof(room));
}

static int set_ipv4(int fd)
{
	int on = 1, dont = IP_PMTUDISC_DONT;

	return setsockopt(fd, IPPROTO_IP, IP_PKTINFO, &on, sizeof(on)) ||
	       setsockopt(fd, IPPROTO_IP, IP_MTU_DISCOVER, &dont,
			  sizeof(dont));
}

static int set_ipv6(int fd)
{
	int on = 1, dont = IPV6_PMTUDISC_DONT;

	return setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on)) ||
	       setsockopt(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, &on,
			  sizeof(on)) ||
	       setsockopt(fd, IPPROTO_IPV6, IPV6_MTU_DISCOVER, &dont,
			  sizeof(dont));
}

int datagram_open_outlet(int family)
{
	int fd = socket(family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	int err;

	if (fd < 0)
		return -errno;
	set_room(fd, SO_SNDBUFFORCE, SO_SNDBUF);
	if (family == AF_INET ? set_ipv4(fd) : set_ipv6(fd)) {
		err = errno;
		close(fd);
		return -err;
	}
	return fd;
}

int datagram_open(const struct endpoint *e)
{
	int fd = datagram_open_outlet(e->any.sa_family), on = 1, err;

	if (fd < 0)
		return fd;
	set_room(fd, SO_RCVBUFFORCE, SO_RCVBUF);
	if (setsockopt(fd, SOL_SOCKET, SO_RXQ_OVFL, &on, sizeof(on)) ||
	    bind(fd, &e->any, e->len)) {
		err = errno;
		close(fd);
		return -err;
	}
	return fd;
}

int datagram_receive(struct datagram_batch *b, int fd)
{
	unsigned int i;
	int n;

	for (i = 0; i < DATAGRAM_BATCH; i++) {
		b->msg[i].msg_hdr.msg_namelen = sizeof(b->peer[i].in6);
		b->msg[i].msg_hdr.msg_controllen = sizeof(b->control[i]);
	}
	n = recvmmsg(fd, b->msg, DATAGRAM_BATCH, 0, NULL);
	return n < 0 ? -errno : n;
}

static void *add_control(struct msghdr *h, union control *room, int level,
			 int type, size_t len)
{
	struct cmsghdr *c;

	h->msg_control = room;
	h->msg_controllen = CMSG_SPACE(len);
	c = CMSG_FIRSTHDR(h);
	c->cmsg_level = level;
	c->cmsg_type = type;
	c->cmsg_len = CMSG_LEN(len);
	return CMSG_DATA(c);
}

/* @room is all zero. */
static void write_control(const struct datagram_way *way, struct msghdr *h,
			  union control *room)
{
	struct in6_pktinfo *from6;
	struct in_pktinfo *from;

	if (way->peer.any.sa_family == AF_INET) {
		from = add_control(h, room, IPPROTO_IP, IP_PKTINFO,
				   sizeof(*from));
		from->ipi_spec_dst = way->local.in;
		from->ipi_ifindex = (int)way->ifindex;
	} else {
		from6 = add_control(h, room, IPPROTO_IPV6, IPV6_PKTINFO,
				    sizeof(*from6));
		from6->ipi6_addr = way->local.in6;
		from6->ipi6_ifindex = way->ifindex;
	}
}

int datagram_send(int fd, const struct datagram *d, unsigned int n)
{
	union control control[DATAGRAM_BATCH] = { 0 };
	struct mmsghdr msg[DATAGRAM_BATCH] = { 0 };
	struct iovec iov[DATAGRAM_BATCH];
	unsigned int i;
	int sent;

	for (i = 0; i < n; i++) {
		iov[i] = (struct iovec){ (void *)d[i].text, d[i].len };
		msg[i].msg_hdr.msg_iov = &iov[i];
		msg[i].msg_hdr.msg_iovlen = 1;
		msg[i].msg_hdr.msg_name = (void *)&d[i].way.peer.any;
		msg[i].msg_hdr.msg_namelen = d[i].way.peer.len;
		write_control(&d[i].way, &msg[i].msg_hdr, &control[i]);
	}
	sent = sendmmsg(fd, msg, n, 0);
	return sent < 0 ? -errno : sent;
}
