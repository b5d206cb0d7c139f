// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project
//
// dtcpd.conf: statements about requests over UDP, notifications, permissions.

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <arpa/inet.h>

#include "config_file.h"

#define UDP_SOURCE(x) SOURCE("shared-key = secret service-port = 20000\n" x)

static void assert_address(const struct dtcp_outer_addr *a, const char *text)
{
	char buf[INET6_ADDRSTRLEN];

	inet_ntop(a->family, a->addr, buf, sizeof(buf));
	assert_string_equal(buf, text);
}

static void test_all(void **state)
{
	struct config *c = good(UDP_SOURCE(
		"source-addresses = {\"192.0.2.0/24\", \"2001:db8::7\"}\n"
		"notification-targets = {\"192.0.2.9:4000\", \"[2001:db8::9]:65535\"}\n"
		"notification-version = \"0.8\"\nsequence-check = off\n"
		"ssh-notifications = yes\nno-syslog = yes\nrate-limit = 0\n"
		"permissions = {\"action-block\"}"));
	const struct config_source *s = config_source_find(c, "a", NULL);

	assert_int_equal(s->service_port, 20000);
	assert_int_equal(s->nsource_address, 2);
	assert_address(&s->source_address[0].addr, "192.0.2.0");
	assert_int_equal(s->source_address[0].len, 24);
	assert_address(&s->source_address[1].addr, "2001:db8::7");
	assert_int_equal(s->source_address[1].len, 128);
	assert_int_equal(s->ntarget, 2);
	assert_address(&s->target[0].addr, "192.0.2.9");
	assert_int_equal(s->target[0].port, 4000);
	assert_address(&s->target[1].addr, "2001:db8::9");
	assert_int_equal(s->target[1].port, 65535);
	assert_int_equal(s->notification_version.major, 0);
	assert_int_equal(s->notification_version.minor, 8);
	assert_int_equal(s->sequence_check, CONFIG_SEQUENCE_OFF);
	assert_true(s->ssh_notifications);
	assert_true(s->no_syslog);
	assert_int_equal(s->rate_limit, 0);
	assert_false(s->action_redirect);
	assert_true(s->action_block);
	config_free(c);
}

static void test_defaults(void **state)
{
	struct config *c = good(SOURCE(""));
	const struct config_source *s = config_source_find(c, "a", NULL);

	assert_int_equal(s->service_port, 0);
	assert_int_equal(s->nsource_address, 0);
	assert_int_equal(s->ntarget, 0);
	assert_int_equal(s->notification_version.major, 0);
	assert_int_equal(s->notification_version.minor, 0);
	assert_int_equal(s->sequence_check, CONFIG_SEQUENCE_DEFAULT);
	assert_false(s->ssh_notifications);
	assert_false(s->no_syslog);
	assert_int_equal(s->rate_limit, 10000);
	assert_false(s->action_redirect);
	assert_false(s->action_block);
	config_free(c);
}

static void test_ports(void **state)
{
	struct config *c;

	refused(SOURCE("service-port = 0"), ":3: ",
		"service-port is \"0\", expected a number from 1 to 65535");
	refused(SOURCE("service-port = 65536"), ":3: ", "from 1 to 65535");
	/* Requests of both come to one socket and say who they are from. */
	c = good("capture-group g { control-source a { shared-key = a\n"
		 "service-port = 65535 } }\n"
		 "capture-group h { control-source b { shared-key = b\n"
		 "service-port = 65535 } }\n");
	assert_int_equal(config_source_find(c, "a", NULL)->service_port, 65535);
	assert_int_equal(config_source_find(c, "b", NULL)->service_port, 65535);
	config_free(c);
}

static void test_key(void **state)
{
	struct config *c;

	refused(SOURCE("service-port = 1"), ":2: ",
		"control-source \"a\" has a service-port and no shared-key, expected shared-key =");
	refused(SOURCE("notification-targets = {\"192.0.2.9:4000\"}"), ":2: ",
		"control-source \"a\" has notification-targets and no shared-key, expected shared-key =");
	c = good(SOURCE("service-port = 1 shared-key = Juniper"));
	config_free(c);
	c = good(SOURCE("notification-targets = {\"192.0.2.9:4000\"}\n"
			"shared-key = Juniper"));
	config_free(c);
}

static void test_prefixes(void **state)
{
	struct config *c;
	const struct config_source *s;

	c = good(SOURCE("source-addresses = {\"0.0.0.0/0\", \"::/0\", "
			"\"192.0.2.128/25\", \"192.0.2.129\", \"2001:db8::/33\"}"));
	s = config_source_find(c, "a", NULL);
	assert_int_equal(s->nsource_address, 5);
	assert_int_equal(s->source_address[0].len, 0);
	assert_int_equal(s->source_address[1].addr.family, AF_INET6);
	assert_int_equal(s->source_address[2].len, 25);
	assert_int_equal(s->source_address[3].len, 32);
	config_free(c);
}

#define PREFIX(x) SOURCE("source-addresses = {\n\"198.51.100.1\",\n\"" x "\"}")

