// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project
//
// dtcpd.conf: what is taken, and what each mistake is answered with.

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <arpa/inet.h>

#include "config_file.h"

#define HASH "$6$saltsalt$qFmFH.bQmmtXzyBY0s9v7Oicd2z4XSIecDzlB5KiA2/jctKu9YterLp8wwnSq.qc.eoxqOmSuNp2xS0ktL3nh/"

#define WHOLE \
	"# comment with \" and { and /*\n" \
	"flow-tap-dtcp {\n ssh {\n" \
	"  listen = {\"192.0.2.1\", \"2001:db8::1\"} // comment\n" \
	"  port = 2222\n  host-key = {\"%s\", '%s'}\n" \
	"  connection-limit = 250\n  rate-limit = 1 " \
	"lockout-attempts = 1000 lockout-period = 86400\n }\n}\n" \
	"control-socket = \"/tmp/x/control\"\r\n" \
	"/* two\n lines */ capture-group g1 {\n" \
	" content-destination cd1 {\n" \
	"  address = \"203.0.113.2\"\n  port = 7890\n ttl = 9\n" \
	"  source-address = \"203.0.113.1\"\n source-port = 1\n" \
	"  security = none\n }\n" \
	" content-destination \"cd, 2\" {\n" \
	"  address = \"2001:db8:3::2\" port = 7890 }\n" \
	" control-source ftap1 {\n" \
	"  password = \"" HASH "\"\n  authorized-keys = \"%s\"\n" \
	"  shared-key = \"sec ret\"\n" \
	"  allowed-destinations = {\"cd1\", \"cd, 2\"}\n" \
	"  minimum-priority = 254\n  dynamic-destinations = yes\n" \
	"  max-criteria = 4294967295\n }\n}\n" \
	"capture-group g2 { control-source ftap2 { } }\n"

static struct config *load_whole(void)
{
	char text[4096];
	struct config *c;

	snprintf(text, sizeof(text), WHOLE, host_key, other_key, host_key);
	c = load(text);
	assert_string_equal(reported, "");
	assert_non_null(c);
	return c;
}

static void test_global(void **state)
{
	struct config *c = load_whole();

	assert_int_equal(c->ssh.nlisten, 2);
	assert_string_equal(c->ssh.listen[1], "2001:db8::1");
	assert_int_equal(c->ssh.port, 2222);
	assert_int_equal(c->ssh.nhost_key, 2);
	assert_string_equal(c->ssh.host_key[1], other_key);
	assert_int_equal(c->ssh.connection_limit, 250);
	assert_int_equal(c->ssh.rate_limit, 1);
	assert_int_equal(c->ssh.lockout_attempts, 1000);
	assert_int_equal(c->ssh.lockout_period, 86400);
	assert_string_equal(c->control_socket, "/tmp/x/control");
	assert_int_equal(c->ngroup, 2);
	config_free(c);
}

static void test_dests(void **state)
{
	struct config *c = load_whole();
	const struct config_dest *d = c->group[0].dest;

	assert_int_equal(c->group[0].ndest, 2);
	assert_string_equal(d->name, "cd1");
	assert_int_equal(d->address.family, AF_INET);
	assert_memory_equal(d->address.addr, "\xcb\0q\2", 4);
	assert_int_equal(d->port, 7890);
	assert_int_equal(d->ttl, 9);
	assert_memory_equal(d->source.addr, "\xcb\0q\1", 4);
	assert_int_equal(d->source_port, 1);
	assert_true(d->security_none);
	d++;
	assert_string_equal(d->name, "cd, 2");
	assert_int_equal(d->address.family, AF_INET6);
	assert_int_equal(d->source.family, AF_UNSPEC);
	assert_int_equal(d->source_port, 0);
	assert_int_equal(d->ttl, 255);
	assert_false(d->security_none);
	config_free(c);
}

