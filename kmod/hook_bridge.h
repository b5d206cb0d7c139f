/* SPDX-License-Identifier: GPL-2.0 */
/* Copyright (C) 2026 the dfc project */

#ifndef _DFC_HOOK_BRIDGE_H
#define _DFC_HOOK_BRIDGE_H

#include <linux/netfilter_bridge.h>
#include <linux/skbuff.h>
#include <linux/types.h>

struct net;
struct net_device;
struct nf_hook_state;

/**
 * dfc_bridge_has_notes() - whether br_netfilter has taken notes of a packet
 * @skb: packet
 */
static inline bool dfc_bridge_has_notes(const struct sk_buff *skb)
{
#if IS_ENABLED(CONFIG_BRIDGE_NETFILTER)
	return nf_bridge_info_exists(skb);
#else
	return false;
#endif
}

/**
 * dfc_bridge_judge() - dfc_bridge_has_seen() for packets that a bridge may have
 * @skb: same
 * @state: same
 */
bool dfc_bridge_judge(const struct sk_buff *skb,
		      const struct nf_hook_state *state);

/**
 * dfc_bridge_has_seen() - whether a packet was seen before it came to IP
 * @skb: packet at IP's PRE_ROUTING; only read
 * @state: of that hook
 *
 * Frames for the router itself are seen there, all others at the bridge. With
 * br_netfilter both pass there, and some of them twice.
 *
 * Context: RCU read lock held.
 * Return: false if it is to be looked at there.
 */
static inline bool dfc_bridge_has_seen(const struct sk_buff *skb,
				       const struct nf_hook_state *state)
{
	/* Most are this machine's, as far as Ethernet goes, and by no bridge. */
	return (dfc_bridge_has_notes(skb) || skb->pkt_type != PACKET_HOST) &&
	       dfc_bridge_judge(skb, state);
}

/**
 * dfc_bridge_ports() - the ports of a bridged packet at IP's POST_ROUTING
 * @skb: packet there; only read
 * @state: of that hook
 * @in: filled in: the port that it came in by, or the bridge if that is gone
 * @out: filled in: the port that it leaves by
 *
 * With br_netfilter, bridged packets pass there, and are looked at there and
 * not at the bridge: only then are they behind address translation.
 *
 * Context: RCU read lock held.
 * Return: false, and nothing is filled in, if no bridge forwards the packet.
 */
bool dfc_bridge_ports(const struct sk_buff *skb,
		      const struct nf_hook_state *state,
		      const struct net_device **in,
		      const struct net_device **out);

/**
 * dfc_hook_bridge_start() - see to it that bridged packets are looked at
 * @net: namespace
 *
 * Does nothing on a kernel whose bridges have no hooks.
 *
 * Context: may sleep.
 * Return: 0 or a negative errno.
 */
int dfc_hook_bridge_start(struct net *net);

/**
 * dfc_hook_bridge_stop() - look at no bridged packets any more
 * @net: namespace of a dfc_hook_bridge_start() that succeeded
 *
 * Context: may sleep.
 */
void dfc_hook_bridge_stop(struct net *net);

#endif /* _DFC_HOOK_BRIDGE_H */
