// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project
//
// What is said of copies that were dropped: to control sources (598), and in
// the log.

#include "tasking_fake_outlet.h"

#define CD(name, address) " content-destination " name " { address = \"" \
	address "\" port = 7 }\n"
#define GROUPS(more) "g-duplicates-dropped-periodicity = 5\n" \
	"capture-group g1 {\n" more \
	CD("cd1", "203.0.113.2") CD("cd2", "203.0.113.3") \
	" control-source u { }\n control-source v { }\n}\n" \
	"capture-group g2 {\n" CD("cd1", "203.0.113.4") \
	" duplicates-dropped-periodicity = 2\n control-source w { }\n}\n"

#define CD1 "Cdest-ID: cd1\r\n"
#define STATIC "Flags: Static\r\n"
#define TIME "Timestamp: 2011-02-13 16:00:02.802\r\n"

static int64_t seconds;

static int setup(void **state)
{
	seconds = 0;
	memset(&outlet, 0, sizeof(outlet));
	outlet_start(GROUPS(""));
	return 0;
}

static void ticks(int n)
{
	while (n--) {
		seconds++;
		tasking_tick(tasking, seconds * 1000, -1);
	}
}

static void add(const char *user, const char *headers)
{
	assert_non_null(strstr(ask(user, "ADD", headers), "200 OK"));
}

/* A filter loses copies to one of its destinations. */
static void lose(uint32_t filter, uint32_t dest, enum dfc_drop cause,
		 uint64_t packets)
{
	struct tasking_drop *d[] = {
		&load.filter[filter].drop[cause], &load.dest[dest].drop[cause],
	};
	size_t i;

	for (i = 0; i < 2; i++) {
		d[i]->packets += packets;
		d[i]->bytes += packets * 100;
	}
}

static void told(size_t i, const char *source, const char *mixed)
{
	assert_true(i < outlet.nnotice);
	assert_string_equal(outlet.notice[i].source, source);
	assert_string_equal(outlet.notice[i].mixed, mixed);
}

static void not_told(void)
{
	assert_int_equal(outlet.nnotice, 0);
}

#define DROPPED(cdests, id, packets, bytes) \
	"DTCP/0.7 598 Duplicate Packets Dropped\r\nCdest-ID: " cdests "\r\n" \
	"Criteria-ID: " id "\r\nDropped-Packets: " packets "\r\n" \
	"Dropped-Bytes: " bytes "\r\n" TIME

/* Each cause that is meant, and none that is not. */
static void causes(void **state)
{
	add("u", CD1 STATIC);
	lose(1, 1, DFC_DROP_NO_SA, 9);
	lose(1, 1, DFC_DROP_OUTPUT, 9);
	lose(1, 1, DFC_DROP_NO_MEMORY, 9);
	ticks(1);
	not_told();
	lose(1, 1, DFC_DROP_DUPLICATE, 1);
	lose(1, 1, DFC_DROP_QUEUE_FULL, 20);
	lose(1, 1, DFC_DROP_LATE, 300);
	ticks(1);
	told(0, "u", DROPPED("cd1", "1", "321", "32100"));
	assert_int_equal(counter("u", "dups-dropped-notifications"), 1);
	assert_non_null(strstr(outlet.events,
		"{\"event\":\"duplicates-dropped\",\"capture-group\":\"g1\","
		"\"control-source\":\"u\",\"criteria-id\":1,"
		"\"content-destinations\":[\"cd1\"],\"dropped-packets\":321,"
		"\"dropped-bytes\":32100}\n"));
}

/* At once, then every five seconds while it lasts, what is new. */
static void periods(void **state)
{
	int i;

	add("u", CD1 STATIC);
	for (i = 0; i < 11; i++) {
		lose(1, 1, DFC_DROP_LATE, 1);
		ticks(1);
	}
	assert_int_equal(outlet.nnotice, 3);
	told(0, "u", DROPPED("cd1", "1", "1", "100"));
	told(1, "u", DROPPED("cd1", "1", "5", "500"));
	told(2, "u", DROPPED("cd1", "1", "5", "500"));
	outlet.nnotice = 0;
	ticks(20);
	not_told();
	/* The rest of what came while it was quiet is not forgotten. */
	lose(1, 1, DFC_DROP_LATE, 1);
	ticks(1);
	lose(1, 1, DFC_DROP_LATE, 2);
	ticks(1);
	assert_int_equal(outlet.nnotice, 1);
	ticks(3);
	assert_int_equal(outlet.nnotice, 1);
	ticks(1);
	told(1, "u", DROPPED("cd1", "1", "2", "200"));
}

/* The owner of each, in its group's own time. */
static void owners(void **state)
{
	add("u", CD1 STATIC);
	add("v", CD1 STATIC);
	add("v", CD1 STATIC);
	add("w", CD1 STATIC);
	lose(3, 1, DFC_DROP_DUPLICATE, 4);
	ticks(1);
	assert_int_equal(outlet.nnotice, 1);
	told(0, "v", DROPPED("cd1", "2", "4", "400"));
	lose(1, 1, DFC_DROP_DUPLICATE, 5);
	lose(4, 3, DFC_DROP_DUPLICATE, 6);
	ticks(1);
	assert_int_equal(outlet.nnotice, 2);
	told(1, "w", DROPPED("cd1", "1", "6", "600"));
	lose(4, 3, DFC_DROP_DUPLICATE, 7);
	ticks(2);
	told(2, "w", DROPPED("cd1", "1", "7", "700"));
	ticks(2);
	assert_int_equal(outlet.nnotice, 4);
	told(3, "u", DROPPED("cd1", "1", "5", "500"));
}

