// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "dtcp-proto/request.h"

static struct dtcp_message m;
static struct dtcp_request r;
static struct dtcp_error e;
static char buf[8192];

/* Builds a request and parses it; the caller calls dtcp_request_fini(). */
static unsigned int parse_version(const char *method, const char *version,
				  const char *headers)
{
	int len = snprintf(buf, sizeof(buf), "%s DTCP/%s\r\nCsource-ID: c\r\n"
			   "Seq: 7\r\n%s", method, version, headers);

	assert_true((size_t)len < sizeof(buf));
	assert_int_equal(dtcp_message_parse(&m, buf, (size_t)len), 0);
	return dtcp_request_parse(&r, &m, &e);
}

static unsigned int parse(const char *method, const char *headers)
{
	return parse_version(method, "0.7", headers);
}

/* The request is refused with @code because of header @culprit. */
static void assert_refused(const char *method, const char *headers,
			   unsigned int code, const char *culprit)
{
	unsigned int got = parse(method, headers);

	if (got != code)
		print_error("%s %s: %u\n", method, headers, got);
	assert_int_equal(got, code);
	assert_int_equal(e.code, code);
	assert_non_null(e.why);
	if (!culprit) {
		assert_null(e.header);
	} else {
		assert_non_null(e.header);
		assert_true(dtcp_text_is(e.header->name, culprit));
	}
	dtcp_request_fini(&r);
}

/* The same for an ADD that is right but for @headers. */
static void assert_add_refused(const char *headers, unsigned int code,
			       const char *culprit)
{
	char text[4096];

	snprintf(text, sizeof(text),
		 "Cdest-ID: cd1\r\nFlags: Static\r\n%s\r\n", headers);
	assert_refused("ADD", text, code, culprit);
}

static void assert_text(struct dtcp_text t, const char *expected)
{
	assert_int_equal(t.len, strlen(expected));
	assert_memory_equal(t.at, expected, t.len);
}

static void full_add(void **state)
{
	assert_int_equal(parse("add",
		"Source-Address: 192.0.2.2\nDest-Address: 198.51.100.0/24\n"
		"Protocol: 6,17\nSource-Port: 80\nDest-Port: 1024-*, !2000\n"
		"Timeout-Idle: 600\nTimeout-Total: 86400\nTimeout-Packets: 9\n"
		"Timeout-Bytes: 18446744073709551615\nAction: COPY\n"
		"Priority: 2\nFlags: sendasync\ncdest-id: cd1, cd\\0442\n"), 0);
	assert_int_equal(r.method, DTCP_ADD);
	assert_int_equal(r.seq, 7);
	assert_int_equal(r.ncdest, 2);
	assert_string_equal(r.cdest[0], "cd1");
	assert_string_equal(r.cdest[1], "cd,2");
	assert_false(r.flag_static);
	assert_true(r.flag_send_async);
	assert_int_equal(r.priority, 2);
	assert_int_equal(r.action, DTCP_COPY);
	assert_true(r.timeout_idle.given);
	assert_int_equal(r.timeout_idle.value, 600);
	assert_int_equal(r.timeout_total.value, 86400);
	assert_int_equal(r.timeout_packets.value, 9);
	assert_true(r.timeout_bytes.value == UINT64_MAX);
	assert_int_equal(r.family, AF_INET);
	assert_int_equal(r.src.n, 1);
	assert_int_equal(r.dst.n, 1);
	assert_int_equal(r.protocol.n, 2);
	assert_int_equal(r.src_port.n, 1);
	assert_int_equal(r.dst_port.n, 2);
	assert_true(r.dst_port.entry[1].negated);
	assert_null(r.icmp_type.entry);
	dtcp_request_fini(&r);
	assert_null(r.src.entry);
}

static void least_add(void **state)
{
	assert_int_equal(parse("ADD", "Cdest-ID: cd1\nFlags: STATIC\n"), 0);
	assert_true(r.flag_static);
	assert_int_equal(r.priority, 1);
	assert_int_equal(r.action, DTCP_COPY);
	assert_int_equal(r.family, AF_UNSPEC);
	assert_null(r.src.entry);
	assert_int_equal(r.outer.ndst, 0);
	assert_int_equal(r.outer.ttl, 0);
	assert_false(r.has_intercept_id);
	dtcp_request_fini(&r);
}

