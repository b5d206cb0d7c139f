// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project
//
// ADD: what reaches the kernel, and what is refused with which code.

#include "tasking_fake.h"

#define GROUPS \
	"capture-group g1 {\n" \
	" content-destination cd1 { address = \"203.0.113.2\" port = 7890 }\n" \
	" content-destination cd2 { address = \"2001:db8:3::2\" port = 7891\n" \
	"  source-address = \"2001:db8:3::1\" source-port = 9 ttl = 7\n" \
	"  security = none }\n" \
	" content-destination cd3 { address = \"203.0.113.3\" port = 1 }\n" \
	" control-source a { }\n" \
	" control-source b { allowed-destinations = {cd1, cd2}\n" \
	"  minimum-priority = 254 max-criteria = 2 }\n" \
	" control-source d { dynamic-destinations = yes\n" \
	"  allowed-destinations = {cd1, cd2} }\n" \
	"}\n" \
	"capture-group g2 {\n" \
	" content-destination other { address = \"203.0.113.9\" port = 1 }\n" \
	" control-source e { }\n" \
	"}\n"

#define IDLE "Timeout-Idle: 60\r\n"
#define CD1 "Cdest-ID: cd1\r\n"
#define OUT(what, value) "X-JTap-Cdest-" what ": " value "\r\n"

static void test_plain(void **state)
{
	asks("a", "ADD",
	     CD1 "Source-Address: 192.0.2.2\r\nDest-Address: 198.51.100.0/24,"
	     "!198.51.100.7\r\nProtocol: 6\r\nDest-Port: 80,443\r\n"
	     "Timeout-Idle: 60\r\nTimeout-Total: 3600\r\n"
	     "Timeout-Packets: 7\r\nTimeout-Bytes: 8\r\nPriority: 2\r\n",
	     HEAD("200 OK") "CRITERIA-ID: 1\r\n" TAIL);
	assert_int_equal(fake.nfilter, 1);
	assert_int_equal(fake.filter[0].ndest, 1);
	assert_int_equal(fake_dest(fake.filter[0].dest[0])->outer.port, 7890);
	assert_int_equal(fake.filter[0].priority, 2);
	assert_int_equal(fake.filter[0].timeout_idle, 60);
	assert_int_equal(fake.filter[0].timeout_total, 3600);
	assert_int_equal(fake.filter[0].limit_packets, 7);
	assert_int_equal(fake.filter[0].limit_bytes, 8);
	assert_int_equal(fake.filter[0].family, AF_INET);
	assert_int_equal(fake.filter[0].nsrc, 1);
	assert_int_equal(fake.filter[0].ndst, 2);
	assert_int_equal(fake.filter[0].nprotocol, 1);
	assert_int_equal(fake.filter[0].nsrc_port, 0);
	assert_int_equal(fake.filter[0].ndst_port, 2);
	assert_int_equal(fake.ndest, 4);
	assert_true(was_logged("a: criteria 1 added, filter 1, to cd1, "
			       "asked for by 203.0.113.2\n"));
	assert_false(was_logged("192.0.2.2"));
	assert_false(was_logged("198.51.100"));
	asks("a", "ADD", CD1 IDLE, HEAD("200 OK") "CRITERIA-ID: 2\r\n" TAIL);
	asks("b", "ADD", CD1 IDLE, HEAD("200 OK") "CRITERIA-ID: 1\r\n" TAIL);
}

static void test_ip_version(void **state)
{
	ask("a", "ADD", CD1 IDLE "X-JTap-IP-Version: ipv6\r\n");
	assert_int_equal(fake.filter[0].family, AF_INET6);
	assert_int_equal(fake.filter[0].nsrc, 0);
}

static void test_static(void **state)
{
	asks("a", "ADD", CD1 "Flags: STATIC\r\nTimeout-Idle: 60\r\n"
	     "Timeout-Packets: 1\r\n",
	     HEAD("200 OK") "CRITERIA-ID: 1\r\n" TAIL);
	assert_int_equal(fake.filter[0].timeout_idle, 0);
	assert_int_equal(fake.filter[0].limit_packets, 0);
	asks("a", "ADD", CD1, HEAD("433 Improper Timeout Specification") TAIL);
	assert_int_equal(fake.nfilter, 1);
}

