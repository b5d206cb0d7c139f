// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "frame.h"
#include "glance.h"

static const u8 tcp[20] = { 0x9c, 0x40, 1, 187, [12] = 0x50, [13] = 2 };
static const u8 udp[12] = { 0x13, 0xc4, 0, 53, 0, 12 };
static const u8 ping[8] = { 8, 3 };
static const u8 options[8] = { 0, 0, 1, 4 };
static const u8 ah[24] = { 0, 4 };

/* Fragment headers: of the first part, of one 8 bytes behind, and of all. */
static const u8 first[8] = { 0, 0, 0, 1, 0, 0, 0, 99 };
static const u8 later[8] = { 0, 0, 0, 9, 0, 0, 0, 99 };
static const u8 atomic[8] = { 0, 0, 0, 0, 0, 0, 0, 99 };

static void assert_upper(const struct frame *f, u8 protocol, u8 l4,
			 u16 src_port, u16 dst_port)
{
	struct finding found = frame_find(f);

	assert_int_equal(found.verdict, PACKET);
	assert_int_equal(found.key.protocol, protocol);
	assert_int_equal(found.key.l4, l4);
	assert_int_equal(found.key.src_port, src_port);
	assert_int_equal(found.key.dst_port, dst_port);
}

static void assert_malformed(const struct frame *f)
{
	assert_int_equal(frame_find(f).verdict, MALFORMED);
}

static void addresses(void **state)
{
	struct frame v4 = frame_ipv4(6, tcp, sizeof(tcp));
	struct frame v6 = frame_ipv6(6, tcp, sizeof(tcp));
	struct finding found = frame_find(&v4);
	const u8 zero[12] = {};

	assert_int_equal(found.key.family, AF_INET);
	assert_memory_equal(&found.key.src, v4.data + 12, 4);
	assert_memory_equal(&found.key.dst, v4.data + 16, 4);
	assert_memory_equal(found.key.src.bytes + 4, zero, 12);
	assert_memory_equal(found.key.dst.bytes + 4, zero, 12);
	found = frame_find(&v6);
	assert_int_equal(found.key.family, AF_INET6);
	assert_memory_equal(&found.key.src, v6.data + 8, 16);
	assert_memory_equal(&found.key.dst, v6.data + 24, 16);
}

static bool at_a_glance(const struct frame *f, size_t headlen, u8 family,
			struct dfc_key *key)
{
	struct dfc_piece piece;
	struct sk_buff skb;
	bool seen;

	skb_make(&skb, f->data, f->len, headlen);
	seen = dfc_glance(key, &piece, &skb, family, DFC_POINT_IN);
	skb_free(&skb);
	return seen;
}

/* Those that are most packets. That it is right, skb_find() checks. */
static void glances_at(u8 family, size_t header,
		       struct frame (*frame)(u8, const void *, size_t))
{
	static const u8 others[] = { 0, 1, 33, 43, 44, 47, 50, 51, 58, 60,
				     132, 136 };
	struct frame f = frame(6, tcp, sizeof(tcp));
	struct dfc_key key;
	size_t i;

	assert_true(at_a_glance(&f, f.len, family, &key));
	assert_int_equal(key.src_port, 40000);
	assert_false(at_a_glance(&f, f.len, AF_INET + AF_INET6 - family,
				 &key));
	assert_false(at_a_glance(&f, header + 3, family, &key));
	f = frame(17, udp, sizeof(udp));
	assert_true(at_a_glance(&f, header + 4, family, &key));
	assert_int_equal(key.dst_port, 53);
	f.len--;
	assert_false(at_a_glance(&f, f.len, family, &key));
	f = frame(17, udp, 3);
	assert_false(at_a_glance(&f, f.len, family, &key));
	for (i = 0; i < sizeof(others); i++) {
		f = frame(others[i], tcp, sizeof(tcp));
		assert_false(at_a_glance(&f, f.len, family, &key));
	}
}

