// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <stdlib.h>

#include "dtcpd/admission.h"

static uint64_t victim;

static enum admission_verdict enter(struct admission *a, uint64_t host,
				    int64_t now)
{
	victim = UINT64_MAX;
	return admission_enter(a, host, true, now, &victim);
}

static enum admission_verdict enter_unknown(struct admission *a, uint64_t host,
					    int64_t now)
{
	victim = UINT64_MAX;
	return admission_enter(a, host, false, now, &victim);
}

static void enter_ok(struct admission *a, uint64_t host, int64_t now)
{
	assert_int_equal(enter(a, host, now), ADMISSION_OK);
}

static void strangers_make_room(void **state)
{
	struct admission a;
	uint64_t i;

	admission_init(&a, 10, 250);
	for (i = 0; i < 5; i++)
		enter_ok(&a, i % 2, 0);
	/* Of the host that has most of them, whoever comes. */
	assert_int_equal(enter(&a, 9, 0), ADMISSION_EVICT);
	assert_int_equal(victim, 0);
	admission_leave(&a, victim, true);
	assert_int_equal(a.sessions, 5);
	assert_int_equal(a.strangers, 5);
}

static void users_are_not_evicted(void **state)
{
	struct admission a;
	uint64_t i;

	admission_init(&a, 3, 250);
	for (i = 0; i < 3; i++) {
		enter_ok(&a, i, 0);
		admission_login(&a, i);
	}
	assert_int_equal(enter(&a, 3, 0), ADMISSION_REFUSED_LIMIT);
	admission_leave(&a, 1, false);
	enter_ok(&a, 3, 0);
	/* Full, but one of them has not logged in. */
	assert_int_equal(enter(&a, 4, 0), ADMISSION_EVICT);
	assert_int_equal(victim, 3);
	admission_leave(&a, 3, true);
	assert_int_equal(a.sessions, 3);
}

static void one_connection(void **state)
{
	struct admission a;

	admission_init(&a, 1, 250);
	enter_ok(&a, 1, 0);
	assert_int_equal(enter(&a, 1, 0), ADMISSION_EVICT);
	assert_int_equal(victim, 1);
	admission_leave(&a, 1, true);
	admission_login(&a, 1);
	assert_int_equal(enter(&a, 1, 0), ADMISSION_REFUSED_LIMIT);
	assert_int_equal(enter(&a, 2, 0), ADMISSION_REFUSED_LIMIT);
}

static void rate(void **state)
{
	struct admission a;
	uint64_t i;

	admission_init(&a, 250, 4);
	for (i = 0; i < 4; i++) {
		enter_ok(&a, i, 1000);
		admission_leave(&a, i, true);
	}
	assert_int_equal(enter(&a, 9, 60999), ADMISSION_REFUSED_RATE);
	assert_int_equal(a.sessions, 0);
	enter_ok(&a, 9, 61000);
}

/* What one host can have of 100, if it wants all. */
static void share_of_connections(void **state)
{
	struct admission a;
	int i;

	admission_init(&a, 100, 250);
	for (i = 0; i < 75; i++) {
		enter_ok(&a, 1, 0);
		admission_login(&a, 1);
	}
	assert_int_equal(enter(&a, 1, 0), ADMISSION_REFUSED_LIMIT_SHARE);
	for (i = 0; i < 18; i++) {
		enter_ok(&a, 2, 0);
		admission_login(&a, 2);
	}
	assert_int_equal(enter(&a, 1, 0), ADMISSION_REFUSED_LIMIT_SHARE);
	for (i = 3; i < 10; i++) {
		enter_ok(&a, (uint64_t)i, 0);
		admission_login(&a, (uint64_t)i);
	}
	assert_int_equal(enter(&a, 10, 0), ADMISSION_REFUSED_LIMIT);
	admission_leave(&a, 1, false);
	enter_ok(&a, 10, 0);
}

/* A host that has its share makes room for itself, if it can. */
static void share_of_strangers(void **state)
{
	struct admission a;
	int i;

	admission_init(&a, 8, 250);
	for (i = 0; i < 5; i++) {
		enter_ok(&a, 1, 0);
		admission_login(&a, 1);
	}
	enter_ok(&a, 1, 0);
	assert_int_equal(enter(&a, 1, 0), ADMISSION_EVICT);
	assert_int_equal(victim, 1);
	admission_leave(&a, 1, true);
	admission_login(&a, 1);
	assert_int_equal(enter(&a, 1, 0), ADMISSION_REFUSED_LIMIT_SHARE);
	enter_ok(&a, 2, 0);
}

static void share_of_rate(void **state)
{
	struct admission a;
	int i;

	admission_init(&a, 250, 100);
	for (i = 0; i < 75; i++) {
		enter_ok(&a, 1, i);
		admission_leave(&a, 1, true);
	}
	assert_int_equal(enter(&a, 1, 100), ADMISSION_REFUSED_RATE_SHARE);
	enter_ok(&a, 2, 100);
	admission_leave(&a, 2, true);
	assert_int_equal(a.sessions, 0);
	/* A minute later all is forgotten. */
	assert_int_equal(enter(&a, 1, 59999), ADMISSION_REFUSED_RATE_SHARE);
	enter_ok(&a, 1, ADMISSION_WINDOW + 10);
}

/*
 * Whatever three hosts do, one that comes now and then gets in, and limits
 * hold in any minute.
 */