static void test_priority(void **state)
{
	ask("b", "ADD", CD1 IDLE "Priority: 255\r\n");
	assert_int_equal(fake.filter[0].priority, 509);
	ask("b", "ADD", CD1 IDLE);
	assert_int_equal(fake.filter[1].priority, 255);
}

static void test_quota(void **state)
{
	ask("b", "ADD", CD1 IDLE);
	ask("b", "ADD", CD1 IDLE);
	asks("b", "ADD", CD1 IDLE,
	     HEAD("550 Max Criteria Limit Exceeded") TAIL);
	assert_int_equal(fake.nfilter, 2);
	ask("b", "DELETE", "Criteria-ID: 1\r\n");
	asks("b", "ADD", CD1 IDLE, HEAD("200 OK") "CRITERIA-ID: 3\r\n" TAIL);
}

static void test_two_cdests(void **state)
{
	asks("a", "ADD", "Cdest-ID: cd1, cd2\r\n" IDLE,
	     HEAD("200 OK") "CRITERIA-ID: 1\r\n" TAIL);
	assert_int_equal(fake.filter[0].ndest, 2);
	assert_int_equal(fake_dest(fake.filter[0].dest[1])->outer.port, 7891);
	asks("a", "ADD", "Cdest-ID: cd1, cd1\r\n" IDLE,
	     HEAD("400 Bad Request") "CDEST-ID: cd1, cd1\r\n" TAIL);
	asks("a", "ADD", "Cdest-ID: cd1, cd2, cd3\r\n" IDLE,
	     HEAD("400 Bad Request") "CDEST-ID: cd1, cd2, cd3\r\n" TAIL);
}

/* Unknown, of another group, or not allowed: the answers are the same. */
static void test_unknown_cdest(void **state)
{
	static const char *const names[] = { "nope", "other", "cd3" };
	char headers[256], answer[256];
	size_t i;

	for (i = 0; i < 3; i++) {
		snprintf(headers, sizeof(headers), "Cdest-ID: %s\r\n" IDLE,
			 names[i]);
		snprintf(answer, sizeof(answer),
			 HEAD("430 Unknown Content Destination")
			 "CDEST-ID: %s\r\n" TAIL, names[i]);
		asks("b", "ADD", headers, answer);
		asks("d", "ADD", headers, answer);
		snprintf(headers, sizeof(headers), "Cdest-ID: %s\r\n" IDLE
			 OUT("Dest-Address", "203.0.113.77")
			 OUT("Dest-Port", "1"), names[i]);
		asks("b", "ADD", headers, answer);
	}
	assert_int_equal(fake.nfilter, 0);
	assert_int_equal(fake.ndest, 4);
}

static void test_dynamic(void **state)
{
	static const char *const names[] = { "nope", "other", "cd3" };
	char headers[256];
	struct fake_dest *d;
	size_t i;

	for (i = 0; i < 3; i++) {
		snprintf(headers, sizeof(headers), "Cdest-ID: %s\r\n" IDLE
			 OUT("Dest-Address", "203.0.113.3")
			 OUT("Dest-Port", "1")
			 OUT("Source-Address", "203.0.113.1")
			 OUT("Source-Port", "2"), names[i]);
		assert_non_null(strstr(ask("d", "ADD", headers), "200 OK"));
		assert_int_equal(fake.ndest, 5 + i);
		d = &fake.dest[4 + i];
		assert_int_equal(fake.filter[i].dest[0], d->id);
		assert_int_equal(d->outer.port, 1);
		assert_int_equal(d->outer.ttl, 255);
		assert_int_equal(d->outer.source.family, AF_INET);
		assert_int_equal(d->outer.source_port, 2);
		assert_false(d->outer.security_none);
	}
	assert_int_equal(fake.ndest, 7);
}

