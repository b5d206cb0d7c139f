// SPDX-License-Identifier: GPL-2.0
// Copyright (C) 2026 the dfc project

#include <linux/mm.h>
#include <linux/netlink.h>
#include <linux/random.h>
#include <linux/rculist.h>
#include <linux/slab.h>
#include <linux/socket.h>
#include <linux/string.h>

#include "mask.h"

/* Where a mask has its place: what its id is made of. */
struct place {
	unsigned int space;
	unsigned int src;
	unsigned int dst;
	unsigned int rest;
};

static struct place place_of(const struct dfc_mask *mask)
{
	return (struct place){
		.space = mask->id / dfc_mask_id(1, 0, 0, 0),
		.src = mask->id / dfc_mask_id(0, 1, 0, 0) % DFC_PART_MASKS,
		.dst = mask->id / dfc_mask_id(0, 0, 1, 0) % DFC_PART_MASKS,
		.rest = mask->id % DFC_PART_MASKS,
	};
}

static void part_init(struct dfc_part *part)
{
	part->used = BIT_ULL(0);
	get_random_bytes(part->salt, sizeof(part->salt));
}

void dfc_masks_init(struct dfc_masks *masks)
{
	memset(masks, 0, sizeof(*masks));
	get_random_bytes(&masks->seed, sizeof(masks->seed));
	part_init(&masks->rest);
}

void dfc_masks_fini(struct dfc_masks *masks)
{
	WARN_ON(masks->n);
	kvfree(masks->space[0]);
	kvfree(masks->space[1]);
}

/* Returns the index of a mask, or DFC_PART_MASKS. */
static unsigned int part_find(const struct dfc_part *part, const u64 *mask)
{
	u64 left;

	for (left = part->used; left; left &= left - 1) {
		unsigned int i = __ffs64(left);

		if (part->mask[i][0] == mask[0] && part->mask[i][1] == mask[1])
			return i;
	}
	return DFC_PART_MASKS;
}

static unsigned int part_get(struct dfc_part *part, const u64 *mask)
{
	unsigned int i = part_find(part, mask);

	if (i == DFC_PART_MASKS) {
		i = __ffs64(~part->used);
		WRITE_ONCE(part->mask[i][0], mask[0]);
		WRITE_ONCE(part->mask[i][1], mask[1]);
		WRITE_ONCE(part->used, part->used | BIT_ULL(i));
	}
	part->users[i]++;
	return i;
}

static void part_put(struct dfc_part *part, unsigned int i)
{
	if (!--part->users[i] && i)
		WRITE_ONCE(part->used, part->used & ~BIT_ULL(i));
}

/* Whether there is room for one more besides what is kept for the grid. */
static bool part_has_room(const struct dfc_part *part, const u64 *mask,
			  unsigned int limit)
{
	return part_find(part, mask) < DFC_PART_MASKS ||
	       hweight64(part->used) < limit;
}

static bool is_bare(const struct dfc_words *words)
{
	return !(words->src[0] | words->src[1] | words->dst[0] | words->dst[1]);
}

static struct hlist_head *bucket_of(struct dfc_masks *masks, u32 id)
{
	return &masks->bucket[(id ^ id / DFC_MASK_BUCKETS) % DFC_MASK_BUCKETS];
}

static unsigned int space_of(const struct dfc_words *words,
			     const struct dfc_key *key)
{
	if (is_bare(words))
		return 0;
	return key->family == AF_INET ? 1 : 2;
}

static struct dfc_mask *find(struct dfc_masks *masks,
			     const struct dfc_key *bits,
			     const struct dfc_key *key)
{
	const struct dfc_space *space;
	struct dfc_mask *mask;
	struct dfc_words words;
	struct place p = { };
	u32 id;

	dfc_words_of(&words, bits);
	p.space = space_of(&words, key);
	p.rest = part_find(&masks->rest, words.rest);
	if (p.space) {
		space = masks->space[p.space - 1];
		if (!space)
			return NULL;
		p.src = part_find(&space->src, words.src);
		p.dst = part_find(&space->dst, words.dst);
	}
	if (max3(p.src, p.dst, p.rest) == DFC_PART_MASKS)
		return NULL;
	id = dfc_mask_id(p.space, p.src, p.dst, p.rest);
	hlist_for_each_entry(mask, bucket_of(masks, id), link) {
		if (mask->id == id)
			return mask;
	}
	return NULL;
}

/* On the grid are prefixes of whole bytes, for IPv6 of pairs of bytes. */
static void addr_relax(union dfc_addr *mask, union dfc_addr *key,
		       unsigned int step)
{
	unsigned int i = 0;

	while (i < sizeof(*mask) && mask->bytes[i] == U8_MAX)
		i++;
	i -= i % step;
	memset(mask->bytes + i, 0, sizeof(*mask) - i);
	memset(key->bytes + i, 0, sizeof(*key) - i);
}

static bool is_crowded(const struct dfc_masks *masks,
		       const struct dfc_key *bits, const struct dfc_key *key)
{
	const struct dfc_space *space;
	struct dfc_words words;

	if (masks->n >= DFC_MASKS_SOFT)
		return true;
	dfc_words_of(&words, bits);
	if (is_bare(&words))
		return false;
	space = masks->space[space_of(&words, key) - 1];
	return space &&
	       (!part_has_room(&space->src, words.src, DFC_PART_SOFT) ||
		!part_has_room(&space->dst, words.dst, DFC_PART_SOFT));
}

