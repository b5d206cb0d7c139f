/* SPDX-License-Identifier: GPL-2.0 */
/* Copyright (C) 2026 the dfc project */

#ifndef _DFC_MASK_H
#define _DFC_MASK_H

#include <linux/list.h>
#include <linux/rcupdate.h>
#include <linux/types.h>

#include "hash.h"
#include "key.h"

struct netlink_ext_ack;

/* From here on, prefix lengths of new masks are relaxed to a grid. */
#define DFC_MASKS_SOFT	512
/* More masks are refused. */
#define DFC_MASKS_MAX	1024

/* Different masks of one part. Bitmaps of them are one word. */
#define DFC_PART_MASKS	64
/* As many are left for the grid, nine prefix lengths of IPv6. */
#define DFC_PART_SOFT	(DFC_PART_MASKS - 9)

/* The part of a key that is no address. */
#define DFC_KEY_REST	offsetof(struct dfc_key, src_port)

static_assert(sizeof(struct dfc_key) - DFC_KEY_REST == sizeof(u64));
static_assert(sizeof(union dfc_addr) == 2 * sizeof(u64));

/**
 * struct dfc_part - the masks that filters have for one part of the key
 * @used: which of the following are in use; the first, with no bit, always is
 * @mask: in the byte order of keys; of the rest only the first word counts
 * @salt: random
 * @users: masks of filters that have it
 *
 * For an address, these are its prefix lengths.
 */
struct dfc_part {
	u64 used;
	u64 mask[DFC_PART_MASKS][2];
	u64 salt[DFC_PART_MASKS];
	u16 users[DFC_PART_MASKS];
};

/**
 * struct dfc_space - the masks that filters of one family have
 * @src: of the source address
 * @dst: of the destination address
 * @dsts: for each of @src, those of @dst that some mask joins it with
 * @rests: for each pair of both, those of the rest
 */
struct dfc_space {
	struct dfc_part src;
	struct dfc_part dst;
	u64 dsts[DFC_PART_MASKS];
	u64 rests[DFC_PART_MASKS][DFC_PART_MASKS];
};

#define DFC_MASK_BUCKETS 128

/**
 * struct dfc_masks - all masks that filters have
 * @seed: of all hashes
 * @space: IPv4, IPv6; NULL until a filter of the family looks at an address
 * @rest: of ports, protocol and so on
 * @bare: those of @rest that some mask has without addresses
 * @bucket: masks by id, under the lock of the namespace as everything that
 *	packets do not look at
 * @n: number of masks
 */
struct dfc_masks {
	struct dfc_seed seed;
	struct dfc_space *space[2];
	struct dfc_part rest;
	u64 bare;
	struct hlist_head bucket[DFC_MASK_BUCKETS];
	unsigned int n;
};

/**
 * struct dfc_mask - bits that filters look at
 * @link: in &dfc_masks.bucket
 * @bits: the bits
 * @id: from dfc_mask_id()
 * @users: filters that have it
 * @rcu: freed by RCU
 */
struct dfc_mask {
	struct hlist_node link;
	struct dfc_key bits;
	u32 id;
	unsigned int users;
	struct rcu_head rcu;
};

/**
 * dfc_mask_id() - number of a mask
 * @space: 1 + index in &dfc_masks.space, 0 for masks without addresses
 * @src: index in &dfc_space.src
 * @dst: index in &dfc_space.dst
 * @rest: index in &dfc_masks.rest
 */
static inline u32 dfc_mask_id(unsigned int space, unsigned int src,
			      unsigned int dst, unsigned int rest)
{
	return ((space * DFC_PART_MASKS + src) * DFC_PART_MASKS + dst) *
	       DFC_PART_MASKS + rest;
}

/**
 * dfc_part_hash() - hash a part of a key
 * @seed: &dfc_masks.seed
 * @part: part
 * @i: index of the mask
 * @words: the part of the key, masked or not
 *
 * Return: 0 for the first mask, so that what does not count adds nothing.
 */
static inline u64 dfc_part_hash(const struct dfc_seed *seed,
				const struct dfc_part *part, unsigned int i,
				const u64 *words)
{
	if (!i)
		return 0;
	return dfc_hash(seed, part->salt[i],
			words[0] & READ_ONCE(part->mask[i][0]),
			words[1] & READ_ONCE(part->mask[i][1]));
}

/**
 * struct dfc_words - a key as words
 * @src: source address
 * @dst: destination address
 * @rest: what follows, and a zero
 */
struct dfc_words {
	u64 src[2];
	u64 dst[2];
	u64 rest[2];
};

/**
 * dfc_words_of() - take a key apart
 * @words: filled in
 * @key: key
 */
static inline void dfc_words_of(struct dfc_words *words,
				const struct dfc_key *key)
{
	memcpy(words->src, &key->src, sizeof(words->src));
	memcpy(words->dst, &key->dst, sizeof(words->dst));
	memcpy(words->rest, (const u8 *)key + DFC_KEY_REST, sizeof(u64));
	words->rest[1] = 0;
}

/**
 * dfc_masks_init() - start with no masks
 * @masks: filled in
 */
void dfc_masks_init(struct dfc_masks *masks);

/**
 * dfc_masks_fini() - free what masks need
 * @masks: without masks, and nobody reads them any more
 */
void dfc_masks_fini(struct dfc_masks *masks);

/**
 * dfc_mask_get() - have a mask looked at
 * @masks: the lock of the namespace is held
 * @bits: bits that a filter fixes; fewer afterwards where there are many masks
 *	already, and then the filter must be verified
 * @key: their values, changed alike
 * @extack: told why not
 *
 * Context: may sleep.
 * Return: given back by dfc_mask_put(), or -ENOMEM, or -ENOSPC if there are
 * DFC_MASKS_MAX already.
 */
struct dfc_mask *dfc_mask_get(struct dfc_masks *masks, struct dfc_key *bits,
			      struct dfc_key *key,
			      struct netlink_ext_ack *extack);

/**
 * dfc_mask_put() - give a mask back
 * @masks: the lock of the namespace is held
 * @mask: from dfc_mask_get(); freed after an RCU grace period if nobody else
 *	has it
 */
void dfc_mask_put(struct dfc_masks *masks, struct dfc_mask *mask);

/**
 * struct dfc_hashes - hashes of a masked key
 * @src: of the source address
 * @dst: of the destination address
 * @rest: of the rest
 * @src_mask: index in &dfc_space.src
 * @dst_mask: index in &dfc_space.dst
 */
struct dfc_hashes {
	u64 src;
	u64 dst;
	u64 rest;
	unsigned int src_mask;
	unsigned int dst_mask;
};

/**
 * dfc_mask_hash() - hash a masked key
 * @masks: the lock of the namespace is held
 * @mask: mask
 * @key: masked
 * @hashes: filled with the hashes of its parts
 *
 * Return: the hash of all of it, the sum.
 */
u64 dfc_mask_hash(const struct dfc_masks *masks, const struct dfc_mask *mask,
		  const struct dfc_key *key, struct dfc_hashes *hashes);

#endif /* _DFC_MASK_H */
