// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "dtcpd/escape.h"

static void assert_line(const char *text, const char *expected)
{
	char out[256];
	size_t len = escape_line(text, out, sizeof(out));

	assert_string_equal(out, expected);
	assert_int_equal(len, strlen(expected));
}

static void plain(void **state)
{
	assert_line("", "");
	assert_line("login of \"ftap1\" refused", "login of \"ftap1\" refused");
	assert_line("Gr\xc3\xbc\xc3\x9f", "Gr\xc3\xbc\xc3\x9f");
	assert_line("\xf0\x9f\x90\x9b", "\xf0\x9f\x90\x9b");
}

static void controls(void **state)
{
	assert_line("a\nb", "a\\x0ab");
	assert_line("a\r\tb", "a\\x0d\\x09b");
	assert_line("\x1b[2J", "\\x1b[2J");
	assert_line("\x7f", "\\x7f");
	assert_line("\xc2\x9b" "1m", "\\xc2\\x9b1m");
	assert_line("\xe2\x80\xae", "\\xe2\\x80\\xae");
	assert_line("\\x0a", "\\\\x0a");
}

static void not_utf8(void **state)
{
	assert_line("\xff", "\\xff");
	assert_line("\xc3", "\\xc3");
	assert_line("\xc3(", "\\xc3(");
	assert_line("\xe2\x82", "\\xe2\\x82");
	assert_line("\xc0\x8a", "\\xc0\\x8a");
	assert_line("\xed\xa0\x80", "\\xed\\xa0\\x80");
	assert_line("\xf5\x80\x80\x80", "\\xf5\\x80\\x80\\x80");
}

/* Whatever the room, what is cut says so and no escape is cut in two. */
static void cut(void **state)
{
	static const char text[] = "ab\ncd\\ef\xc3\xbcg";
	static const char whole[] = "ab\\x0acd\\\\ef\xc3\xbcg";
	char out[32];
	size_t room, len;

	for (room = 4; room < sizeof(out); room++) {
		memset(out, 'X', sizeof(out));
		len = escape_line(text, out, room);
		assert_true(len < room);
		assert_int_equal(strlen(out), len);
		assert_int_equal(out[room], 'X');
		if (room > strlen(whole)) {
			assert_string_equal(out, whole);
			continue;
		}
		assert_string_equal(out + len - 3, "...");
		assert_memory_equal(out, whole, len - 3);
		assert_true(len == 3 || out[len - 4] != '\\' ||
			    out[len - 5] == '\\');
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plain),
		cmocka_unit_test(controls),
		cmocka_unit_test(not_utf8),
		cmocka_unit_test(cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
