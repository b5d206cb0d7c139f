// SPDX-License-Identifier: GPL-2.0
// Copyright (C) 2026 the dfc project

#include <linux/netdevice.h>

#include "dest.h"
#include "encap.h"
#include "filter.h"
#include "net.h"
#include "route.h"
#include "send.h"

void dfc_send_lost(struct dfc_net *dn, struct dfc_filter *f,
		   struct dfc_dest *dest, unsigned int bytes,
		   enum dfc_drop cause)
{
	dfc_dest_dropped(dn, dest, cause, bytes);
	dfc_filter_dropped(f, cause, bytes);
}

void dfc_send_drop(struct dfc_net *dn, struct sk_buff *skb,
		   enum dfc_drop cause)
{
	const struct dfc_parcel *parcel = dfc_parcel(skb);

	dfc_send_lost(dn, parcel->filter, parcel->dest, parcel->bytes, cause);
	kfree_skb(skb);
}

/* So that the next copy has room for all headers and the trailer of ESP. */
static void learn(struct dfc_dest *dest, const struct dst_entry *dst)
{
	unsigned int headroom = LL_RESERVED_SPACE(dst->dev) + dst->header_len;

	if (unlikely(READ_ONCE(dest->headroom) != headroom))
		WRITE_ONCE(dest->headroom, headroom);
	if (unlikely(READ_ONCE(dest->tailroom) != dst->trailer_len))
		WRITE_ONCE(dest->tailroom, dst->trailer_len);
}

void dfc_send(struct dfc_net *dn, struct sk_buff *skb)
{
	const struct dfc_parcel parcel = *dfc_parcel(skb);
	struct dfc_dest *dest = parcel.dest;
	struct dst_entry *dst;
	enum dfc_drop cause;
	union dfc_addr src;

	dst = dfc_route_get(dn, dest, dfc_format_protocol(dest, skb->protocol),
			    &src, &cause);
	if (!dst) {
		dfc_send_drop(dn, skb, cause);
		return;
	}
	learn(dest, dst);
	memset(skb->cb, 0, sizeof(skb->cb));
	skb_dst_set(skb, dst);
	skb->dev = dst->dev;
	if (!dfc_encap_send(dn, dest, skb, &src, &cause)) {
		dfc_send_lost(dn, parcel.filter, dest, parcel.bytes, cause);
		return;
	}
	dfc_counters_sent(dest->counters, parcel.bytes);
	dfc_counters_sent(dn->counters, parcel.bytes);
}
