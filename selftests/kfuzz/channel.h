/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef CHANNEL_H
#define CHANNEL_H

#include "answer.h"
#include "message.h"

/* Requests that go out at once. */
#define CHANNEL_BATCH	8

/**
 * struct channel - a netlink socket, and the requests that it has sent
 * @nl: socket
 * @portid: its number
 * @seq: number of the last request
 * @first: number of the first request of the batch
 * @n: requests in the batch
 * @left: those of them that are not answered yet
 * @over: which are
 * @end: how they ended
 * @parts: messages of the family that came
 */
struct channel {
	struct mnl_socket *nl;
	uint32_t portid;
	uint32_t seq;
	uint32_t first;
	unsigned int n;
	unsigned int left;
	bool over[CHANNEL_BATCH];
	struct refusal end[CHANNEL_BATCH];
	unsigned int parts;
};

/**
 * typedef channel_reader - takes a message of the family that is as it must be
 * @nlh: message
 * @arg: what the caller gave
 */
typedef void (*channel_reader)(const struct nlmsghdr *nlh, void *arg);

/**
 * channel_family() - ask for the numbers of the family and its group, once
 * @family: filled in
 *
 * Return: whether the kernel knows the family.
 */
bool channel_family(uint16_t *family);

/**
 * channel_open() - open a socket
 * @c: filled in; closed by channel_close(). The process ends if there is none.
 */
void channel_open(struct channel *c);

/* Closes it, whatever has not been answered. */
void channel_close(struct channel *c);

/* Has events sent to it. */
void channel_join(struct channel *c);

/**
 * channel_send() - send requests at once
 * @c: socket; no request of it is left
 * @m: requests; their numbers are set
 * @n: how many, 1..CHANNEL_BATCH
 */
void channel_send(struct channel *c, struct message *m, unsigned int n);

/**
 * channel_read() - take in what has come
 * @c: socket
 * @reader: takes messages of the family
 * @arg: passed on
 * @wait: until something comes
 *
 * Return: NULL, or what is wrong with it.
 */
const char *channel_read(struct channel *c, channel_reader reader, void *arg,
			 bool wait);

#endif /* CHANNEL_H */
