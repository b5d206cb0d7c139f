// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project
//
// What was understood is written out in full: every method, every header.

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "dtcp-proto/request.h"

/* Parses @in and expects @out of it; and the same of that again. */
static void assert_format(const char *in, const char *out)
{
	static struct dtcp_message m;
	struct dtcp_request r;
	struct dtcp_writer w;
	struct dtcp_error e;

	assert_int_equal(dtcp_message_parse(&m, in, strlen(in)), 0);
	assert_int_equal(dtcp_request_parse(&r, &m, &e), 0);
	dtcp_writer_init(&w, false);
	dtcp_request_format(&w, "a,b", &r);
	assert_false(w.failed);
	assert_int_equal(w.len, strlen(w.buf));
	assert_string_equal(w.buf, out);
	dtcp_writer_fini(&w);
	dtcp_request_fini(&r);
	if (in != out)
		assert_format(out, out);
}

static void an_add(void **state)
{
	assert_format("add  DTCP/0.7\nSeq: 18446744073709551615\n"
		"Csource-ID: a\\044b\nCdest-ID: x , y\\092\\032\n"
		"Flags: sendasync\nTimeout-Idle: 60\nTimeout-Bytes: 0\n"
		"Source-Address: *,!192.0.2.0/30\nDest-Address: 192.0.2.9-*\n"
		"Protocol: 6,*-3,!17\nDest-Port: 80-*\nAction: block\n"
		"X-JTap-Input-Interface: ge-1/3/5 , a\\044b\n"
		"X-JTap-Cdest-Dest-Address: 203.0.113.2, 203.0.113.3\n"
		"X-JTap-Cdest-Dest-Port: 1,65535\n"
		"X-JTap-Cdest-Source-Address: 203.0.113.4\n"
		"X-JTap-Cdest-Source-Port: 7\nX-JTap-Cdest-TTL: 255\n"
		"X-MD-Intercept-Id: 0000002A\nX-Other: 1\n",
		"ADD DTCP/0.7\r\nCsource-ID: a\\044b\r\n"
		"Cdest-ID: x,y\\092\\032\r\nFlags: SendAsync\r\n"
		"Timeout-Idle: 60\r\nTimeout-Bytes: 0\r\n"
		"Source-Address: *,!192.0.2.0-192.0.2.3\r\n"
		"Dest-Address: 192.0.2.9-255.255.255.255\r\n"
		"Protocol: 6-6,0-3,!17-17\r\nDest-Port: 80-65535\r\n"
		"X-JTap-IP-Version: ipv4\r\n"
		"X-JTap-Input-Interface: ge-1/3/5,a\\044b\r\n"
		"X-JTap-Cdest-Dest-Address: 203.0.113.2,203.0.113.3\r\n"
		"X-JTap-Cdest-Dest-Port: 1,65535\r\n"
		"X-JTap-Cdest-Source-Address: 203.0.113.4\r\n"
		"X-JTap-Cdest-Source-Port: 7\r\nX-JTap-Cdest-TTL: 255\r\n"
		"Priority: 1\r\nAction: Block\r\n"
		"X-MD-Intercept-Id: 0000002a00000000\r\n"
		"Seq: 18446744073709551615\r\n");
}

static void other_adds(void **state)
{
	assert_format("ADD DTCP/0.6\nSeq: 1\nCdest-ID: x\nFlags: Static\n"
		"Timeout-Idle: never\nICMP-Type: 8\nICMP-Code: 0\n"
		"X-JTap-VRF-Name: red\nSource-Address: 2001:db8::/32\n"
		"Priority: 9\nAction: Redirect\n",
		"ADD DTCP/0.6\r\nCsource-ID: a\\044b\r\nCdest-ID: x\r\n"
		"Flags: Static\r\nSource-Address: "
		"2001:db8::-2001:db8:ffff:ffff:ffff:ffff:ffff:ffff\r\n"
		"ICMP-Type: 8-8\r\nICMP-Code: 0-0\r\n"
		"X-JTap-IP-Version: ipv6\r\nX-JTap-VRF-Name: red\r\n"
		"Priority: 9\r\nAction: Redirect\r\nSeq: 1\r\n");
	assert_format("ADD DTCP/0.8\nSeq: 1\nCdest-ID: x\nFlags: Static\n"
		"X-JTap-Filter-Family: CCC\nX-JTap-Output-Interface: eth0\n",
		"ADD DTCP/0.8\r\nCsource-ID: a\\044b\r\nCdest-ID: x\r\n"
		"Flags: Static\r\nX-JTap-Filter-Family: ccc\r\n"
		"X-JTap-Output-Interface: eth0\r\n"
		"Priority: 1\r\nAction: Copy\r\nSeq: 1\r\n");
}

static void other_methods(void **state)
{
	assert_format("DELETE DTCP/0.7\nSeq: 2\nCriteria-ID: 1, 3-4,5-5\n"
		"Flags: Static\n",
		"DELETE DTCP/0.7\r\nCsource-ID: a\\044b\r\n"
		"Criteria-ID: 1,3-4,5\r\nFlags: Static\r\nSeq: 2\r\n");
	assert_format("REFRESH DTCP/0.7\nSeq: 3\nCdest-ID: x\n"
		"Timeout-Total: 1\nTimeout-Packets: 2\n",
		"REFRESH DTCP/0.7\r\nCsource-ID: a\\044b\r\nCdest-ID: x\r\n"
		"Timeout-Total: 1\r\nTimeout-Packets: 2\r\nSeq: 3\r\n");
	assert_format("LIST DTCP/0.7\nSeq: 4\nFlags: All\n",
		"LIST DTCP/0.7\r\nCsource-ID: a\\044b\r\n"
		"Flags: Criteria,Stats\r\nSeq: 4\r\n");
	assert_format("NOOP DTCP/0.7\nSeq: 5\nFlags: SendAsync\n",
		"NOOP DTCP/0.7\r\nCsource-ID: a\\044b\r\n"
		"Flags: SendAsync\r\nSeq: 5\r\n");
}

static void method_names(void **state)
{
	assert_string_equal(dtcp_method_name(DTCP_ADD), "ADD");
	assert_string_equal(dtcp_method_name(DTCP_DISABLE), "DISABLE");
	assert_string_equal(dtcp_method_name(DTCP_METHOD_UNKNOWN), "UNKNOWN");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_add),
		cmocka_unit_test(other_adds),
		cmocka_unit_test(other_methods),
		cmocka_unit_test(method_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
