// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <stdlib.h>
#include <string.h>

#include "dfcrecv/pcapng.h"

#define BLOCK_SECTION		0x0a0d0d0a
#define BLOCK_INTERFACE		1
#define BLOCK_STATISTICS	5
#define BLOCK_PACKET		6
#define BYTE_ORDER_MAGIC	0x1a2b3c4d
/* Nothing that came in an IP packet is longer. */
#define SNAPLEN			65535

#define OPTION_END		0
#define OPTION_COMMENT		1
#define OPTION_SECTION_APPL	4
#define OPTION_IF_NAME		2
#define OPTION_IF_DESCRIPTION	3
#define OPTION_IF_TSRESOL	9
#define OPTION_ISB_IFRECV	4
#define OPTION_ISB_IFDROP	5

void pcapng_fini(struct pcapng *p)
{
	free(p->buf);
	memset(p, 0, sizeof(*p));
}

void pcapng_clear(struct pcapng *p)
{
	p->len = 0;
}

static void put(struct pcapng *p, const void *data, size_t len)
{
	size_t room = p->room ? p->room : 4096;
	uint8_t *buf;

	if (p->failed || !len)
		return;
	while (room - p->len < len)
		room *= 2;
	if (room != p->room) {
		buf = realloc(p->buf, room);
		if (!buf) {
			p->failed = true;
			return;
		}
		p->buf = buf;
		p->room = room;
	}
	memcpy(p->buf + p->len, data, len);
	p->len += len;
}

static void put16(struct pcapng *p, uint16_t value)
{
	put(p, &value, sizeof(value));
}

static void put32(struct pcapng *p, uint32_t value)
{
	put(p, &value, sizeof(value));
}

static void put_padded(struct pcapng *p, const void *data, size_t len)
{
	static const uint8_t zeros[4];

	put(p, data, len);
	put(p, zeros, -len & 3);
}

static void put_option(struct pcapng *p, uint16_t code, const void *data,
		       size_t len)
{
	put16(p, code);
	put16(p, len);
	put_padded(p, data, len);
}

static void put_text(struct pcapng *p, uint16_t code, const char *text)
{
	if (text)
		put_option(p, code, text, strnlen(text, UINT16_MAX));
}

/* Returns where the block starts; its length is filled in by block_end(). */
static size_t block_start(struct pcapng *p, uint32_t type)
{
	size_t start = p->len;

	put32(p, type);
	put32(p, 0);
	return start;
}

static void block_end(struct pcapng *p, size_t start)
{
	uint32_t len = p->len - start + sizeof(len);

	put32(p, len);
	if (p->failed)
		p->len = start;
	else
		memcpy(p->buf + start + 4, &len, sizeof(len));
}

void pcapng_section(struct pcapng *p, const char *application)
{
	size_t start = block_start(p, BLOCK_SECTION);

	put32(p, BYTE_ORDER_MAGIC);
	put16(p, 1);
	put16(p, 0);
	/* The section is as long as the file will be. */
	put32(p, UINT32_MAX);
	put32(p, UINT32_MAX);
	put_text(p, OPTION_SECTION_APPL, application);
	put_option(p, OPTION_END, NULL, 0);
	block_end(p, start);
}

void pcapng_interface(struct pcapng *p, enum pcapng_link link,
		      const char *name, const char *description,
		      const char *comment)
{
	size_t start = block_start(p, BLOCK_INTERFACE);
	const uint8_t nanoseconds = 9;

	put16(p, link);
	put16(p, 0);
	put32(p, SNAPLEN);
	put_text(p, OPTION_COMMENT, comment);
	put_text(p, OPTION_IF_NAME, name);
	put_text(p, OPTION_IF_DESCRIPTION, description);
	put_option(p, OPTION_IF_TSRESOL, &nanoseconds, 1);
	put_option(p, OPTION_END, NULL, 0);
	block_end(p, start);
}

void pcapng_packet(struct pcapng *p, uint32_t interface, uint64_t time,
		   const void *data, uint32_t len, uint32_t original,
		   const char *comment)
{
	size_t start = block_start(p, BLOCK_PACKET);

	put32(p, interface);
	put32(p, time >> 32);
	put32(p, time);
	put32(p, len);
	put32(p, original);
	put_padded(p, data, len);
	if (comment) {
		put_text(p, OPTION_COMMENT, comment);
		put_option(p, OPTION_END, NULL, 0);
	}
	block_end(p, start);
}

void pcapng_statistics(struct pcapng *p, uint32_t interface, uint64_t time,
		       uint64_t received, uint64_t dropped)
{
	size_t start = block_start(p, BLOCK_STATISTICS);

	put32(p, interface);
	put32(p, time >> 32);
	put32(p, time);
	put_option(p, OPTION_ISB_IFRECV, &received, sizeof(received));
	put_option(p, OPTION_ISB_IFDROP, &dropped, sizeof(dropped));
	put_option(p, OPTION_END, NULL, 0);
	block_end(p, start);
}
