// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdlib.h>

#include "dfcrecv/rotation.h"

static void assert_name(struct rotation r, unsigned int number,
			const char *expected)
{
	char name[64];

	assert_int_equal(rotation_name(&r, "tap", number, name, sizeof(name)),
			 0);
	assert_string_equal(name, expected);
}

static void numbers_are_those_of_tcpdump(void **state)
{
	assert_name((struct rotation){ .size = 1 }, 0, "tap");
	assert_name((struct rotation){ .size = 1 }, 1, "tap1");
	assert_name((struct rotation){ .size = 1 }, 123, "tap123");
	assert_name((struct rotation){ .size = 1, .keep = 10 }, 0, "tap0");
	assert_name((struct rotation){ .size = 1, .keep = 10 }, 10, "tap0");
	assert_name((struct rotation){ .size = 1, .keep = 11 }, 0, "tap00");
	assert_name((struct rotation){ .size = 1, .keep = 11 }, 10, "tap10");
	assert_name((struct rotation){ .size = 1, .keep = 1 }, 5, "tap");
	assert_name((struct rotation){ .seconds = 1, .keep = 9 }, 0, "tap");
	assert_name((struct rotation){ .seconds = 1, .keep = 9 }, 12,
		    "tap12");
}

static void time_is_in_the_name_only_with_seconds(void **state)
{
	struct rotation r = { .size = 1 };
	char name[32];

	setenv("TZ", "UTC", 1);
	assert_int_equal(rotation_base(&r, "a%H", 7200, name, sizeof(name)),
			 0);
	assert_string_equal(name, "a%H");
	r.seconds = 1;
	assert_int_equal(rotation_base(&r, "a%H", 7200, name, sizeof(name)),
			 0);
	assert_string_equal(name, "a02");
}

static void long_names_are_refused(void **state)
{
	struct rotation r = { .size = 1 };
	char name[4];

	assert_int_equal(rotation_base(&r, "tap", 0, name, sizeof(name)), 0);
	assert_int_equal(rotation_base(&r, "tapx", 0, name, sizeof(name)),
			 -ENAMETOOLONG);
	assert_int_equal(rotation_name(&r, "tap", 0, name, sizeof(name)), 0);
	assert_int_equal(rotation_name(&r, "tap", 1, name, sizeof(name)),
			 -ENAMETOOLONG);
	r.seconds = 1;
	assert_int_equal(rotation_base(&r, "%Y", 0, name, sizeof(name)),
			 -ENAMETOOLONG);
}

static void it_is_due(void **state)
{
	struct rotation r = { .size = 100 };

	assert_false(rotation_is_due(&r, 99, 0, 1000000));
	assert_true(rotation_is_due(&r, 100, 0, 0));
	r = (struct rotation){ .seconds = 10 };
	assert_false(rotation_is_due(&r, UINT64_MAX, 100, 109));
	assert_true(rotation_is_due(&r, 0, 100, 110));
	/* The clock was set back. */
	assert_false(rotation_is_due(&r, 0, 100, 50));
	r = (struct rotation){ .size = 0 };
	assert_false(rotation_is_due(&r, UINT64_MAX, 0, 1000000));
}

static void patterns(void **state)
{
	assert_true(rotation_is_pattern("%H"));
	assert_true(rotation_is_pattern("100%%%S"));
	assert_false(rotation_is_pattern("tap"));
	assert_false(rotation_is_pattern("100%%S"));
	assert_false(rotation_is_pattern("tap%"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_are_those_of_tcpdump),
		cmocka_unit_test(time_is_in_the_name_only_with_seconds),
		cmocka_unit_test(long_names_are_refused),
		cmocka_unit_test(it_is_due),
		cmocka_unit_test(patterns),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
