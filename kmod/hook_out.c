// SPDX-License-Identifier: GPL-2.0
// Copyright (C) 2026 the dfc project

#include <linux/ipv6.h>
#include <linux/netdevice.h>
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>
#include <net/ip.h>
#include <net/route.h>
#include <net/sock.h>

#include "hook_bridge.h"
#include "hook_out.h"
#include "look.h"
#include "net.h"

/*
 * What a device has received bears its number, and what a bridge passes on its
 * notes; what the router makes of others, by tunnels, neither. It will leave by
 * a port of the VRF, and not by the VRF itself, and pass here again for that.
 * Copies keep their socket in tunnels, too.
 */
static bool is_sent(const struct dfc_net *dn, const struct sk_buff *skb,
		    const struct net_device *out)
{
	return !skb->skb_iif && !dfc_bridge_has_notes(skb) &&
	       !(out->flags & IFF_LOOPBACK) && !netif_is_l3_master(out) &&
	       !dfc_net_is_copy(dn, skb);
}

/*
 * Of broadcast and multicast this machine sends a clone to itself, which passes
 * here, too. The socket is no longer the clone's.
 */
static bool is_looped_ipv4(const struct sk_buff *skb, struct sock *sk)
{
	const struct rtable *rt = skb_rtable(skb);

	if (skb->sk || !sk || !rt)
		return false;
	return rt->rt_flags & RTCF_BROADCAST ||
	       (rt->rt_flags & RTCF_MULTICAST && sk_mc_loop(sk));
}

/* IPsec has its own packets pass here again. */
static bool is_new(const struct sk_buff *skb,
		   const struct nf_hook_state *state, u8 family)
{
	if (family == AF_INET)
		return !(IPCB(skb)->flags &
			 (IPSKB_FORWARDED | IPSKB_XFRM_TRANSFORMED)) &&
		       !is_looped_ipv4(skb, state->sk);
	return !(IP6CB(skb)->flags & IP6SKB_XFRM_TRANSFORMED) &&
	       state->okfn != dev_loopback_xmit;
}

static bool look_at(struct dfc_net *dn, struct sk_buff *skb,
		    const struct net_device *out, u8 family, u8 point)
{
	struct dfc_packet packet;

	if (!READ_ONCE(dn->nseen[point]))
		return false;
	dfc_packet_init(&packet, dn, skb, family, point);
	packet.way = DFC_WAY_LOCAL;
	packet.dev = out;
	return dfc_look(&packet);
}

/*
 * A filter looks at packets as they come in or as they leave; what this machine
 * sends does only the latter, and is shown to both kinds. The sender, which is
 * here, would be told of a verdict to drop.
 */
static unsigned int look_sent(struct dfc_net *dn, struct sk_buff *skb,
			      const struct net_device *out, u8 family)
{
	bool drop;

	drop = look_at(dn, skb, out, family, DFC_POINT_IN);
	drop |= look_at(dn, skb, out, family, DFC_POINT_OUT);
	if (!drop)
		return NF_ACCEPT;
	kfree_skb(skb);
	return NF_STOLEN;
}

/*
 * In a VRF packets bear its number instead of that of the port that they came
 * in by, but for @iif, which IP takes note of when it gets them.
 */
static const struct net_device *came_in_by(const struct sk_buff *skb,
					   const struct nf_hook_state *state,
					   int iif)
{
	if (!netif_is_l3_master(state->in))
		return state->in;
	return dev_get_by_index_rcu(state->net, iif ?: skb->skb_iif) ?:
	       state->in;
}

/*
 * What is forwarded by a VRF device is routed once more by that, and leaves by
 * a port of the VRF: it passes again, as what the router sends does, without
 * flags and as if it came in by the VRF. Only what IPsec is about to encrypt
 * never will; but what it has made of a forwarded packet, and sends by a VRF,
 * cannot be told from a packet that is forwarded there.
 */
static bool goes_by_vrf(const struct sk_buff *skb,
			const struct nf_hook_state *state)
{
	return netif_is_l3_master(state->out) && !dst_xfrm(skb_dst(skb));
}

static bool comes_by_vrf(const struct sk_buff *skb,
			 const struct nf_hook_state *state)
{
	return netif_is_l3_master(state->in) && skb->skb_iif && !skb->sk;
}

