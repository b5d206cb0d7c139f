// SPDX-License-Identifier: GPL-2.0
// Copyright (C) 2026 the dfc project

#include <linux/overflow.h>
#include <linux/slab.h>
#include <linux/socket.h>
#include <linux/string.h>

#include "match.h"

struct dfc_match *dfc_match_alloc(unsigned int addrs, unsigned int nums)
{
	struct dfc_match *match;
	size_t size;

	size = size_add(sizeof(*match),
			size_add(size_mul(addrs, sizeof(struct dfc_addr_entry)),
				 size_mul(nums, sizeof(struct dfc_num_entry))));
	match = kzalloc(size, GFP_KERNEL_ACCOUNT);
	if (!match)
		return NULL;
	match->src.entry = (void *)(match + 1);
	match->dst.entry = match->src.entry;
	match->protocol.entry = (void *)(match->src.entry + addrs);
	match->src_port.entry = match->protocol.entry;
	match->dst_port.entry = match->protocol.entry;
	return match;
}

/* Network byte order compares as memory does, in both families. */
static int addr_cmp(const union dfc_addr *a, const union dfc_addr *b)
{
	return memcmp(a, b, sizeof(*a));
}

/*
 * The longest prefix that covers all positive entries is what a hash can
 * look for. Returns whether it is the whole truth about the list.
 */
static bool addr_mask(const struct dfc_addr_list *list, u8 family,
		      union dfc_addr *mask, union dfc_addr *key)
{
	const union dfc_addr *from = NULL, *to = NULL;
	unsigned int bytes = family == AF_INET ? 4 : 16;
	unsigned int i, positive = 0;
	union dfc_addr last;

	for (i = 0; i < list->n; i++) {
		const struct dfc_addr_entry *e = &list->entry[i];

		if (e->negated)
			continue;
		positive++;
		if (!from || addr_cmp(&e->from, from) < 0)
			from = &e->from;
		if (!to || addr_cmp(&e->to, to) > 0)
			to = &e->to;
	}
	if (!positive)
		return !list->n;

	for (i = 0; i < bytes; i++) {
		u8 differ = from->bytes[i] ^ to->bytes[i];

		mask->bytes[i] = differ ? ~((1U << fls(differ)) - 1) : 0xff;
		if (differ)
			break;
	}
	for (i = 0; i < sizeof(*key); i++)
		key->bytes[i] = from->bytes[i] & mask->bytes[i];
	last = *key;
	for (i = 0; i < bytes; i++)
		last.bytes[i] |= ~mask->bytes[i];
	return list->n == 1 && !addr_cmp(key, from) && !addr_cmp(&last, to);
}

static bool num_is_exact(const struct dfc_num_list *list)
{
	return list->n == 1 && !list->entry->negated &&
	       list->entry->from == list->entry->to;
}

static bool port_mask(const struct dfc_num_list *list, u16 *mask, u16 *key)
{
	if (!num_is_exact(list))
		return !list->n;
	*mask = U16_MAX;
	*key = list->entry->from;
	return true;
}

bool dfc_match_mask(const struct dfc_match *match, struct dfc_key *mask,
		    struct dfc_key *key)
{
	bool whole;

	memset(mask, 0, sizeof(*mask));
	memset(key, 0, sizeof(*key));

	if (match->family) {
		mask->family = U8_MAX;
		key->family = match->family;
	}
	whole = addr_mask(&match->src, match->family, &mask->src, &key->src);
	whole &= addr_mask(&match->dst, match->family, &mask->dst, &key->dst);
	if (num_is_exact(&match->protocol)) {
		mask->protocol = U8_MAX;
		key->protocol = match->protocol.entry->from;
	} else {
		whole &= !match->protocol.n;
	}
	whole &= port_mask(&match->src_port, &mask->src_port, &key->src_port);
	whole &= port_mask(&match->dst_port, &mask->dst_port, &key->dst_port);
	if (match->l4) {
		mask->l4 = U8_MAX;
		key->l4 = match->l4;
	}
	mask->point = U8_MAX;
	key->point = match->point;
	return whole;
}

static bool addr_holds(const struct dfc_addr_list *list,
		       const union dfc_addr *addr)
{
	bool positive = false, found = false;
	unsigned int i;

	for (i = 0; i < list->n; i++) {
		const struct dfc_addr_entry *e = &list->entry[i];
		bool inside = addr_cmp(addr, &e->from) >= 0 &&
			      addr_cmp(addr, &e->to) <= 0;

		if (inside && e->negated)
			return false;
		positive |= !e->negated;
		found |= inside;
	}
	return found || !positive;
}

static bool num_holds(const struct dfc_num_list *list, u16 value)
{
	bool positive = false, found = false;
	unsigned int i;

	for (i = 0; i < list->n; i++) {
		const struct dfc_num_entry *e = &list->entry[i];
		bool inside = value >= e->from && value <= e->to;

		if (inside && e->negated)
			return false;
		positive |= !e->negated;
		found |= inside;
	}
	return found || !positive;
}

bool dfc_match_verify(const struct dfc_match *match,
		      const struct dfc_key *key)
{
	return num_holds(&match->protocol, key->protocol) &&
	       num_holds(&match->src_port, key->src_port) &&
	       num_holds(&match->dst_port, key->dst_port) &&
	       addr_holds(&match->src, &key->src) &&
	       addr_holds(&match->dst, &key->dst);
}
