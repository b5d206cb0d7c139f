// SPDX-License-Identifier: GPL-2.0
// Copyright (C) 2026 the dfc project

#include <linux/netlink.h>
#include <linux/rculist.h>
#include <linux/slab.h>

#include "classifier.h"

static const struct rhashtable_params node_params = {
	.key_len = sizeof(struct dfc_node_key),
	.key_offset = offsetof(struct dfc_node, key),
	.head_offset = offsetof(struct dfc_node, link),
	.automatic_shrinking = true,
};

int dfc_classifier_init(struct dfc_classifier *c)
{
	INIT_LIST_HEAD(&c->masks);
	return rhltable_init(&c->table, &node_params);
}

void dfc_classifier_fini(struct dfc_classifier *c)
{
	WARN_ON(c->nmasks);
	rhltable_destroy(&c->table);
}

static struct dfc_mask *mask_get(struct dfc_classifier *c,
				 const struct dfc_key *bits,
				 struct netlink_ext_ack *extack)
{
	struct dfc_mask *mask;

	list_for_each_entry(mask, &c->masks, list) {
		if (!memcmp(&mask->bits, bits, sizeof(*bits))) {
			mask->users++;
			return mask;
		}
	}
	if (c->nmasks == DFC_MASKS_MAX) {
		NL_SET_ERR_MSG(extack,
			       "too many different combinations of fields and prefix lengths");
		return ERR_PTR(-ENOSPC);
	}
	mask = kzalloc(sizeof(*mask), GFP_KERNEL_ACCOUNT);
	if (!mask)
		return ERR_PTR(-ENOMEM);
	mask->bits = *bits;
	mask->id = c->next_mask++;
	mask->users = 1;
	c->nmasks++;
	list_add_tail_rcu(&mask->list, &c->masks);
	return mask;
}

static void mask_put(struct dfc_classifier *c, struct dfc_mask *mask)
{
	if (--mask->users)
		return;
	c->nmasks--;
	list_del_rcu(&mask->list);
	kfree_rcu(mask, rcu);
}

int dfc_classifier_add(struct dfc_classifier *c, struct dfc_node *node,
		       struct netlink_ext_ack *extack)
{
	struct dfc_key bits;
	bool whole;
	int err;

	whole = dfc_match_mask(node->match, &bits, &node->key.key);
	node->mask = mask_get(c, &bits, extack);
	if (IS_ERR(node->mask))
		return PTR_ERR(node->mask);
	node->key.mask = node->mask->id;
	if (whole)
		node->match = NULL;

	err = rhltable_insert(&c->table, &node->link, node_params);
	if (err)
		mask_put(c, node->mask);
	return err;
}

void dfc_classifier_del(struct dfc_classifier *c, struct dfc_node *node)
{
	WARN_ON(rhltable_remove(&c->table, &node->link, node_params));
	mask_put(c, node->mask);
}

static void apply_mask(struct dfc_node_key *out, const struct dfc_key *key,
		       const struct dfc_mask *mask)
{
	const u32 *bits = (const u32 *)&mask->bits;
	const u32 *in = (const u32 *)key;
	u32 *to = (u32 *)&out->key;
	unsigned int i;

	for (i = 0; i < sizeof(*key) / sizeof(u32); i++)
		to[i] = in[i] & bits[i];
	out->mask = mask->id;
}

void dfc_classifier_match(struct dfc_classifier *c, const struct dfc_key *key,
			  void (*fn)(struct dfc_node *node, void *arg),
			  void *arg)
{
	struct rhlist_head *list, *pos;
	struct dfc_node_key masked;
	struct dfc_mask *mask;
	struct dfc_node *node;

	list_for_each_entry_rcu(mask, &c->masks, list) {
		apply_mask(&masked, key, mask);
		list = rhltable_lookup(&c->table, &masked, node_params);
		rhl_for_each_entry_rcu(node, pos, list, link) {
			if (!node->match || dfc_match_verify(node->match, key))
				fn(node, arg);
		}
	}
}
