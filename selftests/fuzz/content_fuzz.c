// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <stdlib.h>
#include <string.h>

#include <netinet/in.h>

#include "dfcrecv/content.h"
#include "dfcrecv/inlet.h"
#include "dfcrecv/mirror.h"
#include "dfcrecv/numbering.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
	if (!holds)
		abort();
}

static void check_frame(const struct frame *f, size_t size)
{
	char text[FRAME_TEXT_MAX];

	check(size >= FRAME_HEADER && f->length == size);
	check(f->tags <= FRAME_TAGS_MAX && FRAME_HEADER + 4 * f->tags <= size);
	memset(text, 'x', sizeof(text));
	frame_text(f, text, sizeof(text));
	/* Whole: it ends with the length. */
	check(strnlen(text, sizeof(text)) < sizeof(text) - 1);
	check(strstr(text, " bytes"));
}

static void check_rule(enum content_rule rule, const uint8_t *data,
		       size_t size)
{
	struct content c;

	content_parse(rule, data, size, &c);
	check(c.length >= size);
	if (c.kind == CONTENT_FRAME)
		check_frame(&c.frame, size);
	check(c.kind != CONTENT_PACKET || rule != CONTENT_FRAMES);
	check(c.kind != CONTENT_FRAME || rule != CONTENT_PACKETS);
	check((c.kind == CONTENT_NONE) == (size < FRAME_HEADER) ||
	      rule == CONTENT_PACKETS);
	/* What is guessed to be a packet is as long as it says. */
	check(c.kind != CONTENT_PACKET || rule != CONTENT_GUESS ||
	      (c.packet.length == size && !c.packet.missing));
}

static void check_opened(const struct copy *copy, const uint8_t *data,
			 size_t size, enum content_rule rule)
{
	struct content c;

	check(copy->data >= data && copy->data + copy->len == data + size);
	check(copy->number <= NUMBERING_MAX);
	/* Who has a number has a header of whole words, and no doubt. */
	check(!copy->number || (copy->data - data >= 32 &&
				(copy->data - data) % 4 == 0 && copy->len &&
				rule != CONTENT_GUESS));
	content_parse(rule, copy->data, copy->len, &c);
	check(c.length >= copy->len);
}

/* What stands before the packet, in datagrams and behind IP headers. */
static void check_mirror(enum format format, int protocol, int family,
			 const uint8_t *data, size_t size)
{
	const struct sockaddr_storage router = { .ss_family = family };
	enum content_rule rule = CONTENT_GUESS;
	struct copy copy = {
		.router = &router, .protocol = protocol, .data = data,
		.len = size,
	};

	if (!mirror_open(format, &copy, &rule)) {
		check_opened(&copy, data, size, rule);
		return;
	}
	check(protocol == INLET_ETHERIP || format == FORMAT_JMIRROR ||
	      format == FORMAT_DFC);
	check(copy.data == data && copy.len == size);
	check(!copy.has_ids && !copy.number);
}

/* Numbers, a byte or eight each: the counts add up. */
static void check_numbering(const uint8_t *data, size_t size)
{
	struct numbering n = { 0 };
	uint64_t number, time = 0;
	size_t i, taken = 0;

	for (i = 0; i + 9 <= size; i += 9, taken++) {
		memcpy(&number, data + i, sizeof(number));
		number &= data[i + 8] & 1 ? 0xff : NUMBERING_MAX;
		time += data[i + 8] << 20;
		numbering_take(&n, number ? number : 1, time);
		check(n.first && n.first <= n.highest);
		check(n.arrived <= n.highest - n.first + 1);
		check(numbering_lost(&n) <= NUMBERING_MAX);
		check(n.out_of_order + n.duplicates + n.restarts <= taken);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	enum format format;

	for (format = FORMAT_AUTO; format <= FORMAT_DFC; format++)
		check_mirror(format, IPPROTO_UDP, AF_INET, data, size);
	check_mirror(FORMAT_AUTO, IPPROTO_IPIP, AF_INET, data, size);
	check_mirror(FORMAT_AUTO, INLET_ETHERIP, AF_INET, data, size);
	check_mirror(FORMAT_AUTO, INLET_ETHERIP, AF_INET6, data, size);
	check_numbering(data, size);
	check_rule(CONTENT_GUESS, data, size);
	check_rule(CONTENT_PACKETS, data, size);
	check_rule(CONTENT_FRAMES, data, size);
	return 0;
}
