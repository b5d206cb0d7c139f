/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DTCP_PROTO_VALUE_H
#define DTCP_PROTO_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dtcp-proto/message.h"

/**
 * dtcp_value_digits() - parse an unsigned number that is not in a value
 * @t: decimal digits only; 3, 5, 10 or 20 of them at most, by @max
 * @max: largest number allowed
 * @value: filled in
 *
 * Return: 0 or -EINVAL.
 */
int dtcp_value_digits(struct dtcp_text t, uint64_t max, uint64_t *value);

/**
 * dtcp_value_is() - compare a value with a keyword in any case
 * @t: value, with escapes or without
 * @word: keyword, 16 bytes at most
 *
 * Return: whether they are the same.
 */
bool dtcp_value_is(struct dtcp_text t, const char *word);

/**
 * dtcp_value_unsigned() - parse an N8, N16, N32 or N64
 * @t: decimal digits only, escaped or not; 3, 5, 10 or 20 of them at most, by
 *	@max
 * @max: largest value allowed
 * @value: filled in
 *
 * Return: 0 or -EINVAL.
 */
int dtcp_value_unsigned(struct dtcp_text t, uint64_t max, uint64_t *value);

/**
 * dtcp_value_address() - parse an address and find out its family
 * @t: IPv4 dotted quad or IPv6 RFC 4291 text, with escapes or without
 * @family: filled with AF_INET or AF_INET6
 * @addr: filled, network byte order; IPv4 uses the first four bytes
 *
 * Return: 0 or -EINVAL.
 */
int dtcp_value_address(struct dtcp_text t, int *family, uint8_t addr[16]);

/**
 * dtcp_value_unescape() - undo `\ddd` escapes
 * @t: value; `\` and exactly three decimal digits up to 255 are one byte
 * @out: filled and terminated
 * @room: bytes in @out
 *
 * Return: length, -EINVAL bad escape or a zero byte, -E2BIG too long.
 */
long dtcp_value_unescape(struct dtcp_text t, char *out, size_t room);

/**
 * dtcp_value_escape() - write a name so that it can stand in a list
 * @name: terminated
 * @out: filled and terminated; comma, backslash, white space at the ends and
 *	bytes that are not printable are escaped
 * @room: bytes in @out, 4 for each byte of @name and 1 suffice
 *
 * Return: length or -E2BIG.
 */
long dtcp_value_escape(const char *name, char *out, size_t room);

/**
 * dtcp_value_next() - take the next entry of a comma list
 * @rest: what is left of the list; advanced
 * @entry: filled, without white space around it; an escaped comma is no
 *	delimiter
 *
 * Return: 1, 0 at the end, -EINVAL for an empty entry.
 */
int dtcp_value_next(struct dtcp_text *rest, struct dtcp_text *entry);

/**
 * dtcp_value_time() - write a time as DTCP does
 * @ms: milliseconds since the epoch
 * @out: filled with `YYYY-MM-DD HH:MM:SS.mmm`, local time
 */
void dtcp_value_time(int64_t ms, char out[24]);

#endif
