// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <net/ethernet.h>
#include <stdio.h>

#include "dfcrecv/frame.h"

struct type_name {
	uint16_t type;
	const char *name;
};

static const struct type_name names[] = {
	{ ETHERTYPE_IP, "ipv4" }, { ETHERTYPE_ARP, "arp" },
	{ ETHERTYPE_IPV6, "ipv6" }, { ETHERTYPE_VLAN, "vlan" },
	{ 0x8847, "mpls" }, { 0x8848, "mpls multicast" },
	{ 0x8863, "pppoe discovery" }, { 0x8864, "pppoe" },
	{ 0x8809, "slow protocol" }, { 0x88cc, "lldp" }, { 0, NULL }
};

void frame_address(const uint8_t *address, char out[FRAME_ADDRESS_MAX])
{
	snprintf(out, FRAME_ADDRESS_MAX, "%02x:%02x:%02x:%02x:%02x:%02x",
		 address[0], address[1], address[2], address[3], address[4],
		 address[5]);
}

static void type_text(const struct frame *f, char *out, size_t room)
{
	const struct type_name *n;

	for (n = names; n->name; n++)
		if (n->type == f->type) {
			snprintf(out, room, "%s", n->name);
			return;
		}
	if (f->type < 1536)
		snprintf(out, room, "802.3");
	else
		snprintf(out, room, "ethertype 0x%04x", f->type);
}

void frame_text(const struct frame *f, char *out, size_t room)
{
	char dest[FRAME_ADDRESS_MAX], source[FRAME_ADDRESS_MAX];
	char tags[FRAME_TAGS_MAX * 12 + 1] = "", inner[PACKET_TEXT_MAX];
	unsigned int i;
	size_t at = 0;

	frame_address(f->dest, dest);
	frame_address(f->source, source);
	for (i = 0; i < f->tags; i++)
		at += snprintf(tags + at, sizeof(tags) - at, "vlan %u, ",
			       f->vlan[i]);
	if (f->has_packet)
		packet_text(&f->packet, inner, sizeof(inner));
	else
		type_text(f, inner, sizeof(inner));
	snprintf(out, room, "%s > %s, %s%s, frame of %u bytes", source, dest,
		 tags, inner, f->length);
}
