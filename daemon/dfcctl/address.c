// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <arpa/inet.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dfcctl/address.h"

int address_parse(const char *word, uint8_t out[16])
{
	if (inet_pton(AF_INET, word, out) == 1)
		return 4;
	if (inet_pton(AF_INET6, word, out) == 1)
		return 16;
	return -EINVAL;
}

void address_text(const uint8_t *address, unsigned int len, char *out,
		  size_t room)
{
	if (!inet_ntop(len == 4 ? AF_INET : AF_INET6, address, out, room))
		snprintf(out, room, "?");
}

/* Bits behind the prefix become 0 in @from, 1 in @to. */
static void prefix_fill(struct address_range *range, unsigned int length)
{
	unsigned int i;

	for (i = length; i < range->len * 8; i++) {
		range->from[i / 8] &= ~(0x80 >> i % 8);
		range->to[i / 8] |= 0x80 >> i % 8;
	}
}

static int prefix_parse(const char *length, struct address_range *range)
{
	uint8_t given[16];
	unsigned long value;
	char *end;

	if (*length < '0' || *length > '9')
		return -EINVAL;
	errno = 0;
	value = strtoul(length, &end, 10);
	if (errno || *end || value > range->len * 8)
		return -EINVAL;
	memcpy(given, range->from, sizeof(given));
	memcpy(range->to, range->from, sizeof(range->to));
	prefix_fill(range, value);
	return memcmp(given, range->from, range->len) ? -EINVAL : 0;
}

int address_range_parse(const char *word, struct address_range *range)
{
	char first[ADDRESS_TEXT_MAX];
	size_t len = strcspn(word, "/-");
	int ret;

	memset(range, 0, sizeof(*range));
	if (len >= sizeof(first))
		return -EINVAL;
	memcpy(first, word, len);
	first[len] = '\0';
	ret = address_parse(first, range->from);
	if (ret < 0)
		return ret;
	range->len = ret;
	if (word[len] == '/')
		return prefix_parse(word + len + 1, range);
	if (!word[len]) {
		memcpy(range->to, range->from, sizeof(range->to));
		return 0;
	}
	ret = address_parse(word + len + 1, range->to);
	if (ret != (int)range->len ||
	    memcmp(range->from, range->to, range->len) > 0)
		return -EINVAL;
	return 0;
}

/* The number of leading bits that both ends share. */
static unsigned int common_bits(const struct address_range *range)
{
	unsigned int i;

	for (i = 0; i < range->len * 8; i++)
		if ((range->from[i / 8] ^ range->to[i / 8]) & 0x80 >> i % 8)
			break;
	return i;
}

static bool is_prefix(const struct address_range *range, unsigned int length)
{
	struct address_range whole = *range;

	prefix_fill(&whole, length);
	return !memcmp(whole.from, range->from, range->len) &&
	       !memcmp(whole.to, range->to, range->len);
}

void address_range_text(const struct address_range *range, char *out,
			size_t room)
{
	unsigned int length = common_bits(range);
	char from[INET6_ADDRSTRLEN];
	char to[INET6_ADDRSTRLEN];

	address_text(range->from, range->len, from, sizeof(from));
	address_text(range->to, range->len, to, sizeof(to));
	if (is_prefix(range, length))
		snprintf(out, room, "%s/%u", from, length);
	else
		snprintf(out, room, "%s-%s", from, to);
}