static void crowd(void **state)
{
	static int64_t at[200000];
	int64_t now, last = -60000;
	struct admission a;
	uint64_t host;
	int n = 0;

	srand(3);
	admission_init(&a, 250, 150);
	for (now = 0; now < 600000; now += rand() % 20) {
		host = now - last > 60000 ? 9 : (uint64_t)(rand() % 3);
		if (host == 9)
			last = now;
		if (enter(&a, host, now) == ADMISSION_OK) {
			at[n++] = now;
			admission_leave(&a, host, true);
		} else {
			assert_int_not_equal(host, 9);
		}
	}
	assert_in_range(n, 1000, 1500);
	while (n-- > 150)
		assert_true(at[n] - at[n - 150] >= ADMISSION_WINDOW);
}

/* However many they are, a known host gets in. */
static void unknown_hosts(void **state)
{
	struct admission a;
	uint64_t i;

	admission_init(&a, 250, 100);
	for (i = 0; i < 75; i++) {
		assert_int_equal(enter_unknown(&a, i, 0), ADMISSION_OK);
		admission_leave(&a, i, true);
	}
	assert_int_equal(enter_unknown(&a, 999, 0), ADMISSION_REFUSED_RATE);
	enter_ok(&a, 1000, 0);
	admission_leave(&a, 1000, true);
	/* What known ones take of the rest counts for nobody else. */
	admission_init(&a, 250, 100);
	for (i = 0; i < 25; i++) {
		enter_ok(&a, i, 0);
		admission_leave(&a, i, true);
	}
	for (i = 0; i < 75; i++) {
		assert_int_equal(enter_unknown(&a, 100 + i, 0), ADMISSION_OK);
		admission_leave(&a, 100 + i, true);
	}
	assert_int_equal(enter(&a, 1, 0), ADMISSION_REFUSED_RATE);
	/* There is one for them where there is one at all. */
	admission_init(&a, 250, 1);
	assert_int_equal(enter_unknown(&a, 1, 0), ADMISSION_OK);
}

/* Who is known may have more connections without login, and keeps them. */
static void unknown_make_room(void **state)
{
	struct admission a;

	admission_init(&a, 6, 250);
	enter_ok(&a, 1, 0);
	enter_ok(&a, 1, 0);
	assert_int_equal(enter_unknown(&a, 2, 0), ADMISSION_OK);
	assert_int_equal(enter_unknown(&a, 3, 0), ADMISSION_EVICT);
	assert_int_equal(victim, 2);
	admission_leave(&a, 2, true);
	assert_int_equal(enter(&a, 4, 0), ADMISSION_EVICT);
	assert_int_equal(victim, 3);
	admission_leave(&a, 3, true);
	assert_int_equal(enter(&a, 5, 0), ADMISSION_EVICT);
	assert_int_equal(victim, 1);
}

static void new_limits(void **state)
{
	struct admission a;

	admission_init(&a, 1, 1);
	enter_ok(&a, 0, 0);
	admission_login(&a, 0);
	admission_limits(&a, 4, 3);
	enter_ok(&a, 1, 1);
	enter_ok(&a, 2, 2);
	assert_int_equal(enter(&a, 3, 3), ADMISSION_REFUSED_RATE);
	admission_limits(&a, 1, 3);
	assert_int_equal(enter(&a, 0, ADMISSION_WINDOW), ADMISSION_EVICT);
}

/* The most that fits, with one more for whom another makes room. */
static void all_full(void **state)
{
	struct admission a;
	uint64_t i;

	admission_init(&a, 1000, 1000);
	for (i = 0; i < ADMISSION_MAX; i++) {
		enter_ok(&a, i, 0);
		if (i >= 100)
			admission_login(&a, i);
	}
	assert_int_equal(enter(&a, 999, 0), ADMISSION_REFUSED_RATE);
	for (i = 0; i < ADMISSION_MAX; i++) {
		assert_int_equal(enter(&a, 1000 + i, ADMISSION_WINDOW),
				 ADMISSION_EVICT);
		assert_int_equal(a.sessions, ADMISSION_MAX + 1);
		admission_leave(&a, victim, true);
	}
}

static uint64_t host(int family, const char *text)
{
	struct dtcp_outer_addr a = { .family = family };

	assert_int_equal(inet_pton(family, text, a.addr), 1);
	return admission_host(&a);
}

static void hosts(void **state)
{
	assert_true(host(AF_INET, "192.0.2.1") == host(AF_INET, "192.0.2.1"));
	assert_true(host(AF_INET, "192.0.2.1") != host(AF_INET, "192.0.2.2"));
	assert_true(host(AF_INET6, "2001:db8::1") ==
		    host(AF_INET6, "2001:db8:0:0:ffff::"));
	assert_true(host(AF_INET6, "2001:db8::1") !=
		    host(AF_INET6, "2001:db8:0:1::1"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(strangers_make_room),
		cmocka_unit_test(users_are_not_evicted),
		cmocka_unit_test(one_connection),
		cmocka_unit_test(rate),
		cmocka_unit_test(share_of_connections),
		cmocka_unit_test(share_of_strangers),
		cmocka_unit_test(share_of_rate),
		cmocka_unit_test(crowd),
		cmocka_unit_test(unknown_hosts),
		cmocka_unit_test(unknown_make_room),
		cmocka_unit_test(new_limits),
		cmocka_unit_test(all_full),
		cmocka_unit_test(hosts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
