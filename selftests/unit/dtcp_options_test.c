// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "dtcp/options.h"

static struct options o;
static struct trouble t;

static int parse(const char *const word[])
{
	char *argv[12];
	int argc = 0;

	for (; argc < 11 && word[argc]; argc++)
		argv[argc] = (char *)word[argc];
	argv[argc] = NULL;
	return dtcp_options_parse(&o, argc, argv, &t);
}

#define PARSE(...) parse((const char *const[]){ "dtcp", __VA_ARGS__, NULL })

static void defaults(void **state)
{
	assert_int_equal(PARSE("router", "-j"), 1);
	assert_int_equal(o.port, 32001);
	assert_int_equal(o.timeout, 10);
	assert_int_equal(o.secret.len, 7);
	assert_memory_equal(o.secret.key, "Juniper", 7);
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
	assert_int_equal(dtcp_options_router(&o, "a@", &t), -1);
	assert_int_equal(dtcp_options_router(&o, "@r", &t), -1);
	PARSE("x");
	assert_int_equal(dtcp_options_router(&o, "r", &t), -1);
	assert_non_null(strstr(t.text, "USER@r"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(defaults),
		cmocka_unit_test(all_of_them),
		cmocka_unit_test(bad_options),
		cmocka_unit_test(routers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
