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

static void clear(struct inlet *l, int protocol)
{
	memset(l, 0, sizeof(*l));
	l->protocol = protocol;
	l->fd = -1;
}

int inlet_parse(const char *text, struct inlet *l)
{
	const char *colon = strrchr(text, ':');
	char address[INLET_NAME_MAX];
	uint16_t port;

	clear(l, IPPROTO_UDP);
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

static void set_tunnel(struct inlet *l, const struct inlet *base, int protocol)
{
	char text[INET6_ADDRSTRLEN] = "";

	*l = *base;
	l->protocol = protocol;
	if (l->address.ss_family == AF_INET)
		inet_ntop(AF_INET, &((struct sockaddr_in *)&l->address)->
			  sin_addr, text, sizeof(text));
	else
		inet_ntop(AF_INET6, &((struct sockaddr_in6 *)&l->address)->
			  sin6_addr, text, sizeof(text));
	snprintf(l->name, sizeof(l->name), "%s, protocol %d", text, protocol);
}

static int set_tunnels(struct inlet l[3], const char *address, bool optional)
{
	struct in6_addr *ipv6;
	struct in_addr *ipv4;
	struct inlet base;

	clear(&base, 0);
	base.optional = optional;
	ipv4 = &((struct sockaddr_in *)&base.address)->sin_addr;
	ipv6 = &((struct sockaddr_in6 *)&base.address)->sin6_addr;
	if (inet_pton(AF_INET, address, ipv4) == 1)
		base.address.ss_family = AF_INET;
	else if (inet_pton(AF_INET6, address, ipv6) == 1)
		base.address.ss_family = AF_INET6;
	else
		return -EINVAL;
	set_tunnel(&l[0], &base, IPPROTO_IPIP);
	set_tunnel(&l[1], &base, IPPROTO_IPV6);
	set_tunnel(&l[2], &base, INLET_ETHERIP);
	return 3;
}

int inlet_parse_tunnel(const char *text, struct inlet l[INLET_TUNNELS])
{
	if (strcmp(text, "any"))
		return set_tunnels(l, text, false);
	return set_tunnels(l, "0.0.0.0", false) +
	       set_tunnels(l + 3, "::", true);
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
	/* A raw socket of IPv6 takes no IPv4. */
	if (l->address.ss_family == AF_INET6 && l->protocol == IPPROTO_UDP &&
	    setsockopt(l->fd, IPPROTO_IPV6, IPV6_V6ONLY,
		       is_any(l) ? &zero : &one, sizeof(int)))
		return -1;
	return setsockopt(l->fd, SOL_SOCKET, SO_TIMESTAMPNS, &one,
			  sizeof(one));
}

static int open_socket(const struct inlet *l)
{
	const int flags = SOCK_CLOEXEC | SOCK_NONBLOCK;

	if (l->protocol == IPPROTO_UDP)
		return socket(l->address.ss_family, SOCK_DGRAM | flags, 0);
	return socket(l->address.ss_family, SOCK_RAW | flags, l->protocol);
}

int inlet_open(struct inlet *l)
{
	socklen_t len;
	int err;

	l->fd = open_socket(l);
	if (l->fd < 0 && errno == EAFNOSUPPORT) {
		if (l->optional)
			return 0;
		if (l->protocol == IPPROTO_UDP && is_any(l)) {
			to_ipv4_any(l);
			l->fd = open_socket(l);
		}
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

	if (l->fd < 0 || getsockopt(l->fd, SOL_SOCKET, SO_MEMINFO, info, &len))
		return 0;
	return info[SK_MEMINFO_DROPS];
}
