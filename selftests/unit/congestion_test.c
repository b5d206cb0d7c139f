// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project
//
// What happens when a content destination is sent more than its limits.

#include "congestion_subject.h"

static void soft(void **state)
{
	int first;

	add("u", CD1 STATIC, 300);
	add("u", CD1 STATIC, 0);
	add("v", CD1 STATIC, 300);
	flow(1, 0);
	tick();
	no_more();
	load.dest[1].bandwidth = 601;
	tick();
	assert_int_equal(outlet.nnotice, 2);
	first = strcmp(outlet.notice[0].source, "u") != 0;
	assert_string_equal(outlet.notice[!first].source, "v");
	assert_string_equal(outlet.notice[first].mixed,
		"DTCP/0.7 580 Congestion\r\nCdest-ID: cd1\r\n"
		"Average-Bandwidth: 601\r\nAlert-Bandwidth: 600\r\n"
		"Max-Bandwidth: 1000\r\nTimestamp: 2011-02-13 16:00:02.805\r\n");
	heard = 2;
	no_more();
	assert_int_equal(counter("u", "congestion-notifications"), 1);
	assert_int_equal(counter("u", "notifications"), 1);
	assert_true(was_logged("content destination cd1 of g1: congestion, 601 bit/s are above soft-limit 600"));
	assert_non_null(strstr(outlet.events,
		"{\"event\":\"congestion\",\"capture-group\":\"g1\","
		"\"content-destination\":\"cd1\",\"average-bandwidth\":601,"
		"\"soft-limit\":600}\n"));
}

/* Once, until it has been below soft-limit-clear. */
static void hysteresis(void **state)
{
	static const struct {
		uint64_t bandwidth;
		size_t notices;
	} steps[] = {
		{ 600, 0 }, { 601, 1 }, { 900, 0 }, { 500, 0 }, { 601, 0 },
		{ 499, 0 }, { 600, 0 }, { 500, 0 }, { 700, 1 }, { 0, 0 },
		{ 1000, 1 },
	};
	size_t i;

	add("u", CD1 STATIC, 100);
	for (i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		load.dest[1].bandwidth = steps[i].bandwidth;
		tick();
		assert_int_equal(outlet.nnotice, steps[i].notices);
		heard = outlet.nnotice;
		no_more();
	}
	assert_true(was_logged("congestion is over, 499 bit/s are below soft-limit-clear 500"));
	assert_non_null(strstr(outlet.events, "\"congestion-clear\""));
	left("1 ");
}

/* Without hard-limit there is none to name; without criteria, nobody to tell. */
static void soft_only(void **state)
{
	fake_stop();
	start(GROUPS("soft-limit = 600 soft-limit-clear = 500"));
	load.dest[1].bandwidth = 5000;
	tick();
	no_more();
	load.dest[1].bandwidth = 0;
	tick();
	add("u", CD1 STATIC, 5000);
	flow(1, 0);
	tick();
	told("u", "Alert-Bandwidth: 600\r\nTimestamp");
	no_more();
	left("1 ");
}

/* Priority decides before bandwidth, bandwidth before age. */
static void order(void **state)
{
	add("u", CD1 STATIC "Priority: 3\r\n", 100);	/* 1 */
	add("u", CD1 STATIC "Priority: 6\r\n", 90);
	add("u", CD1 STATIC "Priority: 3\r\n", 400);	/* 3 */
	add("v", CD1 STATIC "Priority: 1\r\n", 80);	/* 4: 1 + 5 */
	add("u", CD1 STATIC "Priority: 6\r\n", 90);
	add("u", CD1 STATIC "Priority: 7\r\n", 0);	/* 6: no traffic */
	add("u", CD1 STATIC "Priority: 1\r\n", 280);	/* 7 */
	flow(1, 0);
	tick();
	/* 1040: 950 without the newer of those with 90, 860, and then 780. */
	left("1 3 6 7 ");
	heard = 2;	/* 580, to both */
	told("u", CD1_DELETED "4,2\r\nTimestamp");
	told("v", CD1_DELETED "1\r\nTimestamp");
	no_more();
	assert_int_equal(counter("u", "criteria-deleted-by-congestion"), 2);
	assert_int_equal(counter("v", "criteria-deleted-by-congestion"), 1);
	assert_int_equal(counter("u", "congestion-delete-notifications"), 1);
	assert_int_equal(counter("u", "active-criteria"), 4);
	assert_int_equal(memory_of("v")->criteria, 0);
	assert_true(was_logged("u: criteria 4 deleted, filter 5: hard-limit of cd1, its priority was 6"));
	assert_true(was_logged("1040 bit/s are above hard-limit 1000: 3 criteria deleted, the others have 780 bit/s"));
	assert_non_null(strstr(outlet.events,
		"{\"event\":\"criteria-ended\",\"capture-group\":\"g1\","
		"\"control-source\":\"v\",\"criteria-id\":1,\"filter\":4,"
		"\"reason\":\"congestion\"}\n"));
	assert_non_null(strstr(outlet.events,
		"{\"event\":\"congestion-delete\",\"capture-group\":\"g1\","
		"\"content-destination\":\"cd1\",\"average-bandwidth\":1040,"
		"\"hard-limit\":1000,\"criteria\":3,\"bandwidth\":780}\n"));
}