static void two_legs(void **state)
{
	add("u", "Cdest-ID: cd1,cd2\r\n" STATIC);
	lose(1, 1, DFC_DROP_LATE, 1);
	lose(1, 2, DFC_DROP_LATE, 2);
	ticks(1);
	assert_int_equal(outlet.nnotice, 1);
	told(0, "u", DROPPED("cd1,cd2", "1", "3", "300"));
	ticks(10);
	assert_int_equal(outlet.nnotice, 1);
}

/* Filters are asked only if their destination has lost something. */
static void cheap(void **state)
{
	int i;

	for (i = 0; i < 20; i++)
		add("u", CD1 STATIC);
	add("u", "Cdest-ID: cd2\r\n" STATIC);
	ticks(20);
	lose(1, 1, DFC_DROP_NO_ROUTE, 5);
	ticks(1);
	assert_int_equal(load.gets, 0);
	lose(21, 2, DFC_DROP_LATE, 1);
	ticks(20);
	assert_int_equal(load.gets, 1);
	lose(1, 1, DFC_DROP_LATE, 1);
	ticks(20);
	assert_int_equal(load.gets, 21);
}

/* What the kernel does not tell now it tells the next time. */
static void kernel_refuses(void **state)
{
	add("u", CD1 STATIC);
	lose(1, 1, DFC_DROP_LATE, 3);
	load.fail = -EIO;
	ticks(1);
	not_told();
	load.fail = 0;
	ticks(1);
	told(0, "u", DROPPED("cd1", "1", "3", "300"));
}

/* A new filter of the same kernel id has lost nothing. */
static void forgotten(void **state)
{
	add("u", CD1 STATIC);
	lose(1, 1, DFC_DROP_LATE, 3);
	ticks(1);
	assert_int_equal(outlet.nnotice, 1);
	ask("u", "DELETE", "Criteria-ID: 1\r\n" STATIC);
	memset(&load.filter[1], 0, sizeof(load.filter[1]));
	load.filter[2].drop[DFC_DROP_LATE].packets = 1;
	fake.taken = 0;
	add("u", CD1 STATIC);
	load.dest[1].drop[DFC_DROP_LATE].packets++;
	ticks(5);
	told(1, "u", DROPPED("cd1", "2", "1", "0"));
}

static void new_period(void **state)
{
	add("u", CD1 STATIC);
	assert_int_equal(reconfigure(GROUPS(
				"duplicates-dropped-periodicity = 1\n")), 0);
	lose(1, 1, DFC_DROP_LATE, 1);
	ticks(1);
	lose(1, 1, DFC_DROP_LATE, 1);
	ticks(1);
	assert_int_equal(outlet.nnotice, 2);
}

static size_t lines(const char *text)
{
	const char *at = logged;
	size_t n = 0;

	for (; (at = strstr(at, text)); at++)
		n++;
	return n;
}

/* One line at once, then one a minute at most, with what came since. */
static void log_lines(void **state)
{
	struct tasking_dest d = { .id = 1 };

	fake.now += 1000;
	d.drop[DFC_DROP_NO_SA].packets = 12;
	tasking_dest_dropped(tasking, &d);
	assert_true(was_logged("content destination cd1 of g1: copies are "
		"dropped: no-sa, 12 since 2011-02-13 16:00:02.802"));
	assert_string_equal(outlet.events,
		"{\"event\":\"copies-dropped\",\"capture-group\":\"g1\","
		"\"content-destination\":\"cd1\",\"cause\":\"no-sa\","
		"\"packets\":12}\n");
	load.dest[1].drop[DFC_DROP_NO_SA].packets = 20;
	fake.now += 59999;
	ticks(1);
	assert_int_equal(lines("copies are dropped"), 1);
	/* Another cause does not wait for the first one. */
	load.dest[1].drop[DFC_DROP_QUEUE_FULL].packets = 1;
	ticks(1);
	assert_int_equal(lines("copies are dropped: queue-full, 1 since"), 1);
	fake.now += 1;
	ticks(3);
	assert_int_equal(lines("copies are dropped"), 3);
	assert_true(was_logged("no-sa, 8 since 2011-02-13 16:00:03.802"));
	fake.now += 600000;
	ticks(3);
	assert_int_equal(lines("copies are dropped"), 3);
	/* Somebody else's destination. */
	d.id = 99;
	tasking_dest_dropped(tasking, &d);
	assert_int_equal(lines("copies are dropped"), 3);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, fake_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(causes),
		TEST(periods),
		TEST(owners),
		TEST(two_legs),
		TEST(cheap),
		TEST(kernel_refuses),
		TEST(forgotten),
		TEST(new_period),
		TEST(log_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
