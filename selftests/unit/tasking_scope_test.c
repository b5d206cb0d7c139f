// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project
//
// ADD: ICMP, interfaces, VRFs, actions and intercept ids on their way down.

#include "tasking_fake.h"

#define SOURCES \
	" content-destination cd1 { address = \"203.0.113.2\" port = 7890 }\n" \
	" control-source a { permissions = {action-redirect, action-block} }\n" \
	" control-source b { permissions = {action-block} }\n"

#define GROUPS "capture-group g1 {\n" SOURCES "}\n"

static int setup(void **state)
{
	fake_statements = "interface-alias ge-1/3/5 { device = eth1 }\n"
		"interface-alias \"xe-0/0/0:3.100\" { device = vlan100 }\n"
		"interface-alias eth9 { device = eth1 }\n";
	fake_start(GROUPS);
	fake.devices = " eth0 eth1 vlan100 red vrf:red a,b e0 e1 e2 e3 e4 e5"
		" e6 e7 123456789012345 ";
	return 0;
}

#define IDLE "Timeout-Idle: 60\r\n"
#define CD1 "Cdest-ID: cd1\r\n"
#define INPUT "X-JTap-Input-Interface: "
#define OUTPUT "X-JTap-Output-Interface: "
#define VRF "X-JTap-VRF-Name: "
#define ADDED HEAD("200 OK") "CRITERIA-ID: 1\r\n" TAIL

/* Adds with @header; what the kernel was asked for. */
static struct fake_filter *added(const char *header)
{
	char headers[1024];

	fake.nfilter = 0;
	snprintf(headers, sizeof(headers), CD1 IDLE "%s", header);
	assert_non_null(strstr(ask("a", "ADD", headers), " 200 OK\r\n"));
	assert_int_equal(fake.nfilter, 1);
	return &fake.filter[0];
}

static void refused(const char *user, const char *code, const char *header)
{
	char headers[1024], answer[1024];
	const char *at;
	size_t i;

	snprintf(headers, sizeof(headers), CD1 IDLE "%s\r\n", header);
	snprintf(answer, sizeof(answer), "DTCP/0.7 %s\r\nSEQ: 10\r\n%s\r\n"
		 TAIL, code, header);
	at = strstr(answer, header);
	for (i = at - answer; answer[i] != ':'; i++)
		if (answer[i] >= 'a' && answer[i] <= 'z')
			answer[i] -= 'a' - 'A';
	asks(user, "ADD", headers, answer);
	assert_int_equal(fake.nfilter, 0);
}

static void test_icmp(void **state)
{
	struct fake_filter *f;

	f = added("ICMP-Type: 8,!0\r\nICMP-Code: 0\r\n");
	assert_int_equal(f->nicmp_type, 2);
	assert_int_equal(f->nicmp_code, 1);
	f = added("ICMP-Code: *\r\nProtocol: 1,58\r\n");
	assert_int_equal(f->nicmp_type, 0);
	assert_int_equal(f->nicmp_code, 1);
	fake.nfilter = 0;
	asks("a", "ADD", CD1 IDLE "ICMP-Type: 8\r\nDest-Port: 80\r\n",
	     HEAD("432 Improper Filter Specification") TAIL);
	asks("a", "ADD", CD1 IDLE "Source-Port: *\r\nICMP-Code: 0\r\n",
	     HEAD("432 Improper Filter Specification") TAIL);
	refused("a", "432 Improper Filter Specification", "ICMP-Type: 256");
}

static void test_interfaces(void **state)
{
	struct fake_filter *f;

	f = added(INPUT "eth0\r\n");
	assert_int_equal(f->scope, DFC_SCOPE_INPUT);
	assert_string_equal(f->device, "eth0 ");
	f = added(OUTPUT "xe-0/0/0:3.100, ge-1/3/5, eth0\r\n");
	assert_int_equal(f->scope, DFC_SCOPE_OUTPUT);
	assert_string_equal(f->device, "vlan100 eth1 eth0 ");
	f = added(INPUT "e0,e1,e2,e3,e4,e5,e6,e7\r\n");
	assert_string_equal(f->device, "e0 e1 e2 e3 e4 e5 e6 e7 ");
	f = added(INPUT "a\\044b,123456789012345\r\n");
	assert_string_equal(f->device, "a,b 123456789012345 ");
	f = added("");
	assert_int_equal(f->scope, DFC_SCOPE_ANY);
	assert_string_equal(f->device, "");
}