/* Each of the four headers is needed; the log says which one is missing. */
static void test_dynamic_needs(void **state)
{
	static const char *const part[] = {
		OUT("Dest-Address", "203.0.113.3"), OUT("Dest-Port", "1"),
		OUT("Source-Address", "203.0.113.1"), OUT("Source-Port", "2"),
	};
	char headers[512], why[64];
	size_t i, j;

	for (i = 0; i < 4; i++) {
		strcpy(headers, "Cdest-ID: x\r\n" IDLE OUT("TTL", "9"));
		for (j = 0; j < 4; j++)
			strcat(headers, j == i ? "" : part[j]);
		asks("d", "ADD", headers, HEAD("901 JTap-Failure") TAIL);
		snprintf(why, sizeof(why), "no %.*s\n",
			 (int)strcspn(part[i], ":"), part[i]);
		assert_true(was_logged(why));
	}
	asks("d", "ADD", "Cdest-ID: x\r\n" IDLE OUT("TTL", "9"),
	     HEAD("901 JTap-Failure") TAIL);
	assert_int_equal(fake.ndest, 4);
}

/* Outer values of one's own are shared, and go with their last user. */
static void test_shared(void **state)
{
	static const char own[] = CD1 IDLE OUT("Source-Address", "192.0.2.77")
		OUT("Source-Port", "99") OUT("TTL", "3");
	struct fake_dest *d;

	ask("a", "ADD", own);
	ask("b", "ADD", own);
	ask("b", "ADD", CD1 IDLE OUT("TTL", "255")
	    OUT("Dest-Address", "203.0.113.2") OUT("Dest-Port", "7890"));
	assert_int_equal(fake.nfilter, 3);
	assert_int_equal(fake.ndest, 5);
	d = &fake.dest[4];
	assert_int_equal(fake.filter[0].dest[0], d->id);
	assert_int_equal(fake.filter[1].dest[0], d->id);
	assert_int_equal(fake_dest(fake.filter[2].dest[0]) - fake.dest, 0);
	assert_memory_equal(d->outer.address.addr, "\xcb\0q\2", 4);
	assert_memory_equal(d->outer.source.addr, "\xc0\0\2M", 4);
	assert_int_equal(d->outer.port, 7890);
	assert_int_equal(d->outer.source_port, 99);
	assert_int_equal(d->outer.ttl, 3);
	ask("a", "DELETE", "Criteria-ID: 1\r\n");
	assert_int_equal(fake.ndest, 5);
	ask("b", "DELETE", "Criteria-ID: 1-9\r\n");
	assert_int_equal(fake.ndest, 4);
}

static void test_outer_of_configured(void **state)
{
	struct fake_dest *d;

	asks("b", "ADD", "Cdest-ID: cd2\r\n" IDLE OUT("Dest-Port", "5"),
	     HEAD("430 Unknown Content Destination") "CDEST-ID: cd2\r\n" TAIL);
	ask("d", "ADD", "Cdest-ID: cd2\r\n" IDLE OUT("Dest-Port", "5"));
	d = fake_dest(fake.filter[0].dest[0]);
	assert_int_equal(d->outer.port, 5);
	assert_int_equal(d->outer.source_port, 9);
	assert_int_equal(d->outer.ttl, 7);
	assert_int_equal(d->outer.source.family, AF_INET6);
	/* The clear was allowed for the configured port, not for this one. */
	assert_false(d->outer.security_none);
	ask("d", "ADD", "Cdest-ID: cd2\r\n" IDLE OUT("TTL", "8"));
	d = fake_dest(fake.filter[1].dest[0]);
	assert_int_equal(d->outer.ttl, 8);
	assert_true(d->outer.security_none);
	ask("d", "ADD", "Cdest-ID: cd2\r\n" IDLE
	    OUT("Dest-Address", "203.0.113.8"));
	d = fake_dest(fake.filter[2].dest[0]);
	assert_int_equal(d->outer.address.family, AF_INET);
	assert_int_equal(d->outer.source.family, AF_UNSPEC);
	asks("d", "ADD", "Cdest-ID: cd2\r\n" IDLE
	     OUT("Source-Address", "192.0.2.1"),
	     HEAD("400 Bad Request")
	     "X-JTAP-CDEST-SOURCE-ADDRESS: 192.0.2.1\r\n" TAIL);
	asks("d", "ADD", "Cdest-ID: cd2\r\n" IDLE
	     OUT("Dest-Address", "224.0.0.1"),
	     HEAD("400 Bad Request")
	     "X-JTAP-CDEST-DEST-ADDRESS: 224.0.0.1\r\n" TAIL);
	asks("d", "ADD", "Cdest-ID: cd1,cd2\r\n" IDLE
	     OUT("Dest-Address", "192.0.2.1"),
	     HEAD("432 Improper Filter Specification")
	     "X-JTAP-CDEST-DEST-ADDRESS: 192.0.2.1\r\n" TAIL);
	assert_int_equal(fake.nfilter, 3);
}

