// SPDX-License-Identifier: GPL-2.0
// Copyright (C) 2026 the dfc project

#include <linux/jhash.h>
#include <linux/netdevice.h>
#include <linux/random.h>
#include <linux/slab.h>

#include "copy.h"
#include "counters.h"
#include "device.h"
#include "fragment.h"
#include "net.h"

/* As long as the kernel waits for fragments to reassemble. */
#define DATAGRAM_AGE	(30 * HZ)
#define DATAGRAMS_MAX	16		/* in a bucket */
#define HELD_MAX	(4 << 20)	/* bytes in a namespace */
#define EARLY_MAX	128		/* fragments of a datagram that are held */

/**
 * struct datagram - what is known of one datagram; under the bucket's lock
 * @link: in the bucket, newest first
 * @id: its identity
 * @since: jiffies when a packet of it was seen first, or its first fragment
 * @first: the first fragment has passed: what follows is known
 * @protocol: upper protocol
 * @l4: DFC_L4_*
 * @src_port: as in &struct dfc_key
 * @dst_port: same
 * @early: fragments that overtook the first one, in order of arrival; each has
 *	the number of its device in skb_iif
 */
struct datagram {
	struct list_head link;
	struct dfc_datagram_id id;
	unsigned long since;
	bool first;
	u8 protocol;
	u8 l4;
	u16 src_port;
	u16 dst_port;
	struct sk_buff_head early;
};

void dfc_datagram_identify(struct dfc_datagram_id *id,
			   const struct dfc_key *key,
			   const struct dfc_piece *piece,
			   const struct dfc_packet *packet)
{
	memset(id, 0, sizeof(*id));
	id->src = key->src;
	id->dst = key->dst;
	id->id = piece->id;
	id->realm = packet->realm;
	if (!id->realm && packet->dev)
		id->realm = dfc_device_domain(packet->dev);
	id->family = key->family;
	id->protocol = piece->protocol;
	id->point = key->point;
}

static struct dfc_fragment_bucket *bucket_of(struct dfc_fragments *all,
					     const struct dfc_datagram_id *id)
{
	u32 hash = jhash2((const u32 *)id, sizeof(*id) / sizeof(u32),
			  all->seed);

	BUILD_BUG_ON(sizeof(*id) % sizeof(u32));
	return &all->bucket[hash & (DFC_FRAGMENT_BUCKETS - 1)];
}

/* Fragments that nobody will ever know the ports of are lost to the filters. */
static void forget(struct dfc_fragments *all, struct dfc_fragment_bucket *b,
		   struct datagram *d)
{
	struct sk_buff *skb;

	lockdep_assert_held(&b->lock);
	while ((skb = __skb_dequeue(&d->early))) {
		atomic_sub(skb->truesize, &all->held);
		dfc_counters_fragment_lost(all->dn->counters);
		consume_skb(skb);
	}
	list_del(&d->link);
	b->n--;
	atomic_dec(&all->ndatagrams);
	kfree(d);
}

static void forget_old(struct dfc_fragments *all,
		       struct dfc_fragment_bucket *b)
{
	struct datagram *d;

	while (b->n) {
		d = list_last_entry(&b->datagrams, struct datagram, link);
		if (time_before(jiffies, d->since + DATAGRAM_AGE))
			break;
		forget(all, b, d);
	}
}

static struct datagram *find(struct dfc_fragment_bucket *b,
			     const struct dfc_datagram_id *id)
{
	struct datagram *d;

	list_for_each_entry(d, &b->datagrams, link) {
		if (!memcmp(&d->id, id, sizeof(*id)))
			return d;
	}
	return NULL;
}

static struct datagram *begin(struct dfc_fragments *all,
			      struct dfc_fragment_bucket *b,
			      const struct dfc_datagram_id *id)
{
	struct datagram *d;

	if (b->n == DATAGRAMS_MAX)
		forget(all, b, list_last_entry(&b->datagrams, struct datagram,
					       link));
	d = kzalloc(sizeof(*d), GFP_ATOMIC | __GFP_NOWARN);
	if (!d)
		return NULL;
	d->id = *id;
	d->since = jiffies;
	__skb_queue_head_init(&d->early);
	list_add(&d->link, &b->datagrams);
	b->n++;
	if (atomic_inc_return(&all->ndatagrams) == 1)
		schedule_delayed_work(&all->work, DATAGRAM_AGE);
	return d;
}

