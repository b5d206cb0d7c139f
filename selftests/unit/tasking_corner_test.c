// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project
//
// Corners of ADD, DELETE and REFRESH: what names what, what is echoed, what
// one control source can learn of another.

#include "tasking_fake.h"

#define GROUPS \
	"capture-group g1 {\n" \
	" content-destination cd1 { address = \"203.0.113.2\" port = 7890 }\n" \
	" content-destination \"c,d e\" { address = \"203.0.113.2\" port = 1 }\n" \
	" control-source a { }\n" \
	" control-source b { dynamic-destinations = yes }\n" \
	"}\n"

#define CD1 "Cdest-ID: cd1\r\n"
#define IDLE "Timeout-Idle: 60\r\n"
#define STATIC "Flags: Static\r\n"
#define ADDED(id) HEAD("200 OK") "CRITERIA-ID: " id "\r\n" TAIL
#define COUNT(n) HEAD("200 OK") "CRITERIA-COUNT: " n "\r\n" TAIL
#define BAD HEAD("400 Bad Request")
#define FILTER HEAD("432 Improper Filter Specification")
#define TIMEOUT HEAD("433 Improper Timeout Specification")
#define UNKNOWN(ids) HEAD("431 Unknown Criteria ID") \
	"CRITERIA-ID: " ids "\r\n" TAIL
#define OUT(what, value) "X-JTap-Cdest-" what ": " value "\r\n"

static void test_first_header_counts(void **state)
{
	asks("a", "ADD", CD1 "Cdest-ID: nope\r\n" IDLE "Timeout-Idle: 0\r\n"
	     "Priority: 7\r\npriority: 0\r\nProtocol: 6\r\nProtocol: x\r\n",
	     ADDED("1"));
	assert_int_equal(fake.filter[0].timeout_idle, 60);
	assert_int_equal(fake.filter[0].priority, 7);
	assert_int_equal(fake.filter[0].nprotocol, 1);
	asks("a", "ADD", "Cdest-ID: nope\r\n" CD1 IDLE,
	     HEAD("430 Unknown Content Destination") "CDEST-ID: nope\r\n"
	     TAIL);
	asks("a", "DELETE", "Criteria-ID: 2\r\nCriteria-ID: 1\r\n",
	     UNKNOWN("2"));
	asks("a", "REFRESH", "Criteria-ID: 1\r\n"
	     "Timeout-Idle: 5\r\nTimeout-Idle: 6\r\n", COUNT("1"));
	assert_int_equal(fake.filter[0].timeout_idle, 5);
}

/* Names are bytes: escapes are undone, and case matters. */
static void test_names(void **state)
{
	asks("a", "ADD", "Cdest-ID: c\\044d\\032e\r\n" IDLE, ADDED("1"));
	asks("a", "ADD", "Cdest-ID: \\099\\100\\049\r\n" IDLE, ADDED("2"));
	asks("a", "ADD", "Cdest-ID: CD1\r\n" IDLE,
	     HEAD("430 Unknown Content Destination") "CDEST-ID: CD1\r\n" TAIL);
	asks("a", "ADD", "Cdest-ID: c\\044d\r\n" IDLE,
	     HEAD("430 Unknown Content Destination") "CDEST-ID: c\\044d\r\n"
	     TAIL);
	asks("a", "ADD", "Cdest-ID: c\\44d\r\n" IDLE,
	     BAD "CDEST-ID: c\\44d\r\n" TAIL);
	asks("a", "ADD", "Cdest-ID: c\\256\r\n" IDLE,
	     BAD "CDEST-ID: c\\256\r\n" TAIL);
	asks("a", "DELETE", "Cdest-ID: \\099d1\r\n", COUNT("1"));
	asks("a", "DELETE", "Cdest-ID: c\\044d\\032e\r\n", COUNT("1"));
}

static void test_static_ignores_timeouts(void **state)
{
	asks("a", "ADD", CD1 STATIC "Timeout-Idle: 0\r\n"
	     "Timeout-Total: 86401\r\nTimeout-Packets: x\r\n"
	     "Timeout-Bytes:\r\n", ADDED("1"));
	assert_int_equal(fake.filter[0].timeout_total, 0);
	asks("a", "REFRESH", "Criteria-ID: 1\r\nTimeout-Idle: 5\r\n",
	     COUNT("0"));
	asks("a", "REFRESH", "Criteria-ID: 1\r\nTimeout-Idle: 0\r\n",
	     TIMEOUT "TIMEOUT-IDLE: 0\r\n" TAIL);
	assert_int_equal(fake.filter[0].timeout_idle, 0);
}

