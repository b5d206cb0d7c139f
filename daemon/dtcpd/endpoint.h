/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DTCPD_ENDPOINT_H
#define DTCPD_ENDPOINT_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include "dtcp-proto/request.h"

#define ENDPOINT_TEXT	64	/* bytes of an address as text */

/* An address and port as sockets take them; all zero behind @len. */
struct endpoint {
	union {
		struct sockaddr any;
		struct sockaddr_in in;
		struct sockaddr_in6 in6;
	};
	socklen_t len;
};

/**
 * endpoint_parse() - read an address
 * @e: filled
 * @address: IPv4 or IPv6, `%device` behind a link-local one; no name
 * @port: port
 *
 * Return: 0 or -EINVAL.
 */
int endpoint_parse(struct endpoint *e, const char *address, uint16_t port);

/**
 * endpoint_make() - put an address and a port together
 * @e: filled
 * @a: address of a known family
 * @port: port
 */
void endpoint_make(struct endpoint *e, const struct dtcp_outer_addr *a,
		   uint16_t port);

/**
 * endpoint_address() - the address of an endpoint
 * @e: endpoint
 * @a: filled; family AF_UNSPEC if @e is of another than IPv4 and IPv6
 */
void endpoint_address(const struct endpoint *e, struct dtcp_outer_addr *a);

/**
 * endpoint_text() - the same as text, without the port
 * @e: endpoint
 * @text: filled; `%device` is behind a link-local address, "?" is unknown
 */
void endpoint_text(const struct endpoint *e, char text[ENDPOINT_TEXT]);

/**
 * endpoint_is_missing() - tell a machine without a family from a mistake
 * @e: what a socket could not be opened for
 * @err: negative errno that it failed with
 *
 * Return: whether the kernel has no IPv6 (or IPv4), or has it switched off.
 */
bool endpoint_is_missing(const struct endpoint *e, int err);

#endif
