// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "dfcrecv/packet.h"

struct bytes {
	size_t len;
	uint8_t data[256];
};

static void put(struct bytes *b, const void *data, size_t len)
{
	assert_true(b->len + len <= sizeof(b->data));
	if (len)
		memcpy(b->data + b->len, data, len);
	b->len += len;
}

static struct bytes ipv4(uint8_t protocol, uint16_t fragment,
			 const void *payload, size_t len)
{
	uint8_t header[20] = { 0x45, 0, 0, 20 + len, 0, 1, fragment >> 8,
			       fragment, 64, protocol };
	struct bytes b = { 0 };

	inet_pton(AF_INET, "192.0.2.2", header + 12);
	inet_pton(AF_INET, "198.51.100.2", header + 16);
	put(&b, header, sizeof(header));
	put(&b, payload, len);
	return b;
}

static struct bytes ipv6(uint8_t next, const void *payload, size_t len)
{
	uint8_t header[40] = { 0x60, 0, 0, 0, 0, len, next, 64 };
	struct bytes b = { 0 };

	inet_pton(AF_INET6, "2001:db8:1::2", header + 8);
	inet_pton(AF_INET6, "2001:db8:2::2", header + 24);
	put(&b, header, sizeof(header));
	put(&b, payload, len);
	return b;
}

/* Parses a copy of its own size, so that a read behind it is found. */
static int parse(const struct bytes *b, struct packet *p)
{
	uint8_t *exact = malloc(b->len ? b->len : 1);
	int ret;

	memcpy(exact, b->data, b->len);
	ret = packet_parse(exact, b->len, p);
	free(exact);
	return ret;
}

static void assert_text(struct bytes b, const char *expected)
{
	char text[PACKET_TEXT_MAX];
	struct packet p;

	assert_int_equal(parse(&b, &p), 0);
	packet_text(&p, text, sizeof(text));
	assert_string_equal(text, expected);
}

static const uint8_t tcp[20] = { 0x9c, 0x40, 0, 80, [12] = 0x50, [13] = 0x12 };
static const uint8_t udp[8] = { 0x13, 0x88, 0, 53, 0, 8 };

static void ipv4_packets(void **state)
{
	const uint8_t ping[8] = { 8 };
	const uint8_t odd[8] = { 13, 7 };

	assert_text(ipv4(6, 0, tcp, sizeof(tcp)),
		    "IP 192.0.2.2.40000 > 198.51.100.2.80: tcp [S.], "
		    "length 40");
	assert_text(ipv4(17, 0x4000, udp, sizeof(udp)),
		    "IP 192.0.2.2.5000 > 198.51.100.2.53: udp, length 28");
	assert_text(ipv4(1, 0, ping, sizeof(ping)),
		    "IP 192.0.2.2 > 198.51.100.2: icmp echo request, "
		    "length 28");
	assert_text(ipv4(1, 0, odd, sizeof(odd)),
		    "IP 192.0.2.2 > 198.51.100.2: icmp type 13 code 7, "
		    "length 28");
	assert_text(ipv4(47, 0, NULL, 0),
		    "IP 192.0.2.2 > 198.51.100.2: protocol 47, length 20");
}

static void ipv6_packets(void **state)
{
	const uint8_t too_big[8] = { 2 };

	assert_text(ipv6(6, tcp, sizeof(tcp)),
		    "IP6 2001:db8:1::2.40000 > 2001:db8:2::2.80: tcp [S.], "
		    "length 60");
	assert_text(ipv6(58, too_big, sizeof(too_big)),
		    "IP6 2001:db8:1::2 > 2001:db8:2::2: icmp6 packet too "
		    "big, length 48");
}

static void options_are_skipped(void **state)
{
	struct bytes b = ipv4(17, 0, "\1\1\1\1", 4);

	b.data[0] = 0x46;
	b.data[3] = 32;
	put(&b, udp, sizeof(udp));
	assert_text(b, "IP 192.0.2.2.5000 > 198.51.100.2.53: udp, length 32");
}

static void extension_headers_are_skipped(void **state)
{
	/* hop-by-hop, destination options of 16 bytes, AH of 24 bytes */
	uint8_t chain[8 + 16 + 24 + 8] = {
		[0] = 60, [8] = 51, [9] = 1, [24] = 17, [25] = 4,
	};

	memcpy(chain + 48, udp, sizeof(udp));
	assert_text(ipv6(0, chain, sizeof(chain)),
		    "IP6 2001:db8:1::2.5000 > 2001:db8:2::2.53: udp, "
		    "length 96");
}

