// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project
//
// dtcpd.conf: what copies look like, and how many there may be.

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "config_file.h"

#define GROUP(text) "capture-group g {\n" text "\n}\n"
#define BARE(text) "capture-group g { content-destination cd {\n" \
	"address = \"192.0.2.1\"\n" text "\n} }\n"

static void test_defaults(void **state)
{
	struct config *c = good(DEST(""));
	const struct config_group *g = c->group;

	assert_int_equal(g->max_duplicates, 3);
	assert_int_equal(g->duplicates_period, 30);
	assert_int_equal(g->packet_rate, 0);
	assert_int_equal(g->memory, -1);
	assert_int_equal(g->dest->format, DFC_FORMAT_UDP);
	assert_int_equal(g->dest->dscp, 0);
	assert_int_equal(g->dest->queue_limit, 4194304);
	assert_int_equal(g->dest->limit.soft, 0);
	assert_int_equal(g->dest->limit.hard, 0);
	config_free(c);
}

static void test_values(void **state)
{
	struct config *c = good(DEST(
		"format = dfc dscp = 63 queue-limit = 2m\n"
		"soft-limit-clear = 900k soft-limit = 1m\n"
		"hard-limit = 1000g hard-limit-target = 2000001"));
	const struct config_dest *d = c->group->dest;

	assert_int_equal(d->format, DFC_FORMAT_DFC);
	assert_int_equal(d->port, 1);
	assert_int_equal(d->dscp, 63);
	assert_int_equal(d->queue_limit, 2000000);
	assert_int_equal(d->limit.soft, 1000000);
	assert_int_equal(d->limit.soft_clear, 900000);
	assert_int_equal(d->limit.hard, 1000000000000);
	assert_int_equal(d->limit.hard_target, 2000001);
	config_free(c);
}

/* A group says it for itself, or all of them have the same. */
static void test_groups(void **state)
{
	struct config *c = good(
		"capture-group a { }\n"
		"capture-group b { max-duplicates = 64\n"
		"duplicates-dropped-periodicity = 255\n"
		"input-packet-rate-threshold = 20k\n"
		"pic-memory-threshold = 0 }\n"
		"g-max-duplicates = 1\ng-duplicates-dropped-periodicity = 1\n");

	assert_int_equal(c->group[0].max_duplicates, 1);
	assert_int_equal(c->group[0].duplicates_period, 1);
	assert_int_equal(c->group[1].max_duplicates, 64);
	assert_int_equal(c->group[1].duplicates_period, 255);
	assert_int_equal(c->group[1].packet_rate, 20000);
	assert_int_equal(c->group[1].memory, 0);
	config_free(c);
}

static void test_ranges(void **state)
{
	refused("g-max-duplicates = 0", ":2: ", "from 1 to 64");
	refused("g-max-duplicates = 65", ":2: ", "from 1 to 64");
	refused("g-duplicates-dropped-periodicity = 256", ":2: ", "from 1 to 255");
	refused(GROUP("max-duplicates = 0"), ":3: ", "from 1 to 64");
	refused(GROUP("duplicates-dropped-periodicity = 0"), ":3: ", "from 1 to 255");
	refused(GROUP("pic-memory-threshold = 101"), ":3: ", "from 0 to 100");
	refused(GROUP("pic-memory-threshold = 80%"), ":3: ", "from 0 to 100");
	refused(GROUP("input-packet-rate-threshold = 0"), ":3: ",
		"input-packet-rate-threshold is \"0\", expected a number from 1 to 1000000000, which may end in k, m or g");
	refused(DEST("dscp = 64"), ":5: ", "from 0 to 63");
	refused(DEST("queue-limit = 63k"), ":5: ", "from 64000 to 1073741824");
	refused(DEST("queue-limit = 2g"), ":5: ", "from 64000 to 1073741824");
	refused(DEST("soft-limit = 0"), ":5: ", "from 1 to 1000000000000");
	refused(DEST("soft-limit = 1001g"), ":5: ", "from 1 to 1000000000000");
	refused(DEST("hard-limit = 99999999999999999999g"), ":5: ", "from 1 to");
	refused(DEST("format = jmirror"), ":5: ",
		"format is \"jmirror\", expected ip-udp, ip-ip or dfc");
}

static void test_suffixes(void **state)
{
	static const char *const bad[] = {
		"\"\"", "k", "1K", "1kk", "1t", "\"1 k\"", "-1", "1.5m", "0x1",
	};
	char text[256];
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		snprintf(text, sizeof(text), DEST("soft-limit = %s"), bad[i]);
		refused(text, ":5: ", "which may end in k, m or g");
	}
}

/* What 64k means to the kernel. */
static void test_queue(void **state)
{
	struct config *c = good(DEST("queue-limit = 64k"));

	assert_int_equal(c->group->dest->queue_limit, 65536);
	config_free(c);
	c = good(DEST("queue-limit = 1g"));
	assert_int_equal(c->group->dest->queue_limit, 1000000000);
	config_free(c);
}

static void test_pairs(void **state)
{
	refused(DEST("soft-limit = 2"), ":2: ",
		"content-destination \"cd\" has soft-limit and no soft-limit-clear, expected both or neither");
	refused(DEST("soft-limit-clear = 2"), ":2: ",
		"has soft-limit-clear and no soft-limit, exp");
	refused(DEST("hard-limit = 2"), ":2: ",
		"has hard-limit and no hard-limit-target, exp");
	refused(DEST("hard-limit-target = 2"), ":2: ",
		"has hard-limit-target and no hard-limit, exp");
}

#define SOFT(clear, limit) "soft-limit-clear = " clear " soft-limit = " limit "\n"
#define HARD(target, limit) "hard-limit-target = " target " hard-limit = " limit

static void test_order(void **state)
{
	refused(DEST(SOFT("2k", "2k")), ":2: ",
		"content-destination \"cd\" has soft-limit-clear = 2000 and soft-limit = 2000, expected soft-limit-clear below soft-limit");
	refused(DEST(HARD("3", "2")), ":2: ",
		"expected hard-limit-target below hard-limit");
	refused(DEST(SOFT("2", "3") HARD("3", "4")), ":2: ",
		"has soft-limit = 3 and hard-limit-target = 3, expected soft-limit below hard-limit-target");
	config_free(good(DEST(SOFT("2", "3") HARD("4", "5"))));
	config_free(good(DEST(HARD("1", "2"))));
}

static void test_ip_ip(void **state)
{
	struct config *c = good(BARE("format = ip-ip"));

	assert_int_equal(c->group->dest->format, DFC_FORMAT_IPIP);
	assert_int_equal(c->group->dest->port, 0);
	config_free(c);
	refused(BARE("format = ip-ip port = 7"), ":2: ",
		"content-destination \"cd\" has format = ip-ip and port, expected no port");
	refused(BARE("source-port = 7 format = ip-ip"), ":2: ",
		"has format = ip-ip and source-port, expected no source-port");
	refused(BARE("format = dfc"), ":2: ", "has no port, expected port = 1");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_groups),
		cmocka_unit_test(test_ranges),
		cmocka_unit_test(test_suffixes),
		cmocka_unit_test(test_queue),
		cmocka_unit_test(test_pairs),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_ip_ip),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
