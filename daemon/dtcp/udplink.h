/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DTCP_UDPLINK_H
#define DTCP_UDPLINK_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include "dtcp/hostport.h"
#include "dtcp/trouble.h"

/* Most bytes that a datagram holds over IPv4. */
#define UDPLINK_DATAGRAM_MAX 65507

/**
 * struct udplink - a socket that sends and receives datagrams
 * @fd: socket, -1 if there is none
 * @peer: who is asked; its family is AF_UNSPEC if anybody may send
 * @peer_len: bytes in @peer
 * @from: who sent the last datagram that was received
 * @foreign: datagrams that came from others than @peer, which are disregarded
 *
 * The socket is not connected: the kernel would drop what comes from others,
 * and nobody would know that it came.
 */
struct udplink {
	int fd;
	struct sockaddr_storage peer;
	socklen_t peer_len;
	struct sockaddr_storage from;
	unsigned long foreign;
};

/**
 * udplink_open() - make a socket to ask a router
 * @l: filled in; udplink_close() closes it, after failures too
 * @peer: name or address and port
 * @t: filled in on failure
 *
 * Return: 0 or -1.
 */
int udplink_open(struct udplink *l, const struct hostport *peer,
		 struct trouble *t);

/**
 * udplink_bind() - make a socket that anybody may send to
 * @l: filled in; udplink_close() closes it, after failures too
 * @at: address and port to listen at; without a host every address
 * @t: filled in on failure
 *
 * Return: 0 or -1.
 */
int udplink_bind(struct udplink *l, const struct hostport *at,
		 struct trouble *t);

/**
 * udplink_send() - send one datagram to the router
 * @l: link
 * @text: what to send
 * @len: bytes in it
 * @t: filled in on failure
 *
 * Return: 0, or -1 if it cannot go out or does not fit into a datagram.
 */
int udplink_send(struct udplink *l, const char *text, size_t len,
		 struct trouble *t);

/**
 * udplink_receive() - take a datagram if one is there
 * @l: link
 * @buf: filled in
 * @room: bytes in @buf, at least UDPLINK_DATAGRAM_MAX
 * @t: filled in on failure
 *
 * Counts and drops what comes from elsewhere than the router.
 *
 * Return: bytes in the datagram, 0 if none is there (or an empty one, which
 * says nothing either), -1 if the network says that nobody is there.
 */
long udplink_receive(struct udplink *l, char *buf, size_t room,
		     struct trouble *t);

/**
 * udplink_close() - close the socket
 * @l: link
 */
void udplink_close(struct udplink *l);

#endif
