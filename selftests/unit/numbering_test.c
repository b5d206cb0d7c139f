// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>

#include "dfcrecv/numbering.h"

#define SECOND	UINT64_C(1000000000)

/* What is expected of a numbering, in the order of the text. */
static void assert_counts(const struct numbering *n, uint64_t lost,
			  uint64_t out_of_order, uint64_t duplicates,
			  uint64_t restarts)
{
	assert_int_equal(numbering_lost(n), lost);
	assert_int_equal(n->out_of_order, out_of_order);
	assert_int_equal(n->duplicates, duplicates);
	assert_int_equal(n->restarts, restarts);
}

/* The router matches a packet a microsecond. */
static void take(struct numbering *n, uint64_t number)
{
	numbering_take(n, number, SECOND + number * 1000);
}

static void take_all(struct numbering *n, uint64_t from, uint64_t to)
{
	for (; from <= to; from++)
		take(n, from);
}

static void nothing_is_lost(void **state)
{
	struct numbering n = { 0 };

	assert_counts(&n, 0, 0, 0, 0);
	take_all(&n, 500, 5000);
	assert_counts(&n, 0, 0, 0, 0);
}

static void gaps_are_lost(void **state)
{
	struct numbering n = { 0 };

	take_all(&n, 1, 10);
	take(&n, 12);
	assert_counts(&n, 1, 0, 0, 0);
	take(&n, 20);
	assert_counts(&n, 8, 0, 0, 0);
	take(&n, 20 + NUMBERING_WINDOW);
	assert_counts(&n, 7 + NUMBERING_WINDOW, 0, 0, 0);
	take(&n, UINT64_C(1) << 40);
	assert_int_equal(numbering_lost(&n), (UINT64_C(1) << 40) - 14);
	take(&n, NUMBERING_MAX);
	assert_int_equal(numbering_lost(&n), NUMBERING_MAX - 15);
}

static void late_ones_are_not_lost(void **state)
{
	struct numbering n = { 0 };
	uint64_t i;

	/* All odd ones, then all even ones. */
	for (i = 1; i < NUMBERING_WINDOW; i += 2)
		take(&n, i);
	assert_counts(&n, NUMBERING_WINDOW / 2 - 1, 0, 0, 0);
	for (i = NUMBERING_WINDOW - 2; i; i -= 2)
		take(&n, i);
	assert_counts(&n, 0, NUMBERING_WINDOW / 2 - 1, 0, 0);
}

static void one_may_come_before_the_first(void **state)
{
	struct numbering n = { 0 };

	take(&n, 10);
	take(&n, 7);
	assert_counts(&n, 2, 1, 0, 0);
	take(&n, 8);
	take(&n, 9);
	assert_counts(&n, 0, 3, 0, 0);
}

static void too_late_is_lost(void **state)
{
	struct numbering n = { 0 };

	take(&n, 1);
	take_all(&n, 4, NUMBERING_WINDOW + 2);
	assert_counts(&n, 2, 0, 0, 0);
	take(&n, 2);
	assert_counts(&n, 2, 1, 0, 0);
	take(&n, 3);
	assert_counts(&n, 1, 2, 0, 0);
}

static void duplicates_are_known(void **state)
{
	struct numbering n = { 0 };

	take_all(&n, 1, 100);
	take(&n, 100);
	take(&n, 1);
	assert_counts(&n, 0, 0, 2, 0);
	take(&n, 102);
	take(&n, 101);
	take(&n, 101);
	assert_counts(&n, 0, 1, 3, 0);
	/* What a bit stood for before does not count. */
	take(&n, 102 + NUMBERING_WINDOW);
	take(&n, 101 + NUMBERING_WINDOW);
	assert_counts(&n, NUMBERING_WINDOW - 2, 2, 3, 0);
}

static void a_filter_may_begin_anew(void **state)
{
	struct numbering n = { 0 };

	take_all(&n, 1, 5);
	take(&n, 7);
	numbering_take(&n, 1, 2 * SECOND);
	assert_counts(&n, 1, 0, 0, 1);
	numbering_take(&n, 2, 2 * SECOND + 1);
	numbering_take(&n, 4, 2 * SECOND + 2);
	assert_counts(&n, 2, 0, 0, 1);
	/* Its first ones are lost. */
	numbering_take(&n, 3, 3 * SECOND);
	assert_counts(&n, 4, 0, 0, 2);
	numbering_take(&n, 1, 3 * SECOND - 1);
	assert_counts(&n, 3, 1, 0, 2);
}

