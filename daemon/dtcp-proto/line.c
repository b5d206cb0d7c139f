// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <errno.h>
#include <string.h>

#include "dtcp-proto/line.h"

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\v' || c == '\f';
}

bool dtcp_line_next(struct dtcp_text *rest, struct dtcp_text *line)
{
	const char *end = NULL;

	if (rest->len)
		end = memchr(rest->at, '\n', rest->len);
	if (!end) {
		*line = *rest;
		if (!line->at)
			line->at = "";
		if (rest->len)
			rest->at += rest->len;
		rest->len = 0;
		return false;
	}
	line->at = rest->at;
	line->len = (size_t)(end - rest->at);
	rest->at = end + 1;
	rest->len -= line->len + 1;
	if (line->len && line->at[line->len - 1] == '\r')
		line->len--;
	return true;
}

struct dtcp_text dtcp_line_trim(struct dtcp_text t)
{
	while (t.len && is_space(t.at[t.len - 1]))
		t.len--;
	while (t.len && is_space(*t.at)) {
		t.at++;
		t.len--;
	}
	return t;
}

bool dtcp_line_is_printable(struct dtcp_text line)
{
	size_t i;

	while (line.len && line.at[line.len - 1] == '\r')
		line.len--;
	for (i = 0; i < line.len; i++) {
		unsigned char c = (unsigned char)line.at[i];

		if ((c < ' ' && c != '\t') || c == 0x7f)
			return false;
	}
	return true;
}

static bool is_name(struct dtcp_text t)
{
	size_t i;

	for (i = 0; i < t.len; i++) {
		if (is_space(t.at[i]))
			return false;
	}
	return t.len > 0;
}

bool dtcp_line_header(struct dtcp_text line, struct dtcp_header *h)
{
	const char *colon = line.len ? memchr(line.at, ':', line.len) : NULL;
	struct dtcp_text name, value;

	h->line = line;
	h->value = dtcp_line_trim(line);
	h->name = (struct dtcp_text){ line.at, 0 };
	if (!colon || !dtcp_line_is_printable(line))
		return false;
	name = (struct dtcp_text){ line.at, (size_t)(colon - line.at) };
	value = (struct dtcp_text){ colon + 1, line.len - name.len - 1 };
	name = dtcp_line_trim(name);
	if (!is_name(name))
		return false;
	h->name = name;
	h->value = dtcp_line_trim(value);
	return true;
}

bool dtcp_line_is_digest(struct dtcp_text line, struct dtcp_header *h)
{
	return dtcp_line_header(line, h) &&
	       dtcp_text_is(h->name, "Authentication-Info");
}

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -EINVAL;
}

int dtcp_line_digest(struct dtcp_text value, uint8_t digest[DTCP_DIGEST_LEN])
{
	size_t i;

	if (value.len != 2 * DTCP_DIGEST_LEN)
		return -EINVAL;
	for (i = 0; i < DTCP_DIGEST_LEN; i++) {
		int high = hex_value(value.at[2 * i]);
		int low = hex_value(value.at[2 * i + 1]);

		if (high < 0 || low < 0)
			return -EINVAL;
		digest[i] = (uint8_t)(high << 4 | low);
	}
	return 0;
}
