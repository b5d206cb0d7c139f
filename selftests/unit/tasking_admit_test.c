// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project
//
// Who is answered, over UDP and SSH; in which order that is judged; what is
// logged of those who are not, and of the requests of those who are.

#include <arpa/inet.h>

#include "tasking_fake_outlet.h"

#define GROUPS "capture-group g1 {\n" \
	" content-destination cd1 { address = \"203.0.113.2\" port = 7 }\n" \
	" control-source u { }\n control-source v { }\n}\n"

#define NOOP(name, seq) \
	"NOOP DTCP/0.7\r\nCsource-ID: " name "\r\nSeq: " seq "\r\n"
#define ADD "Cdest-ID: cd1\r\nTimeout-Idle: 60\r\n"

static struct tasking_origin from;

static int setup(void **state)
{
	memset(&outlet, 0, sizeof(outlet));
	outlet_start(GROUPS);
	from = udp_origin;
	source_config("u")->service_port = UDP_PORT;
	source_config("v")->service_port = UDP_PORT;
	return 0;
}

static void set_prefix(size_t i, const char *address, uint8_t len)
{
	struct config_source *s = source_config("u");
	struct config_prefix *p = &s->source_address[i];

	p->addr.family = strchr(address, ':') ? AF_INET6 : AF_INET;
	p->len = len;
	inet_pton(p->addr.family, address, p->addr.addr);
	s->nsource_address = i + 1;
}

static bool from_address(const char *address)
{
	static unsigned int seq;
	char text[128];

	memset(&from.address, 0, sizeof(from.address));
	from.address.family = strchr(address, ':') ? AF_INET6 : AF_INET;
	inet_pton(from.address.family, address, from.address.addr);
	snprintf(text, sizeof(text), "NOOP DTCP/0.7\r\nCsource-ID: u\r\n"
		 "Seq: %u\r\n", ++seq);
	return send_from(&from, text, "Juniper");
}

static void udp_is_answered(void **state)
{
	assert_true(send_from(&from, NOOP("u", "1"), "Juniper"));
	assert_false(send_from(&from, NOOP("u", "2"), "juniper"));
	assert_int_equal(counter("u", "dropped-bad-digest"), 1);
	assert_false(send_from(&from, NOOP("w", "1"), "Juniper"));
	assert_int_equal(counter(NULL, "unknown-control-source"), 1);
	assert_false(send_from(&from, "HELLO\r\n", "Juniper"));
	assert_int_equal(counter(NULL, "not-dtcp"), 1);
	assert_false(send_from(&from, "DTCP/0.7 200 OK\r\n", "Juniper"));
	assert_int_equal(counter(NULL, "bad-command-line"), 1);
	assert_int_equal(counter("u", "requests-received"), 1);
	assert_int_equal(counter("v", "dropped-bad-digest"), 0);
	assert_true(was_logged("u (192.0.2.7): message dropped: missing or "
			       "wrong digest\n"
			       "w (192.0.2.7): message dropped: unknown "
			       "control source\n"
			       "? (192.0.2.7): message dropped: not DTCP\n"
			       "? (192.0.2.7): message dropped: bad command "
			       "line\n"));
}

static void too_long(void **state)
{
	char text[4000] = NOOP("u", "1");
	size_t i, len = strlen(text);

	for (i = 0; i <= DTCP_HEADERS_MAX; i++)
		len += sprintf(text + len, "X-%zu: 1\r\n", i);
	assert_false(send_from(&from, text, "Juniper"));
	assert_int_equal(counter(NULL, "bad-request"), 1);
	assert_true(was_logged("bad request: too long, or no Csource-ID"));
}

static void service_ports(void **state)
{
	from.service_port = UDP_PORT + 1;
	assert_false(send_from(&from, NOOP("u", "1"), "Juniper"));
	source_config("u")->service_port = 0;
	from.service_port = 0;
	assert_false(send_from(&from, NOOP("u", "1"), "Juniper"));
	assert_int_equal(counter("u", "dropped-not-service-port"), 2);
	assert_true(was_logged("u (192.0.2.7): message dropped: not its "
			       "service-port\n"));
}

static void source_addresses(void **state)
{
	set_prefix(0, "192.0.2.128", 26);
	set_prefix(1, "2001:db8:0:8000::", 49);
	set_prefix(2, "198.51.100.9", 32);
	assert_true(from_address("192.0.2.128"));
	assert_true(from_address("192.0.2.191"));
	assert_false(from_address("192.0.2.127"));
	assert_false(from_address("192.0.2.192"));
	assert_true(from_address("198.51.100.9"));
	assert_false(from_address("198.51.100.8"));
	assert_true(from_address("2001:db8:0:ffff::1"));
	assert_false(from_address("2001:db8:0:7fff::1"));
	assert_false(from_address("c000:0280::"));
	assert_int_equal(counter("u", "dropped-unauthorized-control-source"),
			 5);
	set_prefix(0, "0.0.0.0", 0);
	assert_true(from_address("203.0.113.200"));
	assert_false(from_address("::"));
	from.address.family = AF_UNSPEC;
	assert_true(send_from(&from, NOOP("u", "100"), "Juniper"));
}

