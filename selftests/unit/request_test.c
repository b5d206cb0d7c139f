// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include "request_parse.h"

static void unknown_headers(void **state)
{
	assert_int_equal(parse("ADD", "Cdest-ID: a\nFlags: Static\n"
			       "X-Foo: bar\nx-: hello\n"
			       "csource-address: 192.0.2.1\nTIMESTAMP: now\n"),
			 0);
	dtcp_request_fini(&r);
	assert_add_refused("Dest-Prot: 80", 501, "Dest-Prot");
	assert_add_refused("X: 1", 501, "X");
	assert_add_refused("XY-Foo: 1", 501, "XY-Foo");
	assert_refused("DELETE", "Criteria-ID: 1\nFlag: Static\n", 501, "Flag");
	assert_refused("REFRESH", "Criteria-ID: 1\nTimeout-Idle: 1\n"
		       "Timeout-Totl: 1\n", 501, "Timeout-Totl");
	assert_refused("LIST", "Criteria: 1\n", 501, "Criteria");
	assert_refused("NOOP", "Comment: hello\n", 501, "Comment");
}

static void deletes(void **state)
{
	assert_int_equal(parse("DELETE", "Criteria-ID: 1, 3-5,4294967295\n"
			       "Flags: static\n"), 0);
	assert_int_equal(r.nid, 3);
	assert_int_equal(r.id[0].from, 1);
	assert_int_equal(r.id[0].to, 1);
	assert_int_equal(r.id[1].from, 3);
	assert_int_equal(r.id[1].to, 5);
	assert_true(r.id[2].to == UINT32_MAX);
	assert_true(r.flag_static);
	dtcp_request_fini(&r);
	assert_int_equal(parse("DELETE", "Cdest-ID: cd1\n"), 0);
	assert_string_equal(r.cdest[0], "cd1");
	assert_false(r.flag_static);
	dtcp_request_fini(&r);
	assert_refused("DELETE", "", 400, NULL);
	assert_refused("DELETE", "Cdest-ID: a\nCriteria-ID: 1\n", 400, NULL);
	assert_refused("DELETE", "Cdest-ID: a,b\n", 400, "Cdest-ID");
	assert_refused("DELETE", "Criteria-ID: 5-3\n", 400, "Criteria-ID");
	assert_refused("DELETE", "Criteria-ID: *\n", 400, "Criteria-ID");
	assert_refused("DELETE", "Criteria-ID:\n", 400, "Criteria-ID");
	assert_refused("DELETE", "Criteria-ID: 4294967296\n", 400,
		       "Criteria-ID");
}

static void too_many_ids(void **state)
{
	char text[1024] = "Criteria-ID: 1";
	int i;

	for (i = 1; i < DTCP_ID_RANGES_MAX; i++)
		strcat(text, ",1");
	assert_int_equal(parse("DELETE", text), 0);
	assert_int_equal(r.nid, DTCP_ID_RANGES_MAX);
	dtcp_request_fini(&r);
	strcat(text, ",1");
	assert_refused("DELETE", text, 400, "Criteria-ID");
}

static void refreshes(void **state)
{
	assert_int_equal(parse("REFRESH", "Criteria-ID: 1\n"
			       "Timeout-Idle: 30\n"), 0);
	assert_true(r.timeout_idle.given);
	assert_false(r.timeout_total.given);
	dtcp_request_fini(&r);
	assert_refused("REFRESH", "Criteria-ID: 1\n", 433, NULL);
	assert_refused("REFRESH", "Timeout-Idle: 1\n", 400, NULL);
	assert_refused("REFRESH", "Cdest-ID: a\nCriteria-ID: 1\n"
		       "Timeout-Idle: 1\n", 400, NULL);
	assert_refused("REFRESH", "Cdest-ID: a\nTimeout-Idle: 0\n", 433,
		       "Timeout-Idle");
	assert_refused("REFRESH", "Cdest-ID: a\nTimeout-Total: 0\n", 433,
		       "Timeout-Total");
	assert_refused("REFRESH", "Cdest-ID: a\nTimeout-Packets: 0\n", 433,
		       "Timeout-Packets");
	assert_refused("REFRESH", "Cdest-ID: a\nTimeout-Idle: 1\n"
		       "Timeout-Bytes: 0\n", 433, "Timeout-Bytes");
	assert_refused("REFRESH", "Cdest-ID: a\nTimeout-Total: 86401\n", 433,
		       "Timeout-Total");
}