static void glances(void **state)
{
	glances_at(AF_INET, sizeof(struct iphdr), frame_ipv4);
	glances_at(AF_INET6, sizeof(struct ipv6hdr), frame_ipv6);
}

static void upper_headers(void **state)
{
	static const u8 ports[] = { 6, 17, 33, 132, 136 };
	static const u8 none[] = { 0, 2, 4, 43, 44, 47, 50, 60, 89, 135, 253 };
	struct frame f;
	size_t i;

	for (i = 0; i < sizeof(ports); i++) {
		f = frame_ipv4(ports[i], tcp, sizeof(tcp));
		assert_upper(&f, ports[i], DFC_L4_PORTS, 40000, 443);
		f = frame_ipv6(ports[i], udp, sizeof(udp));
		assert_upper(&f, ports[i], DFC_L4_PORTS, 5060, 53);
	}
	for (i = 0; i < sizeof(none); i++) {
		f = frame_ipv4(none[i], tcp, sizeof(tcp));
		assert_upper(&f, none[i], 0, 0, 0);
	}
	f = frame_ipv4(1, ping, sizeof(ping));
	assert_upper(&f, 1, DFC_L4_ICMP, 8, 3);
	f = frame_ipv6(58, ping, sizeof(ping));
	assert_upper(&f, 58, DFC_L4_ICMP, 8, 3);
	/* Each family has its own. */
	f = frame_ipv4(58, ping, sizeof(ping));
	assert_upper(&f, 58, 0, 0, 0);
	f = frame_ipv6(1, ping, sizeof(ping));
	assert_upper(&f, 1, 0, 0, 0);
	f = frame_ipv6(59, tcp, sizeof(tcp));
	assert_upper(&f, 59, 0, 0, 0);
}

static void ipv4_options(void **state)
{
	struct frame f;
	u8 words;

	for (words = 5; words <= 15; words++) {
		f = frame_ipv4(6, NULL, 0);
		f.data[0] = 0x40 | words;
		f.len = words * 4;
		frame_put(&f, tcp, sizeof(tcp));
		f.data[3] = f.len;
		assert_upper(&f, 6, DFC_L4_PORTS, 40000, 443);
		/* The header alone, and one that goes beyond the packet. */
		f.data[3] = words * 4;
		assert_upper(&f, 6, 0, 0, 0);
		f.data[3] = words * 4 - 1;
		assert_malformed(&f);
	}
	for (words = 0; words < 5; words++) {
		f = frame_ipv4(6, tcp, sizeof(tcp));
		f.data[0] = 0x40 | words;
		assert_malformed(&f);
	}
}

static void versions(void **state)
{
	struct frame v4 = frame_ipv4(6, tcp, sizeof(tcp));
	struct frame v6 = frame_ipv6(6, tcp, sizeof(tcp));
	u8 version;

	for (version = 0; version < 16; version++) {
		v4.data[0] = version << 4 | 5;
		v6.data[0] = version << 4;
		assert_int_equal(frame_find(&v4).verdict,
				 version == 4 ? PACKET : MALFORMED);
		assert_int_equal(frame_find(&v6).verdict,
				 version == 6 ? PACKET : MALFORMED);
	}
}

static void padding_is_no_part(void **state)
{
	const u8 padding[30] = { 0x12, 0x34, 0x56, 0x78 };
	struct frame v4 = frame_ipv4(6, NULL, 0);
	struct frame v6 = frame_ipv6(17, NULL, 0);
	struct finding found;

	frame_put(&v4, padding, sizeof(padding));
	frame_put(&v6, padding, sizeof(padding));
	assert_upper(&v4, 6, 0, 0, 0);
	assert_upper(&v6, 17, 0, 0, 0);
	found = frame_find(&v4);
	assert_int_equal(found.piece.len, 20);
	found = frame_find(&v6);
	assert_int_equal(found.piece.len, 40);
}