static void addresses_over_ssh(void **state)
{
	set_prefix(0, "192.0.2.0", 24);
	from.transport = TASKING_SSH;
	from.user = "u";
	from.service_port = 0;
	assert_true(from_address("192.0.2.1"));
	assert_false(from_address("203.0.113.1"));
	assert_int_equal(counter("u", "dropped-unauthorized-control-source"),
			 1);
	from.address.family = AF_UNSPEC;
	assert_true(send_from(&from, NOOP("u", "1"), "Juniper"));
	assert_false(send_from(&from, NOOP("v", "1"), "Juniper"));
	assert_int_equal(counter("u", "dropped-not-ssh-user"), 1);
	assert_int_equal(counter("v", "dropped-not-ssh-user"), 0);
}

/* Each message has all later faults too. */
static void order(void **state)
{
	source_config("u")->rate_limit = 1;
	set_prefix(0, "203.0.113.0", 24);
	assert_true(from_address("203.0.113.1"));
	from.service_port = 1;
	inet_pton(AF_INET, "192.0.2.1", from.address.addr);
	assert_false(send_from(&from, NOOP("u", "0"), "another"));
	assert_int_equal(counter("u", "dropped-not-service-port"), 1);
	from.service_port = UDP_PORT;
	assert_false(send_from(&from, NOOP("u", "0"), "another"));
	assert_int_equal(counter("u", "dropped-unauthorized-control-source"),
			 1);
	inet_pton(AF_INET, "203.0.113.1", from.address.addr);
	assert_false(send_from(&from, NOOP("u", "0"), "another"));
	assert_int_equal(counter("u", "dropped-bad-digest"), 1);
	assert_false(send_from(&from, NOOP("u", "999999"), "Juniper"));
	assert_int_equal(counter("u", "dropped-bad-sequence-number"), 1);
	assert_int_equal(counter("u", "dropped-bandwidth-exceeded"), 0);
	assert_false(send_from(&from, NOOP("u", "2"), "Juniper"));
	assert_int_equal(counter("u", "dropped-bandwidth-exceeded"), 1);
	assert_int_equal(counter("u", "requests-received"), 1);
}

static void rate_limit(void **state)
{
	unsigned int seq;

	source_config("u")->rate_limit = 3;
	for (seq = 1; seq <= 5; seq++)
		assert_int_equal(udp("u", "NOOP", "", seq), seq <= 3);
	assert_int_equal(counter("u", "dropped-bandwidth-exceeded"), 2);
	assert_true(was_logged("u (192.0.2.7): message dropped: bandwidth "
			       "exceeded: more than its rate-limit\n"));
	for (seq = 1; seq <= 20; seq++)
		assert_true(udp("v", "NOOP", "", seq));
	fake.now += 1000;
	assert_true(udp("u", "NOOP", "", 4));
	from.transport = TASKING_SSH;
	from.user = "u";
	for (seq = 1; seq <= 20; seq++)
		assert_true(send_from(&from, NOOP("u", "1"), "Juniper"));
}

/* Forgers do not use up what the source may ask. */
static void rate_of_forgers(void **state)
{
	int i;

	source_config("u")->rate_limit = 1;
	for (i = 0; i < 10; i++)
		assert_false(send_from(&from, NOOP("u", "1"), "another"));
	assert_true(send_from(&from, NOOP("u", "1"), "Juniper"));
}

/* Nor do those that recorded a message of it and send that again. */
static void rate_of_replays(void **state)
{
	int i;

	source_config("u")->rate_limit = 2;
	assert_true(udp("u", "NOOP", "", 1));
	for (i = 0; i < 10; i++)
		assert_false(udp("u", "NOOP", "", 1));
	assert_int_equal(counter("u", "dropped-bad-sequence-number"), 10);
	assert_true(udp("u", "NOOP", "", 2));
	assert_false(udp("u", "NOOP", "", 3));
	assert_int_equal(counter("u", "dropped-bandwidth-exceeded"), 1);
	assert_int_equal(counter("u", "sequence-number"), 2);
	fake.now += 1000;
	assert_true(udp("u", "NOOP", "", 3));
}

static size_t lines(const char *text)
{
	const char *at = logged;
	size_t n = 0;

	while ((at = strstr(at, text))) {
		at += strlen(text);
		n++;
	}
	return n;
}

