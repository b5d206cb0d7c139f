// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project
//
// dtcpd.conf: statements for the whole router, and names of interfaces.

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "config_file.h"

#define ALIAS(name, device) \
	"interface-alias \"" name "\" {\ndevice = \"" device "\" }\n"

static void test_defaults(void **state)
{
	struct config *c = good("");

	assert_int_equal(c->udp.nlisten, 2);
	assert_string_equal(c->udp.listen[0], "0.0.0.0");
	assert_string_equal(c->udp.listen[1], "::");
	assert_false(c->ssh.legacy_algorithms);
	assert_int_equal(c->max_criteria, 1000000);
	assert_false(c->log_criteria);
	assert_string_equal(c->state_directory, "/var/lib/dtcpd");
	assert_int_equal(c->nalias, 0);
	config_free(c);
}

static void test_global(void **state)
{
	struct config *c = good("flow-tap-dtcp {\n"
		"udp { listen = {\"192.0.2.1\"} }\n"
		"ssh { legacy-algorithms = yes } }\n"
		"max-criteria = 4294967295\nlog-criteria = yes\n"
		"state-directory = \"/tmp/x\"\n");

	assert_int_equal(c->udp.nlisten, 1);
	assert_string_equal(c->udp.listen[0], "192.0.2.1");
	assert_true(c->ssh.legacy_algorithms);
	assert_int_equal(c->max_criteria, UINT32_MAX);
	assert_true(c->log_criteria);
	assert_string_equal(c->state_directory, "/tmp/x");
	config_free(c);
}

#define LISTEN(x) "flow-tap-dtcp { udp {\nlisten = {" x "}\n} }"

static void test_bad_global(void **state)
{
	refused("restart = never", ":2: ",
		"restart is \"never\", expected keep or drop");
	refused("max-criteria = 0", ":2: ", "from 1 to 4294967295");
	refused("max-criteria = 4294967296", ":2: ", "from 1 to 4294967295");
	refused("log-criteria = 5", ":2: ", "expected yes or no");
	refused("state-directory = \"var\"", ":2: ",
		"state-directory is \"var\", expected an absolute path");
	refused(SSH("legacy-algorithms = some"), ":3: ", "expected yes or no");
	refused(LISTEN(""), ":", "listen has 0 entries, expected 1 to 8");
	refused(LISTEN("\"router\""), ":3: ", "expected an IPv4 or IPv6 address");
	refused(LISTEN("\"224.0.0.1\""), ":3: ", "of this machine");
	refused(LISTEN("\"::ffff:192.0.2.1\""), ":3: ", "of this machine");
	refused(LISTEN("\"::\", \"::\""), ":3: ", "\"::\" twice");
	refused(SSH("listen = {\"2001:db8::1\",\n\"2001:DB8:0::1\"}"), ":4: ",
		"\"2001:DB8:0::1\" twice");
}

static void test_host_key_twice(void **state)
{
	char text[256];

	snprintf(text, sizeof(text), SSH("host-key = {\"%s\",\n\"%s\"}"),
		 host_key, host_key);
	refused(text, ":4: ", "twice, expected each entry once");
}

static void test_aliases(void **state)
{
	struct config *c = good(ALIAS("xe-0/0/0:3.100", "vlan100")
		ALIAS("ge-1/3/5.0", "eth1") ALIAS("ae0", "bond0")
		ALIAS("eth7", "123456789012345"));

	assert_int_equal(c->nalias, 4);
	assert_string_equal(config_interface(c, "ge-1/3/5.0"), "eth1");
	assert_string_equal(config_interface(c, "ge-1/3/5"), "eth1");
	assert_string_equal(config_interface(c, "xe-0/0/0:3.100"), "vlan100");
	assert_string_equal(config_interface(c, "ae0.0"), "bond0");
	assert_string_equal(config_interface(c, "ae0"), "bond0");
	assert_string_equal(config_interface(c, "eth7"), "123456789012345");
	assert_null(config_interface(c, "xe-0/0/0:3"));
	assert_null(config_interface(c, "ge-1/3/5.1"));
	assert_null(config_interface(c, "GE-1/3/5"));
	config_free(c);
}

static void test_linux_names(void **state)
{
	struct config *c = good(ALIAS("ge-1/3/5.0", "eth1"));
	static const char vlan[] = "eth1.100";

	assert_ptr_equal(config_interface(c, vlan), vlan);
	assert_string_equal(config_interface(c, "ae0.1"), "ae0.1");
	assert_string_equal(config_interface(c, "-x_y@z"), "-x_y@z");
	assert_null(config_interface(c, ""));
	assert_null(config_interface(c, "."));
	assert_null(config_interface(c, ".."));
	assert_null(config_interface(c, "a/b"));
	assert_null(config_interface(c, "a:1"));
	assert_null(config_interface(c, "a b"));
	assert_null(config_interface(c, "1234567890123456"));
	assert_string_equal(config_interface(c, "123456789012345"),
			    "123456789012345");
	config_free(c);
}

