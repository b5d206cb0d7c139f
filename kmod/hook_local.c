// SPDX-License-Identifier: GPL-2.0
// Copyright (C) 2026 the dfc project

#include <linux/ipv6.h>
#include <linux/netdevice.h>
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>
#include <net/ip.h>
#include <net/l3mdev.h>
#include <net/route.h>
#include <net/sock.h>

#include "hook_bridge.h"
#include "hook_local.h"
#include "look.h"
#include "net.h"
#include "pending.h"

/* What comes here is forwarded, whomever it was addressed to. */
static unsigned int look_forwarded(void *priv, struct sk_buff *skb,
				   const struct nf_hook_state *state)
{
	struct dfc_net *dn = dfc_net(state->net);

	if (dfc_pending_is_empty(dn->pendings))
		return NF_ACCEPT;
	return dfc_look_forwarded(dn, skb) ? NF_DROP : NF_ACCEPT;
}

static unsigned int forget_arrived(void *priv, struct sk_buff *skb,
				   const struct nf_hook_state *state)
{
	dfc_pending_forget(dfc_net(state->net)->pendings, skb);
	return NF_ACCEPT;
}

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

/* IPsec has its own packets pass here again. */
static unsigned int look_sent_ipv4(void *priv, struct sk_buff *skb,
				   const struct nf_hook_state *state)
{
	struct dfc_net *dn = dfc_net(state->net);

	if (!READ_ONCE(dn->nlocal) || !is_sent(dn, skb, state->out) ||
	    IPCB(skb)->flags & (IPSKB_FORWARDED | IPSKB_XFRM_TRANSFORMED) ||
	    is_looped_ipv4(skb, state->sk))
		return NF_ACCEPT;
	return look_sent(dn, skb, state->out, AF_INET);
}

static unsigned int look_sent_ipv6(void *priv, struct sk_buff *skb,
				   const struct nf_hook_state *state)
{
	struct dfc_net *dn = dfc_net(state->net);

	if (!READ_ONCE(dn->nlocal) || !is_sent(dn, skb, state->out) ||
	    IP6CB(skb)->flags & IP6SKB_XFRM_TRANSFORMED ||
	    state->okfn == dev_loopback_xmit)
		return NF_ACCEPT;
	return look_sent(dn, skb, state->out, AF_INET6);
}

/*
 * Before any rule can drop what would have been forwarded, or have arrived. And
 * as packets will be on the wire: behind address translation.
 */
static const struct nf_hook_ops hooks[] = {
	{
		.hook = look_forwarded,
		.pf = NFPROTO_IPV4,
		.hooknum = NF_INET_FORWARD,
		.priority = NF_IP_PRI_FIRST,
	},
	{
		.hook = look_forwarded,
		.pf = NFPROTO_IPV6,
		.hooknum = NF_INET_FORWARD,
		.priority = NF_IP6_PRI_FIRST,
	},
	{
		.hook = forget_arrived,
		.pf = NFPROTO_IPV4,
		.hooknum = NF_INET_LOCAL_IN,
		.priority = NF_IP_PRI_FIRST,
	},
	{
		.hook = forget_arrived,
		.pf = NFPROTO_IPV6,
		.hooknum = NF_INET_LOCAL_IN,
		.priority = NF_IP6_PRI_FIRST,
	},
	{
		.hook = look_sent_ipv4,
		.pf = NFPROTO_IPV4,
		.hooknum = NF_INET_POST_ROUTING,
		.priority = NF_IP_PRI_LAST - 1,
	},
	{
		.hook = look_sent_ipv6,
		.pf = NFPROTO_IPV6,
		.hooknum = NF_INET_POST_ROUTING,
		.priority = NF_IP6_PRI_LAST - 1,
	},
};

int dfc_hook_local_start(struct dfc_net *dn)
{
	lockdep_assert_held(&dn->lock);
	return nf_register_net_hooks(dn->net, hooks, ARRAY_SIZE(hooks));
}

void dfc_hook_local_stop(struct dfc_net *dn)
{
	lockdep_assert_held(&dn->lock);
	nf_unregister_net_hooks(dn->net, hooks, ARRAY_SIZE(hooks));
}