static void test_sources(void **state)
{
	const struct config_group *g;
	const struct config_source *s;
	struct config *c = load_whole();

	s = config_source_find(c, "ftap1", &g);
	assert_ptr_equal(s, &c->group[0].source[0]);
	assert_ptr_equal(g, &c->group[0]);
	assert_string_equal(s->password, HASH);
	assert_string_equal(s->authorized_keys, host_key);
	assert_int_equal(s->key_len, 7);
	assert_memory_equal(s->key, "sec ret", 7);
	assert_int_equal(s->nallowed, 2);
	assert_string_equal(s->allowed[1], "cd, 2");
	assert_int_equal(s->minimum_priority, 254);
	assert_true(s->dynamic_destinations);
	assert_int_equal(s->max_criteria, UINT32_MAX);
	s = config_source_find(c, "ftap2", NULL);
	assert_non_null(s);
	assert_null(s->password);
	assert_null(s->authorized_keys);
	assert_null(s->allowed);
	assert_memory_equal(s->key, "Juniper", 7);
	assert_false(s->dynamic_destinations);
	assert_null(config_source_find(c, "ftap3", &g));
	config_free(c);
}

static void test_defaults(void **state)
{
	struct config *c = load_after_ssh("");

	assert_string_equal(reported, "");
	assert_non_null(c);
	assert_int_equal(c->ssh.nlisten, 2);
	assert_string_equal(c->ssh.listen[0], "0.0.0.0");
	assert_string_equal(c->ssh.listen[1], "::");
	assert_int_equal(c->ssh.port, 32001);
	assert_int_equal(c->ssh.connection_limit, 75);
	assert_int_equal(c->ssh.rate_limit, 150);
	assert_int_equal(c->ssh.lockout_attempts, 20);
	assert_int_equal(c->ssh.lockout_period, 600);
	assert_string_equal(c->control_socket, "/run/dtcpd/control");
	assert_int_equal(c->ngroup, 0);
	config_free(c);
	config_free(NULL);
}

static void test_files(void **state)
{
	reports = 0;
	assert_null(config_load("/nonexistent/conf", report));
	assert_int_equal(reports, 1);
	assert_non_null(strstr(reported, "/nonexistent/conf: No such file"));
	assert_null(config_load("/tmp", report));
	assert_non_null(strstr(reported, "/tmp: Is a directory"));
	if (access("/etc/dtcpd/ssh_host_ed25519_key", R_OK)) {
		assert_null(load(""));
		assert_non_null(strstr(reported, "conf:1: host-key is not set"));
	}
	refused("\nflow-tap-dtcp { ssh {\nhost-key = {\"/nonexistent\"} } }",
		":4: ", "No such file or directory, expected a file");
	refused("flow-tap-dtcp { ssh { host-key = {\"/tmp\"} } }", ":2: ",
		"Is a directory, expected a file");
	refused("capture-group g { control-source a {\n"
		"authorized-keys = \"/nonexistent\" } }", ":3: ",
		"authorized-keys is \"/nonexistent\": No such file");
}

static void test_values(void **state)
{
	refused(SSH("port = 0"), ":3: ", "port is \"0\", expected a number from 1 to 65535");
	refused(SSH("port = 65536"), ":3: ", "from 1 to 65535");
	refused(SSH("port = 0x50"), ":3: ", "\"0x50\", expected a number");
	refused(SSH("port = -1"), ":3: ", "\"-1\", expected a number");
	refused(SSH("port = \"\""), ":3: ", "\"\", expected a number");
	refused(SSH("connection-limit = 251"), ":3: ", "from 1 to 250");
	refused(SSH("rate-limit = 0"), ":3: ", "from 1 to 250");
	refused(SSH("lockout-attempts = 0"), ":3: ", "from 1 to 1000");
	refused(SSH("lockout-period = 86401"), ":3: ", "from 1 to 86400");
	refused(SSH("listen = {\"localhost\"}"), ":3: ", "expected an IPv4 or IPv6 address");
	refused(SSH("listen = {}"), ":", "listen has 0 entries, expected 1 to 8");
	refused(SSH("host-key = {}"), ":", "host-key has 0 entries, expected 1 to 4");
	refused("control-socket = \"x\"", ":2: ", "expected an absolute path");
	refused(DEST("address = \"203.0.113.300\""), ":5: ", "expected a unicast IPv4");
	refused(DEST("address = \"0.0.0.0\""), ":5: ", "expected a unicast");
	refused(DEST("address = \"ff02::1\""), ":5: ", "expected a unicast");
	refused(DEST("source-address = \"2001:db8::1\""), ":2: ",
		"another family, expected an IPv4 address");
	refused(DEST("ttl = 256"), ":5: ", "from 1 to 255");
	refused(DEST("source-port = 0"), ":5: ", "from 1 to 65535");
	refused(DEST("security = maybe"), ":5: ", "expected required or none");
	refused(SOURCE("shared-key = \"\""), ":3: ", "has 0 bytes, expected 1 to 64");
	refused(SOURCE("minimum-priority = 255"), ":3: ", "from 0 to 254");
	refused(SOURCE("max-criteria = 4294967296"), ":3: ", "from 0 to 4294967295");
	refused(SOURCE("max-criteria = 99999999999999999999"), ":3: ", "from 0 to");
	refused(SOURCE("dynamic-destinations = maybe"), ":3: ", "expected yes or no");
	refused(SOURCE("allowed-destinations = {}"), ":2: ", "has 0 entries, expected 1 to 16");
}

