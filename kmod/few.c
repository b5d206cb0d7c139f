// SPDX-License-Identifier: GPL-2.0
// Copyright (C) 2026 the dfc project

#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/socket.h>

#include "few.h"
#include "match.h"
#include "table.h"

static void insert(struct dfc_few *few, struct dfc_node *node)
{
	unsigned int i;

	for (i = few->n++; i && dfc_node_before(node, few->node[i - 1]); i--)
		few->node[i] = few->node[i - 1];
	few->node[i] = node;
}

static void note_pairs(struct dfc_few *few)
{
	struct dfc_words bits;
	unsigned int i;

	for (i = 0; i < few->n; i++) {
		const struct dfc_node *node = few->node[i];

		dfc_words_of(&bits, &node->mask->bits);
		few->ipv4[i] = (struct dfc_few_pair){
			.pair = node->addr[0],
			.pair_bits = dfc_node_pair(bits.src[0], bits.dst[0]),
			.rest = node->rest.word,
			.rest_bits = bits.rest[0],
		};
	}
}

struct dfc_few *dfc_few_make(const struct dfc_table *t, u64 age)
{
	struct dfc_node *node;
	struct dfc_few *few;
	unsigned int i;

	few = kzalloc(sizeof(*few), GFP_KERNEL | __GFP_NOWARN);
	if (!few)
		return NULL;
	for (i = 0; t && i < dfc_table_slots(t); i++) {
		hlist_for_each_entry(node, &t->slot[i], link) {
			if (node->age <= age)
				insert(few, node);
		}
		/* It may be larger than it need be. */
		if (!(i % 1024))
			cond_resched();
	}
	note_pairs(few);
	return few;
}

/* A filter of IPv6 has another family in its rest. */
static bool agrees(const struct dfc_few *few, unsigned int i,
		   const struct dfc_words *words)
{
	const union dfc_rest rest = { .word = words->rest[0] };
	const struct dfc_few_pair *asked = &few->ipv4[i];
	u64 pair;

	if (rest.family != AF_INET)
		return dfc_node_agrees(few->node[i], words);
	pair = dfc_node_pair(words->src[0], words->dst[0]);
	return !(((pair & asked->pair_bits) ^ asked->pair) |
		 ((rest.word & asked->rest_bits) ^ asked->rest));
}

bool dfc_few_is_idle(const struct dfc_few *few, const struct dfc_words *words)
{
	unsigned int i;

	for (i = 0; i < few->n; i++) {
		if (agrees(few, i, words))
			return false;
	}
	return true;
}

void dfc_few_find(const struct dfc_few *few, const struct dfc_key *key,
		  const struct dfc_words *words, struct dfc_matches *matches)
{
	unsigned int i;

	matches->n = 0;
	matches->more = false;
	for (i = 0; i < few->n; i++) {
		struct dfc_node *node = few->node[i];

		if (agrees(few, i, words) &&
		    (!node->match || dfc_match_verify(node->match, key)))
			matches->node[matches->n++] = node;
	}
}
