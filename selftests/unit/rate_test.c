// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "dtcpd/rate.h"

static void limits(void **state)
{
	struct rate r = { 0 };

	assert_true(rate_take(&r, 2, 5000));
	assert_true(rate_take(&r, 2, 5999));
	assert_false(rate_take(&r, 2, 5999));
	assert_false(rate_take(&r, 2, 5999));
	assert_int_equal(rate_missed(&r), 2);
	assert_int_equal(rate_missed(&r), 0);
	assert_true(rate_take(&r, 2, 6000));
	assert_true(rate_take(&r, 2, 6000));
	assert_false(rate_take(&r, 2, 6000));
	assert_int_equal(r.peak, 2);
}

static void no_limit(void **state)
{
	struct rate r = { 0 };
	int i;

	for (i = 0; i < 1000; i++)
		assert_true(rate_take(&r, 0, 1000));
	assert_int_equal(r.peak, 1000);
}

static void figures(void **state)
{
	struct rate r = { 0 };

	assert_int_equal(rate_last(&r, 7000), 0);
	rate_take(&r, 0, 7000);
	rate_take(&r, 0, 7100);
	rate_take(&r, 0, 7900);
	assert_int_equal(rate_last(&r, 7999), 0);
	assert_int_equal(rate_last(&r, 8000), 3);
	assert_int_equal(rate_last(&r, 9000), 0);
	rate_take(&r, 0, 8500);
	assert_int_equal(rate_last(&r, 8999), 3);
	assert_int_equal(rate_last(&r, 9000), 1);
	rate_take(&r, 0, 20000);
	assert_int_equal(rate_last(&r, 20000), 0);
	assert_int_equal(r.peak, 3);
}

static void clock_is_set(void **state)
{
	struct rate r = { 0 };

	assert_true(rate_take(&r, 1, 90000));
	assert_false(rate_take(&r, 1, 90000));
	assert_true(rate_take(&r, 1, 10000));
	assert_false(rate_take(&r, 1, 10000));
	assert_true(rate_take(&r, 1, 11000));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(limits),
		cmocka_unit_test(no_limit),
		cmocka_unit_test(figures),
		cmocka_unit_test(clock_is_set),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