static void test_not_implemented(void **state)
{
	asks("a", "ADD", CD1 IDLE "Action: Redirect\r\n",
	     HEAD("501 Not Implemented") "ACTION: Redirect\r\n" TAIL);
	asks("a", "ADD", CD1 IDLE "Action: Block\r\n",
	     HEAD("501 Not Implemented") "ACTION: Block\r\n" TAIL);
	assert_string_equal(
		ask_signed("a", "ADD DTCP/0.8\r\nCsource-ID: a\r\n" CD1 IDLE
			   "X-JTap-Filter-Family: tnp\r\nSeq: 1\r\n",
			   "Juniper"),
		"DTCP/0.8 501 Not Implemented\r\nSEQ: 1\r\n"
		"X-JTAP-FILTER-FAMILY: tnp\r\n" TAIL);
	asks("a", "ENABLE", "Criteria-ID: 1\r\n",
	     HEAD("501 Not Implemented") TAIL);
	asks("a", "DISABLE", "", HEAD("501 Not Implemented") TAIL);
	asks("a", "FETCH", "", HEAD("501 Not Implemented") TAIL);
	assert_int_equal(fake.nfilter, 0);
}

static void test_bad_requests(void **state)
{
	asks("a", "ADD", IDLE, HEAD("400 Bad Request") TAIL);
	asks("a", "ADD", CD1 "Timeout-Idle: 86401\r\n",
	     HEAD("433 Improper Timeout Specification")
	     "TIMEOUT-IDLE: 86401\r\n" TAIL);
	asks("a", "ADD", CD1 IDLE "Source-Address: 192.0.2.9-192.0.2.2\r\n",
	     HEAD("432 Improper Filter Specification")
	     "SOURCE-ADDRESS: 192.0.2.9-192.0.2.2\r\n" TAIL);
	assert_false(was_logged("192.0.2.9"));
	assert_true(was_logged("a (203.0.113.2): ADD refused, 432 Improper "
			       "Filter Specification: "));
	assert_int_equal(fake.calls, 4);
}

/* What the kernel refuses leaves nothing behind. */
static void test_kernel_refuses(void **state)
{
	const char *own = CD1 IDLE OUT("TTL", "3");
	const char *answer = HEAD("500 Server Internal Error") TAIL;

	fake.fail_filter_add = -ENOMEM;
	asks("a", "ADD", own, answer);
	assert_int_equal(fake.ndest, 4);
	assert_true(was_logged("a (203.0.113.2): ADD refused, 500 Server "
			       "Internal Error: the kernel refused to add a "
			       "filter: no more masks\n"));
	fake.fail_filter_add = -ENOSPC;
	asks("a", "ADD", own, HEAD("550 Max Criteria Limit Exceeded") TAIL);
	assert_int_equal(fake.ndest, 4);
	assert_true(was_logged("ADD refused, 550 Max Criteria Limit Exceeded: "
			       "the kernel refused to add a filter "
			       "(mask-limit): no more masks\n"));
	fake.fail_filter_add = 0;
	fake.fail_dest_add = -EAFNOSUPPORT;
	asks("a", "ADD", own, answer);
	assert_true(was_logged("to add a destination: this kernel has no IPv6"));
	fake.fail_dest_add = 0;
	assert_int_equal(fake.ndest, 4);
	assert_int_equal(fake.nfilter, 0);
	asks("a", "ADD", own, HEAD("200 OK") "CRITERIA-ID: 1\r\n" TAIL);
	asks("a", "LIST", "Criteria-ID: 2-9\r\n", HEAD("200 OK") TAIL);
}

