/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DTCPD_OUTBOX_H
#define DTCPD_OUTBOX_H

#include <stdbool.h>
#include <stdint.h>
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

/* How far the journal has got is told by a position, see journal.h. */

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
 * @position: what must be on the disk before it is sent; 0: nothing
 *
 * Return: 0 or -ENOMEM, then @text is as it was.
 */
int outbox_add(struct outbox *o, const struct datagram_way *way,
	       struct dtcp_writer *text, int64_t position);

/**
 * outbox_send() - send a share of what is there
 * @o: outbox
 * @fd: socket
 * @committed: what is on the disk
 *
 * Each message is a datagram. At most 2 * DATAGRAM_BATCH are sent, so that
 * others get their turn. What the network refuses for good is lost, and
 * logged. What must wait for the disk holds up what is behind it.
 *
 * Return: whether nothing is left but what waits for the disk; else it goes on
 * when @fd can be written.
 */
bool outbox_send(struct outbox *o, int fd, int64_t committed);

/**
 * outbox_is_ready() - whether there is something to send
 * @o: outbox
 * @committed: what is on the disk
 *
 * Return: whether outbox_send() would try.
 */
bool outbox_is_ready(const struct outbox *o, int64_t committed);

/**
 * outbox_expire() - throw away what waits for the disk for too long
 * @o: outbox
 * @committed: what is on the disk
 *
 * What has not got there in HOLDING_TIME is counted as lost, and logged.
 *
 * Return: how many bytes went.
 */
size_t outbox_expire(struct outbox *o, int64_t committed);

/**
 * outbox_messages() - count the datagrams of an answer
 * @text: its messages
 *
 * Return: number of them.
 */
unsigned int outbox_messages(const struct dtcp_writer *text);

#endif
