// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <stdlib.h>
#include <string.h>

#include "dfcrecv/packet.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
	if (!holds)
		abort();
}

static void check_packet(const struct packet *p, size_t size)
{
	check(p->version == 4 || p->version == 6);
	check(size >= (p->version == 4 ? 20 : 40));
	check(p->length >= (p->version == 4 ? 20 : 40));
	check(p->missing == (p->length > size ? p->length - size : 0));
	check(p->fragment == (p->fragment_offset || p->more_fragments));
	check(!p->has_tcp || p->has_ports);
	check(!p->has_icmp || !p->has_ports);
	check(!p->fragment_offset || !(p->has_ports || p->has_icmp));
}

static void check_text(const struct packet *p)
{
	char text[PACKET_TEXT_MAX];

	memset(text, 'x', sizeof(text));
	packet_text(p, text, sizeof(text));
	/* Whole: it ends with the length, or with what is missing. */
	check(strnlen(text, sizeof(text)) < sizeof(text) - 1);
	check(strstr(text, ", length "));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct packet p;

	if (packet_parse(data, size, &p))
		return 0;
	check_packet(&p, size);
	check_text(&p);
	return 0;
}
