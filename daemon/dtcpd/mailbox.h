/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DTCPD_MAILBOX_H
#define DTCPD_MAILBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/queue.h>

#define MAILBOX_MAX	(128U << 10)	/* bytes of letters at a time */

/* A text that waits; each is sent in one piece. */
struct letter {
	STAILQ_ENTRY(letter) link;
	size_t len;
	char text[];
};

/**
 * struct mailbox - notifications that wait for their turn on a channel
 * @letters: oldest first
 * @bytes: bytes of them
 */
struct mailbox {
	STAILQ_HEAD(letters, letter) letters;
	size_t bytes;
};

/**
 * mailbox_init() - start empty
 * @m: mailbox
 */
void mailbox_init(struct mailbox *m);

/**
 * mailbox_fini() - throw away all letters
 * @m: mailbox; may be used again
 */
void mailbox_fini(struct mailbox *m);

/**
 * mailbox_put() - add a letter
 * @m: mailbox
 * @text: copied
 * @len: bytes in @text
 *
 * Return: false if there would be more than MAILBOX_MAX or memory ran out.
 */
bool mailbox_put(struct mailbox *m, const char *text, size_t len);

/**
 * mailbox_first() - look at the oldest letter
 * @m: mailbox
 *
 * Return: letter, NULL if there is none.
 */
const struct letter *mailbox_first(const struct mailbox *m);

/**
 * mailbox_drop() - throw away the oldest letter
 * @m: mailbox with a letter
 */
void mailbox_drop(struct mailbox *m);

#endif