/* None of them hides what the others do. */
static void log_limits(void **state)
{
	int i;

	for (i = 0; i < 50; i++) {
		assert_false(send_from(&from, NOOP("x", "1"), "Juniper"));
		assert_false(send_from(&from, "HELLO\r\n", "Juniper"));
		assert_false(send_from(&from, NOOP("u", "1"), "another"));
	}
	assert_int_equal(lines("x (192.0.2.7): message dropped"), 5);
	assert_int_equal(lines("? (192.0.2.7): message dropped"), 5);
	assert_int_equal(lines("u (192.0.2.7): message dropped"), 10);
	assert_false(send_from(&from, NOOP("v", "1"), "another"));
	assert_int_equal(lines("v (192.0.2.7): message dropped"), 1);
	assert_int_equal(counter(NULL, "bad-digest"), 51);
	fake.now += 1000;
	assert_false(send_from(&from, NOOP("x", "1"), "Juniper"));
	assert_false(send_from(&from, NOOP("u", "1"), "another"));
	assert_true(was_logged("strangers: 90 such lines were left out here\n"
			       "x (192.0.2.7): message dropped"));
	assert_true(was_logged("u: 40 such lines were left out here\n"
			       "u (192.0.2.7): message dropped"));
}

static void no_syslog(void **state)
{
	source_config("u")->no_syslog = true;
	source_config("u")->rate_limit = 5;
	assert_true(udp("u", "ADD", ADD "Source-Address: 192.0.2.99\r\n", 1));
	assert_true(udp("u", "ADD", "", 2));
	assert_true(udp("u", "REFRESH", "Criteria-ID: 1\r\n"
			"Timeout-Idle: 9\r\n", 3));
	assert_true(udp("u", "DELETE", "Criteria-ID: 1\r\n", 4));
	assert_true(udp("u", "ADD", ADD, 5));
	tasking_filter_gone(tasking, 2, DFC_REASON_TIMEOUT_IDLE,
			    &fake.counters);
	assert_false(udp("u", "NOOP", "", 5));
	assert_false(udp("u", "NOOP", "", 6));
	assert_string_equal(logged, "");
	fake.now += 1000;
	fake.fail_filter_add = -ENOSPC;
	assert_true(udp("u", "ADD", ADD, 6));
	fake.fail_filter_add = 0;
	assert_string_equal(logged, "the kernel refused to add a filter "
			    "(mask-limit): no more masks\n");
	/* Whose these are, nobody knows. */
	assert_false(send_from(&from, NOOP("u", "7"), "another"));
	assert_true(was_logged("u (192.0.2.7): message dropped: missing or "));
	assert_true(udp("v", "ADD", ADD, 1));
	assert_true(was_logged("v: criteria 1 added"));
}

static void log_criteria(void **state)
{
	const char *add = ADD "Source-Address: 192.0.2.99, !192.0.2.98\r\n"
		"protocol: 6\r\nX-JTap-Cdest-TTL: 3\r\n";

	assert_true(udp("u", "ADD", add, 1));
	assert_true(was_logged("u: criteria 1 added, filter 1, to cd1, asked "
			       "for by 192.0.2.7\n"));
	assert_false(was_logged("192.0.2.99"));
	config->log_criteria = true;
	assert_true(udp("u", "ADD", add, 2));
	assert_true(was_logged("u: criteria 2 added, filter 2, to cd1, asked "
			       "for by 192.0.2.7: Source-Address 192.0.2.99, "
			       "!192.0.2.98; Protocol 6\n"));
	assert_true(udp("u", "ADD", ADD, 3));
	assert_true(was_logged("asked for by 192.0.2.7: everything\n"));
}

/* Not in any line: neither asked for, refused, refreshed nor ended. */
static void no_target_in_the_log(void **state)
{
	const char *target = ADD "Source-Address: 198.51.100.77\r\n";

	assert_true(udp("u", "ADD", target, 1));
	assert_true(udp("u", "ADD", "Source-Address: 198.51.100.77/99\r\n" ADD,
			2));
	assert_true(udp("u", "ADD", "198.51.100.77\r\n" ADD, 3));
	assert_true(udp("u", "ADD", "Address: 198.51.100.77\r\n" ADD, 4));
	fake.fail_filter_add = -EINVAL;
	assert_true(udp("u", "ADD", target, 5));
	assert_false(udp("u", "ADD", target, 5));
	assert_true(udp("u", "LIST", "", 6));
	assert_true(udp("u", "REFRESH", "Criteria-ID: 1\r\n"
			"Timeout-Idle: 9\r\n", 7));
	tasking_filter_gone(tasking, 1, DFC_REASON_DELETED, &fake.counters);
	tasking_settle(tasking);
	assert_true(lines("refused") >= 3);
	assert_false(was_logged("198.51.100.77"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, fake_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(udp_is_answered),
		TEST(too_long),
		TEST(service_ports),
		TEST(source_addresses),
		TEST(addresses_over_ssh),
		TEST(order),
		TEST(rate_limit),
		TEST(rate_of_forgers),
		TEST(rate_of_replays),
		TEST(log_limits),
		TEST(no_syslog),
		TEST(log_criteria),
		TEST(no_target_in_the_log),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
