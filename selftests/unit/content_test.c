// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "dfcrecv/content.h"

struct bytes {
	size_t len;
	uint8_t data[128];
};

/* UDP from 192.0.2.2 to 198.51.100.2, 28 bytes. */
static const uint8_t ipv4[] = {
	0x45, 0, 0, 28, 0, 1, 0, 0, 64, 17, 0x8e, 0x98, 192, 0, 2, 2,
	198, 51, 100, 2, 0x13, 0x88, 0, 53, 0, 8, 0, 0,
};

/* UDP from 2001:db8::1 to 2001:db8::2, 48 bytes. */
static const uint8_t ipv6[] = {
	0x60, 0, 0, 0, 0, 8, 17, 64,
	0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1,
	0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2,
	0x13, 0x88, 0, 53, 0, 8, 0, 0,
};

static const uint8_t addresses[] = {
	2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1,
};

static void put(struct bytes *b, const void *data, size_t len)
{
	assert_true(b->len + len <= sizeof(b->data));
	memcpy(b->data + b->len, data, len);
	b->len += len;
}

static struct bytes packet(const void *data, size_t len)
{
	struct bytes b = { 0 };

	put(&b, data, len);
	return b;
}

/* @types: ethertypes and tags between addresses and packet. */
static struct bytes frame(const char *types, size_t types_len,
			  const void *data, size_t len)
{
	struct bytes b = { 0 };

	put(&b, addresses, sizeof(addresses));
	put(&b, types, types_len);
	put(&b, data, len);
	return b;
}

/* Parses a copy of its own size, so that a read behind it is found. */
static struct content parse(enum content_rule rule, const struct bytes *b)
{
	uint8_t *exact = malloc(b->len ? b->len : 1);
	struct content c;

	memcpy(exact, b->data, b->len);
	content_parse(rule, exact, b->len, &c);
	free(exact);
	return c;
}

static void assert_kind(struct bytes b, enum content_kind expected)
{
	struct content c = parse(CONTENT_GUESS, &b);

	assert_int_equal(c.kind, expected);
}

static void whole_packets_are_packets(void **state)
{
	struct bytes b = packet(ipv4, sizeof(ipv4));
	struct content c = parse(CONTENT_GUESS, &b);

	assert_int_equal(c.kind, CONTENT_PACKET);
	assert_int_equal(c.length, 28);
	assert_int_equal(c.packet.dest_port, 53);
	b = packet(ipv6, sizeof(ipv6));
	c = parse(CONTENT_GUESS, &b);
	assert_int_equal(c.kind, CONTENT_PACKET);
	assert_int_equal(c.length, 48);
	assert_int_equal(c.packet.dest_port, 53);
}

static void other_lengths_are_frames(void **state)
{
	struct bytes b = packet(ipv4, sizeof(ipv4));

	put(&b, "", 1);
	assert_kind(b, CONTENT_FRAME);
	assert_kind(packet(ipv4, sizeof(ipv4) - 1), CONTENT_FRAME);
	b = packet(ipv6, sizeof(ipv6));
	put(&b, "", 1);
	assert_kind(b, CONTENT_FRAME);
	assert_kind(packet(ipv6, sizeof(ipv6) - 1), CONTENT_FRAME);
	b = packet(ipv4, sizeof(ipv4));
	b.data[0] = 0x44;
	assert_kind(b, CONTENT_FRAME);
	b.data[0] = 0x4f;
	assert_kind(b, CONTENT_FRAME);
	b.data[0] = 0x55;
	assert_kind(b, CONTENT_FRAME);
}

/* What an address may look like: IPv4 of the right length. */
static void a_checksum_decides(void **state)
{
	struct bytes b = packet(ipv4, sizeof(ipv4));

	b.data[10] ^= 1;
	assert_kind(b, CONTENT_PACKET);
	memcpy(b.data + 12, "\x08\x06", 2);
	assert_kind(b, CONTENT_FRAME);
	memcpy(b.data + 12, "\x81\x00", 2);
	assert_kind(b, CONTENT_FRAME);
	/* The packet has a right one, and comes from 8.6.2.2. */
	b = packet(ipv4, sizeof(ipv4));
	memcpy(b.data + 10, "\x46\x93\x08\x06", 4);
	assert_kind(b, CONTENT_PACKET);
}

