// SPDX-License-Identifier: GPL-2.0
// Copyright (C) 2026 the dfc project

#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>
#include <linux/ipv6.h>
#include <net/ip.h>

#include "fragment.h"
#include "hook.h"
#include "hook_bridge.h"
#include "hook_local.h"
#include "hook_out.h"
#include "look.h"
#include "net.h"
#include "path.h"
#include "pending.h"
#include "route.h"
#include "socket.h"

/*
 * What comes back by the loopback device has been seen on its way in, or was
 * sent by this machine, copies included; so was broadcast and multicast that it
 * sends to itself, which comes in by the device that it left by. What a VRF
 * passes on was seen at the port that it came in by.
 */
static bool seen_elsewhere(const struct sk_buff *skb,
			   const struct net_device *in)
{
	return in->flags & IFF_LOOPBACK || netif_is_l3_master(in) ||
	       skb->pkt_type == PACKET_LOOPBACK;
}

/* A packet that is to go no further is dropped without a word to its sender. */
static unsigned int look_in(struct sk_buff *skb,
			    const struct nf_hook_state *state, u8 family)
{
	struct dfc_net *dn = dfc_net(state->net);
	struct dfc_packet packet;
	struct dfc_piece piece;
	struct dfc_key key;
	bool glanced, drop;

	if (!READ_ONCE(dn->nseen[DFC_POINT_IN]) ||
	    seen_elsewhere(skb, state->in) || dfc_bridge_has_seen(skb, state))
		return NF_ACCEPT;
	glanced = dfc_look_glance(dn, skb, family, &key, &piece);
	if (glanced && dfc_look_is_idle(dn, &key))
		return NF_ACCEPT;
	dfc_packet_init(&packet, dn, skb, family, DFC_POINT_IN);
	packet.in = state->in;
	packet.dev = state->in;
	packet.way = DFC_WAY_OPEN;
	drop = glanced ? dfc_look_glanced(&packet, &key, &piece) :
			 dfc_look(&packet);
	return drop ? NF_DROP : NF_ACCEPT;
}

static unsigned int look_in_ipv4(void *priv, struct sk_buff *skb,
				 const struct nf_hook_state *state)
{
	return look_in(skb, state, AF_INET);
}

static unsigned int look_in_ipv6(void *priv, struct sk_buff *skb,
				 const struct nf_hook_state *state)
{
	return look_in(skb, state, AF_INET6);
}

/*
 * The router's own output rules have seen the copy by now, and may have given
 * it another route. Where encryption is required, such a route must do it too.
 * The ESP packet that a copy becomes passes here again, and has it behind it.
 */
static unsigned int judge(struct sk_buff *skb,
			  const struct nf_hook_state *state, u8 family,
			  bool transformed)
{
	if (transformed ||
	    !dfc_socket_is_guarded(skb->sk, state->net, family) ||
	    dfc_route_is_secure(skb_dst(skb)))
		return NF_ACCEPT;
	return NF_DROP_ERR(-EREMOTE);
}

static unsigned int guard_ipv4(void *priv, struct sk_buff *skb,
			       const struct nf_hook_state *state)
{
	return judge(skb, state, AF_INET,
		     IPCB(skb)->flags & IPSKB_XFRM_TRANSFORMED);
}

static unsigned int guard_ipv6(void *priv, struct sk_buff *skb,
			       const struct nf_hook_state *state)
{
	return judge(skb, state, AF_INET6,
		     IP6CB(skb)->flags & IP6SKB_XFRM_TRANSFORMED);
}

/*
 * Packets as they were on the wire: before everybody else but br_netfilter,
 * whose hook at the very first place keeps packets from being seen twice.
 */
static const struct nf_hook_ops lookers[] = {
	{
		.hook = look_in_ipv4,
		.pf = NFPROTO_IPV4,
		.hooknum = NF_INET_PRE_ROUTING,
		.priority = NF_IP_PRI_FIRST + 1,
	},
	{
		.hook = look_in_ipv6,
		.pf = NFPROTO_IPV6,
		.hooknum = NF_INET_PRE_ROUTING,
		.priority = NF_IP6_PRI_FIRST + 1,
	},
};

static const struct nf_hook_ops guards[] = {
	{
		.hook = guard_ipv4,
		.pf = NFPROTO_IPV4,
		.hooknum = NF_INET_LOCAL_OUT,
		.priority = NF_IP_PRI_LAST,
	},
	{
		.hook = guard_ipv6,
		.pf = NFPROTO_IPV6,
		.hooknum = NF_INET_LOCAL_OUT,
		.priority = NF_IP6_PRI_LAST,
	},
};

int dfc_hook_start(struct dfc_net *dn)
{
	int err;

	lockdep_assert_held(&dn->lock);
	if (dn->hooked)
		return 0;
	if (!dn->fragments)
		dn->fragments = dfc_fragments_alloc(dn);
	if (!dn->pendings)
		dn->pendings = dfc_pendings_alloc(dn);
	if (!dn->fragments || !dn->pendings)
		return -ENOMEM;
	err = nf_register_net_hooks(dn->net, guards, ARRAY_SIZE(guards));
	if (err)
		return err;
	dn->used = true;
	err = dfc_hook_local_start(dn);
	if (err)
		goto unguard;
	err = dfc_path_start(dn);
	if (err)
		goto stop_local;
	err = nf_register_net_hooks(dn->net, lookers, ARRAY_SIZE(lookers));
	if (err)
		goto stop_path;
	err = dfc_hook_bridge_start(dn->net);
	if (err)
		goto stop;
	dn->hooked = true;
	return 0;

stop:
	nf_unregister_net_hooks(dn->net, lookers, ARRAY_SIZE(lookers));
stop_path:
	dfc_path_stop(dn);
stop_local:
	dfc_hook_local_stop(dn);
unguard:
	nf_unregister_net_hooks(dn->net, guards, ARRAY_SIZE(guards));
	return err;
}

void dfc_hook_stop(struct dfc_net *dn)
{
	lockdep_assert_held(&dn->lock);
	if (!dn->hooked)
		return;
	dfc_hook_bridge_stop(dn->net);
	dfc_hook_out_stop(dn);
	nf_unregister_net_hooks(dn->net, lookers, ARRAY_SIZE(lookers));
	dfc_path_stop(dn);
	dfc_hook_local_stop(dn);
}

void dfc_hook_unguard(struct dfc_net *dn)
{
	if (dn->hooked)
		nf_unregister_net_hooks(dn->net, guards, ARRAY_SIZE(guards));
	dn->hooked = false;
}
