/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DTCP_LISTEN_H
#define DTCP_LISTEN_H

#include <stdbool.h>
#include <stdint.h>

#include "dtcp/link.h"
#include "dtcp/reply.h"
#include "dtcp/secret.h"

/**
 * struct listener - who waits for notifications
 * @secret: shared key
 * @json: print JSON
 * @count: end after so many, 0: never
 * @wait: end after so many ms, 0: never
 * @heard: authentic ones that were printed
 * @refused: messages that were not authentic
 */
struct listener {
	const struct secret *secret;
	bool json;
	uint64_t count;
	int64_t wait;
	uint64_t heard;
	uint64_t refused;
};

/**
 * listener_hear() - print a notification and count it
 * @data: the listener
 * @r: notification
 */
void listener_hear(void *data, const struct reply *r);

/**
 * listener_run() - print notifications until it is enough
 * @n: listener
 * @l: open link
 * @t: filled in on failure
 *
 * SIGINT, SIGTERM and SIGHUP end it too, which is no failure.
 *
 * Return: 0, or -1 if the link went down, or fewer came than @n->count.
 */
int listener_run(struct listener *n, struct link *l, struct trouble *t);

#endif
