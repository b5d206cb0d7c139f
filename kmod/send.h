/* SPDX-License-Identifier: GPL-2.0 */
/* Copyright (C) 2026 the dfc project */

#ifndef _DFC_SEND_H
#define _DFC_SEND_H

#include <linux/dfc.h>
#include <linux/skbuff.h>

struct dfc_dest;
struct dfc_filter;
struct dfc_net;

/**
 * struct dfc_parcel - what a copy has in its control buffer until it is sent
 * @filter: that it was made for; lives until all its copies are decided
 * @dest: where it goes; lives as long as @filter
 * @bytes: of the inner packet
 * @since: lower half of the jiffies when it began to wait
 */
struct dfc_parcel {
	struct dfc_filter *filter;
	struct dfc_dest *dest;
	u32 bytes;
	u32 since;
};

/**
 * dfc_parcel() - what a copy has in its control buffer
 * @skb: copy that has not been sent
 */
static inline struct dfc_parcel *dfc_parcel(struct sk_buff *skb)
{
	BUILD_BUG_ON(sizeof(struct dfc_parcel) > sizeof(skb->cb));
	return (struct dfc_parcel *)skb->cb;
}

/**
 * dfc_send() - send a copy now
 * @dn: namespace
 * @skb: private copy with its parcel, scrubbed, as dfc_format_push() leaves it,
 *	with what is left of DFC_ENCAP_MAX bytes of headroom; always consumed
 *
 * Counts what becomes of it.
 *
 * Context: bottom halves disabled, RCU read lock held.
 */
void dfc_send(struct dfc_net *dn, struct sk_buff *skb);

/**
 * dfc_send_drop() - drop a copy
 * @dn: namespace
 * @skb: private copy with its parcel; always consumed
 * @cause: counted
 *
 * Context: bottom halves disabled.
 */
void dfc_send_drop(struct dfc_net *dn, struct sk_buff *skb,
		   enum dfc_drop cause);

/**
 * dfc_send_lost() - count a copy that is dropped, or could not be made
 * @dn: namespace
 * @f: filter that it was for
 * @dest: where it was to go
 * @bytes: of the inner packet
 * @cause: counted
 *
 * Context: bottom halves disabled.
 */
void dfc_send_lost(struct dfc_net *dn, struct dfc_filter *f,
		   struct dfc_dest *dest, unsigned int bytes,
		   enum dfc_drop cause);

#endif /* _DFC_SEND_H */
