/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DTCPD_LISTENER_H
#define DTCPD_LISTENER_H

#include <stddef.h>

#include "dtcpd/config.h"
#include "dtcpd/endpoint.h"
#include "dtcpd/loop.h"

/* A listening TCP socket. */
struct listener {
	struct loop_watch watch;
	struct endpoint addr;
	void *owner;
};

struct listener_set {
	struct listener at[CONFIG_LISTEN_MAX];
	size_t n;
};

/**
 * listener_open() - listen on the configured addresses and port
 * @set: filled; emptied by listener_close()
 * @c: `listen` and `port`
 * @old: sockets that are open already or NULL; those that are still wanted
 *	are duplicated, so that closing @old does not interrupt them
 *
 * An address family that the machine does not have is left out with a warning
 * unless nothing remains. What is wrong is logged.
 *
 * Return: 0 or a negative errno, then nothing is open.
 */
int listener_open(struct listener_set *set, const struct config_ssh *c,
		  const struct listener_set *old);

/**
 * listener_close() - close the sockets
 * @set: of listener_open(), no longer watched
 */
void listener_close(struct listener_set *set);

#endif
