/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DFCRECV_RECEIVE_H
#define DFCRECV_RECEIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

/**
 * struct copy - one datagram as it came
 * @router: outer source
 * @port: that it came to, 0: none
 * @time: nanoseconds since the epoch, by the kernel
 * @data: what was behind the UDP header
 * @len: bytes at @data
 * @has_ids: @intercept and @session were before @data and are known
 * @intercept: which intercept it belongs to
 * @session: ... and which session
 */
struct copy {
	const struct sockaddr_storage *router;
	uint16_t port;
	uint64_t time;
	const uint8_t *data;
	size_t len;
	bool has_ids;
	uint32_t intercept;
	uint32_t session;
};

struct receiver;
struct inlet;

/**
 * receiver_alloc() - get room for a batch of datagrams
 *
 * Return: freed by receiver_free(); NULL when out of memory.
 */
struct receiver *receiver_alloc(void);

/**
 * receiver_free() - free the room
 * @r: receiver or NULL
 */
void receiver_free(struct receiver *r);

/**
 * receiver_read() - read the datagrams that are there
 * @r: receiver
 * @l: open inlet
 * @max: read so many at most
 * @handler: told of each; what it is shown is valid until it returns
 * @data: for @handler
 *
 * Return: datagrams handled, 0 if there is none, or a negative errno.
 */
int receiver_read(struct receiver *r, const struct inlet *l, uint64_t max,
		  void (*handler)(const struct copy *copy, void *data),
		  void *data);

#endif
