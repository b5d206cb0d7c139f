// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "dtcpd/listener.h"
#include "dtcpd/log.h"

#define BACKLOG 128

static int open_socket(const struct listener *l)
{
	int fd, on = 1, err;

	fd = socket(l->addr.any.sa_family,
		    SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	/* Each address is a socket of its own, "::" must not take IPv4 too. */
	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) ||
	    (l->addr.any.sa_family == AF_INET6 &&
	     setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on))) ||
	    bind(fd, &l->addr.any, l->addr.len) ||
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
		if (old->at[i].addr.len != l->addr.len ||
		    memcmp(&old->at[i].addr.any, &l->addr.any, l->addr.len))
			continue;
		fd = fcntl(old->at[i].watch.fd, F_DUPFD_CLOEXEC, 0);
		return fd < 0 ? -errno : fd;
	}
	return open_socket(l);
}

static int open_one(struct listener_set *set, const char *address,
		    uint16_t port, const struct listener_set *old)
{
	struct listener *l = &set->at[set->n];
	int fd;

	memset(l, 0, sizeof(*l));
	fd = endpoint_parse(&l->addr, address, port);
	if (!fd)
		fd = reuse_or_open(l, old);
	if (fd >= 0) {
		l->watch.fd = fd;
		set->n++;
		return 0;
	}
	if (endpoint_is_missing(&l->addr, fd)) {
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
