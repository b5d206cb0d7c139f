// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include "request_parse.h"

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

static void add_icmp(void **state)
{
	assert_int_equal(parse("ADD", "Cdest-ID: a\nFlags: Static\n"
			       "ICMP-Type: 8, !0-3\nicmp-code: *\n"
			       "Protocol: 1\n"), 0);
	assert_int_equal(r.icmp_type.n, 2);
	assert_true(r.icmp_type.entry[1].negated);
	assert_int_equal(r.icmp_code.entry[0].to, 255);
	dtcp_request_fini(&r);
	assert_add_refused("ICMP-Type: 8\nDest-Port: 80", 432, NULL);
	assert_add_refused("ICMP-Type: 8\nSource-Port: 80", 432, NULL);
	assert_add_refused("ICMP-Code: *\nDest-Port: *", 432, NULL);
	assert_add_refused("ICMP-Type:", 432, "ICMP-Type");
	assert_add_refused("ICMP-Type: 3-1", 432, "ICMP-Type");
}

/* Every list takes 64 entries and not one more. */
static void add_long_lists(void **state)
{
	static const char *const names[] = {
		"Source-Address", "Dest-Address", "Protocol", "Source-Port",
		"Dest-Port", "ICMP-Type", "ICMP-Code",
	};
	char list[1024];
	size_t i, j;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		sprintf(list, "Cdest-ID: a\nFlags: Static\n%s: !*", names[i]);
		for (j = 1; j < DTCP_ENTRIES_MAX; j++)
			strcat(list, ", *");
		assert_int_equal(parse("ADD", list), 0);
		dtcp_request_fini(&r);
		strcat(list, ", *");
		assert_refused("ADD", list, 432, names[i]);
	}
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
		"Flags: Static\nX-JTap-Filter-Family: ccc\n"
		"X-JTap-VRF-Name: red\n"), 432);
	dtcp_request_fini(&r);
	assert_int_equal(parse_version("ADD", "0.8", "Cdest-ID: a\n"
		"Flags: Static\nX-JTap-Filter-Family: ccc\n"
		"X-JTap-Output-Interface: eth1\n"), 0);
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
	assert_int_equal(r.scope, DTCP_INPUT);
	assert_int_equal(r.ninterface, 2);
	assert_string_equal(r.interface[0], "ge-1/3/5.0");
	assert_string_equal(r.interface[1], "eth0");
	dtcp_request_fini(&r);
	assert_int_equal(parse("ADD", "Cdest-ID: a\nFlags: Static\n"
			       "X-JTap-VRF-Name: a\\044b\n"), 0);
	assert_int_equal(r.scope, DTCP_VRF);
	assert_int_equal(r.ninterface, 1);
	assert_string_equal(r.interface[0], "a,b");
	dtcp_request_fini(&r);
	assert_add_refused("X-JTap-VRF-Name: blue\n"
			   "X-JTap-Output-Interface: eth0", 432, NULL);
	assert_add_refused("X-JTap-Output-Interface: a,b,c,d,e,f,g,h,i", 432,
			   "X-JTap-Output-Interface");
	assert_add_refused("X-JTap-VRF-Name:", 432, "X-JTap-VRF-Name");
	assert_add_refused("X-JTap-VRF-Name: a,b", 432, "X-JTap-VRF-Name");
	assert_add_refused("X-JTap-VRF-Name: \\04", 432, "X-JTap-VRF-Name");
	assert_int_equal(parse("ADD", "Cdest-ID: a\nFlags: Static\n"
			       "X-JTap-Output-Interface: a,b,c,d,e,f,g,h\n"),
			 0);
	assert_int_equal(r.scope, DTCP_OUTPUT);
	assert_int_equal(r.ninterface, 8);
	assert_string_equal(r.interface[7], "h");
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(full_add),
		cmocka_unit_test(least_add),
		cmocka_unit_test(add_names),
		cmocka_unit_test(add_timeouts),
		cmocka_unit_test(add_filters),
		cmocka_unit_test(add_icmp),
		cmocka_unit_test(add_long_lists),
		cmocka_unit_test(add_values_that_are_not_known),
		cmocka_unit_test(add_family),
		cmocka_unit_test(add_scope),
		cmocka_unit_test(add_outer),
		cmocka_unit_test(add_outer_refusals),
		cmocka_unit_test(add_intercept_id),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
