// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "frame.h"

static const u8 udp[12] = { 0x13, 0xc4, 0, 53, 0, 12 };

/* What is in front of a packet of IPv4, and the type that tells of it. */
struct front {
	u16 type;
	u16 len;
	const char *bytes;
};

#define FRONT(type, bytes) { type, sizeof(bytes) - 1, bytes }
#define MACS "\2\0\0\0\0\2\2\0\0\0\0\1"

static const struct front fronts[] = {
	FRONT(0x8100, "\x20\x64\x08\0"),
	FRONT(0x88a8, "\0\xc8\x81\0\0\x64\x08\0"),
	FRONT(0x9100, "\1\x2c\x08\0"),
	FRONT(0xf1c1, "\0\0\0\5\x08\0"),
	FRONT(0x892f, "\x10\x34\0\6\x08\0"),
	FRONT(0x8926, "\0\0\0\x08\x08\0"),
	FRONT(0x893f, "\0\0\0\7\0\0\x08\0"),
	FRONT(0x8909, "\1\1\0\1\0\x09\x08\0"),
	FRONT(0x88e7, "\0\0\x10\0" MACS "\x08\0"),
	FRONT(0x88e5, "\0\0\0\0\0\1\x08\0"),
	FRONT(0x88e5, "\x20\0\0\0\0\1\0\0\0\0\0\0\0\1\x08\0"),
	FRONT(0x8847, "\0\x3e\x81\x40"),
	FRONT(0x8848, "\0\1\0\x40\0\1\x11\x40"),
	/* An Ethernet pseudowire, without and with a control word. */
	FRONT(0x8847, "\0\x3e\x81\x40" MACS "\x08\0"),
	FRONT(0x8847, "\0\x3e\x81\x40\0\0\0\5" MACS "\x81\0\0\x64\x08\0"),
	/* Another one in it. */
	FRONT(0x8847, "\0\x3e\x81\x40" MACS "\x88\x47\0\x3e\x91\x40"),
	FRONT(0x8847, "\0\x3e\x81\x40\x10\0\0\x21"),
	FRONT(0x8847, "\0\0\xd1\x40\x10\0\0\x21"),
	FRONT(0x8864, "\x11\0\0\1\0\x22\0\x21"),
	FRONT(0x8864, "\x11\0\0\1\0\x21\x21"),
	FRONT(0x8864, "\x11\0\0\1\0\x26\2\x81\0\x3e\x81\x40"),
	FRONT(40, "\xaa\xaa\3\0\0\0\x08\0"),
	FRONT(40, "\xaa\xaa\3\0\0\xf8\x08\0"),
	FRONT(40, "\6\6\3"),
	FRONT(0x22f3, "\0\x3c\0\1\0\2" MACS "\x08\0"),
	FRONT(0x22f3, "\0\x7c\0\1\0\2\0\0\0\0" MACS "\x08\0"),
	FRONT(0x894f, "\x0f\xc2\2\1\0\0\0\0"),
	FRONT(0xd28b, "\0\1\0\x10\0\0\0\0\0\0\0\0\x08\0"),
	FRONT(0xd28b, "\0\1\1\x20\0\0\0\0\0\0\x08\0"),
	FRONT(0x6558, MACS "\x08\0"),
};

static struct frame behind(const struct front *front)
{
	struct frame f = frame_ipv4(17, udp, sizeof(udp));

	frame_push(&f, front->bytes, front->len);
	f.type = front->type;
	return f;
}

static void assert_packet_at(const struct frame *f, int offset)
{
	struct finding found = frame_find(f);

	assert_int_equal(found.verdict, PACKET);
	assert_int_equal(found.peeled.offset, offset);
	assert_int_equal(found.peeled.family, AF_INET);
	assert_int_equal(found.key.dst_port, 53);
	assert_int_equal(found.piece.len, 20 + sizeof(udp));
}