static void test_bad_prefixes(void **state)
{
	static const char what[] = "expected a unicast IPv4 or IPv6 address or prefix";

	refused(PREFIX("192.0.2.7/24"), ":5: ",
		"\"192.0.2.7/24\" with bits set behind the prefix, expected \"192.0.2.0/24\"");
	refused(PREFIX("2001:db8::ff/121"), ":5: ", "expected \"2001:db8::80/121\"");
	refused(PREFIX("192.0.2.0/33"), ":5: ", what);
	refused(PREFIX("2001:db8::/129"), ":5: ", what);
	refused(PREFIX("192.0.2.0/"), ":5: ", what);
	refused(PREFIX("192.0.2.0/-1"), ":5: ", what);
	refused(PREFIX("192.0.2.0/+24"), ":5: ", what);
	refused(PREFIX("192.0.2.0/24/24"), ":5: ", what);
	refused(PREFIX("192.0.2.0/255.255.255.0"), ":5: ", what);
	refused(PREFIX("192.0.2"), ":5: ", what);
	refused(PREFIX("host.example"), ":5: ", what);
	refused(PREFIX(""), ":5: ", what);
	refused(PREFIX("224.0.0.0/4"), ":5: ", what);
	refused(PREFIX("ff02::/16"), ":5: ", what);
	refused(PREFIX("::ffff:192.0.2.1"), ":5: ", what);
	refused(PREFIX("::ffff:0:0/96"), ":5: ", what);
	refused(PREFIX("198.51.100.1/32"), ":5: ",
		"\"198.51.100.1/32\" twice, expected each entry once");
	refused(SOURCE("source-addresses = {}"), ":2: ",
		"source-addresses has 0 entries, expected 1 to 8");
	refused(PREFIX("1.0.0.1\", \"1.0.0.2\", \"1.0.0.3\", \"1.0.0.4\", "
		       "\"1.0.0.5\", \"1.0.0.6\", \"1.0.0.7\", \"1.0.0.8"), ":2: ",
		"source-addresses has 9 entries, expected 1 to 8");
}

#define TARGET(x) SOURCE("notification-targets = {\"192.0.2.9:4000\",\n\"" x "\"}")

static void test_bad_targets(void **state)
{
	static const char what[] = "expected a unicast address and port such as 192.0.2.9:4000 or [2001:db8::9]:4000";

	refused(TARGET("192.0.2.9"), ":4: ", what);
	refused(TARGET("192.0.2.9:"), ":4: ", what);
	refused(TARGET("192.0.2.9:0"), ":4: ", what);
	refused(TARGET("192.0.2.9:65536"), ":4: ", what);
	refused(TARGET("192.0.2.9:4000x"), ":4: ", what);
	refused(TARGET("192.0.2.9: 4000"), ":4: ", what);
	refused(TARGET("[192.0.2.9]:4000"), ":4: ", what);
	refused(TARGET("2001:db8::9"), ":4: ", what);
	refused(TARGET("2001:db8::9:4000"), ":4: ", what);
	refused(TARGET("[2001:db8::9]"), ":4: ", what);
	refused(TARGET("[2001:db8::9]4000"), ":4: ", what);
	refused(TARGET("[2001:db8::9:4000"), ":4: ", what);
	refused(TARGET("224.0.0.1:4000"), ":4: ", what);
	refused(TARGET("255.255.255.255:4000"), ":4: ", what);
	refused(TARGET("0.0.0.0:4000"), ":4: ", what);
	refused(TARGET("[ff02::1]:4000"), ":4: ", what);
	refused(TARGET("[::]:4000"), ":4: ", what);
	refused(TARGET("[fe80::1]:4000"), ":4: ", what);
	refused(TARGET("[::ffff:192.0.2.9]:4000"), ":4: ", what);
	refused(TARGET("192.0.2.9:04000"), ":4: ", "twice");
	refused(SOURCE("notification-targets = {}"), ":2: ",
		"notification-targets has 0 entries, expected 1 to 8");
	refused(TARGET("192.0.2.9:1\", \"192.0.2.9:2\", \"192.0.2.9:3\", "
		       "\"192.0.2.9:4\", \"192.0.2.9:5\", \"192.0.2.9:6\", "
		       "\"192.0.2.9:7\", \"192.0.2.9:8"), ":2: ",
		"notification-targets has 9 entries, expected 1 to 8");
}

static void test_words(void **state)
{
	refused(SOURCE("notification-version = \"0.5\""), ":3: ",
		"notification-version is \"0.5\", expected 0.6, 0.7 or 0.8");
	refused(SOURCE("notification-version = \"0.9\""), ":3: ", "expected 0.6");
	refused(SOURCE("notification-version = \"0.70\""), ":3: ", "expected 0.6");
	refused(SOURCE("notification-version = \"\""), ":3: ", "expected 0.6");
	refused(SOURCE("sequence-check = maybe"), ":3: ",
		"sequence-check is \"maybe\", expected on or off");
	refused(SOURCE("ssh-notifications = 2"), ":3: ", "expected yes or no");
	refused(SOURCE("no-syslog = x"), ":3: ", "expected yes or no");
	refused(SOURCE("rate-limit = 1000001"), ":3: ", "from 0 to 1000000");
	refused(SOURCE("permissions = {\"action-copy\"}"), ":3: ",
		"permissions has \"action-copy\", expected action-redirect or action-block");
	refused(SOURCE("permissions = {\"action-block\",\n\"action-block\"}"),
		":4: ", "\"action-block\" twice");
	refused(SOURCE("permissions = {}"), ":2: ", "0 entries, expected 1 to 2");
}

static void test_permissions(void **state)
{
	struct config *c = good(SOURCE("rate-limit = 1000000\n"
		"permissions = {\"action-redirect\", \"action-block\"}\n"
		"sequence-check = on notification-version = \"0.6\""));
	const struct config_source *s = config_source_find(c, "a", NULL);

	assert_true(s->action_redirect);
	assert_true(s->action_block);
	assert_int_equal(s->rate_limit, 1000000);
	assert_int_equal(s->sequence_check, CONFIG_SEQUENCE_ON);
	assert_int_equal(s->notification_version.minor, 6);
	config_free(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all),
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_ports),
		cmocka_unit_test(test_key),
		cmocka_unit_test(test_prefixes),
		cmocka_unit_test(test_bad_prefixes),
		cmocka_unit_test(test_bad_targets),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_permissions),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
