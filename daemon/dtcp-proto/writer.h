/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DTCP_PROTO_WRITER_H
#define DTCP_PROTO_WRITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dtcp-proto/message.h"

/**
 * struct dtcp_writer - a message being put together in memory of its own
 * @buf: the text so far; owned
 * @len: bytes in @buf
 * @room: bytes that @buf can hold
 * @start: where the current message starts (one writer may hold several)
 * @upper: header names in upper case (SSH, as Junos) or as given (UDP)
 * @limit: most bytes of one message of a list; 0: no limit, one message
 * @failed: memory ran out; nothing more is written
 */
struct dtcp_writer {
	char *buf;
	size_t len;
	size_t room;
	size_t start;
	bool upper;
	size_t limit;
	bool failed;
};

/**
 * dtcp_writer_init() - start with nothing written
 * @w: writer
 * @upper: write header names in upper case
 */
void dtcp_writer_init(struct dtcp_writer *w, bool upper);

/**
 * dtcp_writer_fini() - free what was written
 * @w: writer; may be used again after dtcp_writer_init()
 */
void dtcp_writer_fini(struct dtcp_writer *w);

/**
 * dtcp_writer_status() - begin a response or notification
 * @w: writer
 * @version: version to answer with
 * @code: 100..999; its reason phrase is looked up by dtcp_reason()
 */
void dtcp_writer_status(struct dtcp_writer *w, struct dtcp_version version,
			unsigned int code);

/**
 * dtcp_writer_request() - begin a request
 * @w: writer
 * @method: ADD, DELETE, ...
 * @version: version to speak
 */
void dtcp_writer_request(struct dtcp_writer *w, const char *method,
			 struct dtcp_version version);

/**
 * dtcp_writer_header() - write a header line
 * @w: writer
 * @name: mixed case, as in the drafts; upper-cased if the writer wants it
 * @fmt: printf format of the value
 *
 * The value is written as it is: bytes that need an escape are the caller's
 * to escape by dtcp_value_escape().
 */
void dtcp_writer_header(struct dtcp_writer *w, const char *name,
			const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/**
 * dtcp_writer_sign() - end the message: digest, Authentication-Info, empty line
 * @w: writer
 * @key: shared key
 * @key_len: 1..DTCP_KEY_MAX
 *
 * Return: 0 or -ENOMEM.
 */
int dtcp_writer_sign(struct dtcp_writer *w, const void *key, size_t key_len);

/**
 * dtcp_writer_message() - find the end of one of several messages
 * @w: writer with signed messages
 * @from: where a message starts: 0, or the end of the one before
 *
 * Return: where it ends; 0 if there is none at @from.
 */
size_t dtcp_writer_message(const struct dtcp_writer *w, size_t from);

/**
 * dtcp_reason() - the reason phrase of a response or notification code
 * @code: 100..999
 *
 * Return: a constant string; "Unknown" for a code that DTCP does not have.
 */
const char *dtcp_reason(unsigned int code);

#endif