static void test_counts_of_destinations(void **state)
{
	static const struct {
		const char *cdests, *more, *echoed;
	} bad[] = {
		{ "x", OUT("Dest-Address", "203.0.113.2,203.0.113.3"),
		  "X-JTAP-CDEST-DEST-ADDRESS: 203.0.113.2,203.0.113.3\r\n" },
		{ "x", OUT("Dest-Address", "203.0.113.2") OUT("Dest-Port", "1,2"),
		  "X-JTAP-CDEST-DEST-PORT: 1,2\r\n" },
		{ "x,y", OUT("Dest-Address", "203.0.113.2"),
		  "X-JTAP-CDEST-DEST-ADDRESS: 203.0.113.2\r\n" },
		{ "x,y", OUT("Dest-Address", "203.0.113.2,203.0.113.3")
		  OUT("Dest-Port", "1"), "X-JTAP-CDEST-DEST-PORT: 1\r\n" },
		{ "x,y", OUT("Dest-Port", "1,2,3"),
		  "X-JTAP-CDEST-DEST-PORT: 1,2,3\r\n" },
	};
	char headers[512], answer[512];
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		snprintf(headers, sizeof(headers), "Cdest-ID: %s\r\n%s" IDLE,
			 bad[i].cdests, bad[i].more);
		snprintf(answer, sizeof(answer), FILTER "%s" TAIL,
			 bad[i].echoed);
		asks("b", "ADD", headers, answer);
	}
	asks("b", "ADD", "Cdest-ID: x\r\n" IDLE
	     OUT("Source-Address", "203.0.113.2,203.0.113.3"),
	     BAD "X-JTAP-CDEST-SOURCE-ADDRESS: 203.0.113.2,203.0.113.3\r\n"
	     TAIL);
	asks("b", "ADD", "Cdest-ID: x\r\n" IDLE OUT("TTL", "256"),
	     BAD "X-JTAP-CDEST-TTL: 256\r\n" TAIL);
	assert_int_equal(fake.nfilter, 0);
	assert_int_equal(fake.ndest, 2);
}

/* By Criteria-ID or by Cdest-ID, one of them and of one destination. */
static void test_targets(void **state)
{
	static const char *const methods[] = { "DELETE", "REFRESH" };
	char answer[256];
	size_t i;

	ask("a", "ADD", CD1 IDLE);
	for (i = 0; i < 2; i++) {
		asks("a", methods[i], IDLE, BAD TAIL);
		asks("a", methods[i], CD1 "Criteria-ID: 1\r\n" IDLE, BAD TAIL);
		asks("a", methods[i], "Cdest-ID: cd1,x\r\n" IDLE,
		     BAD "CDEST-ID: cd1,x\r\n" TAIL);
		asks("a", methods[i], "Criteria-ID: 2-1\r\n" IDLE,
		     BAD "CRITERIA-ID: 2-1\r\n" TAIL);
		asks("a", methods[i], "Criteria-ID: 1,\r\n" IDLE,
		     BAD "CRITERIA-ID: 1,\r\n" TAIL);
		asks("a", methods[i], "Criteria-ID: 2\r\n" IDLE, UNKNOWN("2"));
		asks("a", methods[i], "Criteria-ID: 0\r\n" IDLE, UNKNOWN("0"));
		asks("a", methods[i], "Criteria-ID: 2-9,100-200\r\n" IDLE,
		     COUNT("0"));
		asks("a", methods[i], "Criteria-ID: 2-2\r\n" IDLE,
		     UNKNOWN("2-2"));
		snprintf(answer, sizeof(answer), UNKNOWN("1, 0-9,  7"));
		asks("a", methods[i], "Criteria-ID:1, 0-9,  7 \r\n" IDLE,
		     answer);
		asks("a", methods[i], "Cdest-ID: nope\r\n" IDLE, COUNT("0"));
		assert_int_equal(fake.nfilter, 1);
	}
	asks("a", "LIST", CD1 "Criteria-ID: 1\r\n", BAD TAIL);
	asks("a", "DELETE", "Criteria-ID: 0-0,1\r\n", UNKNOWN("0-0,1"));
	asks("a", "DELETE", "Criteria-ID: 1,1,0-3,1-1\r\n", COUNT("1"));
}

