// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project
//
// DELETE, REFRESH and LIST: which criteria they touch, and what they answer.

#include "dtcpd/selection.h"
#include "dtcpd/tasking-private.h"
#include "tasking_fake.h"

#define GROUPS \
	"capture-group g1 {\n" \
	" content-destination cd1 { address = \"203.0.113.2\" port = 7890 }\n" \
	" content-destination \"c,d\" { address = \"203.0.113.2\" port = 1 }\n" \
	" control-source a { }\n" \
	" control-source b { }\n" \
	"}\n"

#define CD1 "Cdest-ID: cd1\r\n"
#define IDLE "Timeout-Idle: 60\r\n"
#define STATIC "Flags: Static\r\n"
#define COUNT(n) HEAD("200 OK") "CRITERIA-COUNT: " n "\r\n" TAIL
#define UNKNOWN(ids) HEAD("431 Unknown Criteria ID") \
	"CRITERIA-ID: " ids "\r\n" TAIL

/* Criteria 1 to 6 of a: 3 is static, 4 goes to "c,d", 5 to both; one of b. */
static int setup(void **state)
{
	fake_start(GROUPS);
	ask("a", "ADD", CD1 IDLE);
	ask("a", "ADD", CD1 "Timeout-Total: 100\r\n");
	ask("a", "ADD", CD1 STATIC);
	ask("a", "ADD", "Cdest-ID: c\\044d\r\n" IDLE);
	ask("a", "ADD", "Cdest-ID: c\\044d,cd1\r\n" IDLE);
	ask("a", "ADD", CD1 IDLE);
	ask("b", "ADD", CD1 IDLE);
	assert_int_equal(fake.nfilter, 7);
	logged[0] = 0;
	return 0;
}

/* The Criteria-IDs that LIST shows, as one string. */
static const char *listed(const char *user, const char *headers)
{
	const char *answer = ask(user, "LIST", headers);
	static char ids[256];

	assert_non_null(strstr(answer, "200 OK"));
	ids[0] = 0;
	while ((answer = strstr(answer, "CRITERIA-ID: "))) {
		answer += strlen("CRITERIA-ID: ");
		sprintf(ids + strlen(ids), "%d ", atoi(answer));
	}
	return ids;
}

static void test_delete_ids(void **state)
{
	asks("a", "DELETE", "Criteria-ID: 2\r\n", COUNT("1"));
	assert_string_equal(listed("a", ""), "1 3 4 5 6 ");
	assert_true(was_logged("a: criteria 2 deleted, filter 2, asked for by "
			       "203.0.113.2\n"));
	asks("a", "DELETE", "Criteria-ID: 2\r\n", UNKNOWN("2"));
	asks("a", "DELETE", "Criteria-ID: 1, 99\r\n", UNKNOWN("1, 99"));
	assert_string_equal(listed("a", ""), "1 3 4 5 6 ");
	asks("a", "DELETE", "Criteria-ID: 5,4-5, 1-2\r\n", COUNT("3"));
	assert_string_equal(listed("a", ""), "3 6 ");
	asks("a", "DELETE", "Criteria-ID: 100-4294967295\r\n", COUNT("0"));
	asks("a", "DELETE", "Criteria-ID: 1-4294967295\r\n", COUNT("1"));
	assert_string_equal(listed("a", ""), "3 ");
	assert_int_equal(fake.nfilter, 2);
	asks("a", "DELETE", "", HEAD("400 Bad Request") TAIL);
}

static size_t fill(const struct dtcp_request *r, size_t *room)
{
	struct selection sel = { 0 };
	size_t n;

	assert_int_equal(selection_fill(&sel, source_lookup(&tasking->sources,
							    "a"), r), 0);
	n = sel.n;
	*room = sel.room;
	selection_fini(&sel);
	return n;
}

/* However often a request names all of them, they are collected once. */
static void test_ranges_once(void **state)
{
	struct dtcp_request r = { .nid = DTCP_ID_RANGES_MAX };
	size_t i, room;

	for (i = 0; i < r.nid; i++)
		r.id[i] = (struct dtcp_id_range){ i % 2, UINT32_MAX - i };
	assert_int_equal(fill(&r, &room), 6);
	assert_int_equal(room, 16);
	for (i = 0; i < r.nid; i++)
		r.id[i] = (struct dtcp_id_range){ 4 - i % 4, 4 };
	assert_int_equal(fill(&r, &room), 4);
	assert_int_equal(room, 16);
}

