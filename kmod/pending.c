// SPDX-License-Identifier: GPL-2.0
// Copyright (C) 2026 the dfc project

#include <linux/hash.h>
#include <linux/jhash.h>
#include <linux/log2.h>
#include <linux/netdevice.h>
#include <linux/random.h>
#include <linux/slab.h>

#include "copy.h"
#include "counters.h"
#include "fragment.h"
#include "net.h"
#include "pending.h"

#define PENDING_AGE	(30 * HZ)
#define PENDING_MAX	4096
#define BYTES_MAX	(8 << 20)

/**
 * struct pending - a packet that is kept, or what has come of a datagram
 * @link: in &dfc_pendings.oldest
 * @by_name: in the table of that name
 * @by_datagram: same, if it came in fragments
 * @name: address of the original; never followed, it may be gone
 * @id: of the datagram
 * @since: jiffies when it came, or the first that came of it
 * @bytes: that it takes
 * @pieces: copies, in order of arrival
 */
struct pending {
	struct list_head link;
	struct hlist_node by_name;
	struct hlist_node by_datagram;
	const struct sk_buff *name;
	struct dfc_datagram_id id;
	unsigned long since;
	unsigned int bytes;
	struct sk_buff_head pieces;
};

static struct hlist_head *name_bucket(struct dfc_pendings *all,
				      const struct sk_buff *name)
{
	return &all->by_name[hash_ptr(name, ilog2(DFC_PENDING_BUCKETS))];
}

static struct hlist_head *datagram_bucket(struct dfc_pendings *all,
					  const struct dfc_datagram_id *id)
{
	u32 hash = jhash2((const u32 *)id, sizeof(*id) / sizeof(u32),
			  all->seed);

	return &all->by_datagram[hash & (DFC_PENDING_BUCKETS - 1)];
}

static struct pending *find_name(struct dfc_pendings *all,
				 const struct sk_buff *name)
{
	struct pending *p;

	hlist_for_each_entry(p, name_bucket(all, name), by_name) {
		if (p->name == name)
			return p;
	}
	return NULL;
}

static struct pending *find_datagram(struct dfc_pendings *all,
				     const struct dfc_datagram_id *id)
{
	struct pending *p;

	hlist_for_each_entry(p, datagram_bucket(all, id), by_datagram) {
		if (!memcmp(&p->id, id, sizeof(*id)))
			return p;
	}
	return NULL;
}

/* Who comes next under that name is another packet. */
static void unlink(struct dfc_pendings *all, struct pending *p)
{
	lockdep_assert_held(&all->lock);
	list_del(&p->link);
	hlist_del(&p->by_name);
	if (!hlist_unhashed(&p->by_datagram))
		hlist_del(&p->by_datagram);
	all->bytes -= p->bytes;
	WRITE_ONCE(all->n, all->n - 1);
}

static void forget(struct dfc_pendings *all, struct pending *p)
{
	unlink(all, p);
	__skb_queue_purge(&p->pieces);
	kfree(p);
}

/* Nobody will know any more whether it was forwarded. */
static void lose(struct dfc_pendings *all, struct pending *p)
{
	dfc_counters_pending_lost(all->dn->counters,
				  skb_queue_len(&p->pieces));
	forget(all, p);
}

static void lose_old(struct dfc_pendings *all)
{
	struct pending *p, *next;

	list_for_each_entry_safe(p, next, &all->oldest, link) {
		if (time_before(jiffies, p->since + PENDING_AGE) &&
		    all->n <= PENDING_MAX && all->bytes <= BYTES_MAX)
			break;
		lose(all, p);
	}
}

static void set_name(struct dfc_pendings *all, struct pending *p,
		     const struct sk_buff *name)
{
	lockdep_assert_held(&all->lock);
	hlist_del_init(&p->by_name);
	p->name = name;
	hlist_add_head(&p->by_name, name_bucket(all, name));
}

/* Returns whether the packet is a part of a datagram. */
static bool identify(struct dfc_datagram_id *id,
		     const struct dfc_packet *packet)
{
	if (!packet->key || !dfc_piece_is_fragment(packet->piece))
		return false;
	dfc_datagram_identify(id, packet->key, packet->piece, packet);
	return true;
}

void dfc_pending_arrived(struct dfc_pendings *all,
			 const struct dfc_packet *packet)
{
	struct pending *p, *datagram = NULL;
	struct dfc_datagram_id id;
	bool part;

	if (dfc_pending_is_empty(all))
		return;
	part = identify(&id, packet);
	if (!part && hlist_empty(name_bucket(all, packet->name)))
		return;
	spin_lock_bh(&all->lock);
	if (part)
		datagram = find_datagram(all, &id);
	p = find_name(all, packet->name);
	if (p && p != datagram)
		forget(all, p);
	if (datagram)
		set_name(all, datagram, packet->name);
	spin_unlock_bh(&all->lock);
}

static bool keep_copy(const struct dfc_packet *packet, bool rest,
		      struct sk_buff_head *pieces)
{
	struct sk_buff *copy = dfc_copy_private(packet);

