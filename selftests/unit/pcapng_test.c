// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "dfcrecv/pcapng.h"

/* A reader of its own: walks blocks and checks both of their lengths. */
struct reader {
	const uint8_t *data;
	size_t left;
};

struct block {
	uint32_t type;
	const uint8_t *body;
	size_t len;
};

static uint32_t get32(const uint8_t *p)
{
	uint32_t value;

	memcpy(&value, p, sizeof(value));
	return value;
}

static uint16_t get16(const uint8_t *p)
{
	uint16_t value;

	memcpy(&value, p, sizeof(value));
	return value;
}

static struct block next(struct reader *r)
{
	struct block b;
	uint32_t len;

	assert_true(r->left >= 12);
	b.type = get32(r->data);
	len = get32(r->data + 4);
	assert_int_equal(len % 4, 0);
	assert_true(len >= 12 && len <= r->left);
	assert_int_equal(get32(r->data + len - 4), len);
	b.body = r->data + 8;
	b.len = len - 12;
	r->data += len;
	r->left -= len;
	return b;
}

/* The value of an option behind @fixed bytes of a block, or NULL. */
static const uint8_t *option(const struct block *b, size_t fixed,
			     uint16_t code, size_t *len)
{
	size_t at = fixed;

	while (at + 4 <= b->len && get16(b->body + at)) {
		*len = get16(b->body + at + 2);
		assert_true(at + 4 + *len <= b->len);
		if (get16(b->body + at) == code)
			return b->body + at + 4;
		at += 4 + ((*len + 3) & ~3U);
	}
	assert_true(at + 4 == b->len);
	return NULL;
}

static void assert_option(const struct block *b, size_t fixed, uint16_t code,
			  const char *expected)
{
	size_t len;
	const uint8_t *value = option(b, fixed, code, &len);

	assert_non_null(value);
	assert_int_equal(len, strlen(expected));
	assert_memory_equal(value, expected, len);
}

static void a_file(void **state)
{
	struct pcapng p = { 0 };
	struct reader r;
	struct block b;

	pcapng_section(&p, "dfcrecv");
	pcapng_interface(&p, PCAPNG_IP, "203.0.113.1", "copies", "remark");
	pcapng_packet(&p, 0, 0x123456789abcdef0, "\x45packet", 7, 60, NULL);
	assert_false(p.failed);
	r = (struct reader){ p.buf, p.len };

	b = next(&r);
	assert_int_equal(b.type, 0x0a0d0d0a);
	assert_int_equal(get32(b.body), 0x1a2b3c4d);
	assert_int_equal(get16(b.body + 4), 1);
	assert_int_equal(get16(b.body + 6), 0);
	assert_int_equal(get32(b.body + 8), UINT32_MAX);
	assert_int_equal(get32(b.body + 12), UINT32_MAX);
	assert_option(&b, 16, 4, "dfcrecv");

	b = next(&r);
	assert_int_equal(b.type, 1);
	assert_int_equal(get16(b.body), 101);
	assert_int_equal(get32(b.body + 4), 65535);
	assert_option(&b, 8, 1, "remark");
	assert_option(&b, 8, 2, "203.0.113.1");
	assert_option(&b, 8, 3, "copies");
	assert_option(&b, 8, 9, "\t");

	b = next(&r);
	assert_int_equal(b.type, 6);
	assert_int_equal(get32(b.body), 0);
	assert_int_equal(get32(b.body + 4), 0x12345678);
	assert_int_equal(get32(b.body + 8), 0x9abcdef0);
	assert_int_equal(get32(b.body + 12), 7);
	assert_int_equal(get32(b.body + 16), 60);
	assert_memory_equal(b.body + 20, "\x45packet\0", 8);
	assert_int_equal(b.len, 28);
	assert_int_equal(r.left, 0);
	pcapng_fini(&p);
}

static void a_comment_is_optional(void **state)
{
	struct pcapng p = { 0 };
	struct reader r;
	struct block b;
	size_t len;

	pcapng_interface(&p, PCAPNG_ETHERNET, "name", "text", NULL);
	r = (struct reader){ p.buf, p.len };
	b = next(&r);
	assert_int_equal(get16(b.body), 1);
	assert_null(option(&b, 8, 1, &len));
	assert_option(&b, 8, 3, "text");
	pcapng_fini(&p);
}

static void a_packet_may_have_a_comment(void **state)
{
	struct pcapng p = { 0 };
	struct reader r;
	struct block b;

	pcapng_packet(&p, 0, 0, "\x45packet", 7, 7, "intercept 5");
	r = (struct reader){ p.buf, p.len };
	b = next(&r);
	assert_int_equal(b.type, 6);
	assert_int_equal(get32(b.body + 12), 7);
	assert_option(&b, 28, 1, "intercept 5");
	assert_int_equal(r.left, 0);
	pcapng_fini(&p);
}

static void statistics_tell_of_an_interface(void **state)
{
	struct pcapng p = { 0 };
	const uint8_t *value;
	struct reader r;
	struct block b;
	uint64_t count;
	size_t len;

	pcapng_statistics(&p, 3, 0x123456789abcdef0, 17,
			  UINT64_C(0x100000002));
	r = (struct reader){ p.buf, p.len };
	b = next(&r);
	assert_int_equal(b.type, 5);
	assert_int_equal(get32(b.body), 3);
	assert_int_equal(get32(b.body + 4), 0x12345678);
	assert_int_equal(get32(b.body + 8), 0x9abcdef0);
	value = option(&b, 12, 4, &len);
	assert_int_equal(len, 8);
	memcpy(&count, value, sizeof(count));
	assert_int_equal(count, 17);
	value = option(&b, 12, 5, &len);
	assert_int_equal(len, 8);
	memcpy(&count, value, sizeof(count));
	assert_int_equal(count, 0x100000002);
	assert_int_equal(r.left, 0);
	pcapng_fini(&p);
}

static void blocks_grow_and_are_cleared(void **state)
{
	static const uint8_t data[65535];
	struct pcapng p = { 0 };
	struct reader r;
	struct block b;
	uint32_t len;
	int rounds;

	for (rounds = 0; rounds < 2; rounds++) {
		for (len = 0; len < 100; len++)
			pcapng_packet(&p, len, len, data, len, len, NULL);
		pcapng_packet(&p, 0, 0, data, sizeof(data), sizeof(data),
		      NULL);
		r = (struct reader){ p.buf, p.len };
		for (len = 0; len < 100; len++) {
			b = next(&r);
			assert_int_equal(get32(b.body), len);
			assert_int_equal(get32(b.body + 12), len);
		}
		b = next(&r);
		assert_int_equal(get32(b.body + 12), sizeof(data));
		assert_int_equal(r.left, 0);
		pcapng_clear(&p);
	}
	pcapng_fini(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_file),
		cmocka_unit_test(a_comment_is_optional),
		cmocka_unit_test(a_packet_may_have_a_comment),
		cmocka_unit_test(statistics_tell_of_an_interface),
		cmocka_unit_test(blocks_grow_and_are_cleared),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
