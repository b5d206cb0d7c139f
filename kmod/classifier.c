// SPDX-License-Identifier: GPL-2.0
// Copyright (C) 2026 the dfc project

#include <linux/mm.h>
#include <linux/rculist.h>
#include <linux/slab.h>
#include <linux/socket.h>
#include <linux/string.h>

#include "classifier.h"
#include "flowcache.h"
#include "table.h"

/* Ages and generations of all classifiers; no number is used twice. */
static atomic64_t clock = ATOMIC64_INIT(0);

/* Changes of one classifier are serialised by the lock of its namespace. */
static struct dfc_table *table_of(struct dfc_classifier *c)
{
	return rcu_dereference_protected(c->table, true);
}

/* What was remembered of before is not true any more. */
static void forget(struct dfc_classifier *c)
{
	atomic64_set_release(&c->generation, atomic64_inc_return(&clock));
}

void dfc_classifier_init(struct dfc_classifier *c)
{
	dfc_masks_init(&c->masks);
	RCU_INIT_POINTER(c->table, NULL);
	atomic64_set(&c->age, 0);
	forget(c);
}

void dfc_classifier_fini(struct dfc_classifier *c)
{
	dfc_table_free(table_of(c));
	dfc_masks_fini(&c->masks);
}

/* Moves all filters into a new table of the size that they need now. */
static bool renew(struct dfc_classifier *c)
{
	struct dfc_table *old = table_of(c), *new;

	new = dfc_table_alloc(old ? old->chains + 1 : 1);
	if (!new)
		return false;
	if (old)
		dfc_table_copy(new, old, &c->masks);
	rcu_assign_pointer(c->table, new);
	if (old)
		kvfree_rcu(old, rcu);
	return true;
}

static int make_room(struct dfc_classifier *c)
{
	struct dfc_table *t = table_of(c);

	if (t && !dfc_table_is_full(t))
		return 0;
	if (renew(c) || (t && dfc_table_has_room(t)))
		return 0;
	return -ENOMEM;
}

int dfc_classifier_add(struct dfc_classifier *c, struct dfc_node *node,
		       struct netlink_ext_ack *extack)
{
	struct dfc_key bits, asked;
	struct dfc_hashes hashes;
	bool whole;
	u64 hash;
	int err;

	err = make_room(c);
	if (err)
		return err;
	whole = dfc_match_mask(node->match, &bits, &node->key.key);
	asked = bits;
	node->mask = dfc_mask_get(&c->masks, &bits, &node->key.key, extack);
	if (IS_ERR(node->mask))
		return PTR_ERR(node->mask);
	if (whole && !memcmp(&bits, &asked, sizeof(bits)))
		node->match = NULL;
	node->key.mask = node->mask->id;
	node->age = atomic64_inc_return(&clock);
	hash = dfc_mask_hash(&c->masks, node->mask, &node->key.key, &hashes);
	dfc_table_insert(table_of(c), node, hash, &hashes);
	return 0;
}

void dfc_classifier_publish(struct dfc_classifier *c)
{
	dfc_flowcache_prepare();
	atomic64_set(&c->age, atomic64_read(&clock));
	forget(c);
}

void dfc_classifier_del(struct dfc_classifier *c, struct dfc_node *node)
{
	dfc_table_remove(table_of(c), node);
	dfc_mask_put(&c->masks, node->mask);
	forget(c);
	if (dfc_table_is_worn(table_of(c)))
		renew(c);
}

/* A packet that is being looked up. */
struct search {
	const struct dfc_classifier *c;
	const struct dfc_table *t;
	const struct dfc_key *key;
	struct dfc_words words;
	u64 age;
	const struct dfc_node *after;
	struct dfc_matches *found;
};

/* Keeps the first ones if there are more than can be kept. */
static void insert(struct dfc_matches *found, struct dfc_node *node)
{
	unsigned int i = found->n;

	if (i == DFC_MATCHES_MAX) {
		found->more = true;
		i--;
		if (!dfc_node_before(node, found->node[i]))
			return;
	} else {
		found->n++;
	}
	for (; i && dfc_node_before(node, found->node[i - 1]); i--)
		found->node[i] = found->node[i - 1];
	found->node[i] = node;
}

static bool agrees(const struct dfc_node *node, const struct search *s)
{
	struct dfc_words bits, key;

	dfc_words_of(&bits, &node->mask->bits);
	dfc_words_of(&key, &node->key.key);
	return !(((s->words.src[0] & bits.src[0]) ^ key.src[0]) |
		 ((s->words.src[1] & bits.src[1]) ^ key.src[1]) |
		 ((s->words.dst[0] & bits.dst[0]) ^ key.dst[0]) |
		 ((s->words.dst[1] & bits.dst[1]) ^ key.dst[1]) |
		 ((s->words.rest[0] & bits.rest[0]) ^ key.rest[0]));
}

