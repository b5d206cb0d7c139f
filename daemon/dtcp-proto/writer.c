// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dtcp-proto/value.h"
#include "dtcp-proto/writer.h"

#define ROOM_FIRST	512
#define ROOM_KEPT	32768	/* more is given back by dtcp_writer_reset() */
#define ENDS_FIRST	4

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
	free(w->end);
	dtcp_writer_init(w, w->upper);
}

void dtcp_writer_reset(struct dtcp_writer *w)
{
	struct dtcp_writer old = *w;

	if (old.room > ROOM_KEPT) {
		dtcp_writer_fini(w);
		w->limit = old.limit;
		return;
	}
	dtcp_writer_init(w, old.upper);
	w->limit = old.limit;
	w->buf = old.buf;
	w->room = old.room;
	w->end = old.end;
	w->ends_room = old.ends_room;
}

/* Makes room for @need more bytes and a terminator. */
static bool reserve(struct dtcp_writer *w, size_t need)
{
	size_t room = w->room ? w->room : ROOM_FIRST;
	char *buf;

	if (w->failed)
		return false;
	if (w->room - w->len > need)
		return true;
	while (room - w->len <= need && room < SIZE_MAX / 2)
		room *= 2;
	buf = room - w->len > need ? realloc(w->buf, room) : NULL;
	if (!buf) {
		w->failed = true;
		return false;
	}
	w->buf = buf;
	w->room = room;
	return true;
}

static void put(struct dtcp_writer *w, const char *text, size_t len)
{
	if (!reserve(w, len))
		return;
	memcpy(w->buf + w->len, text, len);
	w->len += len;
	w->buf[w->len] = '\0';
}

static void put_string(struct dtcp_writer *w, const char *text)
{
	put(w, text, strlen(text));
}

/* Without printf, which costs more than all else of an answer. */
static void put_number(struct dtcp_writer *w, uint64_t value)
{
	char text[20];
	size_t n = sizeof(text);

	do {
		text[--n] = (char)('0' + value % 10);
		value /= 10;
	} while (value);
	put(w, text + n, sizeof(text) - n);
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

static void put_name(struct dtcp_writer *w, const char *name)
{
	size_t len = strlen(name), i;
	char *at;

	if (!reserve(w, len + 2))
		return;
	at = w->buf + w->len;
	memcpy(at, name, len);
	for (i = 0; w->upper && i < len; i++)
		if (at[i] >= 'a' && at[i] <= 'z')
			at[i] = (char)(at[i] - 'a' + 'A');
	memcpy(at + len, ": ", 3);
	w->len += len + 2;
}

static void put_version(struct dtcp_writer *w, struct dtcp_version version)
{
	put_string(w, "DTCP/");
	put_number(w, version.major);
	put_string(w, ".");
	put_number(w, version.minor);
}

void dtcp_writer_status(struct dtcp_writer *w, struct dtcp_version version,
			unsigned int code)
{
	w->clock[0] = '\0';
	put_version(w, version);
	put_string(w, " ");
	put_number(w, code);
	put_string(w, " ");
	put_string(w, dtcp_reason(code));
	put_string(w, "\r\n");
}

void dtcp_writer_request(struct dtcp_writer *w, const char *method,
			 struct dtcp_version version)
{
	w->clock[0] = '\0';
	put_string(w, method);
	put_string(w, " ");
	put_version(w, version);
	put_string(w, "\r\n");
}

void dtcp_writer_header(struct dtcp_writer *w, const char *name,
			const char *fmt, ...)
{
	va_list args;

	put_name(w, name);
	va_start(args, fmt);
	put_args(w, fmt, args);
	va_end(args);
	put_string(w, "\r\n");
}

void dtcp_writer_text(struct dtcp_writer *w, const char *name,
		      const char *value, size_t len)
{
	put_name(w, name);
	put(w, value, len);
	put_string(w, "\r\n");
}

void dtcp_writer_number(struct dtcp_writer *w, const char *name,
			uint64_t value)
{
	put_name(w, name);
	put_number(w, value);
	put_string(w, "\r\n");
}

void dtcp_writer_time(struct dtcp_writer *w, const char *name, int64_t ms)
{
	int64_t left = ms % 1000, second;

	left += left < 0 ? 1000 : 0;
	second = (ms - left) / 1000;
	if (!w->clock[0] || w->second != second) {
		dtcp_value_time(second * 1000, w->clock);
		w->second = second;
	}
	w->clock[20] = (char)('0' + left / 100);
	w->clock[21] = (char)('0' + left / 10 % 10);
	w->clock[22] = (char)('0' + left % 10);
	dtcp_writer_text(w, name, w->clock, 23);
}

void dtcp_writer_undo(struct dtcp_writer *w, size_t len)
{
	if (w->failed)
		return;
	w->len = len;
	w->buf[len] = '\0';
}

/* Notes that a message ends here. Only what is not the last needs memory. */
static bool note_end(struct dtcp_writer *w)
{
	size_t room = w->ends_room ? w->ends_room * 2 : ENDS_FIRST;
	size_t *end;

	if (w->start && w->nends == w->ends_room) {
		end = reallocarray(w->end, room, sizeof(*end));
		if (!end)
			return false;
		w->end = end;
		w->ends_room = room;
	}
	if (w->start)
		w->end[w->nends++] = w->start;
	w->start = w->len;
	return true;
}

static void put_digest(struct dtcp_writer *w,
		       const uint8_t digest[DTCP_DIGEST_LEN])
{
	static const char hex[] = "0123456789abcdef";
	char text[2 * DTCP_DIGEST_LEN];
	size_t i;

	for (i = 0; i < DTCP_DIGEST_LEN; i++) {
		text[2 * i] = hex[digest[i] >> 4];
		text[2 * i + 1] = hex[digest[i] & 15];
	}
	dtcp_writer_text(w, "Authentication-Info", text, sizeof(text));
	put_string(w, "\r\n");
}

int dtcp_writer_sign_by(struct dtcp_writer *w, struct dtcp_hmac *h)
{
	uint8_t digest[DTCP_DIGEST_LEN];

	if (w->failed || dtcp_hmac_text(h, w->buf + w->start,
					w->len - w->start, digest))
		goto fail;
	put_digest(w, digest);
	if (w->failed || !note_end(w))
		goto fail;
	return 0;
fail:
	/* A message without its digest must not be sent by mistake. */
	w->len = w->start;
	w->failed = true;
	return -ENOMEM;
}

int dtcp_writer_sign(struct dtcp_writer *w, const void *key, size_t key_len)
{
	struct dtcp_hmac h = { 0 };
	int err;

	/* Without a key the next fails, as it should. */
	dtcp_hmac_key(&h, key, key_len);
	err = dtcp_writer_sign_by(w, &h);
	dtcp_hmac_fini(&h);
	return err;
}

size_t dtcp_writer_message(const struct dtcp_writer *w, size_t from)
{
	size_t low = 0, high = w->nends;

	/* The first end behind @from. */
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (w->end[middle] > from)
			high = middle;
		else
			low = middle + 1;
	}
	if (low < w->nends)
		return w->end[low];
	return from < w->start ? w->start : 0;
}
