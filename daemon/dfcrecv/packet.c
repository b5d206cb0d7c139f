// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <errno.h>
#include <netinet/in.h>
#include <string.h>

#include "dfcrecv/packet.h"

/* Not in the C library's headers. */
#define PROTOCOL_AH		51
#define PROTOCOL_MOBILITY	135
#define PROTOCOL_HIP		139
#define PROTOCOL_SHIM6		140

static uint16_t get16(const uint8_t *p)
{
	return p[0] << 8 | p[1];
}

static void parse_upper(const uint8_t *data, size_t len, struct packet *p)
{
	switch (p->protocol) {
	case IPPROTO_TCP:
		p->has_tcp = len >= 14;
		if (p->has_tcp)
			p->tcp_flags = data[13];
		/* fall through */
	case IPPROTO_UDP:
	case IPPROTO_UDPLITE:
	case IPPROTO_SCTP:
	case IPPROTO_DCCP:
		p->has_ports = len >= 4;
		if (p->has_ports) {
			p->source_port = get16(data);
			p->dest_port = get16(data + 2);
		}
		break;
	case IPPROTO_ICMP:
	case IPPROTO_ICMPV6:
		p->has_icmp = len >= 2;
		if (p->has_icmp) {
			p->icmp_type = data[0];
			p->icmp_code = data[1];
		}
		break;
	}
}

static void set_fragment(struct packet *p, uint32_t offset, bool more)
{
	p->fragment_offset = offset;
	p->more_fragments = more;
	p->fragment = offset || more;
}

static size_t set_length(struct packet *p, uint32_t length, size_t len)
{
	p->length = length;
	p->missing = length > len ? length - len : 0;
	return length < len ? length : len;
}

static int parse_ipv4(const uint8_t *data, size_t len, struct packet *p)
{
	size_t header;
	uint16_t word;

	header = (data[0] & 0x0f) * 4;
	if (header < 20 || header > len || get16(data + 2) < header)
		return -EINVAL;
	len = set_length(p, get16(data + 2), len);
	word = get16(data + 6);
	set_fragment(p, (word & 0x1fff) * 8, word & 0x2000);
	p->protocol = data[9];
	memcpy(p->source, data + 12, 4);
	memcpy(p->dest, data + 16, 4);
	if (!p->fragment_offset)
		parse_upper(data + header, len - header, p);
	return 0;
}

/*
 * Bytes of the extension header @protocol at @data; 0: it is none, or cannot
 * be followed.
 */
static size_t extension(uint8_t protocol, const uint8_t *data, size_t len)
{
	size_t size;

	if (len < 8)
		return 0;
	switch (protocol) {
	case IPPROTO_HOPOPTS:
	case IPPROTO_ROUTING:
	case IPPROTO_DSTOPTS:
	case PROTOCOL_MOBILITY:
	case PROTOCOL_HIP:
	case PROTOCOL_SHIM6:
		size = (data[1] + 1) * 8;
		break;
	case PROTOCOL_AH:
		size = (data[1] + 2) * 4;
		break;
	case IPPROTO_FRAGMENT:
		size = 8;
		break;
	default:
		return 0;
	}
	return size <= len ? size : 0;
}

static int parse_ipv6(const uint8_t *data, size_t len, struct packet *p)
{
	size_t at = 40, size;
	uint16_t payload;

	if (len < 40)
		return -EINVAL;
	payload = get16(data + 4);
	/* A jumbogram says 0: what is there is taken for all of it. */
	len = set_length(p, payload ? 40U + payload : len, len);
	p->protocol = data[6];
	memcpy(p->source, data + 8, 16);
	memcpy(p->dest, data + 24, 16);
	for (;;) {
		size = extension(p->protocol, data + at, len - at);
		if (!size)
			break;
		if (p->protocol == IPPROTO_FRAGMENT)
			set_fragment(p, get16(data + at + 2) & 0xfff8,
				     data[at + 3] & 1);
		p->protocol = data[at];
		at += size;
		if (p->fragment_offset)
			return 0;
	}
	parse_upper(data + at, len - at, p);
	return 0;
}

int packet_parse(const void *data, size_t len, struct packet *p)
{
	const uint8_t *bytes = data;

	memset(p, 0, sizeof(*p));
	if (!len)
		return -EINVAL;
	p->version = bytes[0] >> 4;
	if (p->version == 4)
		return parse_ipv4(bytes, len, p);
	if (p->version == 6)
		return parse_ipv6(bytes, len, p);
	return -EINVAL;
}
