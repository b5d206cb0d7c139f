// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <arpa/inet.h>
#include <errno.h>
#include <linux/sock_diag.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "dfcrecv/inlet.h"

/* Copies come in bursts, and a lost one is gone. */
#define QUEUE_BYTES (64 * 1024 * 1024)

static int parse_port(const char *text, uint16_t *port)
{
	unsigned long value;
	char *end;

	if (*text < '0' || *text > '9')
		return -EINVAL;
	errno = 0;
	value = strtoul(text, &end, 10);
	if (errno || *end || !value || value > UINT16_MAX)
		return -EINVAL;
	*port = htons(value);
	return 0;
}

static int parse_address(const char *text, struct sockaddr_storage *address)
{
	struct sockaddr_in6 *sin6 = (void *)address;
	struct sockaddr_in *sin = (void *)address;
	size_t len = strlen(text);
	char inner[INET6_ADDRSTRLEN];

	if (inet_pton(AF_INET, text, &sin->sin_addr) == 1) {
		sin->sin_family = AF_INET;
		return 0;
	}
	if (len < 2 || text[0] != '[' || text[len - 1] != ']' ||
	    len - 2 >= sizeof(inner))
		return -EINVAL;
	memcpy(inner, text + 1, len - 2);
	inner[len - 2] = '\0';
	if (inet_pton(AF_INET6, inner, &sin6->sin6_addr) != 1)
		return -EINVAL;
	sin6->sin6_family = AF_INET6;
	return 0;
}

static void set_port(struct sockaddr_storage *address, uint16_t port)
{
	if (address->ss_family == AF_INET)
		((struct sockaddr_in *)address)->sin_port = port;
	else
		((struct sockaddr_in6 *)address)->sin6_port = port;
}

static void set_name(struct inlet *l)
{
	const struct sockaddr_in6 *sin6 = (void *)&l->address;
	const struct sockaddr_in *sin = (void *)&l->address;
	char text[INET6_ADDRSTRLEN] = "";

	if (l->address.ss_family == AF_INET) {
		inet_ntop(AF_INET, &sin->sin_addr, text, sizeof(text));
		snprintf(l->name, sizeof(l->name), "%s:%u", text,
			 ntohs(sin->sin_port));
	} else {
		inet_ntop(AF_INET6, &sin6->sin6_addr, text, sizeof(text));
		snprintf(l->name, sizeof(l->name), "[%s]:%u", text,
			 ntohs(sin6->sin6_port));
	}
}

int inlet_parse(const char *text, struct inlet *l)
{
	const char *colon = strrchr(text, ':');
	char address[INLET_NAME_MAX];
	uint16_t port;

	memset(l, 0, sizeof(*l));
	l->fd = -1;
	if (parse_port(colon ? colon + 1 : text, &port))
		return -EINVAL;
	if (!colon) {
		l->address.ss_family = AF_INET6;
	} else {
		if (colon - text >= (ptrdiff_t)sizeof(address))
			return -EINVAL;
		memcpy(address, text, colon - text);
		address[colon - text] = '\0';
		if (parse_address(address, &l->address))
			return -EINVAL;
	}
	set_port(&l->address, port);
	set_name(l);
	return 0;
}

static bool is_any(const struct inlet *l)
{
	const struct sockaddr_in6 *sin6 = (const void *)&l->address;

	return l->address.ss_family == AF_INET6 &&
	       IN6_IS_ADDR_UNSPECIFIED(&sin6->sin6_addr);
}

static void to_ipv4_any(struct inlet *l)
{
	uint16_t port = ((struct sockaddr_in6 *)&l->address)->sin6_port;

	memset(&l->address, 0, sizeof(l->address));
	l->address.ss_family = AF_INET;
	set_port(&l->address, port);
	set_name(l);
}

static int set_options(const struct inlet *l)
{
	int one = 1, zero = 0, queue = QUEUE_BYTES;

	/* Without CAP_NET_ADMIN the limit of the machine holds. */
	if (setsockopt(l->fd, SOL_SOCKET, SO_RCVBUFFORCE, &queue,
		       sizeof(queue)))
		setsockopt(l->fd, SOL_SOCKET, SO_RCVBUF, &queue,
			   sizeof(queue));
	if (l->address.ss_family == AF_INET6 &&
	    setsockopt(l->fd, IPPROTO_IPV6, IPV6_V6ONLY,
		       is_any(l) ? &zero : &one, sizeof(int)))
		return -1;
	return setsockopt(l->fd, SOL_SOCKET, SO_TIMESTAMPNS, &one,
			  sizeof(one));
}

int inlet_open(struct inlet *l)
{
	const int type = SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK;
	socklen_t len;
	int err;

	l->fd = socket(l->address.ss_family, type, 0);
	if (l->fd < 0 && errno == EAFNOSUPPORT && is_any(l)) {
		to_ipv4_any(l);
		l->fd = socket(AF_INET, type, 0);
	}
	if (l->fd < 0)
		return -errno;
	len = l->address.ss_family == AF_INET ? sizeof(struct sockaddr_in) :
						sizeof(struct sockaddr_in6);
	if (!set_options(l) &&
	    !bind(l->fd, (struct sockaddr *)&l->address, len))
		return 0;
	err = errno;
	inlet_close(l);
	return -err;
}

void inlet_close(struct inlet *l)
{
	if (l->fd >= 0)
		close(l->fd);
	l->fd = -1;
}

uint16_t inlet_port(const struct inlet *l)
{
	if (l->address.ss_family == AF_INET)
		return ntohs(((struct sockaddr_in *)&l->address)->sin_port);
	return ntohs(((struct sockaddr_in6 *)&l->address)->sin6_port);
}

uint32_t inlet_dropped(const struct inlet *l)
{
	uint32_t info[SK_MEMINFO_VARS] = { 0 };
	socklen_t len = sizeof(info);

	if (getsockopt(l->fd, SOL_SOCKET, SO_MEMINFO, info, &len))
		return 0;
	return info[SK_MEMINFO_DROPS];
}
