// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <stdlib.h>
#include <string.h>

#include "dfcrecv/content.h"

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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	check_rule(CONTENT_GUESS, data, size);
	check_rule(CONTENT_PACKETS, data, size);
	check_rule(CONTENT_FRAMES, data, size);
	return 0;
}
