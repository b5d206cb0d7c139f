// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>

#include "window_model.h"

#define NEW	DTCP_WINDOW_NEW
#define WRAPPED	DTCP_WINDOW_WRAPPED
#define SEEN	DTCP_WINDOW_SEEN
#define OUTSIDE	DTCP_WINDOW_OUTSIDE

static struct dtcp_window w;

static int setup(void **state)
{
	dtcp_window_reset(&w);
	return 0;
}

/* Every number is asked for first: that must not change anything. */
#define takes(seq, verdict) do { \
	const enum dtcp_window_verdict want_ = (verdict); \
	const struct dtcp_window was_ = w; \
	assert_int_equal(dtcp_window_check(&w, seq), want_); \
	assert_memory_equal(&w, &was_, sizeof(w)); \
	assert_int_equal(dtcp_window_take(&w, seq), want_); \
} while (0)

static void any_first_number(void **state)
{
	static const uint64_t first[] = { 0, 1, 255, 1ULL << 63, UINT64_MAX };
	size_t i;

	for (i = 0; i < sizeof(first) / sizeof(first[0]); i++) {
		dtcp_window_reset(&w);
		takes(first[i], NEW);
		assert_true(w.max == first[i]);
		takes(first[i], SEEN);
	}
}

static void upper_edge(void **state)
{
	takes(1000, NEW);
	takes(1257, OUTSIDE);
	takes(2000, OUTSIDE);
	assert_int_equal(w.max, 1000);
	takes(1256, NEW);
	assert_int_equal(w.max, 1256);
	takes(1257, NEW);
	assert_int_equal(w.max, 1257);
}

static void lower_edge(void **state)
{
	takes(1000, NEW);
	takes(743, OUTSIDE);
	takes(0, OUTSIDE);
	takes(744, NEW);
	takes(744, SEEN);
	takes(745, NEW);
	takes(999, NEW);
	takes(999, SEEN);
	assert_int_equal(w.max, 1000);
	takes(1001, NEW);
	takes(744, OUTSIDE);
	takes(745, SEEN);
	takes(746, NEW);
}

/* What was seen stays so however far the window moves, and no longer. */
static void seen_again(void **state)
{
	unsigned int by;

	for (by = 1; by <= 256; by++) {
		dtcp_window_reset(&w);
		takes(1000, NEW);
		takes(1000 - 256 + by, by == 256 ? SEEN : NEW);
		takes(1000 + by, NEW);
		takes(1000 - 256 + by, SEEN);
		takes(1000, SEEN);
		takes(1000 - 256 + by - 1, OUTSIDE);
		takes(1000 + by - 1, by == 1 ? SEEN : NEW);
	}
}

static void every_number_once(void **state)
{
	uint64_t i;

	takes(5000, NEW);
	for (i = 5256; i >= 5001; i--)
		takes(i, NEW);
	for (i = 5000; i <= 5256; i++)
		takes(i, SEEN);
	takes(4999, OUTSIDE);
	takes(5257, NEW);
}

static void wrap(void **state)
{
	takes(UINT64_MAX - 10, NEW);
	takes(UINT64_MAX, NEW);
	takes(UINT64_MAX - 5, NEW);
	takes(256, OUTSIDE);
	takes(0, WRAPPED);
	assert_int_equal(w.max, 0);
	takes(0, SEEN);
	takes(1, NEW);
	/* Late ones from before the wrap. */
	takes(UINT64_MAX, SEEN);
	takes(UINT64_MAX - 5, SEEN);
	takes(UINT64_MAX - 6, NEW);
	takes(UINT64_MAX - 254, NEW);
	takes(UINT64_MAX - 255, OUTSIDE);
	dtcp_window_reset(&w);
	takes(UINT64_MAX, NEW);
	takes(255, WRAPPED);
	assert_int_equal(w.max, 255);
}

/* The nearest max below 0xff00...: nothing of 0 can be reached from there. */
static void no_wrap(void **state)
{
	static const uint64_t max[] = {
		0xfeffffffffffffff, 0xff00000000000000, UINT64_MAX - 256,
		0x7fffffffffffffff, 0x8000000000000000, 1000,
	};
	size_t i;

	for (i = 0; i < sizeof(max) / sizeof(max[0]); i++) {
		dtcp_window_reset(&w);
		takes(max[i], NEW);
		takes(0, OUTSIDE);
		takes(max[i] + 256, NEW);
		assert_true(w.max == max[i] + 256);
	}
	dtcp_window_reset(&w);
	takes(UINT64_MAX - 255, NEW);
	takes(0, WRAPPED);
}

static void reset(void **state)
{
	takes(1000, NEW);
	takes(1, OUTSIDE);
	dtcp_window_reset(&w);
	assert_false(w.started);
	takes(1, NEW);
	takes(1000, OUTSIDE);
	takes(1, SEEN);
}

static void refused_change_nothing(void **state)
{
	struct dtcp_window was;

	takes(1000, NEW);
	takes(990, NEW);
	was = w;
	takes(990, SEEN);
	takes(743, OUTSIDE);
	takes(1257, OUTSIDE);
	assert_memory_equal(&w, &was, sizeof(w));
}

#define follows(seq, verdict, highest) do { \
	assert_int_equal(dtcp_window_follow(&w, seq), verdict); \
	assert_true(w.max == (highest)); \
} while (0)

static void followed(void **state)
{
	follows(5, NEW, 5);
	follows(5, SEEN, 5);
	follows(100000, NEW, 100000);
	follows(1, OUTSIDE, 100000);
	follows(99999, NEW, 100000);
	takes(99999, SEEN);
	takes(99998, NEW);
	follows(UINT64_MAX, NEW, UINT64_MAX);
	follows(3, WRAPPED, 3);
}

/* Numbers near the highest one, as a busy source with a bad network sends. */
static void against_model(void **state)
{
	static struct model m;
	uint64_t random = 88172645463325252ULL, seq;
	unsigned int run, i;

	for (run = 0; run < 60; run++) {
		dtcp_window_reset(&w);
		m.n = 0;
		m.max = 0;
		seq = run % 2 ? random : UINT64_MAX - run * 40;
		for (i = 0; i < 1500; i++) {
			takes(seq, model_take(&m, seq));
			assert_true(w.max == m.max);
			random ^= random << 13;
			random ^= random >> 7;
			random ^= random << 17;
			seq = m.max - 260 + random % (run % 3 ? 264 : 521);
		}
	}
}

#define TEST(name) cmocka_unit_test_setup(name, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(any_first_number),
		TEST(upper_edge),
		TEST(lower_edge),
		TEST(seen_again),
		TEST(every_number_once),
		TEST(wrap),
		TEST(no_wrap),
		TEST(reset),
		TEST(refused_change_nothing),
		TEST(followed),
		TEST(against_model),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
