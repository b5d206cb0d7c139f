// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project
//
// A dtcpd that starts on what an earlier one has left in kernel and journal.

#include "restore_fake.h"

#define DEST1 " content-destination cd1 { address = \"203.0.113.2\" port = 7 }\n"
#define DEST2 " content-destination cd2 { address = \"203.0.113.3\" port = 8 }\n"
#define SOURCES " control-source a { }\n" \
	" control-source b { dynamic-destinations = yes }\n"
#define GROUP(body) "capture-group g1 {\n" body "}\n"
#define GROUPS GROUP(DEST1 DEST2 SOURCES)

#define CD1 "Cdest-ID: cd1\r\n"
#define CD2 "Cdest-ID: cd2\r\n"
#define ELSEWHERE "X-JTap-Cdest-Dest-Address: 203.0.113.9\r\n" \
	"X-JTap-Cdest-Dest-Port: 9\r\n"
#define IDLE "Timeout-Idle: 60\r\n"
#define MATCH "Source-Address: 192.0.2.0/24\r\nProtocol: 17\r\n"
#define ADDED(id) HEAD("200 OK") "CRITERIA-ID: " id "\r\n" TAIL
#define COUNT(n) HEAD("200 OK") "CRITERIA-COUNT: " n "\r\n" TAIL

static int setup(void **state)
{
	memset(&fake, 0, sizeof(fake));
	memset(&load, 0, sizeof(load));
	memset(&rows, 0, sizeof(rows));
	memset(&outlet, 0, sizeof(outlet));
	fake.sentence = "";
	fake.now = 1297612802802;
	fake.instance = 99;
	setenv("TZ", "UTC", 1);
	return start_as(GROUPS, true);
}

static int teardown(void **state)
{
	fake_stop();
	return 0;
}

static void three(void)
{
	asks("a", "ADD", CD1 MATCH "Flags: STATIC\r\n", ADDED("1"));
	asks("a", "ADD", CD2 MATCH "Timeout-Total: 100\r\nFlags: SendAsync\r\n",
	     ADDED("2"));
	asks("b", "ADD", CD1 ELSEWHERE "Timeout-Idle: 60\r\n", ADDED("1"));
}

static void test_adopt(void **state)
{
	static char before[8192];
	size_t calls, sets;

	three();
	asks("a", "REFRESH", "Criteria-ID: 2\r\nTimeout-Total: 200\r\n",
	     COUNT("1"));
	strcpy(before, ask("a", "LIST", "Flags: Both\r\n"));
	assert_true(strlen(before) > 200);
	calls = fake.calls;
	sets = fake.group_sets;
	restart_as(GROUPS);
	assert_int_equal(fake.calls, calls);
	assert_int_equal(fake.group_sets, sets + 1);
	assert_int_equal(fake.nfilter, 3);
	assert_int_equal(outlet.nnotice, 0);
	assert_string_equal(ask("a", "LIST", "Flags: Both\r\n"), before);
	assert_true(was_logged("3 of 3 criteria taken over"));
	/* Ids go on, and what was taken over can be deleted. */
	asks("a", "ADD", CD1 IDLE, ADDED("3"));
	asks("b", "DELETE", "Criteria-ID: 1\r\n", COUNT("1"));
	assert_int_equal(fake.ndest, 2);
	restart_as(GROUPS);
	assert_int_equal(fake.nfilter, 3);
	assert_int_equal(row_count(JOURNAL_CRITERION), 3);
	assert_int_equal(row_count(JOURNAL_DEST), 2);
	assert_int_equal(outlet.nnotice, 0);
}

/* What met a limit, or was deleted by somebody else, while nobody listened. */
static void test_ended(void **state)
{
	three();
	fake.nfilter = 0;
	restart_as(GROUPS);
	assert_int_equal(notices("a", " 390 "), 1);
	assert_int_equal(notices("a", " 599 "), 1);
	assert_int_equal(notices("b", ""), 0);
	assert_int_equal(row_count(JOURNAL_CRITERION), 0);
	assert_int_equal(fake.ndest, 2);
	restart_as(GROUPS);
	assert_int_equal(outlet.nnotice, 0);
}

static void test_unknown(void **state)
{
	struct fake_filter strange;

	three();
	strange = fake.filter[0];
	strange.id = 500;
	fake.filter[fake.nfilter++] = strange;
	fake.dest[fake.ndest] = fake.dest[0];
	fake.dest[fake.ndest++].id = 201;
	/* Somebody else's stay. */
	fake.group[fake.ngroup++] = (struct fake_group){ .id = 900 };
	strange.id = 502;
	strange.group = 900;
	fake.filter[fake.nfilter++] = strange;
	restart_as(GROUPS);
	assert_null(fake_filter(500));
	assert_null(fake_dest(201));
	assert_non_null(fake_filter(502));
	assert_non_null(fake_group(900));
	assert_int_equal(fake.nfilter, 4);
	assert_int_equal(outlet.nnotice, 0);
	assert_true(was_logged("1 filters of before are deleted"));
	/* Its event may come yet: nobody gets its id. */
	asks("a", "ADD", CD1 IDLE, ADDED("3"));
	assert_true(fake.filter[4].id > 500);
}