static void lists(void **state)
{
	assert_int_equal(parse("LIST", ""), 0);
	assert_int_equal(r.list, DTCP_LIST_CRITERIA);
	dtcp_request_fini(&r);
	assert_int_equal(parse("LIST", "Flags: STATS\nCriteria-ID: 3\n"), 0);
	assert_int_equal(r.list, DTCP_LIST_STATS);
	dtcp_request_fini(&r);
	assert_int_equal(parse("LIST", "Flags: Both\nCdest-ID: cd1\n"), 0);
	assert_int_equal(r.list, DTCP_LIST_STATS | DTCP_LIST_CRITERIA);
	dtcp_request_fini(&r);
	assert_int_equal(parse("LIST", "Flags: all\n"), 0);
	assert_int_equal(r.list, DTCP_LIST_STATS | DTCP_LIST_CRITERIA);
	dtcp_request_fini(&r);
	assert_refused("LIST", "Cdest-ID: a,b\n", 400, "Cdest-ID");
	assert_refused("LIST", "Cdest-ID: a\nCriteria-ID: 1\n", 400, NULL);
	assert_refused("LIST", "Flags: Everything\n", 501, "Flags");
}

static void other_methods(void **state)
{
	assert_int_equal(parse("NOOP", "Flags: SendAsync\n"), 0);
	assert_int_equal(r.method, DTCP_NOOP);
	assert_true(r.flag_send_async);
	dtcp_request_fini(&r);
	assert_refused("ENABLE", "Criteria-ID: 1\nX-Drop-Policy: p\n", 501,
		       NULL);
	assert_refused("DISABLE", "Criteria-ID: 1\n", 501, NULL);
	assert_refused("GET", "", 501, NULL);
	assert_int_equal(r.method, DTCP_ADD);
}

static void broken_lines_are_refused(void **state)
{
	assert_int_equal(parse("NOOP", "what is this\n"), 400);
	assert_text(e.header->line, "what is this");
	dtcp_request_fini(&r);
}

static void identity(void **state)
{
	static const char *const bad[] = {
		"Csource-ID: a\n", "Seq: 1\n", "Csource-ID:\nSeq: 1\n",
		"Csource-ID: a\nSeq: -1\n", "Csource-ID: \\000\nSeq: 1\n",
		"Csource-ID: a\\010b\nSeq: 1\n",
		"Csource-ID: a\nSeq: 18446744073709551616\n",
		"Csource-ID: a123456789b123456789c123456789d123456789e12345678"
		"\nSeq: 1\n",
	};
	char name[DTCP_NAME_MAX + 1];
	uint64_t seq;
	size_t i;
	int len;

	len = sprintf(buf, "X DTCP/0.7\nCsource-ID: f\\044t\nSeq: 01\n");
	assert_int_equal(dtcp_message_parse(&m, buf, (size_t)len), 0);
	assert_int_equal(dtcp_request_identity(&m, name, &seq), 0);
	assert_string_equal(name, "f,t");
	assert_int_equal(seq, 1);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		len = sprintf(buf, "ADD DTCP/0.7\n%s", bad[i]);
		assert_int_equal(dtcp_message_parse(&m, buf, (size_t)len), 0);
		assert_int_equal(dtcp_request_identity(&m, name, &seq),
				 -EBADMSG);
	}
	len = sprintf(buf, "DTCP/0.7 200 OK\nCsource-ID: a\nSeq: 1\n");
	assert_int_equal(dtcp_message_parse(&m, buf, (size_t)len), 0);
	assert_int_equal(dtcp_request_identity(&m, name, &seq), -EBADMSG);
}

static void assert_version(unsigned int major, unsigned int minor,
			   unsigned int code, unsigned int answer_minor)
{
	struct dtcp_version v = { major, minor }, answer;

	assert_int_equal(dtcp_request_version(v, &answer), code);
	assert_int_equal(answer.major, 0);
	assert_int_equal(answer.minor, answer_minor);
}

static void versions(void **state)
{
	assert_version(0, 6, 0, 6);
	assert_version(0, 7, 0, 7);
	assert_version(0, 8, 0, 8);
	assert_version(0, 9, 505, 8);
	assert_version(0, 10, 505, 8);
	assert_version(1, 0, 505, 8);
	assert_version(1, 7, 505, 8);
	assert_version(0, 5, 505, 6);
	assert_version(0, 0, 505, 6);
}

static void names_are_spelled_as_in_the_drafts(void **state)
{
	const struct dtcp_text given = { "criteria-ID", 11 },
			       deep = { "X-JTAP-CDEST-TTL", 16 },
			       unknown = { "X-Whatever", 10 },
			       part = { "Criteria-IDs", 12 };

	assert_string_equal(dtcp_request_header(given), "Criteria-ID");
	assert_string_equal(dtcp_request_header(deep), "X-JTap-Cdest-TTL");
	assert_null(dtcp_request_header(unknown));
	assert_null(dtcp_request_header(part));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(unknown_headers),
		cmocka_unit_test(deletes),
		cmocka_unit_test(too_many_ids),
		cmocka_unit_test(refreshes),
		cmocka_unit_test(lists),
		cmocka_unit_test(other_methods),
		cmocka_unit_test(broken_lines_are_refused),
		cmocka_unit_test(identity),
		cmocka_unit_test(names_are_spelled_as_in_the_drafts),
		cmocka_unit_test(versions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
