/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DTCP_PROTO_MESSAGE_H
#define DTCP_PROTO_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DTCP_LINE_MAX		8192	/* longest line, in bytes */
#define DTCP_MESSAGE_MAX	65536	/* longest request, in bytes */
#define DTCP_HEADERS_MAX	128	/* most header lines of a request */
#define DTCP_DIGEST_LEN		20	/* HMAC-SHA1, RFC 2104 */
#define DTCP_KEY_MAX		64	/* longest shared key, in bytes */

struct dtcp_hmac;

/* A piece of the parsed buffer; not terminated, not owned. */
struct dtcp_text {
	const char *at;
	size_t len;
};

struct dtcp_header {
	struct dtcp_text name;
	struct dtcp_text value;	/* without white space around it */
	struct dtcp_text line;	/* the whole line without its end */
};

struct dtcp_version {
	unsigned int major;
	unsigned int minor;
};

/**
 * struct dtcp_message - one parsed message; points into the parsed buffer
 * @is_response: it starts with a status line (responses, notifications)
 * @method: of a request, as written
 * @code: of a response, 100..999
 * @reason: of a response
 * @version: DTCP/x.y
 * @first_line: without its end
 * @has_digest: Authentication-Info was there and well formed
 * @digest: its value
 * @signed_len: where in the buffer that ends which the digest covers; it starts
 *	at @first_line
 * @nheaders: number of headers
 * @headers: in order, without Authentication-Info and empty lines; behind the
 *	last of them there is nothing
 */
struct dtcp_message {
	bool is_response;
	struct dtcp_text method;
	unsigned int code;
	struct dtcp_text reason;
	struct dtcp_version version;
	struct dtcp_text first_line;
	bool has_digest;
	uint8_t digest[DTCP_DIGEST_LEN];
	size_t signed_len;
	size_t nheaders;
	struct dtcp_header headers[DTCP_HEADERS_MAX];
};

/**
 * dtcp_message_frame() - find the end of the first message of a stream
 * @buf: what was received so far
 * @len: bytes in @buf
 *
 * A message ends with the empty line after Authentication-Info; empty lines
 * before its first line are skipped as part of it.
 *
 * Return: the length of the message, 0 if more is needed, -EMSGSIZE if a line
 * is longer than DTCP_LINE_MAX or the message longer than DTCP_MESSAGE_MAX.
 */
long dtcp_message_frame(const char *buf, size_t len);

/**
 * dtcp_message_parse() - split a message into its lines
 * @m: filled in; points into @buf
 * @buf: one message, as framed by dtcp_message_frame() or by a datagram
 * @len: bytes in @buf
 *
 * Takes CRLF or LF, any white space around ":" and between the tokens of the
 * first line. Looks at no header but Authentication-Info. What follows that
 * is disregarded. Checks no digest.
 *
 * A line that is no header is kept with an empty name, so that an authenticated
 * request can be refused with the line echoed.
 *
 * Return: 0; -EBADMSG if the first line is not one; -EMSGSIZE if a limit is
 * exceeded.
 */
int dtcp_message_parse(struct dtcp_message *m, const char *buf, size_t len);

/**
 * dtcp_message_find() - look up a header
 * @m: parsed message
 * @name: in any case
 *
 * Return: the first header of that name or NULL.
 */
const struct dtcp_header *dtcp_message_find(const struct dtcp_message *m,
					    const char *name);

/**
 * dtcp_message_verify() - check the digest of a message in constant time
 * @m: parsed message
 * @buf: the buffer it was parsed from
 * @key: shared key
 * @key_len: 1..DTCP_KEY_MAX
 *
 * Return: whether the message carries a digest and it is right.
 */
bool dtcp_message_verify(const struct dtcp_message *m, const char *buf,
			 const void *key, size_t key_len);

/**
 * dtcp_message_verify_by() - the same with a key that is ready
 * @m: parsed message
 * @buf: the buffer it was parsed from
 * @h: HMAC with a key
 *
 * Return: as dtcp_message_verify().
 */
bool dtcp_message_verify_by(const struct dtcp_message *m, const char *buf,
			    struct dtcp_hmac *h);

/**
 * dtcp_text_is() - compare a piece of text with a keyword in any case
 * @t: text
 * @word: keyword
 *
 * Return: whether they are equal.
 */
bool dtcp_text_is(struct dtcp_text t, const char *word);

#endif