static void test_ranges(void **state)
{
	asks("a", "LIST", "Criteria-ID: 7-4294967295, 0-0\r\n",
	     HEAD("200 OK") TAIL);
	assert_string_equal(listed("a", "Criteria-ID: 6-4294967295, 2-2, "
				   "0-1\r\n"), "1 2 6 ");
	assert_string_equal(listed("a", "Criteria-ID: 4-5, 1-4, 2\r\n"),
			    "1 2 3 4 5 ");
	assert_string_equal(listed("a", "Criteria-ID: 5-4294967295, 3, "
				   "4294967295\r\n"), "3 5 6 ");
	asks("a", "DELETE", "Criteria-ID: 1-4294967295, 9\r\n",
	     UNKNOWN("1-4294967295, 9"));
	asks("a", "DELETE", "Criteria-ID: 0-2, 1-9, 0\r\n",
	     UNKNOWN("0-2, 1-9, 0"));
	asks("a", "DELETE", "Criteria-ID: 0-2, 4-4294967295\r\n", COUNT("5"));
}

static void test_delete_static(void **state)
{
	asks("a", "DELETE", "Criteria-ID: 3\r\n", COUNT("0"));
	asks("a", "DELETE", "Criteria-ID: 2-4\r\n", COUNT("2"));
	asks("a", "DELETE", "Criteria-ID: 3\r\n" STATIC, COUNT("1"));
	assert_string_equal(listed("a", ""), "1 5 6 ");
}

static void test_delete_cdest(void **state)
{
	asks("a", "DELETE", "Cdest-ID: nope\r\n", COUNT("0"));
	asks("a", "DELETE", "Cdest-ID: c\\044d\r\n", COUNT("2"));
	assert_string_equal(listed("a", ""), "1 2 3 6 ");
	asks("a", "DELETE", CD1 STATIC, COUNT("4"));
	assert_string_equal(listed("a", ""), "");
	assert_int_equal(fake.nfilter, 1);
	asks("a", "DELETE", CD1, COUNT("0"));
}

/* What is another's does not exist. */
static void test_isolation(void **state)
{
	asks("b", "DELETE", "Criteria-ID: 2\r\n", UNKNOWN("2"));
	asks("b", "REFRESH", "Criteria-ID: 2\r\n" IDLE, UNKNOWN("2"));
	asks("b", "LIST", "Criteria-ID: 2\r\n", HEAD("200 OK") TAIL);
	asks("b", "REFRESH", CD1 "Timeout-Idle: 9\r\n", COUNT("1"));
	assert_int_equal(fake_filter(1)->timeout_idle, 60);
	assert_string_equal(listed("b", CD1), "1 ");
	asks("b", "DELETE", CD1 STATIC, COUNT("1"));
	assert_string_equal(listed("a", ""), "1 2 3 4 5 6 ");
}

static void expire(uint32_t id)
{
	*fake_filter(id) = fake.filter[--fake.nfilter];
}

/* A filter may have expired while its event still waits to be read. */
static void test_expired(void **state)
{
	struct tasking_counters c = { .matched_packets = 5 };

	expire(2);
	asks("a", "DELETE", "Criteria-ID: 1,2\r\n", UNKNOWN("1,2"));
	asks("a", "REFRESH", "Criteria-ID: 1,2\r\n" IDLE, UNKNOWN("1,2"));
	assert_string_equal(listed("a", "Flags: Both\r\n"), "1 3 4 5 6 ");
	asks("a", "REFRESH", "Criteria-ID: 1-2\r\n" IDLE, COUNT("1"));
	asks("a", "DELETE", "Criteria-ID: 1-2\r\n", COUNT("1"));
	assert_int_equal(fake.nfilter, 5);
	tasking_filter_gone(tasking, 2, DFC_REASON_TIMEOUT_TOTAL, &c);
	assert_true(was_logged("a: criteria 2 is gone, filter 2: "
			       "timeout-total, 5 packets matched\n"));
	tasking_filter_gone(tasking, 2, DFC_REASON_TIMEOUT_TOTAL, &c);
	tasking_filter_gone(tasking, 1, DFC_REASON_DELETED, &c);
	tasking_filter_gone(tasking, 7, DFC_REASON_DELETED, NULL);
	assert_string_equal(listed("a", ""), "3 4 5 6 ");
	assert_string_equal(listed("b", ""), "");
}

