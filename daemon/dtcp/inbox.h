/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DTCP_INBOX_H
#define DTCP_INBOX_H

#include <stdbool.h>
#include <stddef.h>

/* Longest answer; one LIST answer holds all criteria of a source. */
#define INBOX_MAX (64UL << 20)

/**
 * struct inbox - what came from the router and was not read yet
 * @buf: owned
 * @len: bytes in it
 * @room: bytes that it can hold
 * @scanned: start of the first line that was not looked at
 * @ending: Authentication-Info was seen, an empty line ends the message
 */
struct inbox {
	char *buf;
	size_t len;
	size_t room;
	size_t scanned;
	bool ending;
};

/**
 * inbox_room() - make room for more
 * @in: inbox, all zero at first
 * @n: filled with the bytes that fit
 *
 * Return: where to put them, then add to @in->len; NULL when out of memory or
 * beyond INBOX_MAX.
 */
char *inbox_room(struct inbox *in, size_t *n);

/**
 * inbox_message() - find the end of the first message
 * @in: inbox
 *
 * Looks at every line once, however small the pieces are that it comes in.
 *
 * Return: its length in bytes, 0 if more is needed.
 */
size_t inbox_message(struct inbox *in);

/**
 * inbox_drop() - forget the first message
 * @in: inbox
 * @n: its length
 */
void inbox_drop(struct inbox *in, size_t n);

/**
 * inbox_fini() - free everything
 * @in: inbox
 */
void inbox_fini(struct inbox *in);

#endif