/* A frame may end anywhere: then what its header says is not there. */
static void assert_cut_is_malformed(const struct frame *f)
{
	size_t len;

	assert_int_equal(frame_find(f).verdict, PACKET);
	for (len = 0; len < f->len; len++)
		assert_int_equal(frame_find_cut(f, len).verdict, MALFORMED);
}

static void truncated_packets(void **state)
{
	struct frame v4 = frame_ipv4(6, tcp, sizeof(tcp));
	struct frame v6 = frame_ipv6(17, udp, sizeof(udp));

	assert_cut_is_malformed(&v4);
	assert_cut_is_malformed(&v6);
	frame_extend(&v6, 60, options, sizeof(options));
	frame_extend(&v6, 51, ah, sizeof(ah));
	frame_extend(&v6, 44, atomic, sizeof(atomic));
	frame_extend(&v6, 43, options, sizeof(options));
	frame_extend(&v6, 0, options, sizeof(options));
	assert_cut_is_malformed(&v6);
}

/* The sender may have cut it: then it is a packet, without ports. */
static void short_upper_headers(void **state)
{
	struct frame f;
	size_t len;

	for (len = 0; len <= sizeof(udp); len++) {
		f = frame_ipv4(17, udp, len);
		assert_upper(&f, 17, len < 4 ? 0 : DFC_L4_PORTS,
			     len < 4 ? 0 : 5060, len < 4 ? 0 : 53);
		f = frame_ipv6(17, udp, len);
		assert_upper(&f, 17, len < 4 ? 0 : DFC_L4_PORTS,
			     len < 4 ? 0 : 5060, len < 4 ? 0 : 53);
	}
	for (len = 0; len <= sizeof(ping); len++) {
		f = frame_ipv4(1, ping, len);
		assert_upper(&f, 1, len < 2 ? 0 : DFC_L4_ICMP,
			     len < 2 ? 0 : 8, len < 2 ? 0 : 3);
	}
}

static void short_extension_headers(void **state)
{
	struct frame whole = frame_ipv6(17, udp, sizeof(udp)), f;
	struct finding found;
	size_t len;

	frame_extend(&whole, 60, options, sizeof(options));
	frame_extend(&whole, 51, ah, sizeof(ah));
	frame_extend(&whole, 0, options, sizeof(options));
	for (len = 0; len < whole.len - 40; len++) {
		f = whole;
		f.data[5] = len;
		found = frame_find(&f);
		assert_int_equal(found.verdict,
				 len < 40 ? MALFORMED : PACKET);
		assert_int_equal(found.key.l4, len < 44 ? 0 : DFC_L4_PORTS);
	}
}

static void extension_headers(void **state)
{
	static const u8 types[] = { 0, 43, 60 };
	struct frame f;
	size_t i;

	for (i = 0; i < sizeof(types); i++) {
		f = frame_ipv6(6, tcp, sizeof(tcp));
		frame_extend(&f, types[i], options, sizeof(options));
		assert_upper(&f, 6, DFC_L4_PORTS, 40000, 443);
	}
	f = frame_ipv6(58, ping, sizeof(ping));
	for (i = 0; i < 32; i++)
		frame_extend(&f, 60, options, sizeof(options));
	assert_upper(&f, 58, DFC_L4_ICMP, 8, 3);
	/* One too many. */
	frame_extend(&f, 60, options, sizeof(options));
	assert_malformed(&f);
}

static void authentication(void **state)
{
	u8 payload[sizeof(ah) + sizeof(tcp)] = { 6, 4 };
	struct frame f;

	memcpy(payload + sizeof(ah), tcp, sizeof(tcp));
	f = frame_ipv4(51, payload, sizeof(payload));
	assert_upper(&f, 6, DFC_L4_PORTS, 40000, 443);
	assert_int_equal(frame_find(&f).piece.protocol, 51);
	f = frame_ipv6(51, payload, sizeof(payload));
	assert_upper(&f, 6, DFC_L4_PORTS, 40000, 443);
	/* One that goes beyond the packet. */
	f = frame_ipv4(51, payload, sizeof(ah) - 1);
	assert_malformed(&f);
}