static void add_names(void **state)
{
	assert_refused("ADD", "Flags: Static\n", 400, NULL);
	assert_refused("ADD", "Flags: Static\nCdest-ID: a,b,c\n", 400,
		       "Cdest-ID");
	assert_refused("ADD", "Flags: Static\nCdest-ID:\n", 400, "Cdest-ID");
	assert_refused("ADD", "Flags: Static\nCdest-ID: a,\n", 400, "Cdest-ID");
	assert_refused("ADD", "Flags: Static\nCdest-ID: a,a\n", 400,
		       "Cdest-ID");
	assert_refused("ADD", "Flags: Static\nCdest-ID: \\007\n", 400,
		       "Cdest-ID");
	assert_refused("ADD", "Flags: Static\nCdest-ID: "
		       "a123456789b123456789c123456789d123456789e12345678\n",
		       400, "Cdest-ID");
	assert_int_equal(parse("ADD", "Flags: Static\nCdest-ID: "
		"a123456789b123456789c123456789d123456789e1234567\n"), 0);
	dtcp_request_fini(&r);
}

static void add_timeouts(void **state)
{
	assert_refused("ADD", "Cdest-ID: a\n", 433, NULL);
	assert_refused("ADD", "Cdest-ID: a\nTimeout-Idle: 0\n", 433, NULL);
	assert_refused("ADD", "Cdest-ID: a\nTimeout-Idle: 86401\n", 433,
		       "Timeout-Idle");
	assert_refused("ADD", "Cdest-ID: a\nTimeout-Total: soon\n", 433,
		       "Timeout-Total");
	assert_refused("ADD", "Cdest-ID: a\nTimeout-Packets: -1\n", 433,
		       "Timeout-Packets");
	assert_refused("ADD", "Cdest-ID: a\n"
		       "Timeout-Bytes: 18446744073709551616\n", 433,
		       "Timeout-Bytes");
	assert_int_equal(parse("ADD", "Cdest-ID: a\nTimeout-Idle: 0\n"
			       "Timeout-Bytes: 1\n"), 0);
	dtcp_request_fini(&r);
	assert_int_equal(parse("ADD", "Cdest-ID: a\nTimeout-Idle: 5\n"
			       "Timeout-Bytes: x\nFlags: Static\n"), 0);
	assert_false(r.timeout_idle.given);
	dtcp_request_fini(&r);
}

static void add_filters(void **state)
{
	char many[600] = "Dest-Port: 1";
	int i;

	assert_add_refused("Source-Address: 192.0.2", 432, "Source-Address");
	assert_add_refused("Dest-Address: 192.0.2.1/33", 432, "Dest-Address");
	assert_add_refused("Protocol: 256", 432, "Protocol");
	assert_add_refused("Source-Port: 65536", 432, "Source-Port");
	assert_add_refused("Dest-Port: 9-8", 432, "Dest-Port");
	assert_add_refused("Dest-Port:", 432, "Dest-Port");
	assert_add_refused("ICMP-Type: echo", 432, "ICMP-Type");
	assert_add_refused("ICMP-Code: 256", 432, "ICMP-Code");
	assert_add_refused("Source-Address: 192.0.2.1\n"
			   "Dest-Address: 2001:db8::1", 432, NULL);
	for (i = 0; i < DTCP_ENTRIES_MAX; i++)
		strcat(many, ",1");
	assert_add_refused(many, 432, "Dest-Port");
	assert_int_equal(parse("ADD", "Cdest-ID: a\nFlags: Static\n"
			       "Source-Address: *\n"
			       "Dest-Address: 2001:db8::/32\n"), 0);
	assert_int_equal(r.family, AF_INET6);
	dtcp_request_fini(&r);
}

