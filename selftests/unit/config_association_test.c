// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project
//
// dtcpd.conf: security associations and the destinations that use them.

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <cmocka.h>

#include "config_file.h"
#include "dtcpd/config-address.h"

#define SA(name, text) "security-association " name " {\n" text "\n}\n"
#define BASE "spi = 4096 key-file = \"/k\" "
#define GROUP(text) "capture-group g {\n" text "\n}\n"
#define CD(name, address, text) "content-destination " name \
	" { address = \"" address "\" port = 7 " text " }\n"
#define USE "security-association = sa "
#define FROM "source-address = \"192.0.2.9\" "

static bool is(const struct dtcp_outer_addr *a, const char *text)
{
	struct dtcp_outer_addr b;

	return config_address(text, &b) && config_address_same(a, &b);
}

static void test_defaults(void **state)
{
	struct config *c = good(GROUP(CD("cd", "192.0.2.1", FROM USE))
				SA("sa", BASE));
	const struct config_association *a = c->association;

	assert_int_equal(c->nassociation, 1);
	assert_string_equal(a->name, "sa");
	assert_false(a->transport);
	assert_true(a->esn);
	assert_string_equal(a->algorithm->name, "aes-256-gcm");
	assert_int_equal(a->spi, 4096);
	assert_string_equal(a->key_file, "/k");
	assert_true(is(&a->local, "192.0.2.9"));
	assert_true(is(&a->remote, "192.0.2.1"));
	assert_int_equal(c->group[0].dest[0].association, 1);
	config_free(c);
}

static void test_values(void **state)
{
	struct config *c = good(
		SA("other", "spi = 0xFFFFFFFF key-file = \"/k2\"")
		SA("sa", "mode = transport local = \"2001:db8::1\" "
		   "remote = \"2001:db8::2\" spi = 256 key-file = \"/k\" "
		   "algorithm = chacha20-poly1305 "
		   "extended-sequence-numbers = no")
		GROUP(CD("a", "2001:db8::2", USE) CD("b", "2001:db8::3", "")));
	const struct config_association *a = &c->association[1];
	const struct config_dest *d = c->group[0].dest;

	assert_int_equal(c->association[0].spi, UINT32_MAX);
	assert_int_equal(c->association[0].local.family, AF_UNSPEC);
	assert_true(a->transport);
	assert_false(a->esn);
	assert_string_equal(a->algorithm->name, "chacha20-poly1305");
	assert_int_equal(a->spi, 256);
	assert_int_equal(d[0].association, 2);
	assert_true(is(&d[0].source, "2001:db8::1"));
	assert_int_equal(d[1].association, 0);
	assert_int_equal(d[1].source.family, AF_UNSPEC);
	config_free(c);
}

static void test_bad_values(void **state)
{
	static const char *const spis[] = {
		"0", "255", "4294967296", "0xff", "0x", "x", "-300", "1e5",
		"18446744073709551872",
	};
	char text[128];
	size_t i;

	for (i = 0; i < sizeof(spis) / sizeof(spis[0]); i++) {
		snprintf(text, sizeof(text), SA("sa", "spi = %s"), spis[i]);
		refused(text, ":3: ", "expected a number from 256 to 4294967295");
	}
	refused(SA("sa", "mode = esp"), ":3: ", "expected tunnel or transport");
	refused(SA("sa", "algorithm = null"), ":3: ",
		"algorithm is \"null\", expected aes-128-gcm, aes-192-gcm, aes-256-gcm or chacha20-poly1305");
	refused(SA("sa", "key-file = \"k\""), ":3: ", "expected an absolute path");
	refused(SA("sa", "local = \"0.0.0.0\""), ":3: ", "expected a unicast");
	refused(SA("sa", "extended-sequence-numbers = 3"), ":3: ",
		"expected yes or no");
	refused(SA("\"a b\"", BASE), ":2: ", "has a bad name");
	refused(SA("sa", "key-file = \"/k\""), ":2: ",
		"security-association \"sa\" has no spi, expected spi = ");
	refused(SA("sa", "spi = 4096"), ":2: ",
		"has no key-file, expected key-file = ");
	refused(SA("sa", BASE "local = \"192.0.2.1\" remote = \"2001:db8::1\""),
		":2: ", "local and remote of different families");
}