/* All filters of a chain have the same key. */
static void take(struct search *s, unsigned int slot, u32 id)
{
	struct hlist_node *first;
	struct dfc_node *node;

	first = rcu_dereference(hlist_first_rcu(&s->t->slot[slot]));
	node = hlist_entry_safe(first, struct dfc_node, link);
	if (!node || node->key.mask != id || !agrees(node, s))
		return;
	hlist_for_each_entry_from_rcu(node, link) {
		if (node->age > s->age ||
		    (node->match && !dfc_match_verify(node->match, s->key)) ||
		    (s->after && !dfc_node_before(s->after, node)))
			continue;
		insert(s->found, node);
	}
}

static __always_inline void probe(struct search *s, u64 hash, u32 id)
{
	unsigned int last = dfc_table_slots(s->t) - 1;
	int i = dfc_table_find(s->t, hash, dfc_table_first(s->t, hash));

	while (unlikely(i >= 0)) {
		take(s, i, id);
		i = dfc_table_find(s->t, hash, (i + 1) & last);
	}
}

/* Which masks of a part leave of the packet what some filter has? */
static __always_inline u64 parts(const struct search *s,
				 const struct dfc_part *part,
				 const u64 *words, u64 *hash)
{
	u64 left = READ_ONCE(part->used) & ~1ULL, found = 1;

	hash[0] = 0;
	for (; left; left &= left - 1) {
		unsigned int i = __ffs64(left);

		hash[i] = dfc_part_hash(&s->c->masks.seed, part, i, words);
		found |= dfc_table_has(s->t, hash[i]) << i;
	}
	return found;
}

static void search_pairs(struct search *s, const struct dfc_space *space,
			 unsigned int number, u64 rest, const u64 *rest_hash)
{
	u64 hash[DFC_PART_MASKS], src = READ_ONCE(space->src.used), dst;
	u64 found = parts(s, &space->dst, s->words.dst, hash);

	for (; src; src &= src - 1) {
		unsigned int i = __ffs64(src);
		u64 h;

		dst = READ_ONCE(space->dsts[i]) & found;
		if (!dst)
			continue;
		h = dfc_part_hash(&s->c->masks.seed, &space->src, i,
				  s->words.src);
		if (i && !dfc_table_has(s->t, h))
			continue;
		for (; dst; dst &= dst - 1) {
			unsigned int j = __ffs64(dst);
			u64 left = READ_ONCE(space->rests[i][j]) & rest;

			for (; left; left &= left - 1) {
				unsigned int k = __ffs64(left);

				probe(s, h + hash[j] + rest_hash[k],
				      dfc_mask_id(number, i, j, k));
			}
		}
	}
}

static noinline void search(struct search *s)
{
	const struct dfc_masks *masks = &s->c->masks;
	unsigned int i = s->key->family == AF_INET ? 0 : 1;
	const struct dfc_space *space;
	u64 hash[DFC_PART_MASKS], rest, left;

	s->found->n = 0;
	s->found->more = false;
	s->t = rcu_dereference(s->c->table);
	if (!s->t)
		return;
	rest = parts(s, &masks->rest, s->words.rest, hash);
	for (left = READ_ONCE(masks->bare) & rest; left; left &= left - 1) {
		unsigned int k = __ffs64(left);

		probe(s, hash[k], dfc_mask_id(0, 0, 0, k));
	}
	space = smp_load_acquire(&masks->space[i]);
	if (space)
		search_pairs(s, space, i + 1, rest, hash);
}

void dfc_classifier_match(struct dfc_classifier *c, const struct dfc_key *key,
			  void (*fn)(struct dfc_node *node, void *arg),
			  void *arg)
{
	u64 generation = atomic64_read_acquire(&c->generation), hash;
	struct dfc_matches found;
	struct search s = {
		.c = c,
		.key = key,
		.found = &found,
	};
	unsigned int i;

	dfc_words_of(&s.words, key);
	hash = dfc_flowcache_hash(&s.words);
	if (!dfc_flowcache_get(generation, key, hash, &found)) {
		s.age = atomic64_read(&c->age);
		search(&s);
		dfc_flowcache_put(generation, key, hash, &found);
	}
	for (;;) {
		for (i = 0; i < found.n; i++)
			fn(found.node[i], arg);
		if (!found.more)
			return;
		s.after = found.node[found.n - 1];
		search(&s);
	}
}