static void test_refresh(void **state)
{
	fake.now += 5000;
	asks("a", "REFRESH", "Criteria-ID: 2\r\nTimeout-Idle: 7\r\n"
	     "Timeout-Packets: 8\r\nTimeout-Bytes: 9\r\n",
	     HEAD("200 OK") "CRITERIA-COUNT: 1\r\n"
	     "TIMESTAMP: 2011-02-13 16:00:07.802\r\n");
	assert_int_equal(fake_filter(2)->timeout_total, 100);
	assert_int_equal(fake_filter(2)->timeout_idle, 7);
	assert_int_equal(fake_filter(2)->limit_packets, 8);
	assert_int_equal(fake_filter(2)->limit_bytes, 9);
	fake.now -= 5000;
	asks("a", "REFRESH", "Criteria-ID: 3\r\n" IDLE, COUNT("0"));
	asks("a", "REFRESH", CD1 "Timeout-Total: 5\r\n", COUNT("4"));
	assert_int_equal(fake_filter(3)->timeout_total, 0);
	assert_int_equal(fake_filter(4)->timeout_total, 0);
	assert_int_equal(fake_filter(5)->timeout_total, 5);
	asks("a", "REFRESH", "Criteria-ID: 1,77\r\nTimeout-Idle: 1\r\n",
	     UNKNOWN("1,77"));
	assert_int_equal(fake_filter(1)->timeout_idle, 60);
	asks("a", "REFRESH", "Criteria-ID: 1\r\nTimeout-Idle: 0\r\n",
	     HEAD("433 Improper Timeout Specification")
	     "TIMEOUT-IDLE: 0\r\n" TAIL);
	assert_non_null(strstr(ask("a", "REFRESH", "Criteria-ID: 1\r\n"),
			       " 433 "));
	asks("a", "REFRESH", IDLE, HEAD("400 Bad Request") TAIL);
}

static void test_kernel_refuses(void **state)
{
	fake.fail_filter_del = -ENOMEM;
	asks("a", "DELETE", "Criteria-ID: 1\r\n",
	     HEAD("500 Server Internal Error") TAIL);
	fake.fail_filter_del = -EPERM;
	asks("a", "DELETE", CD1, HEAD("500 Server Internal Error") TAIL);
	assert_true(was_logged("refused to delete filters: no memory\n"));
	fake.fail_filter_set = -EINVAL;
	asks("a", "REFRESH", "Criteria-ID: 1\r\n" IDLE,
	     HEAD("500 Server Internal Error") TAIL);
	assert_string_equal(listed("a", ""), "1 2 3 4 5 6 ");
	assert_int_equal(fake.nfilter, 7);
}

#define WHOLE "Cdest-ID: c\\044d,cd1\r\nTimeout-Idle : 60\r\n" \
	"TIMEOUT-PACKETS:5\r\nPriority: 3\r\nDest-Port: 80, 443\r\n" \
	"flags: SendAsync\r\nSource-Address:  192.0.2.2 \r\n" \
	"X-JTap-Cdest-TTL: 9\r\nX-Other: x\r\nAction: copy\r\n"

#define IDENTITY \
	"CRITERIA-ID: 7\r\nCSOURCE-ID: a\r\nCDEST-ID: c\\044d,cd1\r\n" \
	"CSOURCE-ADDRESS: 203.0.113.2\r\n" TAIL "FLAGS: SENDASYNC\r\n"

