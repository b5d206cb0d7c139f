// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project
//
// dtcpd.conf: where a capture group sees packets.

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "config_file.h"
#include "dtcpd/config-interface.h"

#define GROUP(name, text) "capture-group " name " {\n" text "\n}\n"
#define PASSIVE(devices) "mode = passive interfaces = {" devices "}"

static void test_defaults(void **state)
{
	struct config *c = good(GROUP("g", ""));
	const struct config_group *g = c->group;

	assert_false(g->passive);
	assert_int_equal(g->ndevice, 0);
	assert_false(g->local);
	assert_int_equal(g->mask_limit, 1024);
	config_free(c);
}

/* Aliases count wherever they stand. */
static void test_values(void **state)
{
	struct config *c = good(
		GROUP("g1", "interfaces = {\"eth1\", \"ge-1/3/5\",\n ae0}\n"
		      "mode = active capture-local = yes mask-limit = 1")
		GROUP("g2", PASSIVE("eth7"))
		"interface-alias \"ge-1/3/5.0\" { device = eth7 }\n");

	assert_false(c->group[0].passive);
	assert_true(c->group[0].local);
	assert_int_equal(c->group[0].mask_limit, 1);
	assert_int_equal(c->group[0].ndevice, 3);
	assert_string_equal(c->group[0].device[0], "eth1");
	assert_string_equal(c->group[0].device[1], "eth7");
	assert_string_equal(c->group[0].device[2], "ae0");
	assert_true(config_group_has(&c->group[0], "eth7"));
	assert_false(config_group_has(&c->group[0], "eth"));
	assert_true(c->group[1].passive);
	assert_int_equal(c->group[1].ndevice, 1);
	config_free(c);
}

static void test_bad_values(void **state)
{
	refused(GROUP("g", "mode = monitor"), ":3: ",
		"mode is \"monitor\", expected active or passive");
	refused(GROUP("g", "capture-local = 2"), ":3: ", "expected yes or no");
	refused(GROUP("g", "mask-limit = 0"), ":3: ", "from 1 to 1024");
	refused(GROUP("g", "mask-limit = 1025"), ":3: ", "from 1 to 1024");
	refused(GROUP("g", "interface = {eth1}"), ":3: ",
		"expected one of mode, interfaces, capture-local, mask-limit, "
		"max-duplicates, duplicates-dropped-periodicity, "
		"input-packet-rate-threshold, pic-memory-threshold, content-destination, control-source");
	refused(GROUP("g", "interfaces = {}"), ":2: ",
		"interfaces has 0 entries, expected 1 to 64");
}

static void test_modes(void **state)
{
	refused(GROUP("g", "mode = passive"), ":2: ",
		"capture-group \"g\" is passive and has no interfaces, expected "
		"interfaces =");
	refused(GROUP("g", PASSIVE("eth1") " capture-local = yes"), ":2: ",
		"has capture-local = yes, expected mode = active");
	config_free(good(GROUP("g", PASSIVE("eth1") " capture-local = no")));
}

static void test_names(void **state)
{
	refused(GROUP("g", "interfaces = {eth1,\n\"ge-1/3/5\"}"), ":4: ",
		"interfaces has \"ge-1/3/5\", expected a Linux device or an "
		"interface-alias");
	refused(GROUP("g", "interfaces = {\"\"}"), ":3: ", "has \"\", exp");
	refused(GROUP("g", "interfaces = {1234567890123456}"), ":3: ",
		"expected a Linux device");
}

static void test_twice(void **state)
{
	refused(GROUP("g", "interfaces = {eth1, eth2,\neth1}"), ":4: ",
		"interfaces has \"eth1\" twice");
	refused(GROUP("g", "interfaces = {eth1,\n\"ge-1/3/5.0\"}")
		"interface-alias \"ge-1/3/5\" { device = eth1 }\n", ":4: ",
		"interfaces has \"ge-1/3/5.0\", which is device eth1, twice");
	refused(GROUP("a", PASSIVE("eth1, eth2"))
		GROUP("b", PASSIVE("eth3,\n\"ge-1/3/5.0\""))
		"interface-alias \"ge-1/3/5\" { device = eth2 }\n", ":7: ",
		"interfaces has \"ge-1/3/5.0\", and the passive capture-group "
		"\"a\" has device eth2 already");
	config_free(good(GROUP("a", "interfaces = {eth1}")
			 GROUP("b", PASSIVE("eth1"))
			 GROUP("c", "interfaces = {eth1}")));
}

static void test_many(void **state)
{
	char text[2048] = "capture-group g {\n interfaces = {e0";
	struct config *c;
	int i;

	for (i = 1; i < 64; i++)
		sprintf(text + strlen(text), ", e%d", i);
	strcat(text, "}\n}\n");
	c = good(text);
	assert_int_equal(c->group[0].ndevice, 64);
	assert_string_equal(c->group[0].device[63], "e63");
	config_free(c);
	strcpy(strstr(text, "}"), ", e64}\n}\n");
	refused(text, ":2: ", "interfaces has 65 entries, expected 1 to 64");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_bad_values),
		cmocka_unit_test(test_modes),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_twice),
		cmocka_unit_test(test_many),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
