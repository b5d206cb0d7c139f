/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DTCPD_STREAM_H
#define DTCPD_STREAM_H

#include <stddef.h>

#include "dtcp-proto/message.h"

#define STREAM_MAX (DTCP_MESSAGE_MAX + (2U << 20))

/**
 * struct stream - bytes of a channel on their way to becoming messages
 * @buf: owned; NULL until something arrives
 * @room: bytes that @buf can hold
 * @start: first byte that is not taken yet
 * @end: behind the last byte
 */
struct stream {
	char *buf;
	size_t room;
	size_t start;
	size_t end;
};

/**
 * stream_fini() - forget what is there
 * @s: stream, all zero at its start of life; may be used again
 */
void stream_fini(struct stream *s);

/**
 * stream_reserve() - make room for bytes
 * @s: stream
 * @len: number of bytes
 *
 * Return: where they are to be put before stream_commit(); NULL if memory ran
 * out or there would be more than STREAM_MAX.
 */
char *stream_reserve(struct stream *s, size_t len);

/**
 * stream_commit() - add bytes that were put into the room reserved
 * @s: stream
 * @len: up to what was reserved
 */
void stream_commit(struct stream *s, size_t len);

/**
 * stream_next() - look at the first message
 * @s: stream
 * @msg: set to its first byte, valid until stream_reserve() is called
 *
 * Return: its length, to be given to stream_skip(); 0 if there is no whole
 * message; -EMSGSIZE if a line or the message is longer than allowed.
 */
long stream_next(struct stream *s, const char **msg);

/**
 * stream_skip() - take bytes away from the start
 * @s: stream
 * @len: up to stream_len()
 */
void stream_skip(struct stream *s, size_t len);

/**
 * stream_len() - how much is there
 * @s: stream
 *
 * Return: bytes.
 */
size_t stream_len(const struct stream *s);

/**
 * stream_is_blank() - tell an unfinished message from line ends left over
 * @s: stream
 *
 * Return: whether there is nothing but white space.
 */
int stream_is_blank(const struct stream *s);

#endif