static int check_room(const struct dfc_masks *masks,
		      const struct dfc_words *words,
		      const struct dfc_space *space,
		      struct netlink_ext_ack *extack)
{
	if (masks->n < DFC_MASKS_MAX &&
	    part_has_room(&masks->rest, words->rest, DFC_PART_MASKS) &&
	    (!space ||
	     (part_has_room(&space->src, words->src, DFC_PART_MASKS) &&
	      part_has_room(&space->dst, words->dst, DFC_PART_MASKS))))
		return 0;
	NL_SET_ERR_MSG(extack,
		       "too many different combinations of fields and prefix lengths");
	return -ENOSPC;
}

static int space_get(struct dfc_masks *masks, unsigned int i)
{
	struct dfc_space *space;

	if (!i || masks->space[i - 1])
		return 0;
	space = kvzalloc(sizeof(*space), GFP_KERNEL_ACCOUNT);
	if (!space)
		return -ENOMEM;
	part_init(&space->src);
	part_init(&space->dst);
	smp_store_release(&masks->space[i - 1], space);
	return 0;
}

/* Nothing can fail any more. */
static void publish(struct dfc_masks *masks, struct dfc_mask *mask,
		    const struct dfc_words *words, unsigned int i)
{
	struct place p = { .space = i };
	struct dfc_space *space;

	p.rest = part_get(&masks->rest, words->rest);
	if (!i) {
		WRITE_ONCE(masks->bare, masks->bare | BIT_ULL(p.rest));
	} else {
		space = masks->space[i - 1];
		p.src = part_get(&space->src, words->src);
		p.dst = part_get(&space->dst, words->dst);
		WRITE_ONCE(space->rests[p.src][p.dst],
			   space->rests[p.src][p.dst] | BIT_ULL(p.rest));
		WRITE_ONCE(space->dsts[p.src],
			   space->dsts[p.src] | BIT_ULL(p.dst));
	}
	mask->id = dfc_mask_id(p.space, p.src, p.dst, p.rest);
	hlist_add_head(&mask->link, bucket_of(masks, mask->id));
	masks->n++;
}

static struct dfc_mask *create(struct dfc_masks *masks,
			       const struct dfc_key *bits,
			       const struct dfc_key *key,
			       struct netlink_ext_ack *extack)
{
	struct dfc_words words;
	struct dfc_mask *mask;
	unsigned int i;
	int err;

	dfc_words_of(&words, bits);
	i = space_of(&words, key);
	err = space_get(masks, i);
	if (!err)
		err = check_room(masks, &words, i ? masks->space[i - 1] : NULL,
				 extack);
	if (err)
		return ERR_PTR(err);
	mask = kzalloc(sizeof(*mask), GFP_KERNEL_ACCOUNT);
	if (!mask)
		return ERR_PTR(-ENOMEM);
	mask->bits = *bits;
	publish(masks, mask, &words, i);
	return mask;
}

struct dfc_mask *dfc_mask_get(struct dfc_masks *masks, struct dfc_key *bits,
			      struct dfc_key *key,
			      struct netlink_ext_ack *extack)
{
	struct dfc_mask *mask = find(masks, bits, key);
	unsigned int step = key->family == AF_INET ? 1 : 2;

	if (!mask && is_crowded(masks, bits, key)) {
		addr_relax(&bits->src, &key->src, step);
		addr_relax(&bits->dst, &key->dst, step);
		mask = find(masks, bits, key);
	}
	if (!mask)
		mask = create(masks, bits, key, extack);
	if (!IS_ERR(mask))
		mask->users++;
	return mask;
}

void dfc_mask_put(struct dfc_masks *masks, struct dfc_mask *mask)
{
	struct place p = place_of(mask);
	struct dfc_space *space;
	u64 *rests;

	if (--mask->users)
		return;
	if (!p.space) {
		WRITE_ONCE(masks->bare, masks->bare & ~BIT_ULL(p.rest));
	} else {
		space = masks->space[p.space - 1];
		rests = &space->rests[p.src][p.dst];
		WRITE_ONCE(*rests, *rests & ~BIT_ULL(p.rest));
		if (!*rests)
			WRITE_ONCE(space->dsts[p.src],
				   space->dsts[p.src] & ~BIT_ULL(p.dst));
		part_put(&space->src, p.src);
		part_put(&space->dst, p.dst);
	}
	part_put(&masks->rest, p.rest);
	hlist_del(&mask->link);
	masks->n--;
	kfree_rcu(mask, rcu);
}

u64 dfc_mask_hash(const struct dfc_masks *masks, const struct dfc_mask *mask,
		  const struct dfc_key *key, struct dfc_hashes *hashes)
{
	const struct dfc_seed *seed = &masks->seed;
	struct place p = place_of(mask);
	const struct dfc_space *space;
	struct dfc_words words;

	dfc_words_of(&words, key);
	*hashes = (struct dfc_hashes){
		.rest = dfc_part_hash(seed, &masks->rest, p.rest, words.rest),
		.src_mask = p.src,
		.dst_mask = p.dst,
	};
	if (p.space) {
		space = masks->space[p.space - 1];
		hashes->src = dfc_part_hash(seed, &space->src, p.src,
					    words.src);
		hashes->dst = dfc_part_hash(seed, &space->dst, p.dst,
					    words.dst);
	}
	return hashes->src + hashes->dst + hashes->rest;
}