#define CRITERIA \
	"X-JTAP-CDEST-TTL: 9\r\nSOURCE-ADDRESS: 192.0.2.2\r\n" \
	"DEST-PORT: 80, 443\r\nTIMEOUT-IDLE: 60\r\n" \
	"TIMEOUT-PACKETS: 5\r\nPRIORITY: 3\r\nACTION: copy\r\n"

#define STATS(refresh) \
	"REMAINING-IDLE: 60\r\nREMAINING-PACKETS: 3\r\n" \
	"AVERAGE-BANDWIDTH: 1000\r\nMATCHING-PACKETS: 2\r\n" \
	"MATCHING-BYTES: 300\r\nNUM-REFRESH: " refresh

#define NUMBERS "CRITERIA-NUM: 1\r\nCRITERIA-COUNT: 1\r\n"

static void test_list_entry(void **state)
{
	ask("a", "ADD", WHOLE);
	fake.counters = (struct tasking_counters){
		.matched_packets = 2, .matched_bytes = 300, .bandwidth = 1000,
		.left_idle = 59001, .left_packets = 3, .left_total = 1,
	};
	asks("a", "LIST", "Criteria-ID: 7\r\n",
	     HEAD("200 OK") IDENTITY CRITERIA NUMBERS TAIL);
	asks("a", "LIST", "Criteria-ID: 7\r\nFlags: Criteria\r\n",
	     HEAD("200 OK") IDENTITY CRITERIA NUMBERS TAIL);
	asks("a", "LIST", "Criteria-ID: 7\r\nFlags: stats\r\n",
	     HEAD("200 OK") IDENTITY STATS("0") "\r\n"
	     "LAST-REFRESH: 2011-02-13 16:00:02.802\r\n" NUMBERS TAIL);
	fake.now += 1000;
	ask("a", "REFRESH", "Criteria-ID: 7\r\nTimeout-Bytes: 5\r\n");
	fake.now -= 1000;
	asks("a", "LIST", "Criteria-ID: 7\r\nFlags: BOTH\r\n",
	     HEAD("200 OK") IDENTITY CRITERIA
	     "REMAINING-IDLE: 60\r\nREMAINING-PACKETS: 3\r\n"
	     "REMAINING-BYTES: 0\r\nAVERAGE-BANDWIDTH: 1000\r\n"
	     "MATCHING-PACKETS: 2\r\nMATCHING-BYTES: 300\r\n"
	     "NUM-REFRESH: 1\r\n"
	     "LAST-REFRESH: 2011-02-13 16:00:03.802\r\n" NUMBERS TAIL);
}

static void test_list(void **state)
{
	const char *answer;

	assert_string_equal(listed("a", ""), "1 2 3 4 5 6 ");
	assert_string_equal(listed("a", "Criteria-ID: 5, 99, 2-3\r\n"),
			    "2 3 5 ");
	assert_string_equal(listed("a", CD1), "1 2 3 5 6 ");
	assert_string_equal(listed("a", "Flags: All\r\n"), "1 2 3 4 5 6 ");
	asks("a", "LIST", "Criteria-ID: 99\r\n", HEAD("200 OK") TAIL);
	asks("a", "LIST", "Cdest-ID: nope\r\n", HEAD("200 OK") TAIL);
	asks("a", "LIST", "Cdest-ID: cd1,c\\044d\r\n",
	     HEAD("400 Bad Request") "CDEST-ID: cd1,c\\044d\r\n" TAIL);
	answer = ask("a", "LIST", "Criteria-ID: 3-4\r\n");
	assert_non_null(strstr(answer, "FLAGS: STATIC\r\n"
			       "CRITERIA-NUM: 1\r\nCRITERIA-COUNT: 2\r\n"
			       "CRITERIA-ID: 4\r\n"));
	assert_non_null(strstr(answer, "CRITERIA-NUM: 2\r\n"
			       "CRITERIA-COUNT: 2\r\n" TAIL));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, fake_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_delete_ids),
		TEST(test_ranges_once),
		TEST(test_ranges),
		TEST(test_delete_static),
		TEST(test_delete_cdest),
		TEST(test_isolation),
		TEST(test_expired),
		TEST(test_refresh),
		TEST(test_kernel_refuses),
		TEST(test_list_entry),
		TEST(test_list),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
