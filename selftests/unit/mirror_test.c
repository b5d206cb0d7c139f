// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <string.h>

#include "dfcrecv/mirror.h"

static const uint8_t bytes[] = {
	0x3f, 0xff, 0xff, 0xfe, 0x80, 0, 0, 1, 0x45, 'p', 'a', 'c', 'k',
};

static void names_are_read(void **state)
{
	enum format format = FORMAT_JMIRROR;

	assert_int_equal(mirror_format("ip-udp", &format), 0);
	assert_int_equal(format, FORMAT_IP_UDP);
	assert_int_equal(mirror_format("jmirror", &format), 0);
	assert_int_equal(format, FORMAT_JMIRROR);
	assert_int_equal(mirror_format("", &format), -EINVAL);
	assert_int_equal(mirror_format("JMIRROR", &format), -EINVAL);
	assert_int_equal(mirror_format("ip-udp ", &format), -EINVAL);
}

static void ip_udp_is_left_alone(void **state)
{
	struct copy copy = { .data = bytes, .len = sizeof(bytes) };

	mirror_open(FORMAT_IP_UDP, &copy);
	assert_ptr_equal(copy.data, bytes);
	assert_int_equal(copy.len, sizeof(bytes));
	assert_false(copy.has_ids);
}

static void ids_are_taken_off(void **state)
{
	struct copy copy = { .data = bytes, .len = sizeof(bytes) };

	mirror_open(FORMAT_JMIRROR, &copy);
	assert_ptr_equal(copy.data, bytes + 8);
	assert_int_equal(copy.len, sizeof(bytes) - 8);
	assert_true(copy.has_ids);
	assert_int_equal(copy.intercept, 0x3ffffffe);
	assert_int_equal(copy.session, 0x80000001);
}

/* Memory of just that size, for the sanitizer to see who reads beyond. */
static void short_ones_stay(void **state)
{
	size_t len;

	for (len = 0; len < 8; len++) {
		uint8_t *data = test_malloc(len + 1);
		struct copy copy = { .data = data + 1, .len = len };

		memset(data, 0x45, len + 1);
		mirror_open(FORMAT_JMIRROR, &copy);
		assert_ptr_equal(copy.data, data + 1);
		assert_int_equal(copy.len, len);
		assert_false(copy.has_ids);
		test_free(data);
	}
}

static void ids_alone_are_an_empty_packet(void **state)
{
	struct copy copy = { .data = bytes, .len = 8 };

	mirror_open(FORMAT_JMIRROR, &copy);
	assert_true(copy.has_ids);
	assert_int_equal(copy.len, 0);
}

static void an_outer_header_is_taken_off(void **state)
{
	static const uint8_t outer[24 + 1] = { 0x46, [24] = 0x45 };
	struct sockaddr_storage router = { .ss_family = AF_INET };
	struct copy copy = {
		.router = &router, .raw = true, .data = outer, .len = 25,
	};

	mirror_open(FORMAT_JMIRROR, &copy);
	assert_ptr_equal(copy.data, outer + 24);
	assert_int_equal(copy.len, 1);
	assert_false(copy.has_ids);
	copy.data = outer;
	copy.len = 20;
	mirror_open(FORMAT_IP_UDP, &copy);
	assert_int_equal(copy.len, 0);
	mirror_open(FORMAT_IP_UDP, &copy);
	assert_int_equal(copy.len, 0);
	/* Over IPv6 the kernel has done it. */
	router.ss_family = AF_INET6;
	copy.data = outer;
	copy.len = 25;
	mirror_open(FORMAT_IP_UDP, &copy);
	assert_ptr_equal(copy.data, outer);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_read),
		cmocka_unit_test(ip_udp_is_left_alone),
		cmocka_unit_test(ids_are_taken_off),
		cmocka_unit_test(short_ones_stay),
		cmocka_unit_test(ids_alone_are_an_empty_packet),
		cmocka_unit_test(an_outer_header_is_taken_off),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
