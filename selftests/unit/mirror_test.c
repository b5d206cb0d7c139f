// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <string.h>

#include "dfcrecv/inlet.h"
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
	assert_int_equal(mirror_format("dfc", &format), 0);
	assert_int_equal(format, FORMAT_DFC);
	assert_int_equal(mirror_format("auto", &format), 0);
	assert_int_equal(format, FORMAT_AUTO);
	assert_int_equal(mirror_format("", &format), -EINVAL);
	assert_int_equal(mirror_format("JMIRROR", &format), -EINVAL);
	assert_int_equal(mirror_format("ip-udp ", &format), -EINVAL);
}

static struct copy datagram(const void *data, size_t len)
{
	return (struct copy){
		.protocol = IPPROTO_UDP, .data = data, .len = len,
	};
}

static enum content_rule rule;

static int open_it(enum format format, struct copy *copy)
{
	rule = CONTENT_GUESS;
	return mirror_open(format, copy, &rule);
}

static void assert_refused(enum format format, struct copy copy)
{
	struct copy before = copy;

	assert_int_equal(open_it(format, &copy), -EINVAL);
	assert_ptr_equal(copy.data, before.data);
	assert_int_equal(copy.len, before.len);
	assert_false(copy.has_ids);
	assert_false(copy.number);
}

static void assert_untouched(enum format format, struct copy copy)
{
	struct copy before = copy;

	assert_int_equal(open_it(format, &copy), 0);
	assert_ptr_equal(copy.data, before.data);
	assert_int_equal(copy.len, before.len);
	assert_int_equal(rule, CONTENT_GUESS);
	assert_false(copy.has_ids);
	assert_false(copy.number);
}

static void ip_udp_is_left_alone(void **state)
{
	assert_untouched(FORMAT_IP_UDP, datagram(bytes, sizeof(bytes)));
	assert_untouched(FORMAT_AUTO, datagram(bytes, sizeof(bytes)));
}

static void ids_are_taken_off(void **state)
{
	struct copy copy = datagram(bytes, sizeof(bytes));

	assert_int_equal(open_it(FORMAT_JMIRROR, &copy), 0);
	assert_ptr_equal(copy.data, bytes + 8);
	assert_int_equal(copy.len, sizeof(bytes) - 8);
	assert_true(copy.has_ids);
	assert_int_equal(copy.intercept, 0x3ffffffe);
	assert_int_equal(copy.session, 0x80000001);
	assert_int_equal(rule, CONTENT_GUESS);
}

/* Memory of just that size, for the sanitizer to see who reads beyond. */
static void short_ones_are_malformed(void **state)
{
	size_t len;

	for (len = 0; len < 8; len++) {
		uint8_t *data = test_malloc(len + 1);

		memset(data, 0x45, len + 1);
		assert_refused(FORMAT_JMIRROR, datagram(data + 1, len));
		test_free(data);
	}
}

static void ids_alone_are_an_empty_packet(void **state)
{
	struct copy copy = datagram(bytes, 8);

	assert_int_equal(open_it(FORMAT_JMIRROR, &copy), 0);
	assert_true(copy.has_ids);
	assert_int_equal(copy.len, 0);
}

#define HEADER	32
#define ROOM	64

/* A header of @words words and a packet of IPv4 of one byte. */
static size_t put_dfc(uint8_t data[ROOM], unsigned int words)
{
	static const uint8_t header[HEADER] = {
		223, 1, 4, 8, 0, 0, 1, 2, 0, 0, 0, 1, 0, 0, 0, 5,
		0x18, 0, 0, 0, 0, 0, 0, 9, 0, 0, 0, 5, 0, 0, 0, 7,
	};

	memset(data, 0, ROOM);
	memcpy(data, header, sizeof(header));
	data[3] = words;
	data[words * 4] = 0x45;
	return words * 4 + 1;
}

static void assert_dfc(enum format format, unsigned int words)
{
	uint8_t data[ROOM];
	struct copy copy = datagram(data, put_dfc(data, words));

	assert_int_equal(open_it(format, &copy), 0);
	assert_int_equal(rule, CONTENT_PACKETS);
	assert_ptr_equal(copy.data, data + words * 4);
	assert_int_equal(copy.len, 1);
	assert_int_equal(copy.filter, 258);
	assert_true(copy.number == 0x100000005);
	assert_true(copy.matched == 0x1800000000000009);
	assert_true(copy_time(&copy) == copy.matched);
	assert_true(copy.has_ids);
	assert_int_equal(copy.intercept, 5);
	assert_int_equal(copy.session, 7);
}

static void a_header_goes_by_its_length(void **state)
{
	assert_dfc(FORMAT_DFC, 8);
	assert_dfc(FORMAT_AUTO, 8);
	assert_dfc(FORMAT_DFC, 9);
	assert_dfc(FORMAT_DFC, 15);
}

static void a_header_may_be_without_ids(void **state)
{
	uint8_t data[ROOM];
	struct copy copy = datagram(data, put_dfc(data, 8));

	memset(data + 24, 0, 8);
	assert_int_equal(open_it(FORMAT_DFC, &copy), 0);
	assert_false(copy.has_ids);
}