static void test_other_instance(void **state)
{
	three();
	asks("a", "ADD", CD1 "Timeout-Packets: 5\r\nFlags: SendAsync\r\n",
	     ADDED("3"));
	asks("a", "ADD", CD1 "Timeout-Total: 10\r\nFlags: SendAsync\r\n",
	     ADDED("4"));
	lose_kernel();
	/* What somebody else has by now. */
	fake.group[fake.ngroup++] = (struct fake_group){ .id = 1 };
	fake.now += 30500;
	restart_as(GROUPS);
	assert_int_equal(fake.nfilter, 3);
	assert_int_equal(fake_filter(2)->timeout_total, 70);
	assert_int_equal(fake_filter(3)->timeout_idle, 60);
	assert_int_equal(fake_filter(1)->nsrc, 1);
	assert_int_equal(fake_filter(1)->nprotocol, 1);
	assert_int_equal(fake_filter(1)->group, 2);
	assert_int_equal(notices("a", " 599 "), 1);
	assert_int_equal(notices("a", " 390 "), 1);
	assert_int_equal(notices("b", ""), 0);
	assert_true(was_logged("nobody knows what was left"));
	fake.now -= 30500;
	asks("a", "ADD", CD1 IDLE, ADDED("5"));
	/* And now that is what is known. */
	restart_as(GROUPS);
	assert_int_equal(fake.nfilter, 4);
	assert_int_equal(outlet.nnotice, 0);
}

/* Killed while it was done: the kernel has half of it. */
static void test_other_instance_again(void **state)
{
	three();
	lose_kernel();
	fake.fail_filter_add = 0;
	restart_as(GROUPS);
	rows.row[row_find(JOURNAL_META, JOURNAL_META_INSTANCE)].data[0]++;
	fake.nfilter = 2;
	restart_as(GROUPS);
	assert_int_equal(fake.nfilter, 3);
	assert_int_equal(fake.ngroup, 1);
	assert_int_equal(fake.ndest, 3);
	assert_int_equal(outlet.nnotice, 0);
}

/* A machine without a clock of its own: no tap gets more than it had. */
static void test_clock_set_back(void **state)
{
	three();
	lose_kernel();
	fake.now -= 86400000;
	restart_as(GROUPS);
	assert_int_equal(fake_filter(2)->timeout_total, 100);
}

/* What the kernel cannot do today is not lost: the next start tries again. */
static void test_kernel_cannot(void **state)
{
	three();
	lose_kernel();
	fake.fail_filter_add = -ENOMEM;
	tasking_free(tasking);
	config_free(config);
	assert_true(start_as(GROUPS, true) < 0);
	assert_int_equal(row_count(JOURNAL_CRITERION), 3);
	fake.fail_filter_add = 0;
	restart_as(GROUPS);
	assert_int_equal(fake.nfilter, 3);
	assert_int_equal(outlet.nnotice, 0);
}

static void test_drop(void **state)
{
	three();
	tasking_free(tasking);
	config_free(config);
	assert_int_equal(start_as(GROUPS, false), 0);
	assert_int_equal(fake.nfilter, 0);
	assert_int_equal(fake.ngroup, 1);
	assert_int_equal(notices("a", " 599 "), 1);
	assert_int_equal(notices("b", " 599 "), 1);
	assert_int_equal(rows.n, 0);
}

static void test_journal_removed(void **state)
{
	three();
	rows.n = 0;
	restart_as(GROUPS);
	assert_int_equal(fake.nfilter, 0);
	assert_int_equal(notices("a", " 599 "), 1);
	assert_int_equal(notices("b", " 599 "), 1);
	asks("a", "ADD", CD1 IDLE, ADDED("3"));
}

/* Only its owner has lost something. */
static void test_damaged_row(void **state)
{
	size_t i;

	three();
	i = row_find(JOURNAL_CRITERION, 3);
	rows.row[i].data[0]++;
	restart_as(GROUPS);
	assert_int_equal(fake.nfilter, 2);
	assert_int_equal(notices("a", ""), 0);
	assert_int_equal(notices("b", " 599 "), 1);
	restart_as(GROUPS);
	assert_int_equal(outlet.nnotice, 0);
}

static void test_missing_row(void **state)
{
	three();
	row_del(NULL, JOURNAL_CRITERION, 1);
	rows.damaged = true;
	restart_as(GROUPS);
	assert_int_equal(fake.nfilter, 2);
	assert_int_equal(notices("a", " 599 "), 1);
	assert_int_equal(notices("b", ""), 0);
}

