/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DFCCTL_ADDRESS_H
#define DFCCTL_ADDRESS_H

#include <stddef.h>
#include <stdint.h>

/* Room for the longest range as text, with its terminator. */
#define ADDRESS_TEXT_MAX	96

/**
 * struct address_range - an inclusive range of addresses
 * @len: bytes of each: 4 (IPv4) or 16 (IPv6)
 * @from: lowest address, network byte order
 * @to: highest address, not below @from
 */
struct address_range {
	unsigned int len;
	uint8_t from[16];
	uint8_t to[16];
};

/**
 * address_parse() - read one IPv4 or IPv6 address
 * @word: terminated
 * @out: filled, network byte order
 *
 * Return: its length in bytes, 4 or 16, or -EINVAL.
 */
int address_parse(const char *word, uint8_t out[16]);

/**
 * address_text() - write one address
 * @address: network byte order
 * @len: 4 or 16
 * @out: filled and terminated
 * @room: bytes in @out, ADDRESS_TEXT_MAX suffice
 */
void address_text(const uint8_t *address, unsigned int len, char *out,
		  size_t room);

/**
 * address_range_parse() - read ADDRESS, ADDRESS/LENGTH or FIRST-LAST
 * @word: terminated; no bit may be set behind a prefix
 * @range: filled
 *
 * Return: 0 or -EINVAL.
 */
int address_range_parse(const char *word, struct address_range *range);

/**
 * address_range_text() - write a range, as a prefix if it is exactly one
 * @range: range
 * @out: filled with ADDRESS/LENGTH or FIRST-LAST, terminated
 * @room: bytes in @out, ADDRESS_TEXT_MAX suffice
 */
void address_range_text(const struct address_range *range, char *out,
			size_t room);

#endif
