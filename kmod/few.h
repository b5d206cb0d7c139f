/* SPDX-License-Identifier: GPL-2.0 */
/* Copyright (C) 2026 the dfc project */

#ifndef _DFC_FEW_H
#define _DFC_FEW_H

#include <linux/build_bug.h>
#include <linux/rcupdate.h>
#include <linux/types.h>

#include "mask.h"
#include "node.h"

struct dfc_table;

/* As many are held against a packet faster than it is found in a cache. */
#define DFC_FEW_MAX 8

static_assert(DFC_FEW_MAX <= DFC_MATCHES_MAX);

/**
 * struct dfc_few_pair - what a filter asks of a packet of IPv4
 * @pair: its addresses, as dfc_node_pair() puts them
 * @pair_bits: those bits of them that count
 * @rest: the rest of the key
 * @rest_bits: same
 */
struct dfc_few_pair {
	u64 pair;
	u64 pair_bits;
	u64 rest;
	u64 rest_bits;
};

/**
 * struct dfc_few - all filters of a classifier that has few
 * @n: how many
 * @ipv4: of each, what is needed most often, close together
 * @node: filters in order; they live as long as they can be found
 * @rcu: freed by RCU
 *
 * Never changed: whenever filters come or go, there is another one.
 */
struct dfc_few {
	unsigned int n;
	struct dfc_few_pair ipv4[DFC_FEW_MAX];
	struct dfc_node *node[DFC_FEW_MAX];
	struct rcu_head rcu;
};

/**
 * dfc_few_make() - make a list of the filters in a table
 * @t: table with no more than DFC_FEW_MAX filters, or NULL; not changed
 *	meanwhile
 * @age: leave out those that are younger
 *
 * Context: may sleep.
 * Return: freed by kfree(), or NULL.
 */
struct dfc_few *dfc_few_make(const struct dfc_table *t, u64 age);

/**
 * dfc_few_is_idle() - ask whether no filter wants a packet
 * @few: filters
 * @words: of the packet's key
 *
 * Context: RCU read lock held.
 * Return: false as well if only a look at lists and ranges could tell.
 */
bool dfc_few_is_idle(const struct dfc_few *few, const struct dfc_words *words);

/**
 * dfc_few_find() - find the filters of a packet
 * @few: filters
 * @key: of the packet
 * @words: the same as words
 * @matches: filled in
 *
 * Context: RCU read lock held.
 */
void dfc_few_find(const struct dfc_few *few, const struct dfc_key *key,
		  const struct dfc_words *words, struct dfc_matches *matches);

#endif /* _DFC_FEW_H */
