// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dtcp-proto/filter.h"

static struct dtcp_text text(const char *s)
{
	return (struct dtcp_text){ s, strlen(s) };
}

/* Writes a list the long way: "[!]from-to" for each entry. */
static void assert_addresses(const char *value, const char *expected)
{
	char out[1024] = "", from[64], to[64];
	struct dtcp_addr_list list;
	size_t i, n = 0;

	assert_int_equal(dtcp_filter_addresses(&list, text(value)), 0);
	for (i = 0; i < list.n; i++) {
		const struct dtcp_addr_entry *e = &list.entry[i];

		n += sprintf(out + n, "%s%s", i ? " " : "",
			     e->negated ? "!" : "");
		if (e->family == AF_UNSPEC) {
			n += sprintf(out + n, "*");
			continue;
		}
		inet_ntop(e->family, e->from, from, sizeof(from));
		inet_ntop(e->family, e->to, to, sizeof(to));
		n += sprintf(out + n, "%s-%s", from, to);
	}
	free(list.entry);
	assert_string_equal(out, expected);
}

static void assert_numbers(const char *value, uint16_t max,
			   const char *expected)
{
	struct dtcp_range_list list;
	char out[1024] = "";
	size_t i, n = 0;

	assert_int_equal(dtcp_filter_numbers(&list, text(value), max), 0);
	for (i = 0; i < list.n; i++)
		n += sprintf(out + n, "%s%s%u-%u", i ? " " : "",
			     list.entry[i].negated ? "!" : "",
			     list.entry[i].from, list.entry[i].to);
	free(list.entry);
	assert_string_equal(out, expected);
}

static void addresses(void **state)
{
	assert_addresses("192.0.2.2", "192.0.2.2-192.0.2.2");
	assert_addresses("2001:db8::1", "2001:db8::1-2001:db8::1");
	assert_addresses("*", "*");
	assert_addresses("!*", "!*");
	assert_addresses("192.0.2.2-192.0.2.9", "192.0.2.2-192.0.2.9");
	assert_addresses("192.0.2.2-*", "192.0.2.2-255.255.255.255");
	assert_addresses("*-192.0.2.2", "0.0.0.0-192.0.2.2");
	assert_addresses("*-2001:db8::1", "::-2001:db8::1");
	assert_addresses("2001:db8::-*", "2001:db8::-"
			 "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff");
	assert_addresses("192.0.2.1, !192.0.2.9,*",
			 "192.0.2.1-192.0.2.1 !192.0.2.9-192.0.2.9 *");
}

static void prefixes(void **state)
{
	assert_addresses("192.0.2.77/24", "192.0.2.0-192.0.2.255");
	assert_addresses("192.0.2.77/32", "192.0.2.77-192.0.2.77");
	assert_addresses("192.0.2.77/0", "0.0.0.0-255.255.255.255");
	assert_addresses("192.0.2.77/30", "192.0.2.76-192.0.2.79");
	assert_addresses("!192.0.2.77/9", "!192.0.0.0-192.127.255.255");
	assert_addresses("2001:db8::77/64",
			 "2001:db8::-2001:db8::ffff:ffff:ffff:ffff");
	assert_addresses("2001:db8::77/128", "2001:db8::77-2001:db8::77");
	assert_addresses("2001:db8::77/127", "2001:db8::76-2001:db8::77");
}

static void bad_addresses(void **state)
{
	static const char *const value[] = {
		"", ",", "192.0.2.1,", "192.0.2", "192.0.2.1/33",
		"192.0.2.1/", "/24", "192.0.2.1/-1", "2001:db8::/129",
		"192.0.2.9-192.0.2.1", "192.0.2.1-2001:db8::1", "10.1.1.1-2001:db8::1",
		"*-*", "-",
		"192.0.2.1-", "-192.0.2.1", "!", "!!192.0.2.1",
		"192.0.2.1,2001:db8::1", "router", "fe80::1%lo",
		"192.0.2.1-192.0.2.4/30", "192.0.2.1/24/24", "192.0.2.1 -*",
		"1111:2222:3333:4444:5555:6666:7777:8888:9999:aaaa:bbbb:cccc",
	};
	struct dtcp_addr_list list;
	size_t i;

	for (i = 0; i < sizeof(value) / sizeof(value[0]); i++) {
		assert_int_equal(dtcp_filter_addresses(&list, text(value[i])),
				 -EINVAL);
		assert_null(list.entry);
	}
}

static void numbers(void **state)
{
	assert_numbers("6", UINT8_MAX, "6-6");
	assert_numbers("6,17", UINT8_MAX, "6-6 17-17");
	assert_numbers("*", UINT8_MAX, "0-255");
	assert_numbers("*", UINT16_MAX, "0-65535");
	assert_numbers("1024-*", UINT16_MAX, "1024-65535");
	assert_numbers("*-1023", UINT16_MAX, "0-1023");
	assert_numbers("80-80, !81, !90-99", UINT16_MAX,
		       "80-80 !81-81 !90-99");
	assert_numbers("1,2,3,4,5,6,7,8,9,10,11,12,13,14,15", UINT16_MAX,
		       "1-1 2-2 3-3 4-4 5-5 6-6 7-7 8-8 9-9 10-10 11-11 "
		       "12-12 13-13 14-14 15-15");
}

static void bad_numbers(void **state)
{
	static const char *const value[] = {
		"", "256", "0-256", "9-8", "tcp", "1,,2", "1,", "-", "1-", "-1",
		"*-*", "!", "1--2", "1-2-3", "0001", "1 - 2", "!*-", "+1",
	};
	struct dtcp_range_list list;
	size_t i;

	for (i = 0; i < sizeof(value) / sizeof(value[0]); i++) {
		assert_int_equal(dtcp_filter_numbers(&list, text(value[i]),
						     UINT8_MAX), -EINVAL);
		assert_null(list.entry);
	}
}

static void too_many_entries(void **state)
{
	char value[8 * (DTCP_ENTRIES_MAX + 1)] = "1";
	struct dtcp_range_list ports;
	struct dtcp_addr_list list;
	int i;

	for (i = 1; i < DTCP_ENTRIES_MAX; i++)
		strcat(value, ",1");
	assert_int_equal(dtcp_filter_numbers(&ports, text(value), 255), 0);
	assert_int_equal(ports.n, DTCP_ENTRIES_MAX);
	free(ports.entry);
	strcat(value, ",1");
	assert_int_equal(dtcp_filter_numbers(&ports, text(value), 255), -E2BIG);
	assert_int_equal(dtcp_filter_addresses(&list, text(value)), -E2BIG);
	assert_null(list.entry);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses),
		cmocka_unit_test(prefixes),
		cmocka_unit_test(bad_addresses),
		cmocka_unit_test(numbers),
		cmocka_unit_test(bad_numbers),
		cmocka_unit_test(too_many_entries),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