/* The filter is there, but nobody was told. */
static void test_lost_answer(void **state)
{
	const char *answer = HEAD("500 Server Internal Error") TAIL;

	fake.lose_answer = true;
	asks("a", "ADD", CD1 IDLE OUT("TTL", "3"), answer);
	assert_int_equal(fake.calls, 4 + 4);
	assert_int_equal(fake.nfilter, 0);
	assert_int_equal(fake.ndest, 4);
	assert_true(was_logged("add a filter: no answer of the kernel\n"));
	fake.fail_filter_add = -EIO;
	asks("a", "ADD", CD1 IDLE, answer);
	assert_false(was_logged("may be left"));
	fake.fail_filter_del = -ENOMEM;
	asks("a", "ADD", CD1 IDLE, answer);
	assert_true(was_logged("filter 3 may be left in the kernel: no memory"));
}

/* The second destination fails when the first is made already. */
static void test_second_leg_fails(void **state)
{
	asks("d", "ADD", "Cdest-ID: cd1, nope\r\n" IDLE OUT("TTL", "3"),
	     HEAD("901 JTap-Failure") TAIL);
	asks("d", "ADD", "Cdest-ID: cd1, cd3\r\n" IDLE,
	     HEAD("430 Unknown Content Destination") "CDEST-ID: cd1, cd3\r\n"
	     TAIL);
	assert_int_equal(fake.ndest, 4);
}

static void test_taken_ids(void **state)
{
	fake.taken = 20;
	asks("a", "ADD", CD1 IDLE OUT("TTL", "3"),
	     HEAD("200 OK") "CRITERIA-ID: 1\r\n" TAIL);
	assert_int_equal(fake.filter[0].id, 21);
	assert_int_equal(fake.filter[0].dest[0], 21);
}

/* The kernel ends by itself what dtcpd owned, when its socket is closed. */
static void test_end(void **state)
{
	size_t calls;

	ask("a", "ADD", CD1 IDLE OUT("TTL", "3"));
	ask("d", "ADD", "Cdest-ID: x\r\n" IDLE
	    OUT("Dest-Address", "192.0.2.1") OUT("Dest-Port", "1")
	    OUT("Source-Address", "192.0.2.2") OUT("Source-Port", "1"));
	assert_int_equal(fake.ndest, 6);
	calls = fake.calls;
	tasking_free(tasking);
	tasking = NULL;
	assert_int_equal(fake.calls, calls);
}

static void test_many(void **state)
{
	char answer[128];
	int i;

	for (i = 1; i <= 1000; i++) {
		snprintf(answer, sizeof(answer),
			 HEAD("200 OK") "CRITERIA-ID: %d\r\n" TAIL, i);
		asks("a", "ADD", CD1 IDLE, answer);
	}
	asks("a", "DELETE", "Criteria-ID: 1-999\r\n",
	     HEAD("200 OK") "CRITERIA-COUNT: 999\r\n" TAIL);
	asks("a", "DELETE", "Cdest-ID: cd1\r\n",
	     HEAD("200 OK") "CRITERIA-COUNT: 1\r\n" TAIL);
	assert_int_equal(fake.nfilter, 0);
}

#define TEST(name) FAKE_TEST(name, GROUPS)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_plain),
		TEST(test_ip_version),
		TEST(test_static),
		TEST(test_priority),
		TEST(test_quota),
		TEST(test_two_cdests),
		TEST(test_unknown_cdest),
		TEST(test_dynamic_needs),
		TEST(test_lost_answer),
		TEST(test_dynamic),
		TEST(test_shared),
		TEST(test_outer_of_configured),
		TEST(test_not_implemented),
		TEST(test_bad_requests),
		TEST(test_kernel_refuses),
		TEST(test_second_leg_fails),
		TEST(test_taken_ids),
		TEST(test_end),
		TEST(test_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
