/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DFCRECV_CONTENT_H
#define DFCRECV_CONTENT_H

#include "dfcrecv/frame.h"
#include "dfcrecv/packet.h"

/**
 * enum content_kind - what was copied
 * @CONTENT_PACKET: a packet, from its IP header on
 * @CONTENT_FRAME: a frame, from its Ethernet header on
 * @CONTENT_NONE: neither
 */
enum content_kind {
	CONTENT_PACKET,
	CONTENT_FRAME,
	CONTENT_NONE,
};

/**
 * enum content_rule - what a copy is taken for
 * @CONTENT_GUESS: a packet if it looks like a whole one, else a frame
 * @CONTENT_PACKETS: a packet, or nothing
 * @CONTENT_FRAMES: a frame, or nothing
 */
enum content_rule {
	CONTENT_GUESS,
	CONTENT_PACKETS,
	CONTENT_FRAMES,
};

/**
 * struct content - a copy taken apart
 * @kind: which of the two was found
 * @packet: of CONTENT_PACKET
 * @frame: of CONTENT_FRAME
 * @length: bytes that it had at the router, by its own header
 */
struct content {
	enum content_kind kind;
	union {
		struct packet packet;
		struct frame frame;
	};
	uint32_t length;
};

/**
 * content_parse() - tell packets from frames, and take them apart
 * @rule: what it may be
 * @data: the copy, without anything before it
 * @len: bytes at @data
 * @c: filled
 *
 * No word says which of the two a copy is. A copied packet is exactly as long
 * as its IP header says, and in IPv4 its header has the right checksum, or it
 * is nothing that a frame would be. A frame whose addresses look like that is
 * not to be expected: @rule is for who does.
 */
void content_parse(enum content_rule rule, const void *data, size_t len,
		   struct content *c);

#endif