static void processors_may_disagree(void **state)
{
	struct numbering n = { 0 };

	take(&n, 2);
	numbering_take(&n, 1, SECOND + 2000 + 1000000);
	assert_counts(&n, 0, 1, 0, 0);
}

/* A clock that was set back says nothing of what began anew. */
static void many_behind_begin_anew(void **state)
{
	struct numbering n = { 0 };
	uint64_t i;

	take_all(&n, 9000, 10000);
	for (i = 1; i < 64; i++)
		numbering_take(&n, i, 1);
	assert_counts(&n, 0, 63, 0, 0);
	/* They were stragglers after all. */
	take(&n, 10001);
	assert_counts(&n, 0, 63, 0, 0);
	for (i = 1; i <= 70; i++)
		numbering_take(&n, i, 1);
	assert_counts(&n, 0, 63, 0, 1);
	numbering_take(&n, 72, 1);
	assert_counts(&n, 1, 63, 0, 1);
}

static void forged_numbers_do_not_overflow(void **state)
{
	struct numbering n = { 0 }, sum = { 0 };
	int i;

	for (i = 1; i < 5; i++) {
		numbering_take(&n, 1, i * SECOND);
		numbering_take(&n, NUMBERING_MAX, i * SECOND + 1);
	}
	assert_int_equal(numbering_lost(&n), NUMBERING_MAX);
	numbering_take(&n, NUMBERING_MAX, UINT64_MAX);
	numbering_take(&n, 1, UINT64_MAX);
	numbering_add(&sum, &n);
	numbering_add(&sum, &n);
	assert_int_equal(numbering_lost(&sum), NUMBERING_MAX);
	assert_int_equal(sum.restarts, 2 * n.restarts);
}

/*
 * The same, counted simply, for numbers in an order that is shuffled within
 * half the window, some of them lost and some of them twice.
 */
static void a_model_agrees(void **state)
{
	enum { NUMBERS = 20000, SHUFFLE = NUMBERING_WINDOW / 2 };
	static uint64_t order[2 * NUMBERS];
	static uint8_t came[NUMBERS + 1];
	uint64_t lost = 0, late = 0, twice = 0, highest = 0, swap;
	struct numbering n = { 0 };
	size_t i, j, count = 0;

	srand(1);
	for (i = 1; i <= NUMBERS; i++) {
		/* The first and the last one come. */
		if (i > 1 && i < NUMBERS && rand() % 10 == 0)
			continue;
		order[count++] = i;
		if (rand() % 10 == 0)
			order[count++] = i;
	}
	for (i = SHUFFLE / 2; i < count; i += SHUFFLE / 2) {
		j = i - rand() % (SHUFFLE / 2);
		swap = order[i];
		order[i] = order[j];
		order[j] = swap;
	}
	for (i = 0; i < count; i++) {
		take(&n, order[i]);
		twice += came[order[i]];
		late += !came[order[i]] && order[i] < highest;
		came[order[i]] = 1;
		highest = order[i] > highest ? order[i] : highest;
	}
	for (i = 1; i <= highest; i++)
		lost += !came[i];
	assert_true(late > 10 && twice > 10 && lost > 10);
	assert_counts(&n, lost, late, twice, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_lost),
		cmocka_unit_test(gaps_are_lost),
		cmocka_unit_test(late_ones_are_not_lost),
		cmocka_unit_test(one_may_come_before_the_first),
		cmocka_unit_test(too_late_is_lost),
		cmocka_unit_test(duplicates_are_known),
		cmocka_unit_test(a_filter_may_begin_anew),
		cmocka_unit_test(processors_may_disagree),
		cmocka_unit_test(many_behind_begin_anew),
		cmocka_unit_test(forged_numbers_do_not_overflow),
		cmocka_unit_test(a_model_agrees),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