static void test_secrets(void **state)
{
	refused(SOURCE("shared-key = 12345678901234567890123456789012"
		       "345678901234567890123456789012345"), ":3: ",
		"shared-key has 65 bytes, expected 1 to 64");
	assert_null(strstr(reported, "1234567"));
	refused(SOURCE("password = \"ftap1123\""), ":3: ",
		"password is no hash, expected one of crypt(3)");
	assert_null(strstr(reported, "ftap1123"));
	refused(SOURCE("password = \"$9$saltsalt$ftap1123\""), ":3: ", "no hash");
	assert_null(strstr(reported, "ftap1123"));
}

static void test_sections(void **state)
{
	refused("capture-group g { content-destination cd {\n port = 1\n}\n}",
		":2: ", "content-destination \"cd\" has no address, expected address =");
	refused("capture-group g {\ncontent-destination cd {\n"
		" address = \"192.0.2.1\"\n}\n}", ":3: ",
		"content-destination \"cd\" has no port, expected port =");
	refused("capture-group g {\n\ncontrol-source \"192.0.2.1\" { }\n}",
		":4: ", "no IP address");
	refused("capture-group g {\ncontrol-source \"\" { }\n}", ":3: ",
		"expected 1 to 48 printable");
	refused("capture-group g {\ncontrol-source \"a\\tb\" { }\n}", ":3: ",
		"expected 1 to 48 printable");
	refused("capture-group g {\ncontrol-source "
		"1234567890123456789012345678901234567890123456789 { }\n}",
		":3: ", "expected 1 to 48 printable");
	refused("capture-group g {\ncontrol-source a { }\n"
		"control-source a { }\n}", ":4: ", "duplicate title 'a'");
	refused("capture-group g { control-source a { } }\n"
		"capture-group h {\ncontrol-source a { }\n}", ":4: ",
		"control-source \"a\" is in capture-group \"g\" already");
	refused("capture-group g { control-source a {\n"
		"allowed-destinations = {\n\"cd1\"}\n}\n"
		"content-destination cd { address = \"192.0.2.1\" port = 1 } }",
		":4: ", "\"cd1\", expected a content-destination of capture-group \"g\"");
}

static void many(char *text, const char *head, const char *name,
		 const char *body, int n, const char *tail)
{
	int i;

	text += sprintf(text, "%s", head);
	for (i = 0; i < n; i++)
		text += sprintf(text, "%s n%d { %s }\n", name, i, body);
	sprintf(text, "%s", tail);
}

static void test_counts(void **state)
{
	static const char dest[] = "address = \"192.0.2.1\" port = 1";
	char text[16384];
	struct config *c;

	many(text, "", "capture-group", "", 16, "");
	c = load_after_ssh(text);
	assert_non_null(c);
	config_free(c);
	many(text, "", "capture-group", "", 17, "");
	refused(text, ":18: ", "\"n16\" is one too many, expected at most 16");
	many(text, "capture-group g {\n", "control-source", "", 64, "}");
	c = load_after_ssh(text);
	assert_non_null(c);
	config_free(c);
	many(text, "capture-group g {\n", "control-source", "", 65, "}");
	refused(text, ":67: ", "expected at most 64");
	many(text, "capture-group g {\n", "content-destination", dest, 65, "}");
	refused(text, ":67: ", "expected at most 64");
}

