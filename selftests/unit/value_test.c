// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "dtcp-proto/value.h"

static struct dtcp_text text(const char *s)
{
	return (struct dtcp_text){ s, strlen(s) };
}

static void assert_number(const char *s, uint64_t max, uint64_t expected)
{
	uint64_t value;

	assert_int_equal(dtcp_value_unsigned(text(s), max, &value), 0);
	assert_true(value == expected);
}

static void assert_no_number(const char *s, uint64_t max)
{
	uint64_t value;

	assert_int_equal(dtcp_value_unsigned(text(s), max, &value), -EINVAL);
}

static void numbers(void **state)
{
	assert_number("0", UINT8_MAX, 0);
	assert_number("255", UINT8_MAX, 255);
	assert_number("007", UINT8_MAX, 7);
	assert_number("65535", UINT16_MAX, 65535);
	assert_number("4294967295", UINT32_MAX, UINT32_MAX);
	assert_number("18446744073709551615", UINT64_MAX, UINT64_MAX);
	assert_number("86400", 86400, 86400);
	assert_no_number("256", UINT8_MAX);
	assert_no_number("0007", UINT8_MAX);
	assert_no_number("65536", UINT16_MAX);
	assert_no_number("000001", UINT16_MAX);
	assert_no_number("4294967296", UINT32_MAX);
	assert_no_number("00000000001", UINT32_MAX);
	assert_no_number("18446744073709551616", UINT64_MAX);
	assert_no_number("99999999999999999999", UINT64_MAX);
	assert_no_number("86401", 86400);
	assert_no_number("", UINT8_MAX);
	assert_no_number("-1", UINT8_MAX);
	assert_no_number("+1", UINT8_MAX);
	assert_no_number("1 ", UINT8_MAX);
	assert_no_number("0x1", UINT8_MAX);
}

static void addresses_tell_their_family(void **state)
{
	struct dtcp_text cut = { "192.0.2.1\0x", 11 };
	uint8_t addr[16];
	int family;

	assert_int_equal(dtcp_value_address(text("192.0.2.1"), &family, addr),
			 0);
	assert_int_equal(family, AF_INET);
	assert_memory_equal(addr, "\xc0\0\2\1", 4);
	assert_int_equal(dtcp_value_address(text("2001:db8::1"), &family,
					    addr), 0);
	assert_int_equal(family, AF_INET6);
	assert_memory_equal(addr, "\x20\1\xd\xb8\0\0\0\0\0\0\0\0\0\0\0\1",
			    16);
	assert_int_equal(dtcp_value_address(text(""), &family, addr), -EINVAL);
	assert_int_equal(dtcp_value_address(text("192.0.2"), &family, addr),
			 -EINVAL);
	assert_int_equal(dtcp_value_address(cut, &family, addr), -EINVAL);
	assert_int_equal(dtcp_value_address(text(
			"1111:2222:3333:4444:5555:6666:7777:8888:9999:aaaa"),
			 &family, addr), -EINVAL);
}

static void escapes_are_undone(void **state)
{
	char out[8];

	assert_int_equal(dtcp_value_unescape(text("a\\044b"), out, 8), 3);
	assert_string_equal(out, "a,b");
	assert_int_equal(dtcp_value_unescape(text("\\255"), out, 8), 1);
	assert_int_equal((unsigned char)out[0], 255);
	assert_int_equal(dtcp_value_unescape(text(""), out, 8), 0);
	assert_string_equal(out, "");
	assert_int_equal(dtcp_value_unescape(text("1234567"), out, 8), 7);
	assert_int_equal(dtcp_value_unescape(text("12345678"), out, 8), -E2BIG);
	assert_int_equal(dtcp_value_unescape(text("123456789"), out, 8),
			 -E2BIG);
	assert_int_equal(dtcp_value_unescape(text("\\44"), out, 8), -EINVAL);
	assert_int_equal(dtcp_value_unescape(text("\\04x"), out, 8), -EINVAL);
	assert_int_equal(dtcp_value_unescape(text("\\256"), out, 8), -EINVAL);
	assert_int_equal(dtcp_value_unescape(text("\\000"), out, 8), -EINVAL);
	assert_int_equal(dtcp_value_unescape(text("a\\"), out, 8), -EINVAL);
}

