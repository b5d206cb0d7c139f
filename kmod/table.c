// SPDX-License-Identifier: GPL-2.0
// Copyright (C) 2026 the dfc project

#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/prefetch.h>
#include <linux/rculist.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "table.h"

#define ORDER_MIN	8
#define ORDER_MAX	30

/* Bytes of a slot with its share of everything. */
#define SLOT_SIZE	(sizeof(struct hlist_head) + sizeof(u16) + 16 / 8 + \
			 2 * sizeof(u32))

struct dfc_table *dfc_table_alloc(unsigned int chains)
{
	struct dfc_table *t;
	unsigned int order;

	/* At the most one slot of three is in use then. */
	order = ilog2(max(chains, 1U) * 3ULL) + 1;
	order = clamp_t(unsigned int, order, ORDER_MIN, ORDER_MAX);
	t = kvzalloc(size_add(sizeof(*t), size_mul(SLOT_SIZE, 1U << order)),
		     GFP_KERNEL_ACCOUNT | __GFP_NOWARN);
	if (!t)
		return NULL;
	t->order = order;
	t->slot = (void *)(t + 1);
	t->present = (void *)(t->slot + dfc_table_slots(t));
	t->joined = (void *)t->present + dfc_table_slots(t) * 16 / 8;
	t->tag = (void *)(t->joined + dfc_table_slots(t) * 2);
	return t;
}

void dfc_table_free(struct dfc_table *t)
{
	kvfree(t);
}

/* Searches in vain look at four slots in the mean if 5 of 8 are taken. */
bool dfc_table_is_full(const struct dfc_table *t, unsigned int more)
{
	return t->chains + t->gone + more > dfc_table_slots(t) / 8 * 5;
}

bool dfc_table_has_room(const struct dfc_table *t, unsigned int more)
{
	return t->chains + t->gone + more < dfc_table_slots(t) / 16 * 15;
}

bool dfc_table_is_worn(const struct dfc_table *t)
{
	return t->stale > dfc_table_slots(t) / 4 ||
	       t->stale > max(t->chains, 1U << ORDER_MIN);
}

static unsigned long *present_of(const struct dfc_table *t, u64 hash)
{
	return &t->present[(hash >> (64 - 4 - t->order)) / BITS_PER_LONG];
}

static u32 *joined_of(const struct dfc_table *t, u64 hash)
{
	return &t->joined[hash >> (64 - 1 - t->order)];
}

static void mark(struct dfc_table *t, u64 hash)
{
	u64 bit = hash >> (64 - 4 - t->order);
	unsigned long *word = present_of(t, hash);

	WRITE_ONCE(*word, *word | BIT(bit % BITS_PER_LONG));
}

static void join(struct dfc_table *t, u64 hash, unsigned int mask)
{
	u32 *word = joined_of(t, hash);

	WRITE_ONCE(*word, *word | BIT(mask % 32));
}

static void mark_parts(struct dfc_table *t, const struct dfc_hashes *hashes)
{
	mark(t, hashes->src);
	mark(t, hashes->dst);
	mark(t, hashes->rest);
	join(t, hashes->src, hashes->dst_mask);
	join(t, hashes->dst, hashes->src_mask);
}

static struct dfc_node *first_of(const struct dfc_table *t, unsigned int slot)
{
	return hlist_entry_safe(t->slot[slot].first, struct dfc_node, link);
}

static bool is_like(const struct dfc_node *a, const struct dfc_node *b)
{
	/* One mask has one family, or no addresses. */
	return a->mask == b->mask && a->rest.word == b->rest.word &&
	       !memcmp(a->addr, b->addr, a->rest.family == AF_INET6 ?
		       sizeof(a->addr) : sizeof(a->addr[0]));
}

/* A chain of the same, or the first slot that is free. */
static unsigned int slot_for(const struct dfc_table *t,
			     const struct dfc_node *node, u64 hash)
{
	unsigned int i = dfc_table_first(t, hash);
	unsigned int last = dfc_table_slots(t) - 1;
	int found = dfc_table_find(t, hash, i);

	while (found >= 0) {
		if (is_like(first_of(t, found), node))
			return found;
		found = dfc_table_find(t, hash, (found + 1) & last);
	}
	while (t->tag[i] > DFC_TAG_GONE)
		i = (i + 1) & last;
	return i;
}