static void short_ones_are_nothing(void **state)
{
	struct bytes b = { 0 };

	for (b.len = 0; b.len < 14; b.len++) {
		assert_kind(b, CONTENT_NONE);
		assert_int_equal(parse(CONTENT_GUESS, &b).length, b.len);
	}
	assert_kind(b, CONTENT_FRAME);
}

static void a_rule_forces(void **state)
{
	struct bytes b = packet(ipv4, sizeof(ipv4));
	struct content c = parse(CONTENT_FRAMES, &b);

	assert_int_equal(c.kind, CONTENT_FRAME);
	c = parse(CONTENT_PACKETS, &b);
	assert_int_equal(c.kind, CONTENT_PACKET);
	b.len = 24;
	c = parse(CONTENT_PACKETS, &b);
	assert_int_equal(c.kind, CONTENT_PACKET);
	assert_int_equal(c.length, 28);
	assert_int_equal(c.packet.missing, 4);
	b = frame("\x08\x00", 2, ipv4, sizeof(ipv4));
	c = parse(CONTENT_PACKETS, &b);
	assert_int_equal(c.kind, CONTENT_NONE);
}

static void assert_frame(struct bytes b, const char *expected)
{
	struct content c = parse(CONTENT_GUESS, &b);
	char text[FRAME_TEXT_MAX];

	assert_int_equal(c.kind, CONTENT_FRAME);
	assert_int_equal(c.length, b.len);
	frame_text(&c.frame, text, sizeof(text));
	assert_string_equal(text, expected);
}

#define FROM_TO "02:00:00:00:00:01 > 02:00:00:00:00:02, "
#define INNER4 "IP 192.0.2.2.5000 > 198.51.100.2.53: udp, length 28"
#define INNER6 "IP6 2001:db8::1.5000 > 2001:db8::2.53: udp, length 48"

static void frames_are_told(void **state)
{
	assert_frame(frame("\x08\x00", 2, ipv4, sizeof(ipv4)),
		     FROM_TO INNER4 ", frame of 42 bytes");
	assert_frame(frame("\x86\xdd", 2, ipv6, sizeof(ipv6)),
		     FROM_TO INNER6 ", frame of 62 bytes");
	assert_frame(frame("\x08\x06", 2, "\0\1", 2),
		     FROM_TO "arp, frame of 16 bytes");
	assert_frame(frame("\x12\x34", 2, "", 0),
		     FROM_TO "ethertype 0x1234, frame of 14 bytes");
	assert_frame(frame("\0\x26", 2, "\x42\x42\3", 3),
		     FROM_TO "802.3, frame of 17 bytes");
}

static void tags_are_peeled(void **state)
{
	assert_frame(frame("\x81\0\xe0\5\x08\0", 6, ipv4, sizeof(ipv4)),
		     FROM_TO "vlan 5, " INNER4 ", frame of 46 bytes");
	assert_frame(frame("\x88\xa8\x0f\xff\x81\0\0\5\x86\xdd", 10, ipv6,
			   sizeof(ipv6)),
		     FROM_TO "vlan 4095, vlan 5, " INNER6
		     ", frame of 70 bytes");
	/* A tag that is cut off, and one too many. */
	assert_frame(frame("\x81\0\0\5\x08", 5, "", 0),
		     FROM_TO "vlan, frame of 17 bytes");
	assert_frame(frame("\x81\0\0\1\x81\0\0\2\x81\0\0\3\x81\0\0\4\x81\0"
			   "\0\5\x08\0", 22, ipv4, sizeof(ipv4)),
		     FROM_TO "vlan 1, vlan 2, vlan 3, vlan 4, vlan, "
		     "frame of 62 bytes");
}

static void what_contradicts_itself_is_no_packet(void **state)
{
	assert_frame(frame("\x86\xdd", 2, ipv4, sizeof(ipv4)),
		     FROM_TO "ipv6, frame of 42 bytes");
	assert_frame(frame("\x08\0", 2, ipv4, 19),
		     FROM_TO "ipv4, frame of 33 bytes");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole_packets_are_packets),
		cmocka_unit_test(other_lengths_are_frames),
		cmocka_unit_test(a_checksum_decides),
		cmocka_unit_test(short_ones_are_nothing),
		cmocka_unit_test(a_rule_forces),
		cmocka_unit_test(frames_are_told),
		cmocka_unit_test(tags_are_peeled),
		cmocka_unit_test(what_contradicts_itself_is_no_packet),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