/* Whatever is in rows: nothing taps that nobody knows. */
static void test_any_row(void **state)
{
	static typeof(rows) journal;
	static struct fake kernel;
	size_t i, at;

	three();
	journal = rows;
	kernel = fake;
	for (i = 0; i < journal.n; i++)
		for (at = 0; at < journal.row[i].len; at += 3) {
			rows = journal;
			fake = kernel;
			rows.row[i].data[at] ^= 0x81;
			restart_as(GROUPS);
			assert_int_equal(fake.nfilter,
					 row_count(JOURNAL_CRITERION));
		}
}

/* As on a reload: what is not allowed any more ends. */
static void test_other_config(void **state)
{
	three();
	restart_as(GROUP(DEST1 SOURCES));
	assert_int_equal(fake.nfilter, 2);
	assert_int_equal(notices("a", " 599 "), 1);
	assert_int_equal(notices("b", ""), 0);
	assert_true(was_logged("not allowed by the new configuration"));
	restart_as(GROUP("mode = passive interfaces = {\"eth1\"}" DEST1
			 SOURCES));
	assert_int_equal(fake.nfilter, 0);
	assert_int_equal(fake.ngroup, 1);
	assert_true(fake.group[0].passive);
}

static void test_source_gone(void **state)
{
	three();
	restart_as(GROUP(DEST1 DEST2 " control-source c { }\n"));
	assert_int_equal(fake.nfilter, 0);
	assert_int_equal(fake.ndest, 2);
	assert_int_equal(row_count(JOURNAL_CRITERION), 0);
}

/* Copies that were lost before are no news. */
static void test_losses(void **state)
{
	asks("a", "ADD", CD1 "Flags: STATIC\r\n", ADDED("1"));
	load.dest[1].drop[DFC_DROP_DUPLICATE].packets = 50;
	load.filter[1].drop[DFC_DROP_DUPLICATE].packets = 50;
	restart_as(GROUPS);
	tasking_tick(tasking, 1000, 0);
	assert_int_equal(outlet.nnotice, 0);
	assert_false(was_logged("copies are dropped"));
	load.dest[1].drop[DFC_DROP_DUPLICATE].packets = 53;
	load.filter[1].drop[DFC_DROP_DUPLICATE].packets = 53;
	tasking_tick(tasking, 2000, 0);
	assert_int_equal(notices("a", " 598 "), 1);
	assert_non_null(strstr(outlet.notice[0].mixed, "3"));
}

static void test_journal_full(void **state)
{
	three();
	rows.full = "the disk is full";
	asks("a", "ADD", CD1 IDLE, HEAD("500 Server Internal Error") TAIL);
	assert_true(was_logged("would be lost with dtcpd: the disk is full"));
	asks("a", "REFRESH", "Criteria-ID: 2\r\nTimeout-Total: 50\r\n",
	     HEAD("500 Server Internal Error") TAIL);
	assert_int_equal(fake_filter(2)->timeout_total, 100);
	rows.full = NULL;
	rows.fail_put = -EAGAIN;
	asks("a", "REFRESH", "Criteria-ID: 2\r\nTimeout-Total: 50\r\n",
	     HEAD("500 Server Internal Error") TAIL);
	rows.full = "the disk is full";
	asks("a", "DELETE", "Criteria-ID: 2\r\n", COUNT("1"));
	assert_int_equal(fake.nfilter, 2);
	/* It fills up while the kernel is asked. */
	rows.full = NULL;
	rows.fail_put = -EAGAIN;
	asks("b", "ADD", CD1 IDLE, HEAD("500 Server Internal Error") TAIL);
	assert_int_equal(fake.nfilter, 2);
	rows.fail_put = -EAGAIN;
	asks("b", "ADD", CD1 ELSEWHERE "X-JTap-Cdest-TTL: 3\r\n" IDLE,
	     HEAD("500 Server Internal Error") TAIL);
	assert_int_equal(fake.nfilter, 2);
	assert_int_equal(fake.ndest, 3);
	asks("b", "ADD", CD1 IDLE, ADDED("3"));
	restart_as(GROUPS);
	assert_int_equal(fake.nfilter, 3);
}

/* The module is unloaded under dtcpd: the next one has it all again. */
static void test_unloaded(void **state)
{
	three();
	lose_kernel();
	tasking_kernel_gone(tasking);
	assert_int_equal(outlet.nnotice, 0);
	restart_as(GROUPS);
	assert_int_equal(fake.nfilter, 3);
	assert_int_equal(outlet.nnotice, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_adopt),
		TEST(test_ended),
		TEST(test_unknown),
		TEST(test_other_instance),
		TEST(test_other_instance_again),
		TEST(test_clock_set_back),
		TEST(test_kernel_cannot),
		TEST(test_drop),
		TEST(test_journal_removed),
		TEST(test_damaged_row),
		TEST(test_missing_row),
		TEST(test_any_row),
		TEST(test_other_config),
		TEST(test_source_gone),
		TEST(test_losses),
		TEST(test_journal_full),
		TEST(test_unloaded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
