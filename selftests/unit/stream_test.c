// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <string.h>

#include "dtcpd/stream.h"

#define DIGEST "0123456789abcdef0123456789abcdef01234567"

static const char noop[] = "NOOP DTCP/0.7\r\nCsource-ID: ftap1\r\nSeq: 1\r\n"
	"Authentication-Info: " DIGEST "\r\n\r\n";
static const char list[] = "LIST DTCP/0.7\nCsource-ID: ftap1\nSeq: 2\n"
	"Authentication-Info: " DIGEST "\n\n";

static void put(struct stream *s, const void *data, size_t len)
{
	char *room = stream_reserve(s, len);

	assert_non_null(room);
	memcpy(room, data, len);
	stream_commit(s, len);
}

static void assert_next(struct stream *s, const char *expected)
{
	const char *msg;
	long len = stream_next(s, &msg);

	assert_int_equal(len, strlen(expected));
	assert_memory_equal(msg, expected, (size_t)len);
	stream_skip(s, (size_t)len);
}

static void assert_none(struct stream *s)
{
	const char *msg;

	assert_int_equal(stream_next(s, &msg), 0);
}

static void whole_messages(void **state)
{
	struct stream s = { 0 };

	assert_none(&s);
	put(&s, noop, strlen(noop));
	put(&s, list, strlen(list));
	assert_next(&s, noop);
	assert_next(&s, list);
	assert_none(&s);
	assert_int_equal(stream_len(&s), 0);
	stream_fini(&s);
}

static void cut_at_every_byte(void **state)
{
	struct stream s = { 0 };
	size_t i;

	for (i = 1; i < strlen(noop); i++) {
		put(&s, noop, i);
		assert_none(&s);
		put(&s, noop + i, strlen(noop) - i);
		assert_next(&s, noop);
		assert_int_equal(stream_len(&s), 0);
	}
	stream_fini(&s);
}

/* Room is reused: many messages in odd pieces need no more than a few. */
static void long_life(void **state)
{
	static char text[100 * sizeof(noop)];
	struct stream s = { 0 };
	size_t len = strlen(noop), at = 0, piece, seen = 0, i;
	const char *msg;

	for (i = 0; i < 100; i++)
		memcpy(text + i * len, noop, len);
	for (piece = 1; at < 100 * len; piece = piece % 997 + 13) {
		if (piece > 100 * len - at)
			piece = 100 * len - at;
		put(&s, text + at, piece);
		at += piece;
		while (stream_next(&s, &msg) > 0) {
			assert_next(&s, noop);
			seen++;
		}
	}
	assert_int_equal(seen, 100);
	assert_true(s.room <= 8192);
	stream_fini(&s);
}

static void too_long(void **state)
{
	static char text[DTCP_MESSAGE_MAX + 2];
	struct stream s = { 0 };
	const char *msg;
	size_t i;

	memset(text, 'A', sizeof(text));
	put(&s, text, DTCP_LINE_MAX + 1);
	assert_int_equal(stream_next(&s, &msg), -EMSGSIZE);
	stream_fini(&s);
	for (i = 99; i < sizeof(text); i += 100)
		text[i] = '\n';
	put(&s, text, DTCP_MESSAGE_MAX);
	assert_none(&s);
	put(&s, "B", 1);
	assert_int_equal(stream_next(&s, &msg), -EMSGSIZE);
	stream_fini(&s);
}

static void full(void **state)
{
	struct stream s = { 0 };

	assert_null(stream_reserve(&s, STREAM_MAX + 1));
	assert_non_null(stream_reserve(&s, STREAM_MAX));
	stream_commit(&s, STREAM_MAX);
	assert_null(stream_reserve(&s, 1));
	stream_skip(&s, 10);
	assert_non_null(stream_reserve(&s, 10));
	assert_null(stream_reserve(&s, 11));
	stream_fini(&s);
	assert_int_equal(stream_len(&s), 0);
}

static void left_over(void **state)
{
	struct stream s = { 0 };

	assert_true(stream_is_blank(&s));
	put(&s, "\r\n \n", 4);
	assert_true(stream_is_blank(&s));
	put(&s, "NOOP", 4);
	assert_false(stream_is_blank(&s));
	stream_skip(&s, 8);
	assert_true(stream_is_blank(&s));
	stream_fini(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole_messages),
		cmocka_unit_test(cut_at_every_byte),
		cmocka_unit_test(long_life),
		cmocka_unit_test(too_long),
		cmocka_unit_test(full),
		cmocka_unit_test(left_over),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
