// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project
//
// What the journal has of groups, destinations and criteria.

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>
#include <sys/socket.h>

#include "dtcpd/record.h"

static uint8_t data[RECORD_MAX];

/* Cut or lengthened, it is nothing. */
#define assert_whole(get, record, len) do { \
	size_t cut; \
	for (cut = 0; cut < (len); cut++) \
		assert_false(get(record, data, cut)); \
	assert_false(get(record, data, (len) + 1)); \
	assert_true(get(record, data, len)); \
} while (0)

static void test_group(void **state)
{
	char *devices[] = { "eth0", "a-device-of-15b" };
	const struct config_group c = {
		.name = "g", .passive = true, .mask_limit = 1024,
		.max_duplicates = 64, .device = devices, .ndevice = 2,
	};
	struct record_group g;
	size_t len = record_put_group(&c, data);

	assert_whole(record_get_group, &g, len);
	assert_string_equal(g.name, "g");
	assert_true(g.passive);
	assert_false(g.local);
	assert_int_equal(g.mask_limit, 1024);
	assert_int_equal(g.max_duplicates, 64);
	assert_int_equal(g.ndevice, 2);
	assert_string_equal(g.device[1], "a-device-of-15b");
	/* A passive group has devices. */
	len = record_put_group(&(struct config_group){
			.name = "g", .passive = true }, data);
	assert_false(record_get_group(&g, data, len));
}

static void test_dest(void **state)
{
	const struct record_dest d = {
		.group = "g", .name = "c\xff",
		.outer = {
			.address = { AF_INET6, { 0x20, 1, [15] = 7 } },
			.source = { AF_INET, { 192, 0, 2, 1 } },
			.port = 65535, .source_port = 1, .ttl = 255,
			.security_none = true, .format = DFC_FORMAT_DFC,
			.dscp = 63, .queue_limit = 0xfedcba98,
		},
		.unlisted = true,
	};
	struct record_dest e;
	size_t len = record_put_dest(&d, data);

	assert_whole(record_get_dest, &e, len);
	assert_string_equal(e.group, "g");
	assert_string_equal(e.name, "c\xff");
	assert_memory_equal(&e.outer.address, &d.outer.address,
			    sizeof(d.outer.address));
	assert_memory_equal(&e.outer.source, &d.outer.source,
			    sizeof(d.outer.source));
	assert_int_equal(e.outer.port, 65535);
	assert_int_equal(e.outer.source_port, 1);
	assert_int_equal(e.outer.queue_limit, 0xfedcba98);
	assert_int_equal(e.outer.dscp, 63);
	assert_true(e.outer.security_none);
	assert_true(e.unlisted);
	assert_false(e.configured);
}

static void test_criterion(void **state)
{
	static const char text[] = "peer\0some text";
	const struct record_criterion c = {
		.source = "s", .group = 0xffffffff, .dest = { 1, 0x12345678 },
		.ndest = 2, .listed = 2, .id = 77, .priority = 508,
		.action = DTCP_BLOCK, .limits = 15, .of_group = true,
		.send_async = true, .nrefresh = 3,
		.added = 1297612802802, .refreshed = -5, .ends = INT64_MAX,
		.idle = DTCP_DAYSEC_MAX, .text = text,
		.text_len = sizeof(text),
	};
	struct record_criterion d;
	size_t len = record_put_criterion(&c, data);

	assert_whole(record_get_criterion, &d, len);
	assert_int_equal(d.text_len, c.text_len);
	assert_memory_equal(d.text, text, sizeof(text));
	d.text = text;
	assert_memory_equal(&c, &d, sizeof(c));
	/* Of another version. */
	data[0]++;
	assert_false(record_get_criterion(&d, data, len));
}

static void test_too_long(void **state)
{
	static char text[RECORD_MAX];
	const struct record_criterion c = {
		.source = "s", .ndest = 1, .id = 1, .text = text,
		.text_len = sizeof(text),
	};

	assert_int_equal(record_put_criterion(&c, data), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_group),
		cmocka_unit_test(test_dest),
		cmocka_unit_test(test_criterion),
		cmocka_unit_test(test_too_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
