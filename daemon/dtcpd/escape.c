// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "dtcpd/escape.h"

static const char cut[] = "...";

/* Bytes of the UTF-8 sequence that starts at @p, 0 if there is none. */
static size_t sequence_len(const unsigned char *p, uint32_t *code)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t len, i;

	if (*p < 0x80) {
		*code = *p;
		return 1;
	}
	if (*p < 0xc0 || *p > 0xf4)
		return 0;
	len = *p < 0xe0 ? 2 : *p < 0xf0 ? 3 : 4;
	*code = *p & (0xffU >> (len + 1));
	for (i = 1; i < len; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		*code = *code << 6 | (p[i] & 0x3f);
	}
	if (*code < least[len] || *code > 0x10ffff ||
	    (*code >= 0xd800 && *code <= 0xdfff))
		return 0;
	return len;
}

/* C0 and C1 controls, line and paragraph separators, text direction. */
static int is_control(uint32_t code)
{
	return code < 0x20 || (code >= 0x7f && code < 0xa0) ||
	       (code >= 0x2028 && code <= 0x202e) ||
	       (code >= 0x2066 && code <= 0x2069);
}

/* Writes one piece of @p to @to, 16 bytes of room; returns bytes read. */
static size_t escape_one(const unsigned char *p, char to[17])
{
	uint32_t code = 0;
	size_t len = sequence_len(p, &code), i;

	if (*p == '\\') {
		strcpy(to, "\\\\");
		return 1;
	}
	if (len && !is_control(code)) {
		memcpy(to, p, len);
		to[len] = '\0';
		return len;
	}
	if (!len)
		len = 1;
	for (i = 0; i < len; i++)
		sprintf(to + 4 * i, "\\x%02x", p[i]);
	return len;
}

/* How many of @max bytes stay as they are: most lines are plain ASCII. */
static size_t plain_len(const unsigned char *p, size_t max)
{
	size_t n = 0;

	while (n < max && p[n] >= ' ' && p[n] <= '~' && p[n] != '\\')
		n++;
	return n;
}

size_t escape_line(const char *text, char *out, size_t room)
{
	const unsigned char *p = (const unsigned char *)text;
	size_t len = 0, mark = 0, n;
	char piece[17];

	if (room > sizeof(cut)) {
		len = mark = plain_len(p, room - sizeof(cut));
		memcpy(out, p, len);
		p += len;
	}
	while (*p) {
		p += escape_one(p, piece);
		n = strlen(piece);
		if (len + n + 1 > room) {
			memcpy(out + mark, cut, sizeof(cut));
			return mark + sizeof(cut) - 1;
		}
		memcpy(out + len, piece, n);
		len += n;
		if (len + sizeof(cut) <= room)
			mark = len;
	}
	out[len] = '\0';
	return len;
}
