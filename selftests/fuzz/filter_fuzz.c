// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dtcp-proto/filter.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Room for DTCP_ENTRIES_MAX entries in their longest form. */
static char text[DTCP_ENTRIES_MAX * 2 * (INET6_ADDRSTRLEN + 2)];

static void check(bool holds)
{
	if (!holds)
		abort();
}

static size_t print_addresses(const struct dtcp_addr_list *list)
{
	size_t i, n = 0;

	for (i = 0; i < list->n; i++) {
		const struct dtcp_addr_entry *e = &list->entry[i];
		char from[INET6_ADDRSTRLEN], to[INET6_ADDRSTRLEN];
		size_t len = e->family == AF_INET ? 4 : 16;

		check(memcmp(e->from, e->to, len) <= 0);
		n += (size_t)sprintf(text + n, "%s%s", i ? "," : "",
				     e->negated ? "!" : "");
		if (e->family == AF_UNSPEC) {
			n += (size_t)sprintf(text + n, "*");
			continue;
		}
		inet_ntop(e->family, e->from, from, sizeof(from));
		inet_ntop(e->family, e->to, to, sizeof(to));
		n += (size_t)sprintf(text + n, "%s-%s", from, to);
	}
	return n;
}

/* What was understood, written out in full, is understood the same. */
static void addresses(struct dtcp_text value)
{
	struct dtcp_addr_list list, again;
	size_t i;

	if (dtcp_filter_addresses(&list, value)) {
		check(!list.entry && !list.n);
		return;
	}
	check(list.n > 0 && list.n <= DTCP_ENTRIES_MAX);
	value = (struct dtcp_text){ text, print_addresses(&list) };
	check(!dtcp_filter_addresses(&again, value));
	check(again.n == list.n);
	for (i = 0; i < list.n; i++) {
		const struct dtcp_addr_entry *a = &list.entry[i];
		const struct dtcp_addr_entry *b = &again.entry[i];

		check(a->family == b->family && a->negated == b->negated);
		check(!memcmp(a->from, b->from, sizeof(a->from)));
		check(!memcmp(a->to, b->to, sizeof(a->to)));
	}
	free(list.entry);
	free(again.entry);
}

static void numbers(struct dtcp_text value, uint16_t max)
{
	struct dtcp_range_list list, again;
	size_t i, n = 0;

	if (dtcp_filter_numbers(&list, value, max)) {
		check(!list.entry && !list.n);
		return;
	}
	for (i = 0; i < list.n; i++) {
		const struct dtcp_range_entry *e = &list.entry[i];

		check(e->from <= e->to && e->to <= max);
		n += (size_t)sprintf(text + n, "%s%s%u-%u", i ? "," : "",
				     e->negated ? "!" : "", e->from, e->to);
	}
	value = (struct dtcp_text){ text, n };
	check(!dtcp_filter_numbers(&again, value, max));
	check(again.n == list.n);
	for (i = 0; i < list.n; i++) {
		check(again.entry[i].from == list.entry[i].from);
		check(again.entry[i].to == list.entry[i].to);
		check(again.entry[i].negated == list.entry[i].negated);
	}
	free(list.entry);
	free(again.entry);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct dtcp_text value = { (const char *)data, size };

	addresses(value);
	numbers(value, UINT8_MAX);
	numbers(value, UINT16_MAX);
	return 0;
}
