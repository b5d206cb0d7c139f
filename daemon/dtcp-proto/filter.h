/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DTCP_PROTO_FILTER_H
#define DTCP_PROTO_FILTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dtcp-proto/message.h"

#define DTCP_ENTRIES_MAX 64	/* most entries of one filter header */

/**
 * struct dtcp_addr_entry - an inclusive range of addresses
 * @family: AF_INET or AF_INET6; AF_UNSPEC for "*" alone, which is every one
 * @from: first, network byte order; IPv4 uses the first four bytes
 * @to: last
 * @negated: "!": excludes what it holds
 */
struct dtcp_addr_entry {
	int family;
	uint8_t from[16];
	uint8_t to[16];
	bool negated;
};

/* An inclusive range of numbers, negated by "!". */
struct dtcp_range_entry {
	uint16_t from;
	uint16_t to;
	bool negated;
};

struct dtcp_addr_list {
	struct dtcp_addr_entry *entry;	/* owned; NULL: header was not there */
	size_t n;
};

struct dtcp_range_list {
	struct dtcp_range_entry *entry;	/* owned; NULL: header was not there */
	size_t n;
};

/**
 * dtcp_filter_addresses() - parse the value of an address filter header
 * @list: filled in; the caller frees @list->entry
 * @value: `[!]entry *("," [SP] [!]entry)`, entries `a`, `a/len`, `a-b`,
 *	`a-*`, `*-b`, `*`; IPv4 dotted quad, IPv6 RFC 4291 text
 *
 * Host bits behind a prefix length are ignored (a/len is the whole prefix).
 *
 * Return: 0; -EINVAL bad entry, reversed range, prefix length out of range,
 * or two families in one list; -E2BIG more than DTCP_ENTRIES_MAX; -ENOMEM.
 */
int dtcp_filter_addresses(struct dtcp_addr_list *list, struct dtcp_text value);

/**
 * dtcp_filter_numbers() - parse the value of a number filter header
 * @list: filled in; the caller frees @list->entry
 * @value: entries `n`, `n-m`, `n-*`, `*-m`, `*`
 * @max: largest number allowed, 255 or 65535
 *
 * Return: as dtcp_filter_addresses().
 */
int dtcp_filter_numbers(struct dtcp_range_list *list, struct dtcp_text value,
			uint16_t max);

#endif
