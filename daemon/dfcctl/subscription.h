/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DFCCTL_SUBSCRIPTION_H
#define DFCCTL_SUBSCRIPTION_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/* Longest event that is taken, with its line end. */
#define SUBSCRIPTION_LINE_MAX	65536

/**
 * typedef subscription_handler - told of each event
 * @event: JSON object with "event"; its reference stays the caller's
 * @arg: of subscription_read()
 */
typedef void (*subscription_handler)(json_t *event, void *arg);

/**
 * struct subscription - the events of a dtcpd that may come and go
 * @path: its control socket
 * @fd: connection; -1: there is none
 * @heard: it has said that it listens to us
 * @len: bytes in @line
 * @line: what was read of a line
 */
struct subscription {
	const char *path;
	int fd;
	bool heard;
	size_t len;
	char line[SUBSCRIPTION_LINE_MAX];
};

/**
 * subscription_init() - begin without a connection
 * @s: subscription
 * @path: control socket, kept by reference
 */
void subscription_init(struct subscription *s, const char *path);

/**
 * subscription_connect() - try to find dtcpd; to be repeated where it is not
 * @s: subscription; nothing is done if it has a connection
 *
 * Return: 0 or a negative errno, see dtcpd_listen().
 */
int subscription_connect(struct subscription *s);

/**
 * subscription_read() - take in what dtcpd has told
 * @s: connected subscription
 * @handler: told of each event
 * @arg: for @handler
 *
 * Return: 0 or a negative errno, and then there is no connection any more:
 * -EPIPE it was ended by dtcpd, -EPROTO that was no event, -EACCES dtcpd
 * refused ("error"; @handler is told that as well), or what the socket said.
 */
int subscription_read(struct subscription *s, subscription_handler handler,
		      void *arg);

/**
 * subscription_close() - end the connection if there is one
 * @s: subscription
 */
void subscription_close(struct subscription *s);

#endif