static void test_audit(void **state)
{
	struct config *c = load_after_ssh("audit-log = \"/a/log\"\n"
					  "audit-key-file = \"/a/key\"\n");

	assert_string_equal(reported, "");
	assert_string_equal(c->audit_log, "/a/log");
	assert_string_equal(c->audit_key_file, "/a/key");
	config_free(c);
	c = load_after_ssh("");
	assert_null(c->audit_log);
	assert_null(c->audit_key_file);
	config_free(c);
	refused("audit-log = none", ":2: ",
		"audit-log is \"none\", expected an absolute path");
	refused("audit-key-file = \"\"", ":2: ",
		"audit-key-file is \"\", expected an absolute path");
}

static void test_syntax(void **state)
{
	refused("# a\n/* b\n */ // c\nprot = 1", ":5: ",
		"no such option 'prot', expected one of flow-tap-dtcp, control-socket, state-directory, restart, audit-log, audit-key-file, max-criteria, log-criteria, g-max-duplicates, g-duplicates-dropped-periodicity, interface-alias, security-association, capture-group");
	refused("capture-group g { content-destination cd {\n# x\n\nnope = 1 } }",
		":5: ", "expected one of address, port, ttl,");
	assert_null(strstr(reported, "(line)"));
	refused("capture-group { }", ":2: ", "missing title");
	refused("capture-group g = 1", ":2: ", "missing opening brace");
	refused("\ncapture-group g {\n\n", ":3: ", "{ is never closed, expected }");
	refused("{{{{{{{{{", ":2: ", "too many {");
	refused("control-socket =", ":2: ", "premature end of file, expected");
	refused("}", ":2: ", "unexpected closing brace, expected a statement");
	refused("control-socket \"/x\"", ":2: ", "missing equal sign");
	refused("control-socket = {}", ":2: ", "unexpected token '{', expected");
	refused(SSH("listen = {*}"), ":3: ", "'*' stands alone");
	refused("\n/* no end\n", ":3: ", "a comment has no end, expected */");
	refused("control-socket = \"/x\n\"", ":2: ", "a string has no end");
	refused("control-socket = \"/x\\\n\"", ":2: ", "a string has no end");
	refused("control\001socket = 1", ":2: ", "control character");
}

/* libconfuse would read the next file from inside the open string. */
/* What a string has does not go on in the next line, nor to a terminal. */
static void test_one_line(void **state)
{
	refused("\"a\\nb\\x1b\" = 1", ":2: ", "no such option 'a?b?'");
	refused("max-criteria = \"1\\n2\"", ":2: ", "1?2");
}

static void test_after_open_string(void **state)
{
	refused("control-socket = \"/x", ":2: ", "a string has no end");
	refused("nope = 1", ":2: ", "no such option 'nope'");
}

static void test_exposed(void **state)
{
	struct config *c = load_after_ssh(SOURCE("shared-key = secret"));

	assert_non_null(c);
	chmod(conf, 0644);
	assert_true(config_exposed(conf, c));
	chmod(conf, 0640);
	assert_false(config_exposed(conf, c));
	config_free(c);
	c = load_after_ssh(SOURCE(""));
	chmod(conf, 0644);
	assert_false(config_exposed(conf, c));
	config_free(c);
	c = load_after_ssh(SOURCE("password = \"" HASH "\""));
	assert_true(config_exposed(conf, c));
	config_free(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_global),
		cmocka_unit_test(test_dests),
		cmocka_unit_test(test_sources),
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_files),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_secrets),
		cmocka_unit_test(test_sections),
		cmocka_unit_test(test_counts),
		cmocka_unit_test(test_audit),
		cmocka_unit_test(test_syntax),
		cmocka_unit_test(test_after_open_string),
		cmocka_unit_test(test_one_line),
		cmocka_unit_test(test_exposed),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