static void add_values_that_are_not_known(void **state)
{
	assert_add_refused("Action: Mirror", 501, "Action");
	assert_refused("ADD", "Cdest-ID: a\nFlags: Static, Loud\n", 501,
		       "Flags");
	assert_refused("ADD", "Cdest-ID: a\nFlags: Static,\n", 400, "Flags");
	assert_add_refused("X-JTap-IP-Version: ipv5", 501,
			   "X-JTap-IP-Version");
	assert_add_refused("Priority: 0", 400, "Priority");
	assert_add_refused("Priority: 256", 400, "Priority");
	assert_int_equal(parse("ADD", "Cdest-ID: a\nFlags: Static\n"
			       "Action: redirect\nPriority: 255\n"), 0);
	assert_int_equal(r.action, DTCP_REDIRECT);
	assert_int_equal(r.priority, 255);
	dtcp_request_fini(&r);
	assert_int_equal(parse("ADD", "Cdest-ID: a\nFlags: Static\n"
			       "Action: Block\n"), 0);
	assert_int_equal(r.action, DTCP_BLOCK);
	dtcp_request_fini(&r);
}

static void add_family(void **state)
{
	assert_int_equal(parse("ADD", "Cdest-ID: a\nFlags: Static\n"
			       "X-JTap-IP-Version: IPv6\n"), 0);
	assert_int_equal(r.family, AF_INET6);
	dtcp_request_fini(&r);
	assert_add_refused("X-JTap-IP-Version: ipv4\n"
			   "Source-Address: 2001:db8::1", 432,
			   "X-JTap-IP-Version");
	assert_add_refused("X-JTap-Filter-Family: ccc", 400,
			   "X-JTap-Filter-Family");
	assert_int_equal(parse_version("ADD", "0.8", "Cdest-ID: a\n"
		"Flags: Static\nX-JTap-Filter-Family: ccc\n"), 0);
	assert_true(r.family_ccc);
	dtcp_request_fini(&r);
	assert_int_equal(parse_version("ADD", "0.8", "Cdest-ID: a\n"
		"Flags: Static\nX-JTap-Filter-Family: ccc\nProtocol: 6\n"),
		432);
	dtcp_request_fini(&r);
	assert_int_equal(parse_version("ADD", "0.8", "Cdest-ID: a\n"
		"Flags: Static\nX-JTap-Filter-Family: mpls\n"), 501);
	dtcp_request_fini(&r);
}

static void add_scope(void **state)
{
	assert_int_equal(parse("ADD", "Cdest-ID: a\nFlags: Static\n"
			       "X-JTap-Input-Interface: ge-1/3/5.0, eth0\n"),
			 0);
	assert_text(r.input, "ge-1/3/5.0, eth0");
	assert_null(r.vrf.at);
	dtcp_request_fini(&r);
	assert_add_refused("X-JTap-VRF-Name: blue\n"
			   "X-JTap-Output-Interface: eth0", 432, NULL);
	assert_add_refused("X-JTap-Output-Interface: a,b,c,d,e,f,g,h,i", 432,
			   "X-JTap-Output-Interface");
	assert_add_refused("X-JTap-VRF-Name:", 432, "X-JTap-VRF-Name");
	assert_int_equal(parse("ADD", "Cdest-ID: a\nFlags: Static\n"
			       "X-JTap-Output-Interface: a,b,c,d,e,f,g,h\n"),
			 0);
	dtcp_request_fini(&r);
}

static void add_outer(void **state)
{
	char text[64];

	assert_int_equal(parse("ADD", "Cdest-ID: a,b\nFlags: Static\n"
		"X-JTap-Cdest-Dest-Address: 203.0.113.2, 203.0.113.3\n"
		"X-JTap-Cdest-Dest-Port: 7890, 65535\n"
		"X-JTap-Cdest-Source-Address: 203.0.113.9\n"
		"X-JTap-Cdest-Source-Port: 1\nX-JTap-Cdest-TTL: 255\n"), 0);
	assert_int_equal(r.outer.ndst, 2);
	inet_ntop(AF_INET, r.outer.dst[1].addr, text, sizeof(text));
	assert_string_equal(text, "203.0.113.3");
	assert_int_equal(r.outer.dst_port[0], 7890);
	assert_int_equal(r.outer.dst_port[1], 65535);
	assert_int_equal(r.outer.src.family, AF_INET);
	assert_int_equal(r.outer.src_port, 1);
	assert_int_equal(r.outer.ttl, 255);
	dtcp_request_fini(&r);
}

