// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <string.h>
#include <time.h>

#include "dtcp-proto/line.h"
#include "dtcp-proto/value.h"

#define DIGITS_MAX	20	/* of an N64 */
#define KEYWORD_MAX	16	/* longer than any there is */

static size_t digits_max(uint64_t max)
{
	if (max <= UINT8_MAX)
		return 3;
	if (max <= UINT16_MAX)
		return 5;
	if (max <= UINT32_MAX)
		return 10;
	return DIGITS_MAX;
}

int dtcp_value_digits(struct dtcp_text t, uint64_t max, uint64_t *value)
{
	uint64_t v = 0;
	size_t i;

	if (!t.len || t.len > digits_max(max))
		return -EINVAL;
	for (i = 0; i < t.len; i++) {
		unsigned int digit = (unsigned char)t.at[i] - '0';

		if (digit > 9 || __builtin_mul_overflow(v, 10, &v) ||
		    __builtin_add_overflow(v, digit, &v))
			return -EINVAL;
	}
	if (v > max)
		return -EINVAL;
	*value = v;
	return 0;
}

/* Takes one byte of a value, escaped or not; -EINVAL or its value. */
static int take_byte(struct dtcp_text *t)
{
	struct dtcp_text code;
	uint64_t value;

	if (*t->at != '\\') {
		t->len--;
		return (unsigned char)*t->at++;
	}
	if (t->len < 4)
		return -EINVAL;
	code = (struct dtcp_text){ t->at + 1, 3 };
	if (dtcp_value_digits(code, UINT8_MAX, &value))
		return -EINVAL;
	t->at += 4;
	t->len -= 4;
	return (int)value;
}

long dtcp_value_unescape(struct dtcp_text t, char *out, size_t room)
{
	size_t n = 0;

	while (t.len) {
		int byte = take_byte(&t);

		if (byte <= 0)
			return -EINVAL;
		if (n == room)
			return -E2BIG;
		out[n++] = (char)byte;
	}
	if (n == room)
		return -E2BIG;
	out[n] = '\0';
	return (long)n;
}

/*
 * An escape may stand for any byte of a value. Hardly anybody writes one: so
 * what has none stays where it is.
 */
static int undo_escapes(struct dtcp_text *t, char *out, size_t room)
{
	long len;

	if (!t->len || !memchr(t->at, '\\', t->len))
		return 0;
	len = dtcp_value_unescape(*t, out, room);
	if (len < 0)
		return -EINVAL;
	*t = (struct dtcp_text){ out, (size_t)len };
	return 0;
}

int dtcp_value_unsigned(struct dtcp_text t, uint64_t max, uint64_t *value)
{
	char plain[DIGITS_MAX + 1];

	if (undo_escapes(&t, plain, sizeof(plain)))
		return -EINVAL;
	return dtcp_value_digits(t, max, value);
}

bool dtcp_value_is(struct dtcp_text t, const char *word)
{
	char plain[KEYWORD_MAX + 1];

	return !undo_escapes(&t, plain, sizeof(plain)) && dtcp_text_is(t, word);
}

/* As many digits as there is room for, with zeros in front. */
static void put_digits(char *at, int n, unsigned int value)
{
	while (n--) {
		at[n] = (char)('0' + value % 10);
		value /= 10;
	}
}

static bool needs_escape(const char *name, size_t i)
{
	unsigned char c = (unsigned char)name[i];

	if (c == ' ')
		return i == 0 || !name[i + 1];
	return c < ' ' || c > '~' || c == ',' || c == '\\';
}

long dtcp_value_escape(const char *name, char *out, size_t room)
{
	size_t i, n = 0;

	if (!room)
		return -E2BIG;
	out[0] = '\0';
	for (i = 0; name[i]; i++) {
		bool escape = needs_escape(name, i);
		size_t need = escape ? 4 : 1;

		if (room - n <= need)
			return -E2BIG;
		if (escape) {
			out[n] = '\\';
			put_digits(out + n + 1, 3, (unsigned char)name[i]);
		} else {
			out[n] = name[i];
		}
		n += need;
		out[n] = '\0';
	}
	return (long)n;
}

int dtcp_value_next(struct dtcp_text *rest, struct dtcp_text *entry)
{
	const char *comma;

	if (!rest->at)
		return 0;
	/* An escaped comma is digits behind a backslash: never found here. */
	comma = memchr(rest->at, ',', rest->len);
	*entry = *rest;
	if (comma) {
		entry->len = (size_t)(comma - rest->at);
		rest->at = comma + 1;
		rest->len -= entry->len + 1;
	} else {
		*rest = (struct dtcp_text){ NULL, 0 };
	}
	*entry = dtcp_line_trim(*entry);
	return entry->len ? 1 : -EINVAL;
}

/* Puts a date or a time of day: three numbers with @sep between. */
static char *put_three(char *at, char sep, int width, const int number[3])
{
	int i;

	for (i = 0; i < 3; i++) {
		put_digits(at, width, (unsigned int)number[i]);
		at += width;
		*at++ = sep;
		width = 2;
	}
	return at;
}

void dtcp_value_time(int64_t ms, char out[24])
{
	int64_t left = ms % 1000;
	time_t seconds = ms / 1000;
	struct tm tm = { 0 };
	char *at = out;

	if (left < 0) {
		left += 1000;
		seconds--;
	}
	if (!localtime_r(&seconds, &tm) || tm.tm_year < -1900 ||
	    tm.tm_year > 9999 - 1900) {
		strcpy(out, "1970-01-01 00:00:00.000");
		return;
	}
	at = put_three(at, '-', 4, (int[]){ tm.tm_year + 1900, tm.tm_mon + 1,
					    tm.tm_mday });
	at[-1] = ' ';
	at = put_three(at, ':', 2, (int[]){ tm.tm_hour, tm.tm_min,
					    tm.tm_sec });
	at[-1] = '.';
	put_digits(at, 3, (unsigned int)left);
	at[3] = '\0';
}

int dtcp_value_address(struct dtcp_text t, int *family, uint8_t addr[16])
{
	char text[INET6_ADDRSTRLEN], plain[INET6_ADDRSTRLEN];

	if (undo_escapes(&t, plain, sizeof(plain)) || !t.len ||
	    t.len >= sizeof(text) || memchr(t.at, '\0', t.len))
		return -EINVAL;
	memcpy(text, t.at, t.len);
	text[t.len] = '\0';
	*family = memchr(t.at, ':', t.len) ? AF_INET6 : AF_INET;
	return inet_pton(*family, text, addr) == 1 ? 0 : -EINVAL;
}