/* Names that mean the same device: it is named to the kernel once. */
static void test_same_device(void **state)
{
	struct fake_filter *f;

	f = added(INPUT "ge-1/3/5,eth1,ge-1/3/5.0,eth1\r\n");
	assert_string_equal(f->device, "eth1 ");
}

static void test_unknown_interface(void **state)
{
	static const char *const values[] = {
		"ge-1/3/6", "ge-1/3/5.1", "eth2", "eth0,eth2", "eth2,eth0",
		"..", "eth0:1", "eth0\\0320", "1234567890123456",
		"a123456789b123456789c123456789d123456789e123456789f123456789g123",
		"a123456789b123456789c123456789d123456789e123456789f123456789g1234",
		"vrf:red",
	};
	char header[256];
	size_t i;

	for (i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		snprintf(header, sizeof(header), INPUT "%s", values[i]);
		refused("a", "901 JTap-Failure", header);
		snprintf(header, sizeof(header), OUTPUT "%s", values[i]);
		refused("a", "901 JTap-Failure", header);
	}
	assert_true(was_logged("ADD refused, 901 JTap-Failure: there is no "
			       "such interface, or no interface-alias\n"));
}

static void test_bad_interfaces(void **state)
{
	static const char *const values[] = {
		"e0,e1,e2,e3,e4,e5,e6,e7,eth0", "eth0,", ",eth0", "\\04",
		"eth\\300\\", "\\010", "\\000",
	};
	char header[256];
	size_t i;

	for (i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		snprintf(header, sizeof(header), INPUT "%s", values[i]);
		refused("a", "432 Improper Filter Specification", header);
		snprintf(header, sizeof(header), OUTPUT "%s", values[i]);
		refused("a", "432 Improper Filter Specification", header);
	}
	asks("a", "ADD", CD1 IDLE INPUT "eth0\r\n" OUTPUT "eth0\r\n",
	     HEAD("432 Improper Filter Specification") TAIL);
	asks("a", "ADD", CD1 IDLE VRF "red\r\n" OUTPUT "eth0\r\n",
	     HEAD("432 Improper Filter Specification") TAIL);
}

static void test_vrf(void **state)
{
	struct fake_filter *f;

	f = added(VRF "red\r\n");
	assert_int_equal(f->scope, DFC_SCOPE_VRF);
	assert_string_equal(f->device, "red ");
	fake.nfilter = 0;
	refused("a", "901 JTap-Failure", VRF "blue");
	refused("a", "901 JTap-Failure", VRF "eth0");
	/* An alias is for interfaces: a VRF has the name that it has. */
	fake.devices = " vrf:eth1 ";
	refused("a", "901 JTap-Failure", VRF "ge-1/3/5");
	refused("a", "901 JTap-Failure", VRF "eth9");
	fake.devices = " vrf:1234567890123456 vrf:a/b ";
	refused("a", "901 JTap-Failure", VRF "1234567890123456");
	refused("a", "901 JTap-Failure", VRF "a/b");
	refused("a", "432 Improper Filter Specification", VRF "red,red");
	assert_true(was_logged("there is no such VRF\n"));
}

static void test_device_unknowable(void **state)
{
	fake.fail_device = -EIO;
	asks("a", "ADD", CD1 IDLE INPUT "eth0\r\n",
	     HEAD("500 Server Internal Error") TAIL);
	assert_true(was_logged("refused to look for a device: no answer"));
	assert_int_equal(fake.nfilter, 0);
}

/* A device that may be missing is not looked for on behalf of nobody. */
static void test_order(void **state)
{
	asks("a", "ADD", "Cdest-ID: nope\r\n" IDLE INPUT "eth2\r\n",
	     HEAD("430 Unknown Content Destination") "CDEST-ID: nope\r\n"
	     TAIL);
}

