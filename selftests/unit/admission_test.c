// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "dtcpd/admission.h"

static void strangers_make_room(void **state)
{
	struct admission a;
	int i;

	admission_init(&a, 10, 250);
	for (i = 0; i < 5; i++)
		assert_int_equal(admission_enter(&a, 0), ADMISSION_OK);
	assert_int_equal(admission_enter(&a, 0), ADMISSION_EVICT);
	admission_leave(&a, true);
	assert_int_equal(a.sessions, 5);
	assert_int_equal(a.strangers, 5);
}

static void users_are_not_evicted(void **state)
{
	struct admission a;
	int i;

	admission_init(&a, 3, 250);
	for (i = 0; i < 3; i++) {
		assert_int_equal(admission_enter(&a, 0), ADMISSION_OK);
		admission_login(&a);
	}
	assert_int_equal(admission_enter(&a, 0), ADMISSION_REFUSED_LIMIT);
	admission_leave(&a, false);
	assert_int_equal(admission_enter(&a, 0), ADMISSION_OK);
	/* Full, but one of them has not logged in. */
	assert_int_equal(admission_enter(&a, 0), ADMISSION_EVICT);
	admission_leave(&a, true);
	assert_int_equal(a.sessions, 3);
}

static void one_connection(void **state)
{
	struct admission a;

	admission_init(&a, 1, 250);
	assert_int_equal(admission_enter(&a, 0), ADMISSION_OK);
	assert_int_equal(admission_enter(&a, 0), ADMISSION_EVICT);
	admission_leave(&a, true);
	admission_login(&a);
	assert_int_equal(admission_enter(&a, 0), ADMISSION_REFUSED_LIMIT);
}

static void rate(void **state)
{
	struct admission a;
	int i;

	admission_init(&a, 250, 4);
	for (i = 0; i < 4; i++) {
		assert_int_equal(admission_enter(&a, 1000), ADMISSION_OK);
		admission_leave(&a, true);
	}
	assert_int_equal(admission_enter(&a, 60999), ADMISSION_REFUSED_RATE);
	assert_int_equal(a.sessions, 0);
	assert_int_equal(admission_enter(&a, 61000), ADMISSION_OK);
}

static void new_limits(void **state)
{
	struct admission a;

	admission_init(&a, 1, 1);
	assert_int_equal(admission_enter(&a, 0), ADMISSION_OK);
	admission_login(&a);
	admission_limits(&a, 4, 3);
	assert_int_equal(admission_enter(&a, 1), ADMISSION_OK);
	assert_int_equal(admission_enter(&a, 2), ADMISSION_OK);
	assert_int_equal(admission_enter(&a, 3), ADMISSION_REFUSED_RATE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(strangers_make_room),
		cmocka_unit_test(users_are_not_evicted),
		cmocka_unit_test(one_connection),
		cmocka_unit_test(rate),
		cmocka_unit_test(new_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
