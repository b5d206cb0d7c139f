/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DTCPD_DATAGRAM_H
#define DTCPD_DATAGRAM_H

#include "dtcpd/endpoint.h"

#define DATAGRAM_BATCH	32	/* sent by one call */

/**
 * struct datagram_way - between whom a datagram goes, seen from here
 * @peer: the other end, with the scope of a link-local address
 * @local: our address, of the family of @peer
 * @ifindex: device that it goes by; 0: as routed
 */
struct datagram_way {
	struct endpoint peer;
	union {
		struct in_addr in;
		struct in6_addr in6;
	} local;
	unsigned int ifindex;
};

struct datagram {
	const char *text;
	size_t len;
	struct datagram_way way;
};

/* What is wrong with a datagram received, whatever is in it. */
enum datagram_flaw {
	DATAGRAM_GOOD,
	DATAGRAM_TOO_LONG,	/* the end is missing */
	DATAGRAM_UNANSWERABLE,	/* to many, or from port 0 */
};

/* Memory to receive into, for any socket in turn. */
struct datagram_room;

/**
 * datagram_room_alloc() - get memory for a datagram of any length
 *
 * Return: freed by datagram_room_free(), NULL when out of memory.
 */
struct datagram_room *datagram_room_alloc(void);

/**
 * datagram_room_free() - free it
 * @r: room or NULL
 */
void datagram_room_free(struct datagram_room *r);

/**
 * datagram_open() - open a socket to be asked at
 * @e: address and port; an IPv6 socket takes no IPv4
 * @share: beside sockets that datagram_share() has made ready for it
 *
 * Non-blocking, with room for thousands of requests. What is too large for a
 * link is fragmented and never carries DF: it arrives though nobody tells of
 * a smaller MTU on the path, or tells lies of it.
 *
 * Return: descriptor or a negative errno.
 */
int datagram_open(const struct endpoint *e, bool share);

/**
 * datagram_share() - let another socket be opened whose address is in this
 *	one's, or the other way round
 * @fd: of datagram_open()
 * @share: true before, false after the other one is opened: whoever may do the
 *	same at any time could take what is meant for us
 */
void datagram_share(int fd, bool share);

/**
 * datagram_open_outlet() - open a socket to send from, at any port
 * @family: AF_INET or AF_INET6
 *
 * Return: non-blocking descriptor or a negative errno.
 */
int datagram_open_outlet(int family);

/**
 * datagram_receive() - receive the next datagram
 * @r: where to
 * @fd: of datagram_open()
 * @d: filled, valid until the next call with @r; its way is the way back, from
 *	the address that it was sent to
 * @lost: set to the number of datagrams that this socket had no room for, all
 *	its life modulo 2^32; unchanged where the kernel does not say
 *
 * One at a time: each may be a request that takes long, and what is not
 * received stays in the socket.
 *
 * Return: &enum datagram_flaw, what is wrong with it; or a negative errno;
 * -EAGAIN if there is none.
 */
int datagram_receive(struct datagram_room *r, int fd, struct datagram *d,
		     uint32_t *lost);

/**
 * datagram_send() - send datagrams by the ways that they have
 * @fd: of datagram_open()
 * @d: datagrams
 * @n: 1..DATAGRAM_BATCH
 *
 * Return: how many were sent from the first one on, at least 1; or the
 * negative errno that the first one failed with.
 */
int datagram_send(int fd, const struct datagram *d, unsigned int n);

#endif
