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
 * struct datagram_room - where a datagram is received
 * @control: where it went to
 * @text: what it is; memory is touched only as far as it is long
 */
struct datagram_room {
	union control control;
	char text[DTCP_MESSAGE_MAX];
};

struct datagram_room *datagram_room_alloc(void)
{
	return malloc(sizeof(struct datagram_room));
}

void datagram_room_free(struct datagram_room *r)
{
	free(r);
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

void datagram_share(int fd, bool share)
{
	int on = share;

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
}

int datagram_open(const struct endpoint *e, bool share)
{
	int fd = datagram_open_outlet(e->any.sa_family), on = 1, err;

	if (fd < 0)
		return fd;
	set_room(fd, SO_RCVBUFFORCE, SO_RCVBUF);
	datagram_share(fd, share);
	if (setsockopt(fd, SOL_SOCKET, SO_RXQ_OVFL, &on, sizeof(on)) ||
	    bind(fd, &e->any, e->len)) {
		err = errno;
		close(fd);
		return -err;
	}
	datagram_share(fd, false);
	return fd;
}

int datagram_receive(struct datagram_room *r, int fd, struct datagram *d,
		     uint32_t *lost)
{
	struct iovec iov = { r->text, sizeof(r->text) };
	struct msghdr h = {
		.msg_name = &d->way.peer.any,
		.msg_namelen = sizeof(d->way.peer.in6),
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &r->control,
		.msg_controllen = sizeof(r->control),
	};
	ssize_t len;
	bool alone;

	memset(&d->way, 0, sizeof(d->way));
	len = recvmsg(fd, &h, 0);
	if (len < 0)
		return -errno;
	d->text = r->text;
	d->len = (size_t)len;
	d->way.peer.len = h.msg_namelen;
	alone = read_control(&d->way, &h, lost);
	if (h.msg_flags & MSG_TRUNC)
		return DATAGRAM_TOO_LONG;
	return alone && has_port(&d->way.peer) ? DATAGRAM_GOOD :
	       DATAGRAM_UNANSWERABLE;
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
