// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "dtcpd/throttle.h"

static int take(struct throttle *t, int64_t now, int n)
{
	int taken = 0;

	while (n--)
		taken += throttle_take(t, now);
	return taken;
}

static void burst(void **state)
{
	struct throttle t;

	throttle_init(&t, 10, 1000);
	assert_int_equal(take(&t, 5000, 100), 10);
	assert_int_equal(take(&t, 5999, 100), 0);
	assert_int_equal(throttle_missed(&t), 190);
	assert_int_equal(throttle_missed(&t), 0);
	assert_int_equal(take(&t, 6000, 100), 10);
}

/* No window of that length, wherever it starts, has more than the limit. */
static void any_window(void **state)
{
	static int64_t taken[2000];
	struct throttle t;
	int64_t now;
	int n = 0, i;

	throttle_init(&t, 7, 100);
	for (now = 0; now < 2000; now += 1 + now % 5) {
		if (throttle_take(&t, now))
			taken[n++] = now;
	}
	for (i = 7; i < n; i++)
		assert_true(taken[i] - taken[i - 7] >= 100);
	assert_in_range(n, 130, 140);
}

static void limits(void **state)
{
	struct throttle t;

	throttle_init(&t, THROTTLE_MAX, 1000);
	assert_int_equal(take(&t, 0, 1000), THROTTLE_MAX);
	assert_int_equal(take(&t, 1000, 1000), THROTTLE_MAX);
	throttle_limit(&t, 1);
	assert_int_equal(take(&t, 1999, 10), 0);
	assert_int_equal(take(&t, 2000, 10), 1);
	throttle_limit(&t, 3);
	assert_int_equal(take(&t, 2001, 10), 2);
	throttle_limit(&t, 1000);
	assert_int_equal(take(&t, 9000, 1000), THROTTLE_MAX);
	throttle_init(&t, 0, 1000);
	assert_int_equal(take(&t, 0, 10), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(burst),
		cmocka_unit_test(any_window),
		cmocka_unit_test(limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
