// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>

#include "dtcpd/endpoint.h"

int endpoint_parse(struct endpoint *e, const char *address, uint16_t port)
{
	struct addrinfo hints = {
		.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE,
		.ai_socktype = SOCK_DGRAM,
	}, *found;
	char service[8];

	memset(e, 0, sizeof(*e));
	snprintf(service, sizeof(service), "%u", port);
	if (getaddrinfo(address, service, &hints, &found))
		return -EINVAL;
	memcpy(&e->any, found->ai_addr, found->ai_addrlen);
	e->len = found->ai_addrlen;
	freeaddrinfo(found);
	return 0;
}

void endpoint_make(struct endpoint *e, const struct dtcp_outer_addr *a,
		   uint16_t port)
{
	memset(e, 0, sizeof(*e));
	if (a->family == AF_INET) {
		e->in.sin_family = AF_INET;
		e->in.sin_port = htons(port);
		memcpy(&e->in.sin_addr, a->addr, sizeof(e->in.sin_addr));
		e->len = sizeof(e->in);
	} else {
		e->in6.sin6_family = AF_INET6;
		e->in6.sin6_port = htons(port);
		memcpy(&e->in6.sin6_addr, a->addr, sizeof(e->in6.sin6_addr));
		e->len = sizeof(e->in6);
	}
}

void endpoint_address(const struct endpoint *e, struct dtcp_outer_addr *a)
{
	memset(a, 0, sizeof(*a));
	if (e->any.sa_family == AF_INET) {
		a->family = AF_INET;
		memcpy(a->addr, &e->in.sin_addr, sizeof(e->in.sin_addr));
	} else if (e->any.sa_family == AF_INET6) {
		a->family = AF_INET6;
		memcpy(a->addr, &e->in6.sin6_addr, sizeof(e->in6.sin6_addr));
	}
}

void endpoint_text(const struct endpoint *e, char text[ENDPOINT_TEXT])
{
	if (getnameinfo(&e->any, e->len, text, ENDPOINT_TEXT, NULL, 0,
			NI_NUMERICHOST))
		strcpy(text, "?");
}

bool endpoint_is_missing(const struct endpoint *e, int err)
{
	return err == -EAFNOSUPPORT ||
	       (err == -EADDRNOTAVAIL && e->any.sa_family == AF_INET6 &&
		IN6_IS_ADDR_UNSPECIFIED(&e->in6.sin6_addr));
}
