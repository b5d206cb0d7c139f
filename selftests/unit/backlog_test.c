// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "dtcpd/backlog.h"

static void one_long_answer_a_session(void **state)
{
	struct backlog b = { 0 };
	struct backlog_part a = { .user = "a" }, c = { .user = "a" };

	backlog_join(&b, &a);
	backlog_join(&b, &c);
	assert_true(backlog_has_room(&b, &a));
	backlog_set(&b, &a, BACKLOG_SHARE);
	assert_true(backlog_has_room(&b, &a));
	backlog_set(&b, &a, BACKLOG_SHARE + 1);
	assert_false(backlog_has_room(&b, &a));
	assert_true(backlog_has_room(&b, &c));
	backlog_set(&b, &a, 0);
	assert_true(backlog_has_room(&b, &a));
	assert_int_equal(b.bytes, 0);
}

/* Who has logged in under another name is not concerned. */
static void full_for_a_source(void **state)
{
	struct backlog b = { 0 };
	struct backlog_part a = { .user = "a" }, again = { .user = "a" };
	struct backlog_part other = { .user = "b" }, stranger = { 0 };

	backlog_join(&b, &a);
	backlog_join(&b, &again);
	backlog_join(&b, &other);
	backlog_join(&b, &stranger);
	backlog_set(&b, &a, BACKLOG_MAX);
	assert_false(backlog_is_full(&b));
	assert_true(backlog_has_room(&b, &again));
	backlog_set(&b, &other, 1);
	assert_true(backlog_is_full(&b));
	assert_false(backlog_has_room(&b, &again));
	assert_false(backlog_has_room(&b, &other));
	backlog_set(&b, &other, 0);
	backlog_set(&b, &a, BACKLOG_MAX + 1);
	assert_true(backlog_has_room(&b, &other));
	assert_true(backlog_has_room(&b, &stranger));
	assert_false(backlog_has_room(&b, &again));
	backlog_leave(&b, &a);
	assert_int_equal(b.bytes, 0);
	assert_true(backlog_has_room(&b, &again));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_long_answer_a_session),
		cmocka_unit_test(full_for_a_source),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