/* A header that is at fault comes back as it was, however long it is. */
static void test_echo(void **state)
{
	static char headers[DTCP_LINE_MAX + 256], answer[DTCP_LINE_MAX + 256];
	static char value[DTCP_LINE_MAX + 1];
	size_t i, len = DTCP_LINE_MAX - 32;

	memset(value, '7', len);
	value[len] = 0;
	snprintf(headers, sizeof(headers), CD1 IDLE "Dest-Port: %s\r\n",
		 value);
	snprintf(answer, sizeof(answer), FILTER "DEST-PORT: %s\r\n" TAIL,
		 value);
	asks("a", "ADD", headers, answer);
	/* White space around it is not its own; an escape is. */
	asks("a", "ADD", CD1 IDLE "X-JTap-Input-Interface :\t\\044\\1 x%s%n \r\n",
	     FILTER "X-JTAP-INPUT-INTERFACE: \\044\\1 x%s%n\r\n" TAIL);
	for (i = 0; i < len; i += 2)
		memcpy(value + i, "8,", 2);
	snprintf(headers, sizeof(headers), CD1 IDLE "Protocol: %s8\r\n", value);
	snprintf(answer, sizeof(answer), FILTER "PROTOCOL: %s8\r\n" TAIL,
		 value);
	asks("a", "ADD", headers, answer);
	/* A long name too; but no line gets longer than a line may be. */
	memset(value, 'N', DTCP_LINE_MAX);
	snprintf(headers, sizeof(headers), "%.*s:8\r\n", DTCP_LINE_MAX - 3,
		 value);
	snprintf(answer, sizeof(answer), HEAD("501 Not Implemented")
		 "%.*s: 8\r\n" TAIL, DTCP_LINE_MAX - 3, value);
	asks("a", "NOOP", headers, answer);
	snprintf(headers, sizeof(headers), "%.*s:8\r\n", DTCP_LINE_MAX - 2,
		 value);
	asks("a", "NOOP", headers, HEAD("501 Not Implemented") TAIL);
	asks("a", "NOOP", "Dest-Prot: 80\r\n",
	     HEAD("501 Not Implemented") "DEST-PROT: 80\r\n" TAIL);
}

/* The timers that REFRESH names are replaced, or added; the others stay. */
static void test_refresh_timers(void **state)
{
	ask("a", "ADD", CD1 IDLE "Timeout-Packets: 3\r\n");
	asks("a", "REFRESH", CD1 "Timeout-Total: 9\r\nTimeout-Packets: 4\r\n",
	     COUNT("1"));
	assert_int_equal(fake.filter[0].timeout_idle, 60);
	assert_int_equal(fake.filter[0].timeout_total, 9);
	assert_int_equal(fake.filter[0].limit_packets, 4);
	assert_int_equal(fake.filter[0].limit_bytes, 0);
	fake.counters.left_total = 8000;
	assert_non_null(strstr(ask("a", "LIST", "Flags: Stats\r\n"),
			       "REMAINING-TOTAL: 8\r\n"));
	asks("a", "REFRESH", CD1 "Timeout-Total: 5\r\nTimeout-Bytes: 0\r\n",
	     TIMEOUT "TIMEOUT-BYTES: 0\r\n" TAIL);
	asks("a", "REFRESH", CD1, TIMEOUT TAIL);
	assert_int_equal(fake.filter[0].timeout_total, 9);
}

static void add_three(void)
{
	int i;

	for (i = 0; i < 3; i++)
		ask("a", "ADD", CD1 IDLE);
}

/* All or none, also where one expires at the last moment. */
static void test_all_or_none(void **state)
{
	add_three();
	fake.fail_filter_set = -EINVAL;
	asks("a", "REFRESH", CD1 "Timeout-Idle: 5\r\n",
	     HEAD("500 Server Internal Error") TAIL);
	assert_true(was_logged("refused to refresh filters: no memory\n"));
	fake.fail_filter_set = 0;
	fake.expire = 1;
	asks("a", "REFRESH", "Criteria-ID: 1-2,3\r\nTimeout-Idle: 5\r\n",
	     UNKNOWN("1-2,3"));
	assert_int_equal(fake.filter[0].timeout_idle, 60);
	assert_int_equal(fake.filter[1].timeout_idle, 60);
	assert_non_null(strstr(ask("a", "LIST", "Flags: Stats\r\n"),
			       "NUM-REFRESH: 0\r\n"));
	fake.expire = 1;
	asks("a", "REFRESH", "Criteria-ID: 1-3\r\nTimeout-Idle: 5\r\n",
	     COUNT("1"));
	assert_int_equal(fake.filter[0].timeout_idle, 5);
	fake.expire = 1;
	asks("a", "DELETE", "Criteria-ID: 1\r\n", UNKNOWN("1"));
	asks("a", "DELETE", CD1, COUNT("0"));
}

