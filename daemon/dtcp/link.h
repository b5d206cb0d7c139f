/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DTCP_LINK_H
#define DTCP_LINK_H

#include <stdbool.h>
#include <stdint.h>

#include "dtcp-proto/message.h"
#include "dtcp/inbox.h"
#include "dtcp/options.h"
#include "dtcp/sshlink.h"
#include "dtcp/trouble.h"
#include "dtcp/udplink.h"

/**
 * struct link - where messages go to and come from
 * @udp: over UDP, otherwise SSH
 * @wake: a descriptor that ends waiting when it can be read, -1 if none
 * @ssh: over SSH
 * @inbox: what came over SSH
 * @datagrams: over UDP
 */
struct link {
	bool udp;
	int wake;
	struct sshlink ssh;
	struct inbox inbox;
	struct udplink datagrams;
};

/* What waiting for a message came to. */
enum link_event {
	LINK_FAILED = -1,	/* the link is down */
	LINK_TIMEOUT,
	LINK_MESSAGE,
	LINK_WOKEN,
};

/**
 * link_open() - get ready to ask a router
 * @l: filled in; link_close() frees it, after failures too
 * @o: router, transport and how to log in
 * @t: filled in on failure
 *
 * Return: 0 or -1.
 */
int link_open(struct link *l, const struct options *o, struct trouble *t);

/**
 * link_listen() - get ready to hear notifications over UDP
 * @l: filled in; link_close() frees it, after failures too
 * @at: where
 * @t: filled in on failure
 *
 * Return: 0 or -1.
 */
int link_listen(struct link *l, const struct hostport *at, struct trouble *t);

/**
 * link_send() - send a request
 * @l: link
 * @text: a whole message
 * @t: filled in on failure
 *
 * Return: 0 or -1.
 */
int link_send(struct link *l, struct dtcp_text text, struct trouble *t);

/**
 * link_receive() - wait for a message
 * @l: link
 * @deadline: by CLOCK_MONOTONIC in milliseconds; INT64_MAX: none
 * @message: filled with a message of its own, or a datagram, whatever is in
 *	it; the caller frees @message->at
 * @t: filled in on failure
 *
 * Return: what it came to.
 */
enum link_event link_receive(struct link *l, int64_t deadline,
			     struct dtcp_text *message, struct trouble *t);

/**
 * link_close() - end the connection
 * @l: link
 */
void link_close(struct link *l);

#endif
