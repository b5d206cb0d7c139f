/* SPDX-License-Identifier: GPL-2.0 */
/* Copyright (C) 2026 the dfc project */

#ifndef _DFC_TABLE_H
#define _DFC_TABLE_H

#include <linux/list.h>
#include <linux/rcupdate.h>
#include <linux/types.h>

#include "mask.h"
#include "node.h"

/* What a slot may hold instead of the tag of a chain. */
#define DFC_TAG_EMPTY	0	/* nothing here, and nothing behind it */
#define DFC_TAG_GONE	1	/* nothing here, but look on */

/**
 * struct dfc_table - filters by masked key, and what parts of keys they have
 * @tag: 16 bits of the hash for each slot: all that a vain search looks at
 * @slot: chains of filters with one and the same key
 * @present: a bit for each hash of a part of a key, 16 a slot; says for sure
 *	that no filter has a part, but not that one has
 * @joined: for each hash of an address, two a slot, a bit for each mask of the
 *	other address that some filter joins it with; as sure as @present
 * @order: logarithm of the number of slots
 * @chains: slots in use
 * @gone: slots that are %DFC_TAG_GONE
 * @stale: chains that left since @present and @joined were new
 * @rcu: freed by RCU
 *
 * Open addressing: slots are searched from the one that the upper bits of the
 * hash name. Read under RCU, changed under the lock of the namespace. The
 * filters have no link that a table would need to itself, so that they can be
 * in an old one and a new one at once.
 */
struct dfc_table {
	u16 *tag;
	struct hlist_head *slot;
	unsigned long *present;
	u32 *joined;
	unsigned int order;
	unsigned int chains;
	unsigned int gone;
	unsigned int stale;
	struct rcu_head rcu;
};

/**
 * struct dfc_entry - a filter on its way into a table
 * @node: filter, with its key
 * @hash: of the key
 * @hashes: of its parts
 */
struct dfc_entry {
	struct dfc_node *node;
	u64 hash;
	struct dfc_hashes hashes;
};

/*
 * As many are put into a table at a time: each has some seven cache lines of
 * its own there, and this is what the CPU can wait for at once.
 */
#define DFC_ENTRIES_MAX 8

/**
 * struct dfc_entries - some of them
 * @n: how many
 * @entry: these
 */
struct dfc_entries {
	unsigned int n;
	struct dfc_entry entry[DFC_ENTRIES_MAX];
};

static inline unsigned int dfc_table_slots(const struct dfc_table *t)
{
	return 1U << t->order;
}

static inline u16 dfc_table_tag(u64 hash)
{
	u16 tag = hash;

	return tag > DFC_TAG_GONE ? tag : tag + 2;
}

/**
 * dfc_table_has() - ask whether a filter has a part of a key
 * @t: table
 * @hash: of the part
 *
 * Return: 0 if none has; 1 if one may have.
 */
static inline u64 dfc_table_has(const struct dfc_table *t, u64 hash)
{
	u64 bit = hash >> (64 - 4 - t->order);

	return READ_ONCE(t->present[bit / BITS_PER_LONG]) >>
	       (bit % BITS_PER_LONG) & 1;
}

/**
 * dfc_table_joined() - ask which addresses filters join an address with
 * @t: table
 * @hash: of the masked address
 *
 * Return: for dfc_table_spread().
 */
static inline u32 dfc_table_joined(const struct dfc_table *t, u64 hash)
{
	return READ_ONCE(t->joined[hash >> (64 - 1 - t->order)]);
}

/**
 * dfc_table_spread() - tell which masks may be meant
 * @joined: from dfc_table_joined(), where two masks share a bit
 *
 * Return: bitmap of masks of the other address; more may be set than are.
 */
static inline u64 dfc_table_spread(u32 joined)
{
	return (u64)joined << 32 | joined;
}

/**
 * dfc_table_find() - find filters by hash
 * @t: table
 * @hash: of a masked key
 * @from: slot to look at first
 *
 * Return: slot of a chain that may be the one, or -1.
 */
static inline int dfc_table_find(const struct dfc_table *t, u64 hash,
				 unsigned int from)
{
	unsigned int last = dfc_table_slots(t) - 1, i = from;
	u16 tag = dfc_table_tag(hash), found;

	for (;; i++) {
		found = READ_ONCE(t->tag[i & last]);
		if (found == tag)
			return i & last;
		if (found == DFC_TAG_EMPTY)
			return -1;
	}
}

/**
 * dfc_table_first() - slot to look at first
 * @t: table
 * @hash: of a masked key
 */
static inline unsigned int dfc_table_first(const struct dfc_table *t, u64 hash)
{
	return hash >> (64 - t->order);
}

/**
 * dfc_table_alloc() - allocate an empty table
 * @chains: as many will find room, and as many again
 *
 * Context: may sleep.
 * Return: freed by dfc_table_free(), or NULL.
 */
struct dfc_table *dfc_table_alloc(unsigned int chains);

/**
 * dfc_table_free() - free a table
 * @t: table that nobody reads any more, or NULL
 */
void dfc_table_free(struct dfc_table *t);

/**
 * dfc_table_is_full() - ask whether more chains are better put elsewhere
 * @t: table
 * @more: how many more
 */
bool dfc_table_is_full(const struct dfc_table *t, unsigned int more);

/**
 * dfc_table_has_room() - ask whether more chains can be put here at all
 * @t: table
 * @more: how many more
 */
bool dfc_table_has_room(const struct dfc_table *t, unsigned int more);

/**
 * dfc_table_is_worn() - ask whether a new table of the same would be better
 * @t: table
 */
bool dfc_table_is_worn(const struct dfc_table *t);

/**
 * dfc_table_insert() - make filters findable
 * @t: table with room
 * @entries: filters; none afterwards
 */
void dfc_table_insert(struct dfc_table *t, struct dfc_entries *entries);

/**
 * dfc_table_remove() - make a filter no longer findable
 * @t: table that it is in; no other is in use but by readers
 * @node: filter
 */
void dfc_table_remove(struct dfc_table *t, struct dfc_node *node);

/**
 * dfc_table_copy() - put all filters of one table into another as well
 * @to: new table
 * @from: old one; from now on only readers may use it
 * @masks: masks of the filters
 *
 * Context: may sleep.
 */
void dfc_table_copy(struct dfc_table *to, const struct dfc_table *from,
		    const struct dfc_masks *masks);

#endif /* _DFC_TABLE_H */
