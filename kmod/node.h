/* SPDX-License-Identifier: GPL-2.0 */
/* Copyright (C) 2026 the dfc project */

#ifndef _DFC_NODE_H
#define _DFC_NODE_H

#include <linux/list.h>
#include <linux/socket.h>
#include <linux/string.h>
#include <linux/types.h>

#include "key.h"
#include "mask.h"

struct dfc_match;

/* The part of a key that is no address, by its fields and as a word. */
union dfc_rest {
	struct {
		u16 src_port;
		u16 dst_port;
		u8 family;
		u8 protocol;
		u8 l4;
		u8 point;
	};
	u64 word;
};

static_assert(sizeof(union dfc_rest) == sizeof(u64));
static_assert(offsetof(union dfc_rest, point) ==
	      offsetof(struct dfc_key, point) - DFC_KEY_REST);

/**
 * struct dfc_node - the part of a filter that the classifier owns
 * @link: among those with the same key and mask
 * @age: of those of one priority, lower comes first
 * @mask: its mask
 * @match: lists to verify, NULL if the key says it all; owned by the filter
 * @id: names the filter, of no meaning here
 * @priority: lower comes first; set before it is added
 * @rest: masked key, but for the addresses; it and what follows is immutable
 *	while it can be found
 * @addr: both addresses: IPv6 as they are, IPv4 in one word, and then there
 *	need be no others
 */
struct dfc_node {
	struct hlist_node link;
	u64 age;
	struct dfc_mask *mask;
	struct dfc_match *match;
	u32 id;
	u32 priority;
	union dfc_rest rest;
	u64 addr[4];
};

/**
 * dfc_node_size() - how much of a node a filter needs
 * @family: AF_INET6, or any other
 *
 * Return: bytes.
 */
static inline size_t dfc_node_size(u8 family)
{
	return family == AF_INET6 ? sizeof(struct dfc_node)
				  : offsetof(struct dfc_node, addr[1]);
}

/**
 * dfc_node_pair() - put two IPv4 addresses in a word
 * @src: first word of one, as in &struct dfc_words
 * @dst: same of the other
 */
static inline u64 dfc_node_pair(u64 src, u64 dst)
{
	u64 pair;

	memcpy(&pair, &src, sizeof(__be32));
	memcpy((u8 *)&pair + sizeof(__be32), &dst, sizeof(__be32));
	return pair;
}

/**
 * dfc_node_set_key() - give a node its key
 * @node: which has room for @key->family
 * @key: masked
 */
static inline void dfc_node_set_key(struct dfc_node *node,
				    const struct dfc_key *key)
{
	struct dfc_words words;

	dfc_words_of(&words, key);
	node->rest.word = words.rest[0];
	if (key->family == AF_INET6) {
		memcpy(node->addr, words.src, sizeof(words.src));
		memcpy(node->addr + 2, words.dst, sizeof(words.dst));
	} else {
		node->addr[0] = dfc_node_pair(words.src[0], words.dst[0]);
	}
}

/**
 * dfc_node_key() - ask for the key of a node
 * @node: node
 * @key: filled in
 */
static inline void dfc_node_key(const struct dfc_node *node,
				struct dfc_key *key)
{
	memset(key, 0, sizeof(*key));
	memcpy((u8 *)key + DFC_KEY_REST, &node->rest, sizeof(node->rest));
	if (key->family == AF_INET6) {
		memcpy(&key->src, node->addr, sizeof(key->src));
		memcpy(&key->dst, node->addr + 2, sizeof(key->dst));
		return;
	}
	memcpy(&key->src, node->addr, sizeof(__be32));
	memcpy(&key->dst, (const u8 *)node->addr + sizeof(__be32),
	       sizeof(__be32));
}

/**
 * dfc_node_agrees() - hold a key against the bits that a filter fixes
 * @node: filter
 * @words: of the key
 *
 * Return: whether they agree; what else it demands is in @node->match.
 */
static inline bool dfc_node_agrees(const struct dfc_node *node,
				   const struct dfc_words *words)
{
	const u64 *addr = node->addr;
	struct dfc_words bits;

	dfc_words_of(&bits, &node->mask->bits);
	if ((words->rest[0] & bits.rest[0]) != node->rest.word)
		return false;
	if (node->rest.family != AF_INET6)
		return dfc_node_pair(words->src[0] & bits.src[0],
				     words->dst[0] & bits.dst[0]) == addr[0];
	return !(((words->src[0] & bits.src[0]) ^ addr[0]) |
		 ((words->src[1] & bits.src[1]) ^ addr[1]) |
		 ((words->dst[0] & bits.dst[0]) ^ addr[2]) |
		 ((words->dst[1] & bits.dst[1]) ^ addr[3]));
}

/* Matches that are found and put in order at a time. */
#define DFC_MATCHES_MAX 32

/**
 * struct dfc_matches - the filters of a packet, in order
 * @n: how many
 * @more: there are others, all behind these
 * @node: by priority, then age
 */
struct dfc_matches {
	unsigned int n;
	bool more;
	struct dfc_node *node[DFC_MATCHES_MAX];
};

/**
 * dfc_node_before() - compare two filters
 * @a: one
 * @b: other
 *
 * Return: whether @a comes before @b.
 */
static inline bool dfc_node_before(const struct dfc_node *a,
				   const struct dfc_node *b)
{
	if (a->priority != b->priority)
		return a->priority < b->priority;
	return a->age < b->age;
}

#endif /* _DFC_NODE_H */
