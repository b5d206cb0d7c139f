// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <arpa/inet.h>
#include <endian.h>
#include <errno.h>
#include <string.h>

#include "dfcrecv/inlet.h"
#include "dfcrecv/mirror.h"
#include "dfcrecv/numbering.h"

#define DFC_MAGIC	223
#define DFC_VERSION_1	1
#define DFC_HEADER_MIN	32
#define DFC_FRAME	1

#define ETHERIP_VERSION	3
#define ETHERIP_HEADER	2

static const char *const formats[] = {
	[FORMAT_AUTO] = "auto",
	[FORMAT_IP_UDP] = "ip-udp",
	[FORMAT_JMIRROR] = "jmirror",
	[FORMAT_DFC] = "dfc",
};

int mirror_format(const char *name, enum format *format)
{
	size_t i;

	for (i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
		if (strcmp(name, formats[i]))
			continue;
		*format = i;
		return 0;
	}
	return -EINVAL;
}

static void cut(struct copy *copy, size_t len)
{
	copy->data += len;
	copy->len -= len;
}

static uint32_t get32(const uint8_t *p)
{
	uint32_t value;

	memcpy(&value, p, sizeof(value));
	return ntohl(value);
}

static uint64_t get64(const uint8_t *p)
{
	uint64_t value;

	memcpy(&value, p, sizeof(value));
	return be64toh(value);
}

/* The kernel has seen to it that the outer header is whole. */
static int open_raw(struct copy *copy, enum content_rule *rule)
{
	size_t header = 0;

	if (copy->router->ss_family == AF_INET && copy->len)
		header = (copy->data[0] & 0x0f) * 4;
	if (header > copy->len)
		header = copy->len;
	*rule = CONTENT_PACKETS;
	if (copy->protocol == INLET_ETHERIP) {
		if (copy->len < header + ETHERIP_HEADER ||
		    copy->data[header] >> 4 != ETHERIP_VERSION)
			return -EINVAL;
		header += ETHERIP_HEADER;
		*rule = CONTENT_FRAMES;
	}
	cut(copy, header);
	return 0;
}

static int open_jmirror(struct copy *copy)
{
	if (copy->len < 8)
		return -EINVAL;
	copy->has_ids = true;
	copy->intercept = get32(copy->data);
	copy->session = get32(copy->data + 4);
	cut(copy, 8);
	return 0;
}

/* What the header says is behind it is there, as far as one byte tells. */
static bool holds(uint8_t content, const uint8_t *data, size_t len)
{
	if (content == DFC_FRAME)
		return len >= FRAME_HEADER;
	return (content == 4 || content == 6) && len &&
	       data[0] >> 4 == content;
}

static bool is_dfc(const uint8_t *data, size_t len)
{
	size_t header;
	uint64_t number;

	if (len < DFC_HEADER_MIN || data[0] != DFC_MAGIC ||
	    data[1] != DFC_VERSION_1)
		return false;
	header = data[3] * 4;
	number = get64(data + 8);
	return header >= DFC_HEADER_MIN && header <= len && number &&
	       number <= NUMBERING_MAX &&
	       holds(data[2], data + header, len - header);
}

static int open_dfc(struct copy *copy, enum content_rule *rule)
{
	const uint8_t *data = copy->data;

	if (!is_dfc(data, copy->len))
		return -EINVAL;
	*rule = data[2] == DFC_FRAME ? CONTENT_FRAMES : CONTENT_PACKETS;
	copy->filter = get32(data + 4);
	copy->number = get64(data + 8);
	copy->matched = get64(data + 16);
	copy->intercept = get32(data + 24);
	copy->session = get32(data + 28);
	copy->has_ids = copy->intercept || copy->session;
	cut(copy, data[3] * 4);
	return 0;
}

int mirror_open(enum format format, struct copy *copy,
		enum content_rule *rule)
{
	if (copy->protocol != IPPROTO_UDP)
		return open_raw(copy, rule);
	switch (format) {
	case FORMAT_JMIRROR:
		return open_jmirror(copy);
	case FORMAT_DFC:
		return open_dfc(copy, rule);
	case FORMAT_AUTO:
		if (is_dfc(copy->data, copy->len))
			return open_dfc(copy, rule);
		return 0;
	default:
		return 0;
	}
}
