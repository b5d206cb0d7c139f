/* SPDX-License-Identifier: GPL-2.0 */
/* Copyright (C) 2026 the dfc project */

#ifndef _DFC_CLASSIFIER_H
#define _DFC_CLASSIFIER_H

#include <linux/list.h>
#include <linux/rhashtable.h>
#include <linux/types.h>

#include "key.h"
#include "match.h"

struct netlink_ext_ack;

/* More combinations of fields and prefix lengths are refused: a packet that
 * matches none is looked up once in each.
 */
#define DFC_MASKS_MAX 1024

/**
 * struct dfc_classifier - finds the filters of a packet
 * @table: filters by masked key and mask
 * @masks: masks that filters have, changed under the lock of the namespace,
 *	walked under RCU
 * @nmasks: their number
 * @next_mask: id of the next mask
 *
 * Tuple space search: filters that look at the same bits share a mask, and
 * one hash lookup for each mask finds them, however many filters there are.
 */
struct dfc_classifier {
	struct rhltable table;
	struct list_head masks;
	unsigned int nmasks;
	u32 next_mask;
};

/* A mask and the filters that have it; freed by RCU. */
struct dfc_mask {
	struct list_head list;
	struct dfc_key bits;
	u32 id;
	unsigned int users;
	struct rcu_head rcu;
};

/* What the table is keyed by. */
struct dfc_node_key {
	struct dfc_key key;
	u32 mask;
};

/**
 * struct dfc_node - the part of a filter that the classifier owns
 * @key: masked key; immutable while in the table
 * @link: in the table
 * @mask: its mask
 * @match: lists to verify, NULL if @key says it all; owned by the filter
 */
struct dfc_node {
	struct dfc_node_key key;
	struct rhlist_head link;
	struct dfc_mask *mask;
	const struct dfc_match *match;
};

/**
 * dfc_classifier_init() - start with no filters
 * @c: classifier
 *
 * Context: may sleep.
 * Return: 0 or a negative errno.
 */
int dfc_classifier_init(struct dfc_classifier *c);

/**
 * dfc_classifier_fini() - free the tables
 * @c: classifier without filters that nobody reads any more
 */
void dfc_classifier_fini(struct dfc_classifier *c);

/**
 * dfc_classifier_add() - make a filter findable
 * @c: classifier; the lock of the namespace is held
 * @node: with @node->match set
 * @extack: told why not
 *
 * On success @node->match stays if packets must be verified against it and is
 * NULL otherwise.
 *
 * Context: may sleep.
 * Return: 0, -ENOMEM, or -ENOSPC if there are DFC_MASKS_MAX masks already.
 */
int dfc_classifier_add(struct dfc_classifier *c, struct dfc_node *node,
		       struct netlink_ext_ack *extack);

/**
 * dfc_classifier_del() - make a filter no longer findable
 * @c: classifier; the lock of the namespace is held
 * @node: a node that was added; readers may still hold it for an RCU grace
 *	period
 */
void dfc_classifier_del(struct dfc_classifier *c, struct dfc_node *node);

/**
 * dfc_classifier_match() - call a function for each filter of a packet
 * @c: classifier
 * @key: of the packet
 * @fn: called for each, in no order
 * @arg: passed on
 *
 * Context: RCU read lock held.
 */
void dfc_classifier_match(struct dfc_classifier *c, const struct dfc_key *key,
			  void (*fn)(struct dfc_node *node, void *arg),
			  void *arg);

#endif /* _DFC_CLASSIFIER_H */
