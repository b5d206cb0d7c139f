/* SPDX-License-Identifier: GPL-2.0 */
/* Copyright (C) 2026 the dfc project */

#ifndef _DFC_PEEL_H
#define _DFC_PEEL_H

#include <linux/types.h>

struct sk_buff;

/**
 * struct dfc_peeled - where the IP packet in a frame is
 * @offset: bytes from skb->data to its IP header
 * @family: AF_INET or AF_INET6, which the frame says that it is; the header is
 *	dfc_key_extract()'s to judge
 */
struct dfc_peeled {
	int offset;
	u8 family;
};

/**
 * dfc_peel() - find the IP packet in a frame
 * @skb: frame; read only, never reallocated
 * @at: bytes from @skb->data to what @protocol says; 0 where the kernel hands
 *	over received frames (device ingress, bridge), whose @skb->data is behind
 *	the link layer header
 * @protocol: EtherType of what is there, or ETH_P_802_2, in network byte order:
 *	@skb->protocol at those places. A VLAN tag that the kernel has put beside
 *	the frame (skb_vlan_tag_present()) is in front of that, and no matter
 * @p: filled in where there is one
 *
 * Looks through VLAN tags (802.1Q, 802.1ad, 0x9100) and other tags with an
 * EtherType behind them, provider backbone bridging (802.1ah), MACsec without
 * encryption, MPLS labels with IP or an Ethernet frame behind them, PPPoE
 * sessions, PPP, and LLC with or without SNAP; in any order, 32 at most. Does
 * not look into packets: the first IP header counts.
 *
 * Behind MPLS labels nothing says what comes. It is IP if it looks so, else
 * Ethernet, with or without a control word, if that leads to what looks like
 * IP; else what its first four bits say (RFC 4928).
 *
 * Context: any.
 * Return: whether there is one.
 */
bool dfc_peel(const struct sk_buff *skb, int at, __be16 protocol,
	      struct dfc_peeled *p);

#endif /* _DFC_PEEL_H */
