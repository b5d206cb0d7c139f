// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <errno.h>
#include <net/ethernet.h>
#include <string.h>

#include "dfcrecv/frame.h"

/* Not in the C library's headers: tags of providers, IEEE 802.1ad. */
#define TYPE_QINQ	0x88a8
#define TYPE_QINQ_OLD	0x9100

static uint16_t get16(const uint8_t *p)
{
	return p[0] << 8 | p[1];
}

static bool is_tag(uint16_t type)
{
	return type == ETHERTYPE_VLAN || type == TYPE_QINQ ||
	       type == TYPE_QINQ_OLD;
}

int frame_parse(const void *data, size_t len, struct frame *f)
{
	const uint8_t *bytes = data;
	size_t at = FRAME_HEADER;

	memset(f, 0, sizeof(*f));
	if (len < FRAME_HEADER)
		return -EINVAL;
	memcpy(f->dest, bytes, sizeof(f->dest));
	memcpy(f->source, bytes + 6, sizeof(f->source));
	f->length = len;
	f->type = get16(bytes + 12);
	while (is_tag(f->type) && f->tags < FRAME_TAGS_MAX && len - at >= 4) {
		f->vlan[f->tags++] = get16(bytes + at) & 0x0fff;
		f->type = get16(bytes + at + 2);
		at += 4;
	}
	if (f->type == ETHERTYPE_IP || f->type == ETHERTYPE_IPV6)
		f->has_packet = !packet_parse(bytes + at, len - at,
					      &f->packet) &&
				f->packet.version ==
				(f->type == ETHERTYPE_IP ? 4 : 6);
	return 0;
}
