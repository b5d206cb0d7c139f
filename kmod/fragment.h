/* SPDX-License-Identifier: GPL-2.0 */
/* Copyright (C) 2026 the dfc project */

#ifndef _DFC_FRAGMENT_H
#define _DFC_FRAGMENT_H

#include <linux/skbuff.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>

#include "key.h"

struct dfc_net;
struct dfc_packet;
struct net_device;

#define DFC_FRAGMENT_BUCKETS	256	/* a power of two */

/* What tells the fragments of a datagram from others; hashed as words. */
struct dfc_datagram_id {
	union dfc_addr src;
	union dfc_addr dst;
	__be32 id;
	u32 realm;	/* group, VRF or bridge: each has addresses */
	u8 family;
	u8 protocol;	/* IPv4 only: it is part of the identity there */
	u8 point;
	u8 zero;
};

/**
 * dfc_datagram_identify() - tell which datagram a fragment belongs to
 * @id: filled in, without padding
 * @key: of the fragment
 * @piece: of the fragment
 * @packet: the fragment; of its device, if it still has one, the VRF or bridge
 *	counts
 *
 * Context: RCU read lock held.
 */
void dfc_datagram_identify(struct dfc_datagram_id *id,
			   const struct dfc_key *key,
			   const struct dfc_piece *piece,
			   const struct dfc_packet *packet);

/* Datagrams whose identities hash alike, newest first. */
struct dfc_fragment_bucket {
	spinlock_t lock;
	unsigned int n;
	struct list_head datagrams;
};

/**
 * struct dfc_fragments - datagrams that are passing in fragments
 * @dn: namespace
 * @held: bytes of early fragments that are kept, with overhead
 * @ndatagrams: number of datagrams known
 * @seed: of the hash, since senders choose what is hashed
 * @work: forgets what is too old, while there is anything
 * @bucket: datagrams by hash
 *
 * Ports, and the type of an ICMP message, are in the first fragment only. What
 * it says is remembered for those that follow. Those that overtake it are kept
 * (as copies: the originals are never delayed) until it comes.
 */
struct dfc_fragments {
	struct dfc_net *dn;
	atomic_t held;
	atomic_t ndatagrams;
	u32 seed;
	struct delayed_work work;
	struct dfc_fragment_bucket bucket[DFC_FRAGMENT_BUCKETS];
};

/**
 * dfc_fragments_alloc() - start with no datagrams
 * @dn: namespace
 *
 * Context: may sleep.
 * Return: freed by dfc_fragments_free(), or NULL.
 */
struct dfc_fragments *dfc_fragments_alloc(struct dfc_net *dn);

/**
 * dfc_fragments_free() - forget all datagrams
 * @all: from dfc_fragments_alloc() or NULL; no packet uses it any more
 *
 * Context: may sleep.
 */
void dfc_fragments_free(struct dfc_fragments *all);

/**
 * dfc_fragment() - complete the key of a fragment
 * @all: datagrams of the namespace
 * @key: of the packet; a later fragment whose first has passed gets the upper
 *	protocol, and ports or ICMP type and code, from that
 * @piece: what the packet says of its datagram; it is a fragment
 * @packet: the packet, only read; of the device that it came in by or leaves
 *	by, dfc_device_domain() counts: fragments in different ones have nothing
 *	to do with each other
 * @early: with a first fragment, filled with those that had overtaken it:
 *	the caller's to look at with the completed key and their own device,
 *	whose number is in skb_iif, and to free
 *
 * At most 30 s and 4 MiB of early fragments are kept, 128 of a datagram, and 16
 * datagrams in each bucket; what does not fit is counted by
 * dfc_counters_fragment_lost().
 *
 * Context: bottom halves disabled, RCU read lock held.
 */
void dfc_fragment(struct dfc_fragments *all, struct dfc_key *key,
		  const struct dfc_piece *piece,
		  const struct dfc_packet *packet, struct sk_buff_head *early);

#endif /* _DFC_FRAGMENT_H */