static void test_destinations(void **state)
{
	refused(GROUP(CD("cd", "192.0.2.1", FROM USE)), ":3: ",
		"content-destination \"cd\", security-association \"sa\": there is none of that name, expected");
	refused(SA("sa", BASE) GROUP(CD("cd", "192.0.2.1", USE)), ":6: ",
		"expected local = ... or source-address = ...");
	refused(SA("sa", BASE)
		GROUP(CD("cd", "192.0.2.1", FROM USE "security = none")), ":6: ",
		"it would encrypt, and security = none lets copies leave in the clear");
	refused(SA("sa", BASE "local = \"2001:db8::1\"")
		GROUP(CD("cd", "192.0.2.1", USE)), ":6: ",
		"different families, expected all IPv4 or all IPv6");
	refused(SA("sa", BASE "mode = transport remote = \"192.0.2.2\"")
		GROUP(CD("cd", "192.0.2.1", FROM USE)), ":6: ",
		"it is in transport mode and has other addresses");
}

static void test_several(void **state)
{
	struct config *c;

	refused(SA("sa", BASE)
		GROUP(CD("a", "192.0.2.1", FROM USE)
		      CD("b", "192.0.2.2", FROM USE)), ":7: ",
		"another destination with another address uses it, expected remote = ... in it");
	refused(SA("sa", BASE)
		GROUP(CD("a", "192.0.2.1", FROM USE)
		      CD("b", "192.0.2.1",
			 "source-address = \"192.0.2.8\" " USE)), ":7: ",
		"another source-address uses it, expected local = ... in it");
	c = good(SA("sa", BASE "local = \"192.0.2.9\" remote = \"192.0.2.3\"")
		 GROUP(CD("a", "192.0.2.1", FROM USE)
		       CD("b", "192.0.2.2",
			  "source-address = \"192.0.2.8\" " USE)));
	assert_int_equal(c->group[0].dest[1].association, 1);
	config_free(c);
}

static void test_conflicts(void **state)
{
	refused(SA("sa", BASE "remote = \"192.0.2.1\"")
		SA("sb", BASE "remote = \"192.0.2.1\""), ":5: ",
		"security-association \"sb\" has spi and remote of \"sa\", expected another spi");
	config_free(good(SA("sa", BASE "remote = \"192.0.2.1\"")
			 SA("sb", BASE "remote = \"192.0.2.2\"")));
	refused(SA("sa", BASE) SA("sb", "spi = 300 key-file = \"/l\"")
		GROUP(CD("a", "192.0.2.1", FROM USE)
		      CD("b", "192.0.2.1", FROM "security-association = sb")),
		":10: ", "a destination with the same addresses and ports has another one");
	config_free(good(SA("sa", BASE)
			 GROUP(CD("a", "192.0.2.1", FROM USE)
			       CD("b", "192.0.2.1", FROM USE))));
}

static bool no_key(const char *path, const struct esp_algorithm *algorithm,
		   char *why, size_t room)
{
	snprintf(why, room, "%s for %s", path, algorithm->name);
	return false;
}

static bool any_key(const char *path, const char **type, char *why, size_t room)
{
	*type = "any";
	return true;
}

static bool any_file(const char *path, char *why, size_t room)
{
	return true;
}

static void test_trial(void **state)
{
	static const struct config_trials trials = {
		.host_key = any_key, .authorized_keys = any_file,
		.state_directory = any_file, .key = no_key,
	};
	struct config *c = good(SA("sa", BASE));

	config_free(c);
	assert_null(config_try(conf, &trials, report));
	assert_non_null(strstr(reported, ":2: key-file is \"/k\": /k for aes-256-gcm"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_bad_values),
		cmocka_unit_test(test_destinations),
		cmocka_unit_test(test_several),
		cmocka_unit_test(test_conflicts),
		cmocka_unit_test(test_trial),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
