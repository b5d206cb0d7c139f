// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dtcp-proto/hmac.h"
#include "dtcp-proto/writer.h"

#define ROOM_FIRST 512

static const struct {
	unsigned int code;
	const char *reason;
} reasons[] = {
	{ 130, "Sequence Number Rollover" },
	{ 131, "NoOp Notification" },
	{ 200, "OK" },
	{ 390, "Criterion Timeout Delete" },
	{ 400, "Bad Request" },
	{ 430, "Unknown Content Destination" },
	{ 431, "Unknown Criteria ID" },
	{ 432, "Improper Filter Specification" },
	{ 433, "Improper Timeout Specification" },
	{ 500, "Server Internal Error" },
	{ 501, "Not Implemented" },
	{ 505, "DTCP Version not supported" },
	{ 550, "Max Criteria Limit Exceeded" },
	{ 551, "Max Content Destination Exceeded" },
	{ 580, "Congestion" },
	{ 598, "Duplicate Packets Dropped" },
	{ 599, "Server Restart" },
	{ 680, "Criterion Congestion Delete" },
	{ 901, "JTap-Failure" },
};

size_t dtcp_writer_message(const struct dtcp_writer *w, size_t from)
{
	long len = dtcp_message_frame(w->buf + from, w->len - from);

	return len > 0 ? from + len : 0;
}

const char *dtcp_reason(unsigned int code)
{
	size_t i;

	for (i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++) {
		if (reasons[i].code == code)
			return reasons[i].reason;
	}
	return "Unknown";
}

void dtcp_writer_init(struct dtcp_writer *w, bool upper)
{
	*w = (struct dtcp_writer){ .upper = upper };
}

void dtcp_writer_fini(struct dtcp_writer *w)
{
	free(w->buf);
	dtcp_writer_init(w, w->upper);
}

/* Makes room for @need more bytes and a terminator. */
static bool reserve(struct dtcp_writer *w, size_t need)
{
	size_t room = w->room ? w->room : ROOM_FIRST;
	char *buf;

	if (w->failed)
		return false;
	while (room - w->len <= need && room < SIZE_MAX / 2)
		room *= 2;
	if (room == w->room)
		return true;
	buf = room - w->len > need ? realloc(w->buf, room) : NULL;
	if (!buf) {
		w->failed = true;
		return false;
	}
	w->buf = buf;
	w->room = room;
	return true;
}

static void put_args(struct dtcp_writer *w, const char *fmt, va_list args)
{
	va_list again;
	int n;

	va_copy(again, args);
	n = vsnprintf(NULL, 0, fmt, again);
	va_end(again);
	if (n < 0)
		w->failed = true;
	else if (reserve(w, (size_t)n))
		w->len += (size_t)vsnprintf(w->buf + w->len, w->room - w->len,
					    fmt, args);
}

__attribute__((format(printf, 2, 3)))
static void put(struct dtcp_writer *w, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	put_args(w, fmt, args);
	va_end(args);
}

static void put_name(struct dtcp_writer *w, const char *name)
{
	size_t start = w->len;

	put(w, "%s: ", name);
	if (!w->upper)
		return;
	for (; start < w->len; start++)
		w->buf[start] = (char)toupper((unsigned char)w->buf[start]);
}

void dtcp_writer_status(struct dtcp_writer *w, struct dtcp_version version,
			unsigned int code)
{
	put(w, "DTCP/%u.%u %03u %s\r\n", version.major, version.minor, code,
	    dtcp_reason(code));
}

void dtcp_writer_request(struct dtcp_writer *w, const char *method,
			 struct dtcp_version version)
{
	put(w, "%s DTCP/%u.%u\r\n", method, version.major, version.minor);
}

void dtcp_writer_header(struct dtcp_writer *w, const char *name,
			const char *fmt, ...)
{
	va_list args;

	put_name(w, name);
	va_start(args, fmt);
	put_args(w, fmt, args);
	va_end(args);
	put(w, "\r\n");
}

int dtcp_writer_sign(struct dtcp_writer *w, const void *key, size_t key_len)
{
	uint8_t digest[DTCP_DIGEST_LEN];
	size_t i;

	if (w->failed || dtcp_hmac(key, key_len, w->buf + w->start,
				   w->len - w->start, digest))
		goto fail;
	put_name(w, "Authentication-Info");
	for (i = 0; i < sizeof(digest); i++)
		put(w, "%02x", digest[i]);
	put(w, "\r\n\r\n");
	if (w->failed)
		goto fail;
	w->start = w->len;
	return 0;
fail:
	/* A message without its digest must not be sent by mistake. */
	w->len = w->start;
	w->failed = true;
	return -ENOMEM;
}
