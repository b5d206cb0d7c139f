/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DTCP_HOSTPORT_H
#define DTCP_HOSTPORT_H

#include <stdbool.h>
#include <sys/socket.h>

#include "dtcp/trouble.h"

#define HOSTPORT_HOST_MAX	256	/* room for a name, terminated */
#define HOSTPORT_TEXT_MAX	80	/* room for an address and a port */

/**
 * struct hostport - a host and a port, as somebody wrote them
 * @host: name or address without brackets, "" if there was none
 * @port: 0 if there was none
 */
struct hostport {
	char host[HOSTPORT_HOST_MAX];
	unsigned int port;
};

/**
 * hostport_parse() - read `HOST`, `HOST:PORT`, `[HOST]` or `[HOST]:PORT`
 * @e: filled in
 * @word: the word; with more than one colon and no brackets it is an IPv6
 *	address
 * @t: filled in on failure
 *
 * Return: 0 or -1.
 */
int hostport_parse(struct hostport *e, const char *word, struct trouble *t);

/**
 * hostport_text() - write an address and its port
 * @addr: IPv4 or IPv6; IPv4 in IPv6 is written as IPv4
 * @text: filled: `192.0.2.1:2400`, `[2001:db8::1]:2400`
 */
void hostport_text(const struct sockaddr_storage *addr,
		   char text[HOSTPORT_TEXT_MAX]);

/**
 * hostport_equal() - whether two addresses and their ports are the same
 * @a: one
 * @b: the other
 *
 * A scope that only one of them has is disregarded.
 *
 * Return: true if they are.
 */
bool hostport_equal(const struct sockaddr_storage *a,
		    const struct sockaddr_storage *b);

#endif
