// SPDX-License-Identifier: GPL-2.0
// Copyright (C) 2026 the dfc project

#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/prefetch.h>
#include <linux/rculist.h>
#include <linux/slab.h>
#include <linux/socket.h>
#include <linux/string.h>

#include "classifier.h"
#include "crowd.h"
#include "few.h"
#include "flowcache.h"
#include "quota.h"
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
	RCU_INIT_POINTER(c->few, NULL);
	c->n = 0;
	c->added.n = 0;
	atomic64_set(&c->age, 0);
	forget(c);
}

void dfc_classifier_fini(struct dfc_classifier *c)
{
	dfc_table_free(table_of(c));
	kfree(rcu_dereference_protected(c->few, true));
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
	unsigned int more = c->added.n + 1;

	if (t && !dfc_table_is_full(t, more))
		return 0;
	if (renew(c) || (t && dfc_table_has_room(t, more)))
		return 0;
	return -ENOMEM;
}

/* No packet may match them yet, so they wait until they are some. */
static void settle(struct dfc_classifier *c)
{
	if (c->added.n)
		dfc_table_insert(table_of(c), &c->added);
}

int dfc_classifier_add(struct dfc_classifier *c, struct dfc_node *node,
		       struct dfc_quota *quota, struct netlink_ext_ack *extack)
{
	struct dfc_key bits, asked, key;
	struct dfc_entry *e;
	bool whole;
	int err;

	err = make_room(c);
	if (err)
		return err;
	whole = dfc_match_mask(node->match, &bits, &key);
	asked = bits;
	node->mask = dfc_mask_get(&c->masks, &bits, &key, extack);
	if (IS_ERR(node->mask))
		return PTR_ERR(node->mask);
	err = dfc_quota_charge(quota, node->mask->id, extack);
	if (err) {
		dfc_mask_put(&c->masks, node->mask);
		return err;
	}
	if (whole && !memcmp(&bits, &asked, sizeof(bits)))
		node->match = NULL;
	dfc_node_set_key(node, &key);
	node->age = atomic64_inc_return(&clock);
	e = &c->added.entry[c->added.n++];
	e->node = node;
	e->hash = dfc_mask_hash(&c->masks, node->mask, &key, &e->hashes);
	if (c->added.n == DFC_ENTRIES_MAX)
		settle(c);
	c->n++;
	return 0;
}

/* Without memory, the table will do, which has them all. */
static void list_few(struct dfc_classifier *c)
{
	struct dfc_few *old = rcu_dereference_protected(c->few, true);
	struct dfc_few *new = NULL;

	if (c->n <= DFC_FEW_MAX)
		new = dfc_few_make(table_of(c), atomic64_read(&c->age));
	if (new == old)
		return;
	rcu_assign_pointer(c->few, new);
	if (old)
		kfree_rcu(old, rcu);
}

void dfc_classifier_publish(struct dfc_classifier *c)
{
	settle(c);
	dfc_flowcache_prepare();
	dfc_crowd_prepare();
	/* Who sees the age sees all that is not older. */
	atomic64_set_release(&c->age, atomic64_read(&clock));
	forget(c);
	list_few(c);
}

void dfc_classifier_del(struct dfc_classifier *c, struct dfc_node *node,
			struct dfc_quota *quota)
{
	settle(c);
	dfc_table_remove(table_of(c), node);
	forget(c);
	c->n--;
	list_few(c);
	dfc_quota_uncharge(quota, node->mask->id);
	dfc_mask_put(&c->masks, node->mask);
	/* If there is no memory, it will do for as long again. */
	if (dfc_table_is_worn(table_of(c)) && !renew(c))
		table_of(c)->stale = 0;
}

