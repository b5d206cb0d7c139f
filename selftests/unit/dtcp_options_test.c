// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "dtcp/options.h"

static struct options o;
static struct trouble t;

static int parse(const char *const word[])
{
	static char copy[24][64];
	char *argv[24];
	int argc = 0;

	/* A copy, because a key is overwritten. */
	for (; argc < 23 && word[argc]; argc++)
		argv[argc] = strncpy(copy[argc], word[argc], 63);
	argv[argc] = NULL;
	return dtcp_options_parse(&o, argc, argv, &t);
}

#define PARSE(...) parse((const char *const[]){ "dtcp", __VA_ARGS__, NULL })

static void defaults(void **state)
{
	assert_int_equal(PARSE("router", "-j"), 1);
	assert_int_equal(o.port, 0);
	assert_int_equal(o.timeout, 10);
	assert_int_equal(o.secret.len, 0);
	assert_int_equal(o.retries, 0);
	assert_int_equal(o.version.minor, 0);
	assert_false(o.udp);
	assert_false(o.has_seq);
	assert_null(o.sequence_file);
	assert_string_equal(o.user, "");
	assert_null(o.identity);
	assert_null(o.known_hosts);
	assert_false(o.json);
	assert_false(o.accept_new);
}

static void all_of_them(void **state)
{
	assert_int_equal(PARSE("-p", "22", "-l", "ftap1", "-i", "id", "-t",
			       "3", "--known-hosts", "kh", "router"), 11);
	assert_int_equal(o.port, 22);
	assert_string_equal(o.user, "ftap1");
	assert_string_equal(o.identity, "id");
	assert_int_equal(o.timeout, 3);
	assert_string_equal(o.known_hosts, "kh");
	assert_int_equal(PARSE("--accept-new", "--json", "-h"), 4);
	assert_true(o.accept_new);
	assert_true(o.json);
	assert_true(o.help);
	assert_int_equal(PARSE("-u", "-r", "3", "--dtcp-version", "0.6",
			       "--seq", "18446744073709551615", "-V"), 9);
	assert_true(o.udp);
	assert_int_equal(o.retries, 3);
	assert_int_equal(o.version.minor, 6);
	assert_true(o.has_seq);
	assert_true(o.seq == UINT64_MAX);
	assert_true(o.show_version);
	assert_int_equal(PARSE("--sequence-file", "seq"), 3);
	assert_string_equal(o.sequence_file, "seq");
}

static void assert_key(const char *key)
{
	assert_int_equal(dtcp_options_key(&o, &t), 0);
	assert_int_equal(o.secret.len, strlen(key));
	assert_memory_equal(o.secret.key, key, strlen(key));
}

static void keys(void **state)
{
	char key[] = "secret", option[] = "--key", program[] = "dtcp";
	char *argv[] = { program, option, key, NULL };

	unsetenv("DTCP_KEY");
	PARSE("r");
	assert_key("Juniper");
	PARSE("-u", "r");
	assert_int_equal(dtcp_options_key(&o, &t), -1);
	assert_non_null(strstr(t.text, "DTCP_KEY"));
	setenv("DTCP_KEY", "k e y", 1);
	PARSE("-u", "r");
	assert_key("k e y");
	assert_int_equal(dtcp_options_parse(&o, 3, argv, &t), 3);
	assert_string_equal(key, "******");
	assert_key("secret");
	setenv("DTCP_KEY", "", 1);
	PARSE("r");
	assert_int_equal(dtcp_options_key(&o, &t), -1);
	unsetenv("DTCP_KEY");
}

static void assert_refused(const char *const word[], const char *culprit)
{
	assert_int_equal(parse(word), -1);
	assert_non_null(strstr(t.text, culprit));
}

#define REFUSED(culprit, ...) \
	assert_refused((const char *const[]){ "dtcp", __VA_ARGS__, NULL }, \
		       culprit)