static void test_delete_all_or_none(void **state)
{
	add_three();
	fake.expire = 1;
	asks("a", "DELETE", "Criteria-ID: 1,3\r\n", UNKNOWN("1,3"));
	assert_int_equal(fake.nfilter, 2);
	fake.expire = 1;
	asks("a", "DELETE", "Criteria-ID: 0-9\r\n", COUNT("1"));
	assert_int_equal(fake.nfilter, 0);
}

/* Filters expire faster than they can be changed. */
static void test_never_settles(void **state)
{
	int i;

	for (i = 0; i < 20; i++)
		ask("a", "ADD", CD1 IDLE);
	fake.expire_each = true;
	asks("a", "DELETE", CD1, HEAD("500 Server Internal Error") TAIL);
	fake.expire_each = false;
	asks("a", "DELETE", CD1, COUNT("12"));
}

/* What b asks, whatever there is of a. */
static const char *const questions[][2] = {
	{ "ADD", CD1 IDLE },
	{ "ADD", "Cdest-ID: c\\044d\\032e,cd1\r\n" STATIC },
	{ "ADD", "Cdest-ID: x\r\n" IDLE OUT("Dest-Address", "203.0.113.5")
	  OUT("Dest-Port", "1") OUT("Source-Address", "203.0.113.6")
	  OUT("Source-Port", "2") },
	{ "LIST", "Flags: Both\r\n" },
	{ "LIST", CD1 },
	{ "LIST", "Criteria-ID: 1-4294967295\r\n" },
	{ "LIST", "Cdest-ID: x\r\n" },
	{ "REFRESH", "Criteria-ID: 1-9\r\nTimeout-Idle: 9\r\n" },
	{ "REFRESH", "Criteria-ID: 7\r\nTimeout-Idle: 9\r\n" },
	{ "REFRESH", CD1 "Timeout-Idle: 9\r\n" },
	{ "DELETE", "Criteria-ID: 4\r\n" },
	{ "DELETE", "Criteria-ID: 1-4294967295\r\n" STATIC },
	{ "DELETE", CD1 STATIC },
	{ "LIST", "" },
	{ "ADD", CD1 IDLE },
};

#define QUESTIONS (sizeof(questions) / sizeof(questions[0]))

static void ask_all(char *answers[])
{
	size_t i;

	for (i = 0; i < QUESTIONS; i++)
		answers[i] = strdup(ask("b", questions[i][0],
					questions[i][1]));
}

/* Every answer is the same as if a were not there, and a loses nothing. */
static void test_isolation(void **state)
{
	char *alone[QUESTIONS], *together[QUESTIONS];
	size_t i;

	ask_all(alone);
	fake_stop();
	fake_start(GROUPS);
	for (i = 0; i < 10; i++)
		ask("a", "ADD", i % 2 ? CD1 IDLE :
		    "Cdest-ID: c\\044d\\032e\r\n" STATIC
		    OUT("Source-Port", "77"));
	ask_all(together);
	for (i = 0; i < QUESTIONS; i++) {
		assert_string_equal(alone[i], together[i]);
		free(alone[i]);
		free(together[i]);
	}
	asks("a", "DELETE", "Criteria-ID: 1,2,3,4,5,6,7,8,9,10\r\n" STATIC,
	     COUNT("10"));
}

#define TEST(name) FAKE_TEST(name, GROUPS)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_first_header_counts),
		TEST(test_names),
		TEST(test_static_ignores_timeouts),
		TEST(test_counts_of_destinations),
		TEST(test_targets),
		TEST(test_echo),
		TEST(test_refresh_timers),
		TEST(test_all_or_none),
		TEST(test_delete_all_or_none),
		TEST(test_never_settles),
		TEST(test_isolation),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
