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
 * @protocol: of the socket, see struct inlet; a raw socket, which is one of
 *	any other protocol than UDP, leaves the outer header in IPv4
 * @time: when it came, nanoseconds since the epoch, by the kernel
 * @data: what was behind the outer headers, but see @protocol
 * @len: bytes at @data
 * @has_ids: @intercept and @session were before @data and are known
 * @intercept: which intercept it belongs to
 * @session: ... and which session
 * @number: 1, 2, ... among what the filter matched, 0: the format has none
 * @filter: id of the filter, if there is a number
 * @matched: when the router matched it, nanoseconds since the epoch, if there
 *	is a number
 */
struct copy {
	const struct sockaddr_storage *router;
	uint16_t port;
	int protocol;
	uint64_t time;
	const uint8_t *data;
	size_t len;
	bool has_ids;
	uint32_t intercept;
	uint32_t session;
	uint64_t number;
	uint32_t filter;
	uint64_t matched;
};

struct receiver;
struct inlet;

/* So many datagrams are read at once. */
#define RECEIVER_BATCH	64

/**
 * copy_time() - the time that a packet is shown and kept with
 * @copy: datagram
 *
 * Return: nanoseconds since the epoch: when the router matched it, or when it
 * came if it does not tell that.
 */
static inline uint64_t copy_time(const struct copy *copy)
{
	return copy->number ? copy->matched : copy->time;
}

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
