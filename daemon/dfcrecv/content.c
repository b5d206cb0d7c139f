// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <net/ethernet.h>

#include "dfcrecv/content.h"

static uint16_t get16(const uint8_t *p)
{
	return p[0] << 8 | p[1];
}

/* The sum over a header with a right checksum is all ones. */
static bool has_checksum(const uint8_t *header, size_t len)
{
	uint32_t sum = 0;
	size_t i;

	for (i = 0; i < len; i += 2)
		sum += get16(header + i);
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	return sum == 0xffff;
}

/* It holds what frames do hold. */
static bool is_likely_frame(const uint8_t *data, size_t len)
{
	struct frame frame;

	return !frame_parse(data, len, &frame) &&
	       (frame.has_packet || frame.tags || frame.type == ETHERTYPE_ARP);
}

/*
 * A packet may have come with a wrong checksum, where capture is passive:
 * then what follows, taken for a frame, decides.
 */
static bool is_whole_packet(const uint8_t *data, size_t len)
{
	size_t header;

	if (len >= 20 && data[0] >> 4 == 4) {
		header = (data[0] & 0x0f) * 4;
		return header >= 20 && header <= len &&
		       get16(data + 2) == len &&
		       (has_checksum(data, header) ||
			!is_likely_frame(data, len));
	}
	return len >= 40 && data[0] >> 4 == 6 && get16(data + 4) == len - 40;
}

static void parse_packet(const void *data, size_t len, struct content *c)
{
	if (packet_parse(data, len, &c->packet))
		return;
	c->kind = CONTENT_PACKET;
	c->length = c->packet.length > len ? c->packet.length : len;
}

static void parse_frame(const void *data, size_t len, struct content *c)
{
	if (frame_parse(data, len, &c->frame))
		return;
	c->kind = CONTENT_FRAME;
	c->length = len;
}

void content_parse(enum content_rule rule, const void *data, size_t len,
		   struct content *c)
{
	c->kind = CONTENT_NONE;
	c->length = len;
	if (rule == CONTENT_GUESS)
		rule = is_whole_packet(data, len) ? CONTENT_PACKETS :
						    CONTENT_FRAMES;
	if (rule == CONTENT_PACKETS)
		parse_packet(data, len, c);
	else
		parse_frame(data, len, c);
}
