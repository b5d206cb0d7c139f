/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DTCP_BODY_H
#define DTCP_BODY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dtcp-proto/message.h"
#include "dtcp/secret.h"
#include "dtcp/trouble.h"

/**
 * struct body - what a digest covers, in a file that somebody wrote by hand
 * @text: from the first line to the end of the last one before
 *	Authentication-Info, or before the empty lines at the end of the file
 * @unended: the last line has no end, CRLF is missing
 * @has_seq: there is a header Seq
 * @seq: its value
 *
 * Points into the file's buffer.
 */
struct body {
	struct dtcp_text text;
	bool unended;
	bool has_seq;
	uint64_t seq;
};

/**
 * body_find() - find the signed part of a message
 * @b: filled in
 * @file: the message, which need not make sense
 * @t: filled in on failure
 *
 * Return: 0, or -1 if there is nothing in it or more than one message.
 */
int body_find(struct body *b, struct dtcp_text file, struct trouble *t);

/**
 * body_digest() - compute the digest
 * @b: what to sign; CRLF is added to a last line without an end
 * @secret: shared key
 * @hex: filled with lower-case digits and terminated
 * @t: filled in on failure
 *
 * Return: 0 or -1.
 */
int body_digest(const struct body *b, const struct secret *secret,
		char hex[2 * DTCP_DIGEST_LEN + 1], struct trouble *t);

/**
 * body_sign() - make the message that goes out
 * @b: what to sign; sent byte for byte
 * @secret: shared key
 * @message: filled in; the caller frees @message->at
 * @t: filled in on failure
 *
 * Return: 0 or -1.
 */
int body_sign(const struct body *b, const struct secret *secret,
	      struct dtcp_text *message, struct trouble *t);

/**
 * body_read() - read a file
 * @path: its name, "-" is standard input
 * @file: filled in; the caller frees @file->at
 * @t: filled in on failure
 *
 * Return: 0 or -1.
 */
int body_read(const char *path, struct dtcp_text *file, struct trouble *t);

#endif