/* The busiest of one priority goes first; with that it may be enough. */
static void busiest(void **state)
{
	add("u", CD1 STATIC, 200);
	add("u", CD1 STATIC, 500);
	add("u", CD1 STATIC, 301);
	flow(1, 0);
	tick();
	left("1 3 ");
}

/* Of the same priority and bandwidth, the newest; below the target, not at it. */
static void newest(void **state)
{
	int i;

	for (i = 0; i < 6; i++)
		add(i % 2 ? "v" : "u", i % 2 ? CD1 STATIC :
		    CD1 STATIC "Priority: 6\r\n", 200);
	flow(1, 0);
	tick();
	left("1 2 3 ");
}

static void at_the_limit(void **state)
{
	add("u", CD1 STATIC, 500);
	add("u", CD1 STATIC, 500);
	flow(1, 0);
	tick();
	left("1 2 ");
	load.filter[2].bandwidth = 501;
	flow(1, 0);
	tick();
	left("1 ");
}

/* What was deleted counts in the average for 10 s more: nobody else goes. */
static void aftermath(void **state)
{
	uint64_t gone = 900;
	int i;

	add("u", CD1 STATIC, 450);
	add("u", CD1 STATIC "Priority: 2\r\n", gone);
	flow(1, 0);
	tick();
	left("1 ");
	load.gets = 0;
	for (i = 9; i >= 0; i--) {
		flow(1, gone * i / 10);
		tick();
		left("1 ");
	}
	assert_int_equal(load.gets, 0);
	/* It takes no more than a look to see that more comes now. */
	add("u", CD1 STATIC "Priority: 2\r\n", 700);
	flow(1, 0);
	tick();
	left("1 ");
}

/* Even while the average is not to be trusted, too much is too much. */
static void still_too_much(void **state)
{
	add("u", CD1 STATIC, 700);
	add("u", CD1 STATIC "Priority: 2\r\n", 5000);
	flow(1, 0);
	tick();
	left("1 ");
	add("u", CD1 STATIC "Priority: 2\r\n", 1500);
	flow(1, 4500);
	tick();
	left("1 ");
}

/* The average is made of what has ended meanwhile: nothing is deleted. */
static void ended_meanwhile(void **state)
{
	add("u", CD1 STATIC, 900);
	flow(1, 3000);
	tick();
	left("1 ");
	assert_int_equal(counter("u", "criteria-deleted-by-congestion"), 0);
	load.gets = 0;
	flow(1, 2700);
	tick();
	assert_int_equal(load.gets, 0);
}

/* One leg is congested: the criterion goes, and its copies on the other too. */
static void two_legs(void **state)
{
	add("u", "Cdest-ID: cd1, cd2\r\n" STATIC, 1100);
	add("u", CD2 STATIC, 5000);
	flow(1, 0);
	flow(2, 0);
	tick();
	left("2 ");
	heard = 1;
	told("u", CD1_DELETED "1\r\n");
	no_more();
}

/* Another outer source or TTL is no way round the limits. */
static void variants(void **state)
{
	add("u", CD1 STATIC "X-JTap-Cdest-TTL: 9\r\n", 600);
	add("u", CD1 STATIC "X-JTap-Cdest-TTL: 8\r\n", 600);
	add("u", CD1 STATIC, 100);
	add("u", CD1 STATIC "X-JTap-Cdest-Dest-Address: 203.0.113.9\r\n"
	    "X-JTap-Cdest-Dest-Port: 9\r\n", 7000);
	assert_int_equal(fake.ndest, 5);
	flow(1, 0);
	flow(3, 0);
	flow(4, 0);
	flow(5, 0);
	tick();
	left("1 3 4 ");
	assert_non_null(strstr(outlet.notice[0].mixed, "Average-Bandwidth: 1300"));
}

static void blocked(void **state)
{
	source_config("u")->action_block = true;
	add("u", CD1 STATIC "Action: Block\r\n", 5000);
	add("u", CD1 STATIC, 100);
	load.dest[1].bandwidth = 1500;
	tick();
	left("1 2 ");
	heard = 1;
	no_more();
}

/* A filter that expires meanwhile is not counted, and not told. */
static void expires(void **state)
{
	add("u", CD1 STATIC, 700);
	add("u", CD1 STATIC, 800);
	add("u", CD1 STATIC, 900);
	flow(1, 0);
	fake.expire = 1;
	tick();
	heard = 1;
	told("u", CD1_DELETED "2\r\n");
	no_more();
	left("1 ");
	assert_int_equal(counter("u", "active-criteria"), 2);
	tasking_filter_gone(tasking, 3, DFC_REASON_TIMEOUT_IDLE,
			    &fake.counters);
	assert_int_equal(counter("u", "active-criteria"), 1);
}