/*
 * Bridged packets have something else than IPCB() in their control buffer, and
 * no device that they came in by; nor have those that the router sends. IPsec
 * has its own packets pass here again, with the flags of the first passage
 * gone.
 */
static bool is_forwarded_ipv4(const struct sk_buff *skb,
			      const struct nf_hook_state *state)
{
	if (!state->in || IPCB(skb)->flags & IPSKB_XFRM_TRANSFORMED ||
	    goes_by_vrf(skb, state))
		return false;
	return IPCB(skb)->flags & IPSKB_FORWARDED || comes_by_vrf(skb, state);
}

/*
 * IPv6 marks only multicast packets as forwarded. But what a device has
 * received bears its number and belongs to no socket, and what the router
 * sends, tunnels included, does not.
 */
static bool is_forwarded_ipv6(const struct sk_buff *skb,
			      const struct nf_hook_state *state)
{
	return state->in && skb->skb_iif && !skb->sk &&
	       !(IP6CB(skb)->flags & IP6SKB_XFRM_TRANSFORMED) &&
	       !goes_by_vrf(skb, state);
}

/* Returns whether it is, and by which devices it passes. */
static bool is_forwarded(const struct sk_buff *skb,
			 const struct nf_hook_state *state, u8 family,
			 const struct net_device **in,
			 const struct net_device **out)
{
	bool ipv4 = family == AF_INET;

	if (dfc_bridge_ports(skb, state, in, out))
		return true;
	if (!(ipv4 ? is_forwarded_ipv4(skb, state) :
		     is_forwarded_ipv6(skb, state)))
		return false;
	*in = came_in_by(skb, state, ipv4 ? IPCB(skb)->iif : IP6CB(skb)->iif);
	*out = state->out;
	return true;
}

static unsigned int look_out(struct dfc_net *dn, struct sk_buff *skb,
			     const struct nf_hook_state *state, u8 family)
{
	struct dfc_packet packet;

	dfc_packet_init(&packet, dn, skb, family, DFC_POINT_OUT);
	if (!is_forwarded(skb, state, family, &packet.in, &packet.dev))
		return NF_ACCEPT;
	return dfc_look(&packet) ? NF_DROP : NF_ACCEPT;
}

static unsigned int leave(struct sk_buff *skb,
			  const struct nf_hook_state *state, u8 family)
{
	struct dfc_net *dn = dfc_net(state->net);
	unsigned int told = NF_ACCEPT;

	if (READ_ONCE(dn->nlocal) && is_sent(dn, skb, state->out) &&
	    is_new(skb, state, family))
		told = look_sent(dn, skb, state->out, family);
	if (told == NF_ACCEPT && READ_ONCE(dn->nseen[DFC_POINT_OUT]))
		told = look_out(dn, skb, state, family);
	return told;
}

static unsigned int leave_ipv4(void *priv, struct sk_buff *skb,
			       const struct nf_hook_state *state)
{
	return leave(skb, state, AF_INET);
}

static unsigned int leave_ipv6(void *priv, struct sk_buff *skb,
			       const struct nf_hook_state *state)
{
	return leave(skb, state, AF_INET6);
}

/*
 * As packets will be on the wire: behind address translation, and before
 * connection tracking takes note of one that may yet be dropped.
 */
static const struct nf_hook_ops hooks[] = {
	{
		.hook = leave_ipv4,
		.pf = NFPROTO_IPV4,
		.hooknum = NF_INET_POST_ROUTING,
		.priority = NF_IP_PRI_LAST - 1,
	},
	{
		.hook = leave_ipv6,
		.pf = NFPROTO_IPV6,
		.hooknum = NF_INET_POST_ROUTING,
		.priority = NF_IP6_PRI_LAST - 1,
	},
};

int dfc_hook_out_start(struct dfc_net *dn)
{
	int err;

	lockdep_assert_held(&dn->lock);
	if (dn->hooked_out)
		return 0;
	err = nf_register_net_hooks(dn->net, hooks, ARRAY_SIZE(hooks));
	dn->hooked_out = !err;
	return err;
}

void dfc_hook_out_stop(struct dfc_net *dn)
{
	lockdep_assert_held(&dn->lock);
	if (dn->hooked_out)
		nf_unregister_net_hooks(dn->net, hooks, ARRAY_SIZE(hooks));
	dn->hooked_out = false;
}