static void insert_one(struct dfc_table *t, const struct dfc_entry *e)
{
	unsigned int i = slot_for(t, e->node, e->hash);

	hlist_add_head_rcu(&e->node->link, &t->slot[i]);
	if (t->tag[i] > DFC_TAG_GONE)
		return;
	mark_parts(t, &e->hashes);
	t->chains++;
	t->gone -= t->tag[i] == DFC_TAG_GONE;
	smp_store_release(&t->tag[i], dfc_table_tag(e->hash));
}

/* All that putting filters here will touch is asked for before it is. */
static void expect(const struct dfc_table *t, const struct dfc_entries *entries)
{
	const struct dfc_entry *e = entries->entry;
	unsigned int i, slot;

	for (i = 0; i < entries->n; i++, e++) {
		slot = dfc_table_first(t, e->hash);
		prefetchw(&t->tag[slot]);
		prefetchw(&t->slot[slot]);
		prefetchw(present_of(t, e->hashes.src));
		prefetchw(present_of(t, e->hashes.dst));
		prefetchw(present_of(t, e->hashes.rest));
		prefetchw(joined_of(t, e->hashes.src));
		prefetchw(joined_of(t, e->hashes.dst));
	}
}

void dfc_table_insert(struct dfc_table *t, struct dfc_entries *entries)
{
	unsigned int i;

	expect(t, entries);
	for (i = 0; i < entries->n; i++)
		insert_one(t, &entries->entry[i]);
	entries->n = 0;
}

/*
 * A slot that nothing lies behind need not be looked beyond, nor those just
 * before it that are so for its sake.
 */
static void vacate(struct dfc_table *t, unsigned int i)
{
	unsigned int last = dfc_table_slots(t) - 1;

	t->chains--;
	t->stale++;
	t->gone++;
	WRITE_ONCE(t->tag[i], DFC_TAG_GONE);
	if (t->tag[(i + 1) & last] != DFC_TAG_EMPTY)
		return;
	for (; t->tag[i] == DFC_TAG_GONE; i = (i - 1) & last) {
		WRITE_ONCE(t->tag[i], DFC_TAG_EMPTY);
		t->gone--;
	}
}

void dfc_table_remove(struct dfc_table *t, struct dfc_node *node)
{
	struct hlist_head *slot = NULL;

	/* The last of a chain is the first too: its slot points to it. */
	if (!node->link.next)
		slot = container_of(node->link.pprev, struct hlist_head, first);
	hlist_del_rcu(&node->link);
	if (slot >= t->slot && slot < t->slot + dfc_table_slots(t))
		vacate(t, slot - t->slot);
}

/* The first one of a chain stands for all. */
static void copy_one(struct dfc_table *to, const struct dfc_entry *e)
{
	unsigned int last = dfc_table_slots(to) - 1;
	unsigned int i = dfc_table_first(to, e->hash);

	while (to->tag[i] != DFC_TAG_EMPTY)
		i = (i + 1) & last;
	/* Readers of the old table must not notice: its head stays. */
	to->slot[i].first = &e->node->link;
	e->node->link.pprev = &to->slot[i].first;
	to->tag[i] = dfc_table_tag(e->hash);
	to->chains++;
	mark_parts(to, &e->hashes);
}

static void copy_some(struct dfc_table *to, struct dfc_entries *entries,
		      const struct dfc_masks *masks)
{
	unsigned int i;

	for (i = 0; i < entries->n; i++) {
		struct dfc_entry *e = &entries->entry[i];
		struct dfc_key key;

		dfc_node_key(e->node, &key);
		e->hash = dfc_mask_hash(masks, e->node->mask, &key,
					&e->hashes);
	}
	expect(to, entries);
	for (i = 0; i < entries->n; i++)
		copy_one(to, &entries->entry[i]);
	entries->n = 0;
}

void dfc_table_copy(struct dfc_table *to, const struct dfc_table *from,
		    const struct dfc_masks *masks)
{
	struct dfc_entries entries = { .n = 0 };
	struct dfc_node *node;
	unsigned int i;

	for (i = 0; i < dfc_table_slots(from); i++) {
		node = first_of(from, i);
		if (node) {
			prefetchw(node);
			prefetch(&node->addr);
			entries.entry[entries.n++].node = node;
		}
		if (entries.n == DFC_ENTRIES_MAX)
			copy_some(to, &entries, masks);
		if (!(i % 1024))
			cond_resched();
	}
	copy_some(to, &entries, masks);
}
