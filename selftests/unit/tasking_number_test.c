// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>

#include "dtcpd/tasking-private.h"

static uint32_t asked[100], nasked;
static uint32_t taken_to;
static int refusal;

static int add(void *arg, uint32_t id)
{
	assert_ptr_equal(arg, asked);
	assert_true(nasked < 100);
	asked[nasked++] = id;
	return id <= taken_to ? -EEXIST : refusal;
}

static int number(uint32_t *last, const struct table *ours)
{
	nasked = 0;
	return tasking_number(last, ours, add, asked);
}

static int setup(void **state)
{
	taken_to = 0;
	refusal = 0;
	return 0;
}

static void counts_up(void **state)
{
	uint32_t last = 0;

	assert_int_equal(number(&last, NULL), 0);
	assert_int_equal(last, 1);
	taken_to = 64;
	assert_int_equal(number(&last, NULL), 0);
	assert_int_equal(last, 65);
	assert_int_equal(nasked, 64);
	taken_to = 0;
	last = UINT32_MAX;
	assert_int_equal(number(&last, NULL), 0);
	assert_int_equal(last, 1);
}

static void gives_up(void **state)
{
	uint32_t last = 0;

	taken_to = 65;
	assert_int_equal(number(&last, NULL), -EEXIST);
	assert_int_equal(nasked, 64);
	assert_int_equal(last, 64);
	assert_int_equal(number(&last, NULL), 0);
	assert_int_equal(last, 66);
	refusal = -ENOMEM;
	assert_int_equal(number(&last, NULL), -ENOMEM);
	assert_int_equal(nasked, 1);
	assert_int_equal(last, 67);
}

/* However many: nobody has to be asked about those. */
static void ours_are_passed_over(void **state)
{
	struct table_node node[1000];
	uint32_t last = UINT32_MAX - 1;
	struct table ours;
	uint32_t i;

	assert_int_equal(table_init(&ours), 0);
	table_add(&ours, &node[0], UINT32_MAX);
	for (i = 1; i < 1000; i++)
		table_add(&ours, &node[i], i);
	assert_int_equal(number(&last, &ours), 0);
	assert_int_equal(last, 1000);
	assert_int_equal(nasked, 1);
	table_fini(&ours);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(counts_up, setup),
		cmocka_unit_test_setup(gives_up, setup),
		cmocka_unit_test_setup(ours_are_passed_over, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