static void bad_options(void **state)
{
	REFUSED("'0'", "-p", "0", "r");
	REFUSED("'65536'", "--port", "65536", "r");
	REFUSED("'x'", "-p", "x", "r");
	REFUSED("'3601'", "-t", "3601", "r");
	REFUSED("'--foo'", "--foo", "r");
	REFUSED("'-p'", "-p");
	REFUSED("1..48", "-l", "", "r");
	REFUSED("1..48", "-l", "a\nb", "r");
	REFUSED("1..48", "-l",
		"a123456789b123456789c123456789d123456789e12345678", "r");
	REFUSED("/nowhere/key", "-k", "/nowhere/key", "r");
	REFUSED("'101'", "-r", "101", "r");
	REFUSED("1..64", "--key", "", "r");
	REFUSED("'0.5'", "--dtcp-version", "0.5", "r");
	REFUSED("'0.9'", "--dtcp-version", "0.9", "r");
	REFUSED("'0.77'", "--dtcp-version", "0.77", "r");
	REFUSED("'18446744073709551616'", "--seq", "18446744073709551616");
	REFUSED("'x'", "--seq", "x");
	REFUSED("--sequence-file", "--seq", "1", "--sequence-file", "f");
}

static void options_of_the_other_transport(void **state)
{
	REFUSED("--retries", "-r", "1", "r");
	REFUSED("--identity", "-u", "-i", "id", "r");
	REFUSED("--known-hosts", "--known-hosts", "kh", "-u", "r");
	REFUSED("--accept-new", "-u", "--accept-new", "r");
	assert_int_equal(PARSE("-r", "0", "r"), 3);
	assert_int_equal(PARSE("-r", "1", "-u", "r"), 4);
	assert_int_equal(PARSE("-i", "id", "r"), 3);
	/* As listen does without a router. */
	o.udp = true;
	assert_int_equal(dtcp_options_transport(&o, &t), -1);
}

static void routers(void **state)
{
	PARSE("x");
	assert_int_equal(dtcp_options_router(&o, "ftap1@192.0.2.1", &t), 0);
	assert_string_equal(o.user, "ftap1");
	assert_string_equal(o.router, "192.0.2.1");
	assert_int_equal(dtcp_options_router(&o, "a@b@[2001:db8::1]", &t), 0);
	assert_string_equal(o.user, "a@b");
	assert_string_equal(o.router, "2001:db8::1");
	assert_int_equal(dtcp_options_router(&o, "2001:db8::2", &t), 0);
	assert_string_equal(o.user, "a@b");
	assert_string_equal(o.router, "2001:db8::2");
	assert_int_equal(o.port, 32001);
	assert_int_equal(dtcp_options_router(&o, "a@", &t), -1);
	assert_int_equal(dtcp_options_router(&o, "@r", &t), -1);
	PARSE("x");
	assert_int_equal(dtcp_options_router(&o, "r", &t), -1);
	assert_non_null(strstr(t.text, "USER@r"));
}

static void ports(void **state)
{
	PARSE("x");
	assert_int_equal(dtcp_options_router(&o, "a@r:22", &t), 0);
	assert_string_equal(o.router, "r");
	assert_int_equal(o.port, 22);
	PARSE("-u", "x");
	assert_int_equal(dtcp_options_router(&o, "a@[2001:db8::1]:2400", &t),
			 0);
	assert_string_equal(o.router, "2001:db8::1");
	assert_int_equal(o.port, 2400);
	PARSE("-u", "-p", "2401", "x");
	assert_int_equal(dtcp_options_router(&o, "a@r", &t), 0);
	assert_int_equal(o.port, 2401);
	assert_int_equal(dtcp_options_router(&o, "a@r:1", &t), -1);
	assert_non_null(strstr(t.text, "twice"));
	PARSE("-u", "x");
	assert_int_equal(dtcp_options_router(&o, "a@r", &t), -1);
	assert_non_null(strstr(t.text, "service-port"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(defaults),
		cmocka_unit_test(all_of_them),
		cmocka_unit_test(bad_options),
		cmocka_unit_test(options_of_the_other_transport),
		cmocka_unit_test(keys),
		cmocka_unit_test(routers),
		cmocka_unit_test(ports),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