static void packets_are_found(void **state)
{
	const u8 padding[20] = { 0xff };
	struct frame f;
	size_t i, len;

	for (i = 0; i < sizeof(fronts) / sizeof(*fronts); i++) {
		f = behind(&fronts[i]);
		assert_packet_at(&f, fronts[i].len);
		for (len = 0; len < f.len; len++)
			assert_int_not_equal(frame_find_cut(&f, len).verdict,
					     PACKET);
		frame_put(&f, padding, sizeof(padding));
		assert_packet_at(&f, fronts[i].len);
	}
}

static void both_families_are_told(void **state)
{
	const u8 vlan6[4] = { 0, 100, 0x86, 0xdd };
	struct frame f = frame_ipv6(17, udp, sizeof(udp));
	struct finding found;

	frame_push(&f, vlan6, sizeof(vlan6));
	f.type = 0x8100;
	found = frame_find(&f);
	assert_int_equal(found.verdict, PACKET);
	assert_int_equal(found.peeled.family, AF_INET6);
	/* It is the frame that says so, not the packet. */
	f.data[2] = 8;
	f.data[3] = 0;
	found = frame_find(&f);
	assert_int_equal(found.verdict, MALFORMED);
	assert_int_equal(found.peeled.family, AF_INET);
}

static void others_are_none(void **state)
{
	static const struct front others[] = {
		FRONT(0x0806, "\0\1\x08\0\6\4\0\1"),
		FRONT(0x8863, "\x11\x09\0\0\0\0"),
		FRONT(0x88e5, "\x0c\0\0\0\0\1\x08\0"),
		FRONT(0x8864, "\x11\0\0\1\0\x22\xc0\x21"),
		/* Longer than PPPoE says. */
		FRONT(0x8864, "\x11\0\0\1\0\x21\0\x21"),
		FRONT(0x8847, "\0\x3e\x80\x40"),
		FRONT(0x8847, "\0\x3e\x81\x40\x10\0\0\7"),
		FRONT(0x8847, "\0\x3e\x81\x40\0\0\0\0" MACS "\x08\6"),
		FRONT(0x8847, "\0\x3e\x81\x40\0\0\0\0" MACS "\x86\xdd"),
		FRONT(40, "\xaa\xaa\3\0\0\x0c\x08\0"),
		FRONT(40, "\xaa\xaa\x0b\0\0\0\x08\0"),
		FRONT(40, "\x42\x42\3"),
		FRONT(0x894f, "\x0f\xc2\2\6\0\0\0\0"),
		FRONT(0xd28b, "\0\1\0\x30\0\0\0\0\0\0\x08\0"),
		FRONT(0, ""),
	};
	struct frame f;
	size_t i;

	for (i = 0; i < sizeof(others) / sizeof(*others); i++) {
		f = behind(&others[i]);
		assert_int_equal(frame_find(&f).verdict, NO_PACKET);
	}
}

/* A packet of IP that does not look so is still one, and malformed. */
static void labels_tell_of_ip(void **state)
{
	const struct front front = FRONT(0x8847, "\0\x3e\x81\x40");
	struct frame f = behind(&front);

	f.data[4 + 3]++;
	assert_int_equal(frame_find(&f).verdict, MALFORMED);
	/* An address of Ethernet may begin as IP does. */
	f = behind(&(struct front)FRONT(0x8847, "\0\x3e\x81\x40\x45\0\0\0\0\2"
					"\x65\0\0\0\0\1\x08\0"));
	assert_packet_at(&f, 18);
}

static void depth_is_bounded(void **state)
{
	static const u8 vlan[4] = { 0, 100, 0x81, 0 };
	struct frame f = frame_ipv4(17, udp, sizeof(udp));
	int i;

	frame_push(&f, "\0\1\x08\0", 4);
	for (i = 1; i < 32; i++)
		frame_push(&f, vlan, sizeof(vlan));
	f.type = 0x88a8;
	assert_packet_at(&f, 32 * 4);
	frame_push(&f, vlan, sizeof(vlan));
	assert_int_equal(frame_find(&f).verdict, NO_PACKET);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(packets_are_found),
		cmocka_unit_test(both_families_are_told),
		cmocka_unit_test(others_are_none),
		cmocka_unit_test(labels_tell_of_ip),
		cmocka_unit_test(depth_is_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