static void add_outer_refusals(void **state)
{
	assert_add_refused("X-JTap-Cdest-Dest-Address: 203.0.113.2,203.0.113.3",
			   432, "X-JTap-Cdest-Dest-Address");
	assert_add_refused("X-JTap-Cdest-Dest-Port: 1,2", 432,
			   "X-JTap-Cdest-Dest-Port");
	assert_refused("ADD", "Cdest-ID: a,b\nFlags: Static\n"
		       "X-JTap-Cdest-Dest-Address: 203.0.113.2\n", 432,
		       "X-JTap-Cdest-Dest-Address");
	assert_refused("ADD", "Cdest-ID: a,b\nFlags: Static\n"
		       "X-JTap-Cdest-Dest-Port: 1\n", 432,
		       "X-JTap-Cdest-Dest-Port");
	assert_add_refused("X-JTap-Cdest-Dest-Address: mediation", 400,
			   "X-JTap-Cdest-Dest-Address");
	assert_add_refused("X-JTap-Cdest-Dest-Port: 0", 400,
			   "X-JTap-Cdest-Dest-Port");
	assert_add_refused("X-JTap-Cdest-Source-Port: 65536", 400,
			   "X-JTap-Cdest-Source-Port");
	assert_add_refused("X-JTap-Cdest-Source-Address:", 400,
			   "X-JTap-Cdest-Source-Address");
	assert_add_refused("X-JTap-Cdest-TTL: 0", 400, "X-JTap-Cdest-TTL");
	assert_add_refused("X-JTap-Cdest-Dest-Address: 203.0.113.2\n"
			   "X-JTap-Cdest-Source-Address: 2001:db8::1", 400,
			   "X-JTap-Cdest-Source-Address");
}

static void add_intercept_id(void **state)
{
	assert_int_equal(parse("ADD", "Cdest-ID: a\nFlags: Static\n"
			       "X-MD-Intercept-Id: fFff0102A0b0c0D0\n"), 0);
	assert_true(r.has_intercept_id);
	assert_int_equal(r.intercept[0], 0x3fff0102);
	assert_true(r.intercept[1] == 0xa0b0c0d0);
	dtcp_request_fini(&r);
	assert_int_equal(parse("ADD", "Cdest-ID: a\nFlags: Static\n"
			       "X-MD-Intercept-Id: 0000002a\n"), 0);
	assert_int_equal(r.intercept[0], 42);
	assert_int_equal(r.intercept[1], 0);
	dtcp_request_fini(&r);
	assert_add_refused("X-MD-Intercept-Id: 0x00002a", 400,
			   "X-MD-Intercept-Id");
	assert_add_refused("X-MD-Intercept-Id: 2a", 400, "X-MD-Intercept-Id");
}

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(full_add),
		cmocka_unit_test(least_add),
		cmocka_unit_test(add_names),
		cmocka_unit_test(add_timeouts),
		cmocka_unit_test(add_filters),
		cmocka_unit_test(add_values_that_are_not_known),
		cmocka_unit_test(add_family),
		cmocka_unit_test(add_scope),
		cmocka_unit_test(add_outer),
		cmocka_unit_test(add_outer_refusals),
		cmocka_unit_test(add_intercept_id),
		cmocka_unit_test(unknown_headers),
		cmocka_unit_test(deletes),
		cmocka_unit_test(too_many_ids),
		cmocka_unit_test(refreshes),
		cmocka_unit_test(lists),
		cmocka_unit_test(other_methods),
		cmocka_unit_test(broken_lines_are_refused),
		cmocka_unit_test(identity),
		cmocka_unit_test(versions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
