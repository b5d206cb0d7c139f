// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>

#include "dtcpd/lockout.h"

static int setup(void **state)
{
	*state = calloc(1, sizeof(struct lockout));
	lockout_limits(*state, 3, 60);
	return 0;
}

static int teardown(void **state)
{
	free(*state);
	return 0;
}

/* At the third one, and for the others nothing changes. */
static void lock_out(struct lockout *l, uint64_t host, int64_t now)
{
	assert_false(lockout_failed(l, host, now));
	assert_false(lockout_failed(l, host, now));
	assert_false(lockout_is_locked(l, host, now));
	assert_true(lockout_failed(l, host, now));
	assert_true(lockout_is_locked(l, host, now));
}

static void ends_by_itself(void **state)
{
	struct lockout *l = *state;

	lock_out(l, 7, 1000);
	assert_false(lockout_is_locked(l, 8, 1000));
	assert_int_equal(lockout_count(l, 1000), 1);
	assert_true(lockout_is_locked(l, 7, 60999));
	assert_false(lockout_is_locked(l, 7, 61000));
	assert_int_equal(lockout_count(l, 61000), 0);
	/* And begins anew. */
	lock_out(l, 7, 61000);
	assert_int_equal(l->times, 2);
}

/* Those that were connected before may still try, and lose nothing by it. */
static void not_longer(void **state)
{
	struct lockout *l = *state;
	int i;

	lock_out(l, 7, 0);
	for (i = 0; i < 10; i++)
		assert_false(lockout_failed(l, 7, 59999));
	assert_int_equal(l->times, 1);
	assert_false(lockout_is_locked(l, 7, 60000));
	lock_out(l, 7, 60000);
}

static void old_failures_are_forgotten(void **state)
{
	struct lockout *l = *state;

	assert_false(lockout_failed(l, 7, 0));
	assert_false(lockout_failed(l, 7, 59999));
	lock_out(l, 7, 60000);
}

static void forgiven(void **state)
{
	struct lockout *l = *state;

	assert_false(lockout_failed(l, 7, 0));
	assert_false(lockout_failed(l, 7, 0));
	lockout_forgive(l, 7, 1);
	assert_false(lockout_failed(l, 7, 0));
	/* Never more than there are. */
	lockout_forgive(l, 7, 6);
	lockout_forgive(l, 9, 6);
	lock_out(l, 7, 0);
	/* A login that succeeds elsewhere does not end it. */
	lockout_forgive(l, 7, 6);
	assert_true(lockout_is_locked(l, 7, 0));
}

/* Many hosts that fail once do not set one free that is locked out. */
static void many_hosts(void **state)
{
	struct lockout *l = *state;
	uint64_t i;

	lock_out(l, 7, 0);
	assert_false(lockout_failed(l, 8, 1));
	for (i = 0; i < 3 * LOCKOUT_HOSTS; i++)
		assert_false(lockout_failed(l, 1000 + i, 2));
	assert_true(lockout_is_locked(l, 7, 2));
	assert_int_equal(l->n, LOCKOUT_HOSTS);
	/* The other one, whose failure was the oldest, was forgotten. */
	lock_out(l, 8, 2);
	/* Where all are locked out, the first one goes. */
	for (i = 0; i < LOCKOUT_HOSTS - 1; i++)
		lock_out(l, 100000 + i, 3);
	assert_int_equal(lockout_count(l, 3), LOCKOUT_HOSTS);
	assert_false(lockout_is_locked(l, 7, 3));
	assert_true(lockout_is_locked(l, 8, 3));
}

static void new_limits(void **state)
{
	struct lockout *l = *state;

	lock_out(l, 7, 0);
	lockout_limits(l, 1, 10);
	assert_true(lockout_is_locked(l, 7, 59999));
	assert_true(lockout_failed(l, 8, 0));
	assert_false(lockout_is_locked(l, 8, 10000));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(ends_by_itself, setup,
						teardown),
		cmocka_unit_test_setup_teardown(not_longer, setup, teardown),
		cmocka_unit_test_setup_teardown(old_failures_are_forgotten,
						setup, teardown),
		cmocka_unit_test_setup_teardown(forgiven, setup, teardown),
		cmocka_unit_test_setup_teardown(many_hosts, setup, teardown),
		cmocka_unit_test_setup_teardown(new_limits, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
