/* SPDX-License-Identifier: GPL-2.0 */
/* Copyright (C) 2026 the dfc project */

#ifndef _DFC_PENDING_H
#define _DFC_PENDING_H

#include <linux/skbuff.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>

#include "key.h"

struct dfc_net;
struct dfc_packet;

#define DFC_PENDING_BUCKETS	512	/* a power of two */

/**
 * struct dfc_pendings - packets to this machine that may yet be forwarded
 * @dn: namespace
 * @lock: guards all
 * @n: number of them, a datagram in fragments counts once; read without lock
 * @bytes: that they take, with overhead
 * @oldest: all of them, oldest first
 * @by_name: by the address of the original
 * @by_datagram: those in fragments, by identity
 * @seed: of the hashes, since senders choose identities
 * @work: forgets what is too old, while there is anything
 *
 * What is addressed to this machine and what is forwarded only becomes one
 * where addresses are translated: behind the place where packets are looked at
 * as they came in. So those that a filter wants only if they are forwarded are
 * kept (as copies: the originals are never delayed) until it turns out. All
 * that an original has on its way there is the address of its sk_buff; where
 * fragments are put together, that is the last one's to come.
 */
struct dfc_pendings {
	struct dfc_net *dn;
	spinlock_t lock;
	unsigned int n;
	unsigned int bytes;
	struct list_head oldest;
	struct hlist_head by_name[DFC_PENDING_BUCKETS];
	struct hlist_head by_datagram[DFC_PENDING_BUCKETS];
	u32 seed;
	struct delayed_work work;
};

/**
 * struct dfc_kept - what a copy that is kept bears in its control buffer
 * @key: as it was completed when the packet was looked at
 * @late: it had to wait for its first fragment before
 * @rest: it was merged with another one, and is not the first of them
 *
 * The number of the device that it came in by is in skb_iif.
 */
struct dfc_kept {
	struct dfc_key key;
	bool late;
	bool rest;
};

/**
 * dfc_kept() - what is known of a copy that is kept
 * @skb: from dfc_pending_take()
 *
 * Return: lives as long as @skb.
 */
static inline struct dfc_kept *dfc_kept(struct sk_buff *skb)
{
	BUILD_BUG_ON(sizeof(struct dfc_kept) > sizeof(skb->cb));
	return (struct dfc_kept *)skb->cb;
}

/**
 * dfc_pending_is_empty() - whether no packet is kept
 * @all: of the namespace
 *
 * Context: any.
 */
static inline bool dfc_pending_is_empty(const struct dfc_pendings *all)
{
	return !READ_ONCE(all->n);
}

/**
 * dfc_pendings_alloc() - start with none
 * @dn: namespace
 *
 * Context: may sleep.
 * Return: freed by dfc_pendings_free(), or NULL.
 */
struct dfc_pendings *dfc_pendings_alloc(struct dfc_net *dn);

/**
 * dfc_pendings_free() - forget all
 * @all: from dfc_pendings_alloc() or NULL; no packet uses it any more
 *
 * Context: may sleep.
 */
void dfc_pendings_free(struct dfc_pendings *all);

/**
 * dfc_pending_arrived() - note that another packet comes in
 * @all: of the namespace
 * @packet: before it is looked up; its key is NULL if it has none
 *
 * What was kept under the address of its sk_buff is forgotten: that one is no
 * more, so it was not forwarded. If the packet is a fragment of a datagram that
 * is kept, that is known by its address from now on.
 *
 * Context: any; RCU read lock held.
 */
void dfc_pending_arrived(struct dfc_pendings *all,
			 const struct dfc_packet *packet);

/**
 * dfc_pending_keep() - keep a packet until it turns out whether it is forwarded
 * @all: of the namespace
 * @packet: that has been looked up; a merged one is taken apart
 *
 * At most 30 s, 4096 packets and 8 MiB are kept. The oldest ones make way for
 * new ones, and are counted by dfc_counters_pending_lost(), as is what there is
 * no memory for.
 *
 * Context: any; RCU read lock held.
 */
void dfc_pending_keep(struct dfc_pendings *all, struct dfc_packet *packet);

/**
 * dfc_pending_take() - take what is kept of a packet
 * @all: of the namespace
 * @name: original, of which only the address counts
 * @pieces: initialised; what was kept is added, in the order in which it came,
 *	the caller's to free by consume_skb()
 *
 * Context: any.
 */
void dfc_pending_take(struct dfc_pendings *all, const struct sk_buff *name,
		      struct sk_buff_head *pieces);

/**
 * dfc_pending_forget() - forget a packet that has arrived here
 * @all: of the namespace
 * @name: original, of which only the address counts
 *
 * Context: any.
 */
void dfc_pending_forget(struct dfc_pendings *all, const struct sk_buff *name);

#endif /* _DFC_PENDING_H */