	if (!copy)
		return false;
	copy->skb_iif = packet->seen ? packet->skb->skb_iif
				     : packet->in->ifindex;
	*dfc_kept(copy) = (struct dfc_kept){
		.key = *packet->key,
		.late = packet->seen,
		.rest = rest,
	};
	__skb_queue_tail(pieces, copy);
	return true;
}

/*
 * A merged packet is taken apart now: a copy of it would need all that the
 * segmenters look at in the original.
 */
static bool keep_segments(struct dfc_packet *packet,
			  struct sk_buff_head *pieces)
{
	struct dfc_packet one = *packet;
	const struct sk_buff *seg = dfc_packet_segments(packet);

	if (IS_ERR(seg))
		return false;
	one.offset = 0;
	for (; seg; seg = seg->next) {
		one.skb = seg;
		one.len = seg->len;
		if (!keep_copy(&one, !skb_queue_empty(pieces), pieces))
			return false;
	}
	return true;
}

static struct pending *begin(struct dfc_pendings *all,
			     const struct dfc_datagram_id *id,
			     const struct sk_buff *name)
{
	struct pending *p = kzalloc(sizeof(*p), GFP_ATOMIC | __GFP_NOWARN);

	if (!p)
		return NULL;
	__skb_queue_head_init(&p->pieces);
	p->since = jiffies;
	list_add_tail(&p->link, &all->oldest);
	set_name(all, p, name);
	if (id) {
		p->id = *id;
		hlist_add_head(&p->by_datagram, datagram_bucket(all, id));
	}
	WRITE_ONCE(all->n, all->n + 1);
	if (all->n == 1)
		schedule_delayed_work(&all->work, PENDING_AGE);
	return p;
}

/* Returns whether @pieces are kept; if so, it is empty afterwards. */
static bool add(struct dfc_pendings *all, const struct dfc_packet *packet,
		struct sk_buff_head *pieces)
{
	struct dfc_datagram_id id;
	bool part = identify(&id, packet);
	struct pending *p;
	struct sk_buff *skb;

	spin_lock_bh(&all->lock);
	p = part ? find_datagram(all, &id) : NULL;
	if (!p)
		p = begin(all, part ? &id : NULL, packet->name);
	if (p) {
		skb_queue_walk(pieces, skb) {
			p->bytes += skb->truesize;
			all->bytes += skb->truesize;
		}
		skb_queue_splice_tail_init(pieces, &p->pieces);
		lose_old(all);
	}
	spin_unlock_bh(&all->lock);
	return p;
}

void dfc_pending_keep(struct dfc_pendings *all, struct dfc_packet *packet)
{
	unsigned int packets = max_t(unsigned int, 1,
				     skb_shinfo(packet->skb)->gso_segs);
	struct sk_buff_head pieces;
	bool kept;

	__skb_queue_head_init(&pieces);
	if (skb_is_gso(packet->skb))
		kept = keep_segments(packet, &pieces);
	else
		kept = keep_copy(packet, false, &pieces);
	if (!kept || !add(all, packet, &pieces))
		dfc_counters_pending_lost(all->dn->counters, packets);
	__skb_queue_purge(&pieces);
}

void dfc_pending_take(struct dfc_pendings *all, const struct sk_buff *name,
		      struct sk_buff_head *pieces)
{
	struct pending *p;

	if (dfc_pending_is_empty(all) || hlist_empty(name_bucket(all, name)))
		return;
	spin_lock_bh(&all->lock);
	p = find_name(all, name);
	if (p) {
		skb_queue_splice_tail_init(&p->pieces, pieces);
		forget(all, p);
	}
	spin_unlock_bh(&all->lock);
}

void dfc_pending_forget(struct dfc_pendings *all, const struct sk_buff *name)
{
	struct sk_buff_head pieces;

	__skb_queue_head_init(&pieces);
	dfc_pending_take(all, name, &pieces);
	__skb_queue_purge(&pieces);
}

static void forget_work(struct work_struct *work)
{
	struct dfc_pendings *all = container_of(to_delayed_work(work),
						struct dfc_pendings, work);

	spin_lock_bh(&all->lock);
	lose_old(all);
	if (all->n)
		schedule_delayed_work(&all->work, PENDING_AGE / 3);
	spin_unlock_bh(&all->lock);
}

struct dfc_pendings *dfc_pendings_alloc(struct dfc_net *dn)
{
	struct dfc_pendings *all = kzalloc(sizeof(*all), GFP_KERNEL);

	if (!all)
		return NULL;
	all->dn = dn;
	spin_lock_init(&all->lock);
	INIT_LIST_HEAD(&all->oldest);
	all->seed = get_random_u32();
	INIT_DELAYED_WORK(&all->work, forget_work);
	return all;
}

void dfc_pendings_free(struct dfc_pendings *all)
{
	struct pending *p, *next;

	if (!all)
		return;
	cancel_delayed_work_sync(&all->work);
	spin_lock_bh(&all->lock);
	list_for_each_entry_safe(p, next, &all->oldest, link)
		forget(all, p);
	spin_unlock_bh(&all->lock);
	kfree(all);
}
