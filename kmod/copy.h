/* SPDX-License-Identifier: GPL-2.0 */
/* Copyright (C) 2026 the dfc project */

#ifndef _DFC_COPY_H
#define _DFC_COPY_H

#include <linux/skbuff.h>

#include "filter.h"

/**
 * enum dfc_way - where a packet goes, for that is not any filter's business
 * @DFC_WAY_PASSES: through this machine: all filters count
 * @DFC_WAY_OPEN: not known yet: to be found out once a filter needs it
 * @DFC_WAY_LOCAL: it comes from or goes to this machine: filters count whose
 *	group is local
 * @DFC_WAY_PENDING: the same now, but it may yet be forwarded
 * @DFC_WAY_FORWARDED: it was pending, and is forwarded: the other filters count
 */
enum dfc_way {
	DFC_WAY_PASSES,
	DFC_WAY_OPEN,
	DFC_WAY_LOCAL,
	DFC_WAY_PENDING,
	DFC_WAY_FORWARDED,
};

/**
 * struct dfc_packet - a packet while filters look at it
 * @dn: namespace
 * @skb: the original; never changed, never freed here
 * @offset: bytes from @skb->data to its IP header; to the beginning of the
 *	frame, and then not above 0, where @family is AF_PACKET
 * @len: bytes from there to its end; what is behind is no part of it
 * @family: AF_INET, AF_INET6, or AF_PACKET: the whole frame is looked at
 * @point: DFC_POINT_*
 * @in: device that it came in by; NULL if this machine sends it
 * @dev: device that the scope of a filter is held against: @in, or the one
 *	that it leaves by where that is looked at; NULL if it is gone
 * @realm: 0, or id of a passive group: fragments there are of other datagrams
 *	than elsewhere
 * @way: where it goes
 * @key: what filters look at in it, from the classifier's turn on
 * @piece: which part of its datagram it is; same
 * @name: the original, by whose address it is known on its way: @skb, unless
 *	that is a fragment which has waited for its first
 * @seen: of such a fragment: its key when it came. Filters that match that have
 *	seen it already
 * @missed: a filter wants it if it is forwarded
 * @segs: its packets of the wire if it is a merged one and has been taken
 *	apart, owned; NULL before, or an error
 * @drop: a filter wants the original to go no further
 * @serial: see dfc_tally_take()
 * @claimed: @allowed is known of the filter that copies it now
 * @allowed: copies that the group of the filter allows it
 */
struct dfc_packet {
	struct dfc_net *dn;
	const struct sk_buff *skb;
	int offset;
	unsigned int len;
	u8 family;
	u8 point;
	const struct net_device *in;
	const struct net_device *dev;
	u32 realm;
	enum dfc_way way;
	const struct dfc_key *key;
	const struct dfc_piece *piece;
	const struct sk_buff *name;
	const struct dfc_key *seen;
	bool missed;
	struct sk_buff *segs;
	bool drop;
	u64 serial;
	bool claimed;
	unsigned int allowed;
};

/**
 * dfc_packet_init() - begin to look at a packet
 * @packet: filled in; @packet->in and @packet->dev are the caller's to set, and
 *	@packet->offset and @packet->way where they are not 0
 * @dn: namespace
 * @skb: the original; stays the caller's
 * @family: what it is
 * @point: where it is seen
 */
static inline void dfc_packet_init(struct dfc_packet *packet,
				   struct dfc_net *dn,
				   const struct sk_buff *skb, u8 family,
				   u8 point)
{
	memset(packet, 0, sizeof(*packet));
	packet->dn = dn;
	packet->skb = skb;
	packet->name = skb;
	packet->family = family;
	packet->point = point;
}

/**
 * dfc_packet_segments() - take a merged packet apart
 * @packet: merged packet
 *
 * Done once; what @packet->segs has is what this returns.
 *
 * Context: any.
 * Return: its packets of the wire, linked by @next, which stay @packet's; or
 * an error: -ENOMEM, or another one if it cannot be taken apart.
 */
struct sk_buff *dfc_packet_segments(struct dfc_packet *packet);

/**
 * dfc_packet_fini() - free what looking at a packet needed
 * @packet: packet
 */
void dfc_packet_fini(struct dfc_packet *packet);

/**
 * dfc_copy_private() - copy a packet to look at it later
 * @packet: with its length known; only read
 *
 * The copy has bytes of its own, from the IP header on, and inherits nothing:
 * no device, route, connection or mark. Its network header is set.
 *
 * Context: any.
 * Return: freed by consume_skb(), or NULL.
 */
struct sk_buff *dfc_copy_private(const struct dfc_packet *packet);

/**
 * dfc_copy() - copy a packet for a filter that it matched
 * @f: filter
 * @packet: packet
 *
 * Accounts each packet of the wire and puts a copy of it for every destination
 * of the filter into the outbox, as far as its group allows. Says in
 * @packet->drop if the filter redirects or blocks and has accounted the packet;
 * of a merged one, its first.
 *
 * Context: bottom halves disabled, RCU read lock held.
 */
void dfc_copy(struct dfc_filter *f, struct dfc_packet *packet);

#endif /* _DFC_COPY_H */
