/* SPDX-License-Identifier: GPL-2.0 */
/* Copyright (C) 2026 the dfc project */

#ifndef _DFC_NODE_H
#define _DFC_NODE_H

#include <linux/list.h>
#include <linux/types.h>

#include "key.h"

struct dfc_mask;
struct dfc_match;

/* What tells filters apart that look at the same bits, or at others. */
struct dfc_node_key {
	struct dfc_key key;
	u32 mask;
};

/**
 * struct dfc_node - the part of a filter that the classifier owns
 * @key: masked key and &dfc_mask.id; immutable while it can be found
 * @priority: lower comes first; set before it is added
 * @age: of those of one priority, lower comes first
 * @link: among those with the same @key
 * @mask: its mask
 * @match: lists to verify, NULL if @key says it all; owned by the filter
 */
struct dfc_node {
	struct dfc_node_key key;
	u32 priority;
	u64 age;
	struct hlist_node link;
	struct dfc_mask *mask;
	struct dfc_match *match;
};

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
