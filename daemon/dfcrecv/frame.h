/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DFCRECV_FRAME_H
#define DFCRECV_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dfcrecv/packet.h"

#define FRAME_HEADER		14
#define FRAME_TAGS_MAX		4

/* Room for the longest frame_text(), with its terminator. */
#define FRAME_TEXT_MAX		(PACKET_TEXT_MAX + 128)
/* Room for an address as text, with its terminator. */
#define FRAME_ADDRESS_MAX	18

/**
 * struct frame - what a line about a frame says
 * @dest: address
 * @source: address
 * @tags: VLAN tags that were followed, the outermost first
 * @vlan: their ids
 * @type: what is behind the tags; of a frame with a length (IEEE 802.3) that
 *	length, below 1536
 * @length: bytes of the frame
 * @has_packet: @packet is behind the tags
 * @packet: the IP packet
 */
struct frame {
	uint8_t dest[6];
	uint8_t source[6];
	unsigned int tags;
	uint16_t vlan[FRAME_TAGS_MAX];
	uint16_t type;
	uint32_t length;
	bool has_packet;
	struct packet packet;
};

/**
 * frame_parse() - take an Ethernet frame apart as far as it goes
 * @data: from its Ethernet header on, without the checksum at the end
 * @len: bytes at @data
 * @f: filled
 *
 * Return: 0, or -EINVAL if the header is not whole.
 */
int frame_parse(const void *data, size_t len, struct frame *f);

/**
 * frame_text() - write a frame in short
 * @f: frame
 * @out: filled and terminated
 * @room: bytes in @out, FRAME_TEXT_MAX suffice
 */
void frame_text(const struct frame *f, char *out, size_t room);

/**
 * frame_address() - write an address
 * @address: six bytes
 * @out: filled with, for instance, `02:00:00:00:00:01`
 */
void frame_address(const uint8_t *address, char out[FRAME_ADDRESS_MAX]);

#endif
