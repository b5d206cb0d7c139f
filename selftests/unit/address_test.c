// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <string.h>

#include "dfcctl/address.h"

static void assert_range(const char *word, const char *expected)
{
	struct address_range range;
	char text[ADDRESS_TEXT_MAX];

	assert_int_equal(address_range_parse(word, &range), 0);
	address_range_text(&range, text, sizeof(text));
	assert_string_equal(text, expected);
}

static void prefixes(void **state)
{
	assert_range("192.0.2.2", "192.0.2.2/32");
	assert_range("192.0.2.0/24", "192.0.2.0/24");
	assert_range("0.0.0.0/0", "0.0.0.0/0");
	assert_range("192.0.2.128/25", "192.0.2.128/25");
	assert_range("2001:db8::/32", "2001:db8::/32");
	assert_range("2001:DB8:0:0::1", "2001:db8::1/128");
	assert_range("::/0", "::/0");
}

static void ranges(void **state)
{
	assert_range("192.0.2.1-192.0.2.9", "192.0.2.1-192.0.2.9");
	assert_range("192.0.2.1-192.0.2.1", "192.0.2.1/32");
	assert_range("192.0.2.0-192.0.2.255", "192.0.2.0/24");
	assert_range("192.0.2.0-192.0.2.254", "192.0.2.0-192.0.2.254");
	assert_range("192.0.2.1-192.0.2.2", "192.0.2.1-192.0.2.2");
	assert_range("0.0.0.0-255.255.255.255", "0.0.0.0/0");
	assert_range("2001:db8::-2001:db8::ffff", "2001:db8::/112");
	assert_range("2001:db8::1-2001:db8::ffff",
		     "2001:db8::1-2001:db8::ffff");
}

static void bad_ranges(void **state)
{
	static const char *const bad[] = {
		"", "/", "-", "192.0.2", "192.0.2.1/", "192.0.2.1/33",
		"192.0.2.1/24", "192.0.2.1/ 32", "192.0.2.1/-1",
		"192.0.2.1/32x", "192.0.2.2-192.0.2.1", "192.0.2.1-",
		"-192.0.2.1", "192.0.2.1-2001:db8::1", "2001:db8::/129",
		"2001:db8::1/64", "192.0.2.1/99999999999999999999",
		"name", "192.0.2.1-192.0.2.9/24",
	};
	struct address_range range;
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(address_range_parse(bad[i], &range),
				 -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(prefixes),
		cmocka_unit_test(ranges),
		cmocka_unit_test(bad_ranges),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
