/* SPDX-License-Identifier: GPL-2.0 */
/* Copyright (C) 2026 the dfc project */

#ifndef _DFC_MATCH_H
#define _DFC_MATCH_H

#include <linux/types.h>

#include "key.h"

struct dfc_addr_entry {
	union dfc_addr from;
	union dfc_addr to;
	bool negated;
};

struct dfc_num_entry {
	u16 from;
	u16 to;
	bool negated;
};

struct dfc_addr_list {
	struct dfc_addr_entry *entry;
	unsigned int n;
};

struct dfc_num_list {
	struct dfc_num_entry *entry;
	unsigned int n;
};

/**
 * struct dfc_match - the lists of a filter
 * @family: AF_INET, AF_INET6 or AF_UNSPEC for both
 * @l4: DFC_L4_* of the two port lists, 0: they are empty
 * @point: DFC_POINT_*: where packets are seen
 * @src: source addresses, all of @family
 * @dst: destination addresses
 * @protocol: transport protocols
 * @src_port: source ports, or ICMP types
 * @dst_port: destination ports, or ICMP codes
 *
 * Immutable once its filter can be found. An empty list matches everything.
 */
struct dfc_match {
	u8 family;
	u8 l4;
	u8 point;
	struct dfc_addr_list src;
	struct dfc_addr_list dst;
	struct dfc_num_list protocol;
	struct dfc_num_list src_port;
	struct dfc_num_list dst_port;
};

/**
 * dfc_match_alloc() - allocate the lists of a filter in one piece
 * @addrs: number of entries in both address lists
 * @nums: number of entries in the three other lists
 *
 * The lists are empty; the entries lie behind the structure, addresses first,
 * for the caller to share out.
 *
 * Context: may sleep.
 * Return: freed by kfree(), or NULL.
 */
struct dfc_match *dfc_match_alloc(unsigned int addrs, unsigned int nums);

/**
 * dfc_match_has_l4() - whether a filter looks at what first fragments have only
 * @match: lists
 *
 * Return: whether it has lists of ports.
 */
static inline bool dfc_match_has_l4(const struct dfc_match *match)
{
	return match->src_port.n || match->dst_port.n;
}

/**
 * dfc_match_mask() - say which bits of a key a filter fixes
 * @match: lists
 * @mask: filled with the bits that are equal in all packets that match
 * @key: filled with the values of these bits
 *
 * Return: whether bits and values say all that the lists say, so that nothing
 * is left for dfc_match_verify().
 */
bool dfc_match_mask(const struct dfc_match *match, struct dfc_key *mask,
		    struct dfc_key *key);

/**
 * dfc_match_verify() - hold a packet against the lists of a filter
 * @match: lists
 * @key: of a packet that agrees in the bits of dfc_match_mask()
 *
 * Return: whether it matches.
 */
bool dfc_match_verify(const struct dfc_match *match,
		      const struct dfc_key *key);

#endif /* _DFC_MATCH_H */