static void frames_follow_a_header(void **state)
{
	uint8_t data[ROOM];
	struct copy copy = datagram(data, put_dfc(data, 8) + 13);

	data[2] = 1;
	assert_int_equal(open_it(FORMAT_DFC, &copy), 0);
	assert_int_equal(rule, CONTENT_FRAMES);
	assert_int_equal(copy.len, 14);
	assert_refused(FORMAT_DFC, datagram(data, HEADER + 13));
	data[3] = 15;
	assert_refused(FORMAT_DFC, datagram(data, HEADER + 14));
}

static void bad_headers_are_malformed(void **state)
{
	/* Byte and value: magic, version, content, length, number. */
	static const uint8_t bad[][2] = {
		{ 0, 222 }, { 1, 0 }, { 1, 2 }, { 2, 0 }, { 2, 5 }, { 2, 6 },
		{ 2, 1 }, { 3, 0 }, { 3, 7 }, { 3, 9 }, { 3, 255 },
		{ 8, 0x80 }, { 32, 0x65 },
	};
	uint8_t data[ROOM];
	size_t i, len;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		len = put_dfc(data, 8);
		data[bad[i][0]] = bad[i][1];
		assert_refused(FORMAT_DFC, datagram(data, len));
		/* Whoever guesses takes it for something else. */
		assert_untouched(FORMAT_AUTO, datagram(data, len));
	}
	put_dfc(data, 8);
	memset(data + 8, 0, 8);
	assert_refused(FORMAT_DFC, datagram(data, HEADER + 1));
}

static void cut_headers_are_malformed(void **state)
{
	uint8_t whole[ROOM];
	size_t len;

	put_dfc(whole, 8);
	for (len = 0; len <= HEADER; len++) {
		uint8_t *data = test_malloc(len + 1);

		memcpy(data + 1, whole, len);
		assert_refused(FORMAT_DFC, datagram(data + 1, len));
		assert_untouched(FORMAT_AUTO, datagram(data + 1, len));
		test_free(data);
	}
}

static void an_outer_header_is_taken_off(void **state)
{
	static const uint8_t outer[24 + 1] = { 0x46, [24] = 0x45 };
	struct sockaddr_storage router = { .ss_family = AF_INET };
	struct copy copy = {
		.router = &router, .protocol = IPPROTO_IPIP, .data = outer,
		.len = 25,
	};

	assert_int_equal(open_it(FORMAT_JMIRROR, &copy), 0);
	assert_ptr_equal(copy.data, outer + 24);
	assert_int_equal(copy.len, 1);
	assert_int_equal(rule, CONTENT_PACKETS);
	assert_false(copy.has_ids);
	copy.data = outer;
	copy.len = 20;
	assert_int_equal(open_it(FORMAT_IP_UDP, &copy), 0);
	assert_int_equal(copy.len, 0);
	assert_int_equal(open_it(FORMAT_IP_UDP, &copy), 0);
	assert_int_equal(copy.len, 0);
	/* Over IPv6 the kernel has done it. */
	router.ss_family = AF_INET6;
	copy.data = outer;
	copy.len = 25;
	assert_int_equal(open_it(FORMAT_IP_UDP, &copy), 0);
	assert_ptr_equal(copy.data, outer);
}

static void frames_have_a_header_of_etherip(void **state)
{
	static const uint8_t outer[20 + 3] = { 0x45, [20] = 0x30, [22] = 2 };
	struct sockaddr_storage router = { .ss_family = AF_INET };
	struct copy copy = {
		.router = &router, .protocol = INLET_ETHERIP, .data = outer,
		.len = sizeof(outer),
	};
	uint8_t other[sizeof(outer)];

	assert_int_equal(open_it(FORMAT_DFC, &copy), 0);
	assert_ptr_equal(copy.data, outer + 22);
	assert_int_equal(copy.len, 1);
	assert_int_equal(rule, CONTENT_FRAMES);
	copy.data = outer;
	copy.len = 21;
	assert_refused(FORMAT_AUTO, copy);
	memcpy(other, outer, sizeof(other));
	other[20] = 0x40;
	copy.data = other;
	copy.len = sizeof(other);
	assert_refused(FORMAT_AUTO, copy);
	router.ss_family = AF_INET6;
	copy.data = outer + 20;
	copy.len = 3;
	assert_int_equal(open_it(FORMAT_AUTO, &copy), 0);
	assert_ptr_equal(copy.data, outer + 22);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_read),
		cmocka_unit_test(ip_udp_is_left_alone),
		cmocka_unit_test(ids_are_taken_off),
		cmocka_unit_test(short_ones_are_malformed),
		cmocka_unit_test(ids_alone_are_an_empty_packet),
		cmocka_unit_test(a_header_goes_by_its_length),
		cmocka_unit_test(a_header_may_be_without_ids),
		cmocka_unit_test(frames_follow_a_header),
		cmocka_unit_test(bad_headers_are_malformed),
		cmocka_unit_test(cut_headers_are_malformed),
		cmocka_unit_test(frames_have_a_header_of_etherip),
		cmocka_unit_test(an_outer_header_is_taken_off),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
