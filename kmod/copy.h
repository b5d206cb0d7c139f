/* SPDX-License-Identifier: GPL-2.0 */
/* Copyright (C) 2026 the dfc project */

#ifndef _DFC_COPY_H
#define _DFC_COPY_H

#include <linux/skbuff.h>

#include "filter.h"

/**
 * struct dfc_packet - a packet while filters look at it
 * @dn: namespace
 * @dev: device that it comes in by, or leaves by where that is looked at
 * @skb: the original; never changed, never freed here
 * @segs: its packets of the wire if it is a merged one and has been taken
 *	apart, owned; NULL before, or an error
 * @drop: a filter wants the original to go no further
 */
struct dfc_packet {
	struct dfc_net *dn;
	const struct net_device *dev;
	const struct sk_buff *skb;
	struct sk_buff *segs;
	bool drop;
};

/**
 * dfc_packet_init() - begin to look at a packet
 * @packet: filled in
 * @dn: namespace
 * @dev: device that filters may name
 * @skb: the original; stays the caller's
 */
static inline void dfc_packet_init(struct dfc_packet *packet,
				   struct dfc_net *dn,
				   const struct net_device *dev,
				   const struct sk_buff *skb)
{
	packet->dn = dn;
	packet->dev = dev;
	packet->skb = skb;
	packet->segs = NULL;
	packet->drop = false;
}

/**
 * dfc_packet_fini() - free what looking at a packet needed
 * @packet: packet
 */
void dfc_packet_fini(struct dfc_packet *packet);

/**
 * dfc_copy_private() - copy a packet to look at it later
 * @skb: the original, only read
 *
 * The copy has bytes of its own and inherits nothing: no device, route,
 * connection or mark. Its network header is set.
 *
 * Context: any.
 * Return: freed by consume_skb(), or NULL.
 */
struct sk_buff *dfc_copy_private(const struct sk_buff *skb);

/**
 * dfc_copy() - copy a packet for a filter that it matched
 * @f: filter
 * @packet: packet
 *
 * Accounts each packet of the wire and sends a copy of it to every
 * destination of the filter. Says in @packet->drop if the filter redirects or
 * blocks and has accounted the packet; of a merged one, its first.
 *
 * Context: bottom halves disabled, RCU read lock held.
 */
void dfc_copy(struct dfc_filter *f, struct dfc_packet *packet);

#endif /* _DFC_COPY_H */