static void fragments(void **state)
{
	uint8_t first[16] = { 17, 0, 0, 1 };
	uint8_t later[16] = { 17, 0, 0x05, 0xc8 };

	memcpy(first + 8, udp, sizeof(udp));
	assert_text(ipv4(17, 0x2000, udp, sizeof(udp)),
		    "IP 192.0.2.2.5000 > 198.51.100.2.53: udp, fragment at "
		    "0+, length 28");
	assert_text(ipv4(17, 185, udp, sizeof(udp)),
		    "IP 192.0.2.2 > 198.51.100.2: udp, fragment at 1480, "
		    "length 28");
	assert_text(ipv6(44, first, sizeof(first)),
		    "IP6 2001:db8:1::2.5000 > 2001:db8:2::2.53: udp, "
		    "fragment at 0+, length 56");
	assert_text(ipv6(44, later, sizeof(later)),
		    "IP6 2001:db8:1::2 > 2001:db8:2::2: udp, fragment at "
		    "1480, length 56");
}

static void what_is_missing_is_said(void **state)
{
	struct bytes b = ipv4(6, 0, tcp, sizeof(tcp));

	b.len = 22;
	assert_text(b, "IP 192.0.2.2 > 198.51.100.2: tcp, length 40, "
		    "18 bytes missing");
	b = ipv6(6, tcp, sizeof(tcp));
	b.len = 40;
	assert_text(b, "IP6 2001:db8:1::2 > 2001:db8:2::2: tcp, length 60, "
		    "20 bytes missing");
}

static void padding_is_no_packet(void **state)
{
	struct bytes b = ipv4(17, 0, udp, 2);

	put(&b, "\0\65", 2);
	assert_text(b, "IP 192.0.2.2 > 198.51.100.2: udp, length 22");
}

static void jumbograms_are_as_long_as_they_are(void **state)
{
	struct bytes b = ipv6(17, udp, sizeof(udp));

	b.data[5] = 0;
	assert_text(b, "IP6 2001:db8:1::2.5000 > 2001:db8:2::2.53: udp, "
		    "length 48");
}

static void broken_chains_stop(void **state)
{
	const uint8_t endless[8] = { 0, 200 };

	assert_text(ipv6(0, endless, sizeof(endless)),
		    "IP6 2001:db8:1::2 > 2001:db8:2::2: protocol 0, "
		    "length 48");
}

static void not_ip(void **state)
{
	struct bytes b = { 0 };
	struct packet p;

	assert_int_equal(parse(&b, &p), -EINVAL);
	put(&b, "\x50\0\0\x14", 4);
	assert_int_equal(parse(&b, &p), -EINVAL);
	b = ipv4(6, 0, tcp, sizeof(tcp));
	b.len = 19;
	assert_int_equal(parse(&b, &p), -EINVAL);
	b.len = 40;
	b.data[0] = 0x44;
	assert_int_equal(parse(&b, &p), -EINVAL);
	b.data[0] = 0x4f;
	assert_int_equal(parse(&b, &p), -EINVAL);
	b.data[0] = 0x45;
	b.data[3] = 19;
	assert_int_equal(parse(&b, &p), -EINVAL);
	b = ipv6(6, NULL, 0);
	b.len = 39;
	assert_int_equal(parse(&b, &p), -EINVAL);
}

static void tcp_flags(void **state)
{
	char text[9];

	packet_tcp_flags(0, text);
	assert_string_equal(text, "none");
	packet_tcp_flags(0x18, text);
	assert_string_equal(text, "P.");
	packet_tcp_flags(0xff, text);
	assert_string_equal(text, "FSRP.UEW");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ipv4_packets),
		cmocka_unit_test(ipv6_packets),
		cmocka_unit_test(options_are_skipped),
		cmocka_unit_test(extension_headers_are_skipped),
		cmocka_unit_test(fragments),
		cmocka_unit_test(what_is_missing_is_said),
		cmocka_unit_test(padding_is_no_packet),
		cmocka_unit_test(jumbograms_are_as_long_as_they_are),
		cmocka_unit_test(broken_chains_stop),
		cmocka_unit_test(not_ip),
		cmocka_unit_test(tcp_flags),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