/* They may stand for any byte of a value; what they make is judged as is. */
static void escapes_are_undone_in_all_values(void **state)
{
	uint8_t addr[16];
	uint64_t n;
	int family;

	assert_int_equal(dtcp_value_unsigned(text("6\\048"), 255, &n), 0);
	assert_int_equal(n, 60);
	assert_int_equal(dtcp_value_unsigned(text("\\049\\049\\049\\049"), 255,
					     &n), -EINVAL);
	assert_int_equal(dtcp_value_unsigned(text("\\0451"), 255, &n), -EINVAL);
	assert_int_equal(dtcp_value_unsigned(text("6\\48"), 255, &n), -EINVAL);
	assert_int_equal(dtcp_value_digits(text("6\\048"), UINT64_MAX, &n),
			 -EINVAL);
	assert_true(dtcp_value_is(text("St\\065TIC"), "Static"));
	assert_false(dtcp_value_is(text("Static\\032"), "Static"));
	assert_false(dtcp_value_is(text("Stat\\05"), "Stat\\05"));
	assert_int_equal(dtcp_value_address(text("192.0.2.\\049"), &family,
					    addr), 0);
	assert_int_equal(family, AF_INET);
	assert_memory_equal(addr, "\xc0\0\2\1", 4);
}

static void names_are_escaped(void **state)
{
	char out[64], back[64];
	const char *name = " a,b\\c\td\xc3 e ";

	assert_true(dtcp_value_escape(name, out, sizeof(out)) > 0);
	assert_string_equal(out, "\\032a\\044b\\092c\\009d\\195 e\\032");
	assert_int_equal(dtcp_value_unescape(text(out), back, sizeof(back)),
			 strlen(name));
	assert_string_equal(back, name);
	assert_int_equal(dtcp_value_escape("plain", out, 6), 5);
	assert_int_equal(dtcp_value_escape("plain", out, 5), -E2BIG);
	assert_int_equal(dtcp_value_escape(",", out, 5), 4);
	assert_int_equal(dtcp_value_escape(",", out, 4), -E2BIG);
}

static void lists_are_split(void **state)
{
	struct dtcp_text rest = text("a ,\tb\\044c, d"), entry;

	assert_int_equal(dtcp_value_next(&rest, &entry), 1);
	assert_int_equal(entry.len, 1);
	assert_int_equal(dtcp_value_next(&rest, &entry), 1);
	assert_int_equal(entry.len, 6);
	assert_memory_equal(entry.at, "b\\044c", 6);
	assert_int_equal(dtcp_value_next(&rest, &entry), 1);
	assert_memory_equal(entry.at, "d", 1);
	assert_int_equal(dtcp_value_next(&rest, &entry), 0);
	assert_int_equal(dtcp_value_next(&rest, &entry), 0);
}

static void empty_entries_are_bad(void **state)
{
	struct dtcp_text rest = text("a,"), entry;

	assert_int_equal(dtcp_value_next(&rest, &entry), 1);
	assert_int_equal(dtcp_value_next(&rest, &entry), -EINVAL);
	rest = text(" ,a");
	assert_int_equal(dtcp_value_next(&rest, &entry), -EINVAL);
	rest = text("");
	assert_int_equal(dtcp_value_next(&rest, &entry), -EINVAL);
}

static void times(void **state)
{
	char out[24];

	setenv("TZ", "UTC-1", 1);
	tzset();
	dtcp_value_time(1104580861111, out);
	assert_string_equal(out, "2005-01-01 13:01:01.111");
	dtcp_value_time(0, out);
	assert_string_equal(out, "1970-01-01 01:00:00.000");
	dtcp_value_time(-1, out);
	assert_string_equal(out, "1970-01-01 00:59:59.999");
	dtcp_value_time(INT64_MAX, out);
	assert_int_equal(strlen(out), 23);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers),
		cmocka_unit_test(addresses_tell_their_family),
		cmocka_unit_test(escapes_are_undone),
		cmocka_unit_test(escapes_are_undone_in_all_values),
		cmocka_unit_test(names_are_escaped),
		cmocka_unit_test(lists_are_split),
		cmocka_unit_test(empty_entries_are_bad),
		cmocka_unit_test(times),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
