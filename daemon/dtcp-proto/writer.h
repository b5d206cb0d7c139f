/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DTCP_PROTO_WRITER_H
#define DTCP_PROTO_WRITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dtcp-proto/hmac.h"
#include "dtcp-proto/message.h"

/* Bytes that signing adds: Authentication-Info and the empty line. */
#define DTCP_WRITER_SIGNATURE	(21 + 2 * DTCP_DIGEST_LEN + 4)

/**
 * struct dtcp_writer - a message being put together in memory of its own
 * @buf: the text so far; owned
 * @len: bytes in @buf
 * @room: bytes that @buf can hold
 * @start: where the current message starts (one writer may hold several)
 * @end: where the messages before it end, but for the last of them, which
 *	ends at @start; owned, NULL where there is one message only
 * @nends: number of ends in @end
 * @ends_room: that @end can hold
 * @upper: header names in upper case (SSH, as Junos) or as given (UDP)
 * @limit: most bytes of one message of a list; 0: no limit, one message
 * @failed: memory ran out; nothing more is written, and what there is may be
 *	part of a list: it must not be sent
 * @second: seconds since the epoch that @clock stands for
 * @clock: time written last; empty: none in this message yet. It is kept for
 *	one message only, since the time zone may change
 */
struct dtcp_writer {
	char *buf;
	size_t len;
	size_t room;
	size_t start;
	size_t *end;
	size_t nends;
	size_t ends_room;
	bool upper;
	size_t limit;
	bool failed;
	int64_t second;
	char clock[24];
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
 * dtcp_writer_reset() - start with nothing written, in the same memory
 * @w: writer; @upper and @limit stay, memory beyond 32 KiB is freed
 */
void dtcp_writer_reset(struct dtcp_writer *w);

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
 * dtcp_writer_text() - write a header line, cheaply
 * @w: writer
 * @name: as in dtcp_writer_header()
 * @value: written as it is
 * @len: bytes in @value
 */
void dtcp_writer_text(struct dtcp_writer *w, const char *name,
		      const char *value, size_t len);

/**
 * dtcp_writer_number() - write a header line with a number, cheaply
 * @w: writer
 * @name: as in dtcp_writer_header()
 * @value: number
 */
void dtcp_writer_number(struct dtcp_writer *w, const char *name,
			uint64_t value);

/**
 * dtcp_writer_time() - write a header line with a time, cheaply
 * @w: writer, in a message begun by dtcp_writer_status() or _request()
 * @name: as in dtcp_writer_header()
 * @ms: milliseconds since the epoch, written by dtcp_value_time()
 */
void dtcp_writer_time(struct dtcp_writer *w, const char *name, int64_t ms);

/**
 * dtcp_writer_undo() - take back what was written last
 * @w: writer
 * @len: what @w->len was before; not less than @w->start
 */
void dtcp_writer_undo(struct dtcp_writer *w, size_t len);

/**
 * dtcp_writer_sign() - end the message: digest, Authentication-Info, empty line
 * @w: writer
 * @key: shared key
 * @key_len: 1..DTCP_KEY_MAX
 *
 * Return: 0; -ENOMEM if memory ran out or OpenSSL refuses. Then the message is
 * gone.
 */
int dtcp_writer_sign(struct dtcp_writer *w, const void *key, size_t key_len);

/**
 * dtcp_writer_sign_by() - the same with a key that is ready, several times
 * cheaper
 * @w: writer
 * @h: HMAC with a key
 *
 * Return: as dtcp_writer_sign().
 */
int dtcp_writer_sign_by(struct dtcp_writer *w, struct dtcp_hmac *h);

/**
 * dtcp_writer_message() - find the end of one of several messages
 * @w: writer with signed messages
 * @from: where a message starts: 0, or the end of the one before
 *
 * Cheap: the writer knows where its messages end.
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