static void test_bad_aliases(void **state)
{
	static const char bad[] = "has a bad name, expected one of Junos such as ge-1/3/5.0";

	refused(ALIAS("ge-1/3/5.", "eth1"), ":2: ", bad);
	refused(ALIAS("ge-1/3/5.00", "eth1"), ":2: ", bad);
	refused(ALIAS("ge-1/3/5.1.1", "eth1"), ":2: ", bad);
	refused(ALIAS("ge-1/3/5.12345678901", "eth1"), ":2: ", bad);
	refused(ALIAS("1/3/5", "eth1"), ":2: ", bad);
	refused(ALIAS("", "eth1"), ":2: ", bad);
	refused(ALIAS("ge 1/3/5", "eth1"), ":2: ", bad);
	refused(ALIAS("g123456789012345678901234567890123456789012345678901234567890123",
		      "eth1"), ":2: ", bad);
	refused("interface-alias x {\n\n}", ":2: ",
		"interface-alias \"x\" has no device, expected device =");
	refused(ALIAS("x", ""), ":3: ", "device is \"\", expected a Linux device");
	refused(ALIAS("x", "1234567890123456"), ":3: ", "1 to 15 bytes");
	refused(ALIAS("x", "a/b"), ":3: ", "expected a Linux device");
	refused(ALIAS("x", ".."), ":3: ", "expected a Linux device");
	refused(ALIAS("x", "eth1") ALIAS("x", "eth2"), ":4: ",
		"duplicate title 'x'");
	refused(ALIAS("ge-1/3/5", "eth1") ALIAS("y", "eth1")
		ALIAS("ge-1/3/5.0", "eth2"), ":6: ",
		"interface-alias \"ge-1/3/5.0\" is the same as \"ge-1/3/5\", expected a name used once");
}

static bool no_host_key(const char *path, const char **type, char *why,
			size_t room)
{
	*type = "one";
	snprintf(why, room, "no key, expected one");
	return strcmp(path, other_key);
}

static bool no_keys(const char *path, char *why, size_t room)
{
	snprintf(why, room, "no keys, expected some");
	return strcmp(path, other_key);
}

static bool no_state(const char *path, char *why, size_t room)
{
	snprintf(why, room, "no state, expected some");
	return !strcmp(path, "/good");
}

static bool no_audit_key(const char *path, char *why, size_t room)
{
	snprintf(why, room, "no audit key, expected one");
	return !strcmp(path, "/good");
}

static void tried(const char *text, const char *where, const char *what)
{
	static const struct config_trials trials = {
		.host_key = no_host_key,
		.authorized_keys = no_keys,
		.state_directory = no_state,
		.audit_key = no_audit_key,
	};
	char all[1024];
	struct config *c;

	sprintf(all, text, host_key, other_key);
	write_file(conf, all);
	reported[0] = 0;
	c = config_try(conf, &trials, report);
	if (!!c != !where ||
	    (where && (!strstr(reported, where) || !strstr(reported, what))))
		fail_msg("\"%s\" is not \"%s ... %s\"", reported, where, what);
	config_free(c);
	c = load(all);
	assert_non_null(c);
	config_free(c);
}

#define GOOD_STATE "state-directory = \"/good\"\n"

static void test_trials(void **state)
{
	tried(SSH("host-key = {\"%s\"}") GOOD_STATE, NULL, NULL);
	tried(GOOD_STATE SSH("host-key = {\"%s\",\n\"%s\"}"), "conf:4: ",
	      "other\": no key, expected one");
	tried(GOOD_STATE SOURCE("authorized-keys = \"%2$s\"")
	      SSH("host-key = {\"%1$s\"}"), "conf:3: ",
	      "other\": no keys, expected some");
	tried(SSH("host-key = {\"%s\"}") "state-directory = \"/bad\"",
	      "conf:4: ", "\"/bad\": no state, expected some");
	tried(SSH("host-key = {\"%s\"}") GOOD_STATE
	      "audit-key-file = \"/good\"", NULL, NULL);
	tried(SSH("host-key = {\"%s\"}") GOOD_STATE
	      "audit-key-file = \"/bad\"", "conf:5: ",
	      "\"/bad\": no audit key, expected one");
	tried(SSH("host-key = {\"%s\"}"), "conf:1: ",
	      "state-directory is not set and its default is \"/var/lib/dtcpd\": no state");
}

static bool good_host_key(const char *path, const char **type, char *why,
			  size_t room)
{
	*type = "one";
	return true;
}

static void test_key_types(void **state)
{
	static const struct config_trials trials = {
		.host_key = good_host_key,
		.authorized_keys = no_keys,
		.state_directory = no_state,
	};
	char all[512];

	sprintf(all, GOOD_STATE SSH("host-key = {\"%s\",\n\"%s\"}"), host_key,
		other_key);
	write_file(conf, all);
	assert_null(config_try(conf, &trials, report));
	assert_non_null(strstr(reported, "conf:4: host-key is"));
	assert_non_null(strstr(reported, "a key of that type already"));
}

#define MANY 1024

static void test_many_aliases(void **state)
{
	static char text[MANY * 64];
	char name[32], device[16];
	struct config *c;
	size_t len;
	int i;

	len = sprintf(text, "flow-tap-dtcp { ssh { host-key = {\"%s\"} } }\n",
		      host_key);
	for (i = 0; i < MANY; i++)
		len += sprintf(text + len,
			       "interface-alias ge-0/0/%d { device = d%d }\n",
			       i, i);
	c = load(text);
	assert_non_null(c);
	for (i = 0; i < MANY; i++) {
		snprintf(name, sizeof(name), "ge-0/0/%d", i);
		snprintf(device, sizeof(device), "d%d", i);
		assert_string_equal(config_interface(c, name), device);
	}
	config_free(c);
	strcpy(text + len, "interface-alias x { device = x }\n");
	assert_null(load(text));
	assert_non_null(strstr(reported, ":1026: interface-alias \"x\" is one too many, expected at most 1024"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_global),
		cmocka_unit_test(test_bad_global),
		cmocka_unit_test(test_host_key_twice),
		cmocka_unit_test(test_aliases),
		cmocka_unit_test(test_linux_names),
		cmocka_unit_test(test_bad_aliases),
		cmocka_unit_test(test_many_aliases),
		cmocka_unit_test(test_trials),
		cmocka_unit_test(test_key_types),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