static void assert_piece(const struct frame *f, u16 offset, bool more,
			 u32 id, u8 protocol, u8 l4)
{
	struct finding found = frame_find(f);

	assert_int_equal(found.verdict, PACKET);
	assert_int_equal(found.piece.offset, offset);
	assert_int_equal(found.piece.more, more);
	assert_int_equal(found.piece.id, id);
	assert_int_equal(found.key.protocol, protocol);
	assert_int_equal(found.key.l4, l4);
}

static void ipv4_fragments(void **state)
{
	struct frame f = frame_ipv4(17, udp, sizeof(udp));
	u8 payload[sizeof(ah)] = { 17, 4 };

	assert_piece(&f, 0, false, htons(77), 17, DFC_L4_PORTS);
	f.data[6] = 0x20;
	assert_piece(&f, 0, true, htons(77), 17, DFC_L4_PORTS);
	f.data[7] = 1;
	assert_piece(&f, 8, true, htons(77), 17, 0);
	f.data[6] = 0x1f;
	f.data[7] = 0xff;
	assert_piece(&f, 65528, false, htons(77), 17, 0);
	/* What is in a later one is not known, if it began with AH. */
	f = frame_ipv4(51, payload, sizeof(payload));
	f.data[6] = 0;
	f.data[7] = 1;
	assert_piece(&f, 8, false, htons(77), 59, 0);
}

static void ipv6_fragments(void **state)
{
	struct frame f = frame_ipv6(17, udp, sizeof(udp));
	const struct frame udp6 = f;

	frame_extend(&f, 44, atomic, sizeof(atomic));
	assert_piece(&f, 0, false, htonl(99), 17, DFC_L4_PORTS);
	f = udp6;
	frame_extend(&f, 44, first, sizeof(first));
	frame_extend(&f, 0, options, sizeof(options));
	assert_piece(&f, 0, true, htonl(99), 17, DFC_L4_PORTS);
	f = udp6;
	frame_extend(&f, 44, later, sizeof(later));
	assert_piece(&f, 8, true, htonl(99), 17, 0);
	/* It may begin with an extension header. */
	f = udp6;
	frame_extend(&f, 60, options, sizeof(options));
	frame_extend(&f, 44, later, sizeof(later));
	assert_piece(&f, 8, true, htonl(99), 59, 0);
	/* A fragment of a fragment. */
	f = udp6;
	frame_extend(&f, 44, later, sizeof(later));
	frame_extend(&f, 44, first, sizeof(first));
	assert_piece(&f, 0, true, htonl(99), 17, 0);
}

/* The chain of headers may go on in the next fragment: it has addresses. */
static void split_chain(void **state)
{
	const u8 long_options[8] = { 17, 3, 1, 4 };
	struct frame f = frame_ipv6(60, long_options, sizeof(long_options));

	assert_malformed(&f);
	frame_extend(&f, 44, first, sizeof(first));
	assert_piece(&f, 0, true, htonl(99), 59, 0);
	f.data[43] = 0;
	assert_malformed(&f);
}