static void kernel_refuses(void **state)
{
	add("u", CD1 STATIC, 1500);
	flow(1, 0);
	fake.fail_filter_del = -ENOMEM;
	tick();
	left("1 ");
	assert_int_equal(counter("u", "active-criteria"), 1);
	assert_true(was_logged("above hard-limit, and criteria cannot be deleted"));
	fake.fail_filter_del = 0;
	load.fail = -EIO;
	tick();
	left("1 ");
	assert_true(was_logged("counters of destinations: "));
	load.fail = 0;
	tick();
	left("");
}

/* As many messages as it takes, each fits into a datagram; none is left out. */
static void split(void **state)
{
	const size_t limit = 1400 - DTCP_WRITER_SIGNATURE;
	const struct tasking_memory m = { .last_id = 4000000000u };
	char have[8192] = "", *at;
	size_t i, ids = 0;

	/* Ids of ten digits, 200 of them. */
	fake_stop();
	outlet_remember(NULL, "u", &m);
	outlet_start(GROUPS(LIMITS));
	for (i = 0; i < 200; i++)
		add("u", CD1 STATIC, 1000);
	flow(1, 0);
	tick();
	left("");
	assert_int_equal(outlet.nnotice, 3);
	for (i = 1; i < 3; i++) {
		assert_true(strlen(outlet.notice[i].mixed) <= limit);
		at = strstr(outlet.notice[i].mixed, "Criteria-ID: ") + 13;
		sprintf(have + strlen(have), "%.*s,", (int)strcspn(at, "\r"),
			at);
	}
	/* Full: another one would not have fit. */
	assert_true(strlen(outlet.notice[1].mixed) > limit - 11);
	for (at = have; (at = strstr(at, "4000000")); at++)
		ids++;
	assert_int_equal(ids, 200);
	assert_int_equal(counter("u", "congestion-delete-notifications"), 2);
}

/* Limits change under the criteria. */
static void reload(void **state)
{
	add("u", CD1 STATIC, 2000);
	assert_int_equal(reconfigure(GROUPS("")), 0);
	flow(1, 0);
	tick();
	no_more();
	left("1 ");
	assert_int_equal(reconfigure(GROUPS("soft-limit = 1500 soft-limit-clear = 1")), 0);
	tick();
	told("u", "Alert-Bandwidth: 1500\r\n");
	assert_int_equal(reconfigure(GROUPS("")), 0);
	tick();
	assert_int_equal(reconfigure(GROUPS("soft-limit = 1600 soft-limit-clear = 1")), 0);
	tick();
	told("u", "Alert-Bandwidth: 1600\r\n");
	assert_int_equal(reconfigure(GROUPS("hard-limit = 1999 hard-limit-target = 1")), 0);
	left("1 ");
	tick();
	told("u", CD1_DELETED "1\r\n");
	no_more();
	left("");
}

/* But what copies look like does not. */
static void reload_format(void **state)
{
	static const char *const changes[] = {
		GROUPS("format = dfc"), GROUPS("dscp = 1"),
		GROUPS("queue-limit = 64k"),
	};
	size_t i;

	for (i = 0; i < 3; i++) {
		assert_int_equal(reconfigure(GROUPS("")), 0);
		add("u", CD1 STATIC, 0);
		assert_int_equal(reconfigure(changes[i]), 0);
		assert_int_equal(fake.nfilter, 0);
		told("u", "not allowed by the new configuration");
	}
	no_more();
}

static void figures(void **state)
{
	static const struct {
		const char *name;
		json_int_t value;
	} want[] = {
		{ "criteria", 2 }, { "average-rate", 707 },
		{ "matched-packets", 11 }, { "matched-bytes", 1111 },
		{ "congestion-notifications", 2 },
	};
	json_t *o, *d = NULL;
	size_t i;

	add("u", CD1 STATIC, 700);
	add("u", CD2 STATIC, 20);
	add("v", CD1 STATIC, 7);
	flow(1, 0);
	tick();
	for (i = 0; i < 2; i++)
		assert_int_equal(counter("u", "bandwidth"), 720);
	assert_int_equal(counter("v", "bandwidth"), 7);
	o = tasking_show(tasking, "destinations");
	json_array_foreach(json_object_get(o, "destinations"), i, d)
		if (!strcmp(json_string_value(json_object_get(d, "name")),
			    "cd1"))
			break;
	for (i = 0; i < 5; i++)
		assert_int_equal(json_integer_value(json_object_get(d,
					want[i].name)), want[i].value);
	json_decref(o);
	heard = outlet.nnotice;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(soft),
		TEST(hysteresis),
		TEST(soft_only),
		TEST(order),
		TEST(busiest),
		TEST(newest),
		TEST(at_the_limit),
		TEST(aftermath),
		TEST(still_too_much),
		TEST(ended_meanwhile),
		TEST(two_legs),
		TEST(variants),
		TEST(blocked),
		TEST(expires),
		TEST(kernel_refuses),
		TEST(split),
		TEST(reload),
		TEST(reload_format),
		TEST(figures),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