static void test_actions(void **state)
{
	struct fake_filter *f;

	f = added("Action: REDIRECT\r\n");
	assert_int_equal(f->action, DFC_ACTION_REDIRECT);
	assert_int_equal(f->ndest, 1);
	f = added("Action: block\r\nX-MD-Intercept-Id: 00000001\r\n");
	assert_int_equal(f->action, DFC_ACTION_BLOCK);
	assert_int_equal(f->ndest, 0);
	assert_false(f->has_intercept);
	fake.nfilter = 0;
	refused("b", "501 Not Implemented", "Action: Redirect");
	asks("b", "ADD", CD1 IDLE "Action: Block\r\n", ADDED);
	asks("b", "LIST", "Flags: Criteria\r\n", HEAD("200 OK")
	     "CRITERIA-ID: 1\r\nCSOURCE-ID: b\r\nCDEST-ID: cd1\r\n"
	     "CSOURCE-ADDRESS: 203.0.113.2\r\n" TAIL
	     "TIMEOUT-IDLE: 60\r\nACTION: Block\r\n"
	     "CRITERIA-NUM: 1\r\nCRITERIA-COUNT: 1\r\n" TAIL);
	asks("b", "DELETE", CD1, HEAD("200 OK") "CRITERIA-COUNT: 1\r\n" TAIL);
	assert_int_equal(fake.nfilter, 0);
}

/* Without the permission nothing is dropped any longer. */
static void test_permission_taken(void **state)
{
	ask("a", "ADD", CD1 IDLE "Action: Redirect\r\n");
	ask("a", "ADD", CD1 IDLE "Action: Block\r\n");
	ask("a", "ADD", CD1 IDLE);
	assert_int_equal(reconfigure("capture-group g1 {\n"
		" content-destination cd1 { address = \"203.0.113.2\"\n"
		"  port = 7890 }\n"
		" control-source a { permissions = {action-block} } }\n"), 0);
	assert_int_equal(fake.nfilter, 2);
	assert_null(fake_filter(1));
	assert_int_equal(reconfigure("capture-group g1 {\n"
		" content-destination cd1 { address = \"203.0.113.2\"\n"
		"  port = 7890 }\n"
		" control-source a { } }\n"), 0);
	assert_int_equal(fake.nfilter, 1);
	assert_int_equal(fake.filter[0].id, 3);
}

static void test_intercept_id(void **state)
{
	struct fake_filter *f;

	f = added("X-MD-Intercept-Id: 0123456789abcdef\r\n");
	assert_true(f->has_intercept);
	assert_int_equal(f->intercept, 0x01234567);
	assert_true(f->session == 0x89abcdef);
	f = added("X-MD-Intercept-Id: FFFFFFFF\r\n");
	assert_int_equal(f->intercept, DFC_INTERCEPT_ID_MAX);
	assert_int_equal(f->session, 0);
	f = added("X-MD-Intercept-Id: 00000000\r\n");
	assert_true(f->has_intercept);
	assert_int_equal(f->intercept, 0);
	f = added("");
	assert_false(f->has_intercept);
	fake.nfilter = 0;
	refused("a", "400 Bad Request", "X-MD-Intercept-Id: 1");
}

static void test_listed(void **state)
{
	asks("a", "ADD", CD1 IDLE INPUT "ge-1/3/5\r\nICMP-Code: 0\r\n"
	     "ICMP-Type: 8\r\nX-MD-Intercept-Id: 0000002A\r\n", ADDED);
	asks("a", "LIST", "", HEAD("200 OK")
	     "CRITERIA-ID: 1\r\nCSOURCE-ID: a\r\nCDEST-ID: cd1\r\n"
	     "CSOURCE-ADDRESS: 203.0.113.2\r\n" TAIL
	     "X-JTAP-INPUT-INTERFACE: ge-1/3/5\r\n"
	     "X-MD-INTERCEPT-ID: 0000002A\r\n"
	     "ICMP-TYPE: 8\r\nICMP-CODE: 0\r\nTIMEOUT-IDLE: 60\r\n"
	     "CRITERIA-NUM: 1\r\nCRITERIA-COUNT: 1\r\n" TAIL);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, fake_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_icmp),
		TEST(test_interfaces),
		TEST(test_same_device),
		TEST(test_unknown_interface),
		TEST(test_bad_interfaces),
		TEST(test_vrf),
		TEST(test_device_unknowable),
		TEST(test_order),
		TEST(test_actions),
		TEST(test_permission_taken),
		TEST(test_intercept_id),
		TEST(test_listed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
