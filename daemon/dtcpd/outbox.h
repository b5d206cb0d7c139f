/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DTCPD_OUTBOX_H
#define DTCPD_OUTBOX_H

#include <stdbool.h>
#include <sys/queue.h>

#include "dtcp-proto/writer.h"
#include "dtcpd/datagram.h"

struct outbox_answer;

/**
 * struct outbox - answers on their way out of a UDP socket
 * @answers: oldest first
 * @bytes: bytes of them that are not sent yet
 * @sent: datagrams sent
 * @lost: datagrams that the network refused
 */
struct outbox {
	STAILQ_HEAD(outbox_answers, outbox_answer) answers;
	size_t bytes;
	uint64_t sent;
	uint64_t lost;
};

/**
 * outbox_init() - start with nothing to send
 * @o: outbox
 */
void outbox_init(struct outbox *o);

/**
 * outbox_fini() - forget what is not sent yet
 * @o: outbox
 */
void outbox_fini(struct outbox *o);

/**
 * outbox_add() - put an answer to the others
 * @o: outbox
 * @way: where it goes
 * @text: its messages; taken over, empty afterwards
 *
 * Return: 0 or -ENOMEM, then @text is as it was.
 */
int outbox_add(struct outbox *o, const struct datagram_way *way,
	       struct dtcp_writer *text);

/**
 * outbox_send() - send a share of what is there
 * @o: outbox
 * @fd: socket
 *
 * Each message is a datagram. At most 2 * DATAGRAM_BATCH are sent, so that
 * others get their turn. What the network refuses for good is lost, and
 * logged.
 *
 * Return: whether nothing is left; else it goes on when @fd can be written.
 */
bool outbox_send(struct outbox *o, int fd);

/**
 * outbox_messages() - count the datagrams of an answer
 * @text: its messages
 *
 * Return: number of them.
 */
unsigned int outbox_messages(const struct dtcp_writer *text);

#endif