/* Returns whether the fragment is kept. */
static bool hold(struct dfc_fragments *all, struct datagram *d,
		 const struct dfc_packet *packet)
{
	struct sk_buff *copy;

	if (!d || skb_queue_len(&d->early) >= EARLY_MAX ||
	    atomic_read(&all->held) >= HELD_MAX)
		return false;
	copy = dfc_copy_private(packet);
	if (!copy)
		return false;
	copy->skb_iif = packet->dev->ifindex;
	atomic_add(copy->truesize, &all->held);
	__skb_queue_tail(&d->early, copy);
	return true;
}

static void learn(struct dfc_fragments *all, struct dfc_fragment_bucket *b,
		  struct datagram *d, const struct dfc_key *key,
		  struct sk_buff_head *early)
{
	struct sk_buff *skb;

	/* Too short to tell: those that wait go on waiting for a better one. */
	if (!key->l4 && dfc_key_wants_l4(key))
		return;
	d->since = jiffies;
	list_move(&d->link, &b->datagrams);
	/* Identities come again: the newest first fragment is right. */
	d->first = true;
	d->protocol = key->protocol;
	d->l4 = key->l4;
	d->src_port = key->src_port;
	d->dst_port = key->dst_port;
	skb_queue_walk(&d->early, skb)
		atomic_sub(skb->truesize, &all->held);
	skb_queue_splice_tail_init(&d->early, early);
}

static void fill_in(struct dfc_key *key, const struct datagram *d)
{
	key->protocol = d->protocol;
	key->l4 = d->l4;
	key->src_port = d->src_port;
	key->dst_port = d->dst_port;
}

void dfc_fragment(struct dfc_fragments *all, struct dfc_key *key,
		  const struct dfc_piece *piece,
		  const struct dfc_packet *packet, struct sk_buff_head *early)
{
	struct dfc_fragment_bucket *b;
	struct dfc_datagram_id id;
	struct datagram *d;

	dfc_datagram_identify(&id, key, piece, packet);
	b = bucket_of(all, &id);
	spin_lock(&b->lock);
	forget_old(all, b);
	d = find(b, &id) ?: begin(all, b, &id);
	if (!piece->offset && d)
		learn(all, b, d, key, early);
	else if (piece->offset && d && d->first)
		fill_in(key, d);
	else if (piece->offset && !hold(all, d, packet))
		dfc_counters_fragment_lost(all->dn->counters);
	spin_unlock(&b->lock);
}

static void forget_work(struct work_struct *work)
{
	struct dfc_fragments *all = container_of(to_delayed_work(work),
						 struct dfc_fragments, work);
	unsigned int i;

	for (i = 0; i < DFC_FRAGMENT_BUCKETS; i++) {
		spin_lock_bh(&all->bucket[i].lock);
		forget_old(all, &all->bucket[i]);
		spin_unlock_bh(&all->bucket[i].lock);
	}
	if (atomic_read(&all->ndatagrams))
		schedule_delayed_work(&all->work, DATAGRAM_AGE / 3);
}

struct dfc_fragments *dfc_fragments_alloc(struct dfc_net *dn)
{
	struct dfc_fragments *all;
	unsigned int i;

	all = kzalloc(sizeof(*all), GFP_KERNEL);
	if (!all)
		return NULL;
	all->dn = dn;
	all->seed = get_random_u32();
	INIT_DELAYED_WORK(&all->work, forget_work);
	for (i = 0; i < DFC_FRAGMENT_BUCKETS; i++) {
		spin_lock_init(&all->bucket[i].lock);
		INIT_LIST_HEAD(&all->bucket[i].datagrams);
	}
	return all;
}

void dfc_fragments_free(struct dfc_fragments *all)
{
	struct dfc_fragment_bucket *b;
	unsigned int i;

	if (!all)
		return;
	cancel_delayed_work_sync(&all->work);
	for (i = 0; i < DFC_FRAGMENT_BUCKETS; i++) {
		b = &all->bucket[i];
		spin_lock_bh(&b->lock);
		while (b->n)
			forget(all, b, list_last_entry(&b->datagrams,
						       struct datagram, link));
		spin_unlock_bh(&b->lock);
	}
	kfree(all);
}