/* A packet that is being looked up. */
struct search {
	const struct dfc_classifier *c;
	const struct dfc_table *t;
	const struct dfc_key *key;
	struct dfc_words words;
	u64 age;
	const struct dfc_node *after;
	bool (*wants)(const struct dfc_node *node, void *arg);
	void *arg;
	struct dfc_matches *found;
	struct dfc_crowd *crowd;
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

bool dfc_node_matches(const struct dfc_node *node, const struct dfc_key *key)
{
	struct dfc_words words;

	dfc_words_of(&words, key);
	return dfc_node_agrees(node, &words) &&
	       (!node->match || dfc_match_verify(node->match, key));
}

/* All filters of a chain have the same key. */
static void take(struct search *s, unsigned int slot, u32 id)
{
	struct hlist_node *first;
	struct dfc_node *node;

	first = rcu_dereference(hlist_first_rcu(&s->t->slot[slot]));
	node = hlist_entry_safe(first, struct dfc_node, link);
	if (!node || node->mask->id != id ||
	    !dfc_node_agrees(node, &s->words))
		return;
	hlist_for_each_entry_from_rcu(node, link) {
		if (node->age > s->age ||
		    (node->match && !dfc_match_verify(node->match, s->key)) ||
		    (s->after && !dfc_node_before(s->after, node)) ||
		    (s->wants && !s->wants(node, s->arg)))
			continue;
		if (s->crowd)
			dfc_crowd_insert(s->crowd, node);
		else
			insert(s->found, node);
	}
}

static void probe(struct search *s, u64 hash, u32 id)
{
	unsigned int last = dfc_table_slots(s->t) - 1;
	int i = dfc_table_find(s->t, hash, dfc_table_first(s->t, hash));

	while (unlikely(i >= 0)) {
		take(s, i, id);
		i = dfc_table_find(s->t, hash, (i + 1) & last);
	}
}

/*
 * Memory is slow: what is to be looked at is all asked for before any of it is
 * looked at, here and below.
 */
struct batch {
	unsigned int n;
	u64 hash[16];
	u32 id[16];
};

static void batch_flush(struct search *s, struct batch *b)
{
	unsigned int i;

	for (i = 0; i < b->n; i++)
		probe(s, b->hash[i], b->id[i]);
	b->n = 0;
}

static void batch_add(struct search *s, struct batch *b, u64 hash, u32 id,
		      u64 rest, const u64 *rest_hash)
{
	for (; rest; rest &= rest - 1) {
		unsigned int k = __ffs64(rest);
		u64 sum = hash + rest_hash[k];

		prefetch(&s->t->tag[dfc_table_first(s->t, sum)]);
		b->hash[b->n] = sum;
		b->id[b->n] = id + k;
		if (++b->n == ARRAY_SIZE(b->hash))
			batch_flush(s, b);
	}
}

/* Which masks of a part leave of the packet what some filter has? */
static u64 parts(const struct search *s, const struct dfc_part *part,
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

/* An address as its masks leave it. */
struct address {
	u64 found;
	u64 hash[DFC_PART_MASKS];
	u32 joined[DFC_PART_MASKS];
};

static void look_at(const struct search *s, struct address *a,
		    const struct dfc_part *part, const u64 *words)
{
	u64 left;

	a->found = parts(s, part, words, a->hash);
	a->joined[0] = U32_MAX;
	for (left = a->found & ~1ULL; left; left &= left - 1) {
		unsigned int i = __ffs64(left);

		a->joined[i] = dfc_table_joined(s->t, a->hash[i]);
	}
}

static noinline void search_pairs(struct search *s, struct batch *b,
				  const struct dfc_space *space,
				  unsigned int number, u64 rest,
				  const u64 *rest_hash)
{
	struct address src, dst;
	unsigned int i, j;
	u64 left, with;

	look_at(s, &src, &space->src, s->words.src);
	look_at(s, &dst, &space->dst, s->words.dst);
	for (left = src.found; left; left &= left - 1) {
		i = __ffs64(left);
		with = dfc_table_spread(src.joined[i]) & dst.found &
		       READ_ONCE(space->dsts[i]);
		for (; with; with &= with - 1) {
			j = __ffs64(with);
			if (!(dst.joined[j] >> i % 32 & 1))
				continue;
			batch_add(s, b, src.hash[i] + dst.hash[j],
				  dfc_mask_id(number, i, j, 0),
				  READ_ONCE(space->rests[i][j]) & rest,
				  rest_hash);
		}
	}
}

static noinline void search(struct search *s)
{
	const struct dfc_masks *masks = &s->c->masks;
	unsigned int i = s->key->family == AF_INET ? 0 : 1;
	u64 hash[DFC_PART_MASKS], rest;
	const struct dfc_space *space;
	struct batch b;

	s->found->n = 0;
	s->found->more = false;
	s->t = rcu_dereference(s->c->table);
	if (!s->t)
		return;
	b.n = 0;
	rest = parts(s, &masks->rest, s->words.rest, hash);
	batch_add(s, &b, 0, 0, READ_ONCE(masks->bare) & rest, hash);
	space = smp_load_acquire(&masks->space[i]);
	if (space)
		search_pairs(s, &b, space, i + 1, rest, hash);
	batch_flush(s, &b);
}

/* All that are wanted, in order, as many at a time as the CPU has room for. */
static noinline void report_crowd(struct search *s,
				  void (*fn)(struct dfc_node *node, void *arg))
{
	struct dfc_crowd *crowd = s->crowd;
	unsigned int i;

	do {
		dfc_crowd_clear(crowd);
		search(s);
		dfc_crowd_sort(crowd);
		for (i = 0; i < crowd->n; i++)
			fn(crowd->node[i], s->arg);
		if (crowd->n)
			s->after = crowd->node[crowd->n - 1];
	} while (crowd->more);
}

/*
 * A few at a time, for a packet that is looked up while matches of another one
 * are reported, which have the CPU's room. So it goes without memory, too.
 */
static noinline void report_few(struct search *s,
				void (*fn)(struct dfc_node *node, void *arg))
{
	const struct dfc_matches *found = s->found;
	unsigned int i;

	do {
		search(s);
		for (i = 0; i < found->n; i++)
			fn(found->node[i], s->arg);
		if (found->n)
			s->after = found->node[found->n - 1];
	} while (found->more);
}

static noinline void report_many(struct search *s,
				 bool (*wants)(const struct dfc_node *node,
					       void *arg),
				 void (*fn)(struct dfc_node *node, void *arg),
				 void *arg)
{
	s->wants = wants;
	s->arg = arg;
	s->crowd = dfc_crowd_claim();
	if (!s->crowd) {
		report_few(s, fn);
		return;
	}
	report_crowd(s, fn);
	dfc_crowd_release(s->crowd);
}

/* What a key matches, from the tables, to be found in the cache next time. */
static void find(struct search *s, u64 generation)
{
	s->age = atomic64_read_acquire(&s->c->age);
	s->after = NULL;
	s->wants = NULL;
	s->crowd = NULL;
	search(s);
	dfc_flowcache_put(generation, &s->words, s->found);
}

static noinline bool find_none(const struct dfc_classifier *c, u64 generation,
			       const struct dfc_key *key)
{
	struct dfc_matches found;
	struct search s = { .c = c, .key = key, .found = &found };

	dfc_words_of(&s.words, key);
	find(&s, generation);
	return !found.n;
}

bool dfc_classifier_is_idle(const struct dfc_classifier *c,
			    const struct dfc_key *key)
{
	u64 generation = atomic64_read_acquire(&c->generation);
	const struct dfc_few *few = rcu_dereference(c->few);
	struct dfc_words words;

	dfc_words_of(&words, key);
	if (few)
		return dfc_few_is_idle(few, &words);
	switch (dfc_flowcache_glance(generation, &words)) {
	case DFC_FLOW_IDLE:
		return true;
	case DFC_FLOW_NEW:
		return find_none(c, generation, key);
	default:
		return false;
	}
}

/*
 * What @wants says depends on more than the key and may not be cached: so it is
 * asked only if there are more than can be cached anyway. Then it saves putting
 * in order what is not wanted.
 */
void dfc_classifier_match(struct dfc_classifier *c, const struct dfc_key *key,
			  bool (*wants)(const struct dfc_node *node, void *arg),
			  void (*fn)(struct dfc_node *node, void *arg),
			  void *arg)
{
	u64 generation = atomic64_read_acquire(&c->generation);
	const struct dfc_few *few = rcu_dereference(c->few);
	struct dfc_matches found;
	struct search s;
	unsigned int i;

	dfc_words_of(&s.words, key);
	s.found = &found;
	if (few) {
		dfc_few_find(few, key, &s.words, &found);
	} else if (!dfc_flowcache_get(generation, &s.words, &found)) {
		s.c = c;
		s.key = key;
		find(&s, generation);
		if (found.more) {
			report_many(&s, wants, fn, arg);
			return;
		}
	}
	for (i = 0; i < found.n; i++)
		fn(found.node[i], arg);
}
