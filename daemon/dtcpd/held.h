/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DTCPD_HELD_H
#define DTCPD_HELD_H

#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

#include "dtcp-proto/writer.h"

/**
 * struct held_piece - answers that leave together
 * @text: their bytes; owned
 * @position: in the journal, of what they tell; 0: of nothing
 * @since: loop_now() when they were written
 * @letters: notifications of the channel that leave before, ever
 */
struct held_piece {
	struct dtcp_writer text;
	int64_t position;
	int64_t since;
	uint64_t letters;
	STAILQ_ENTRY(held_piece) link;
};

/**
 * struct held - answers of a channel that wait for the journal
 * @pieces: oldest first
 * @bytes: bytes of them
 */
struct held {
	STAILQ_HEAD(held_pieces, held_piece) pieces;
	size_t bytes;
};

/**
 * held_init() - start with none
 * @h: held answers
 */
void held_init(struct held *h);

/**
 * held_fini() - throw away all
 * @h: held answers
 */
void held_fini(struct held *h);

/**
 * held_add() - hold answers, behind those that are held
 * @h: held answers
 * @text: taken over, empty afterwards
 * @position: as in &struct held_piece
 * @letters: as in &struct held_piece
 *
 * Return: 0 or -ENOMEM, then @text is as it was.
 */
int held_add(struct held *h, struct dtcp_writer *text, int64_t position,
	     uint64_t letters);

/**
 * held_first() - look at the oldest piece
 * @h: held answers
 *
 * Return: piece, NULL if there is none.
 */
const struct held_piece *held_first(const struct held *h);

/**
 * held_drop() - throw away the oldest piece
 * @h: held answers with a piece
 */
void held_drop(struct held *h);

#endif
