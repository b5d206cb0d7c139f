// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "dtcpd/listener.h"
#include "dtcpd/log.h"

#define BACKLOG 128

static int resolve(struct listener *l, const char *address, uint16_t port)
{
	struct addrinfo hints = {
		.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE,
		.ai_socktype = SOCK_STREAM,
	}, *found;
	char service[8];

	snprintf(service, sizeof(service), "%u", port);
	if (getaddrinfo(address, service, &hints, &found))
		return -EINVAL;
	memcpy(&l->addr, found->ai_addr, found->ai_addrlen);
	l->addr_len = found->ai_addrlen;
	freeaddrinfo(found);
	return 0;
}

static int open_socket(const struct listener *l)
{
	int fd, on = 1, err;

	fd = socket(l->addr.ss_family,
		    SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	/* Each address is a socket of its own, "::" must not take IPv4 too. */
	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) ||
	    (l->addr.ss_family == AF_INET6 &&
	     setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on))) ||
	    bind(fd, (const struct sockaddr *)&l->addr, l->addr_len) ||
	    listen(fd, BACKLOG)) {
		err = errno;
		close(fd);
		return -err;
	}
	return fd;
}

static int reuse_or_open(const struct listener *l,
			 const struct listener_set *old)
{
	size_t i;
	int fd;

	for (i = 0; old && i < old->n; i++) {
		if (old->at[i].addr_len != l->addr_len ||
		    memcmp(&old->at[i].addr, &l->addr, l->addr_len))
			continue;
		fd = fcntl(old->at[i].watch.fd, F_DUPFD_CLOEXEC, 0);
		return fd < 0 ? -errno : fd;
	}
	return open_socket(l);
}

/* Whether the kernel has no IPv6, or has it switched off. */
static bool family_is_missing(const struct listener *l, int err)
{
	const struct sockaddr_in6 *in6 = (const void *)&l->addr;

	return err == -EAFNOSUPPORT ||
	       (err == -EADDRNOTAVAIL && l->addr.ss_family == AF_INET6 &&
		IN6_IS_ADDR_UNSPECIFIED(&in6->sin6_addr));
}

static int open_one(struct listener_set *set, const char *address,
		    uint16_t port, const struct listener_set *old)
{
	struct listener *l = &set->at[set->n];
	int fd;

	memset(l, 0, sizeof(*l));
	fd = resolve(l, address, port);
	if (!fd)
		fd = reuse_or_open(l, old);
	if (fd >= 0) {
		l->watch.fd = fd;
		set->n++;
		return 0;
	}
	if (family_is_missing(l, fd)) {
		log_msg(LOG_WARNING, "not listening on %s port %u: %s",
			address, port, strerror(-fd));
		return 0;
	}
	log_msg(LOG_ERR, "cannot listen on %s port %u: %s", address, port,
		strerror(-fd));
	return fd;
}

int listener_open(struct listener_set *set, const struct config_ssh *c,
		  const struct listener_set *old)
{
	size_t i;
	int err = 0;

	set->n = 0;
	for (i = 0; !err && i < c->nlisten; i++)
		err = open_one(set, c->listen[i], c->port, old);
	if (!err && !set->n) {
		log_msg(LOG_ERR, "no address left to listen on");
		err = -EADDRNOTAVAIL;
	}
	if (err)
		listener_close(set);
	return err;
}

void listener_close(struct listener_set *set)
{
	while (set->n)
		close(set->at[--set->n].watch.fd);
}