static void big_tcp(void **state)
{
	struct frame v4 = frame_ipv4(6, tcp, sizeof(tcp));
	struct frame v6 = frame_ipv6(6, tcp, sizeof(tcp));
	struct dfc_piece piece;
	struct sk_buff skb;
	struct dfc_key key;

	v4.data[3] = 0;
	v6.data[5] = 0;
	skb_make(&skb, v4.data, v4.len, v4.len);
	assert_false(dfc_key_extract(&key, &piece, &skb, 0, AF_INET,
				     DFC_POINT_IN));
	skb.gso_tcp = true;
	assert_true(dfc_key_extract(&key, &piece, &skb, 0, AF_INET,
				    DFC_POINT_IN));
	assert_int_equal(piece.len, v4.len);
	assert_int_equal(key.dst_port, 443);
	skb_free(&skb);
	skb_make(&skb, v6.data, v6.len, v6.len);
	skb.gso_tcp = true;
	assert_true(dfc_key_extract(&key, &piece, &skb, 0, AF_INET6,
				    DFC_POINT_IN));
	assert_int_equal(piece.len, v6.len);
	assert_int_equal(key.dst_port, 443);
	skb_free(&skb);
	/* As sent, and mirrored by, hosts that leave lengths to the device. */
	assert_upper(&v4, 6, DFC_L4_PORTS, 40000, 443);
	v4.data[9] = 17;
	assert_malformed(&v4);
}

/* Returns what a payload of @len bytes, with @said in the option, is. */
static enum verdict find_jumbo(u32 said, size_t len, size_t at)
{
	static u8 data[40 + 70000];
	struct finding found;
	struct sk_buff skb;

	memset(data, 0, sizeof(data));
	data[0] = 0x60;
	data[40] = 17;
	data[41] = 1;
	said = htonl(said);
	memset(data + 42, 0, 14);
	data[40 + at] = 0xc2;
	data[41 + at] = 4;
	memcpy(data + 42 + at, &said, 4);
	skb_make(&skb, data, 40 + len, 60);
	skb_find(&found, &skb, ETH_P_IPV6);
	skb_free(&skb);
	assert_true(found.verdict != PACKET ||
		    found.piece.len == 40 + ntohl(said));
	return found.verdict;
}

static void jumbograms(void **state)
{
	assert_int_equal(find_jumbo(66000, 66000, 2), PACKET);
	assert_int_equal(find_jumbo(66000, 66000, 10), PACKET);
	assert_int_equal(find_jumbo(66000, 66001, 2), PACKET);
	assert_int_equal(find_jumbo(65536, 66000, 2), PACKET);
	assert_int_equal(find_jumbo(65535, 66000, 2), MALFORMED);
	assert_int_equal(find_jumbo(66000, 65999, 2), MALFORMED);
	assert_int_equal(find_jumbo(0xffffffff, 66000, 2), MALFORMED);
	assert_int_equal(find_jumbo(0xffffffd8, 66000, 2), MALFORMED);
	/* It does not fit into the header of its options. */
	assert_int_equal(find_jumbo(66000, 66000, 12), MALFORMED);
}

static void frames_have_no_headers(void **state)
{
	struct frame f = frame_ipv4(6, tcp, sizeof(tcp));
	struct dfc_piece piece;
	struct sk_buff skb;
	struct dfc_key key;

	skb_make(&skb, f.data, f.len, f.len);
	assert_true(dfc_key_extract(&key, &piece, &skb, -14, AF_PACKET,
				    DFC_POINT_IN));
	assert_int_equal(piece.len, f.len + 14);
	assert_int_equal(key.family, AF_PACKET);
	assert_int_equal(key.protocol, 0);
	assert_int_equal(key.l4, 0);
	skb_free(&skb);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses),
		cmocka_unit_test(glances),
		cmocka_unit_test(upper_headers),
		cmocka_unit_test(ipv4_options),
		cmocka_unit_test(versions),
		cmocka_unit_test(padding_is_no_part),
		cmocka_unit_test(truncated_packets),
		cmocka_unit_test(short_upper_headers),
		cmocka_unit_test(short_extension_headers),
		cmocka_unit_test(extension_headers),
		cmocka_unit_test(authentication),
		cmocka_unit_test(ipv4_fragments),
		cmocka_unit_test(ipv6_fragments),
		cmocka_unit_test(split_chain),
		cmocka_unit_test(big_tcp),
		cmocka_unit_test(jumbograms),
		cmocka_unit_test(frames_have_no_headers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
