// SPDX-License-Identifier: GPL-2.0
// Copyright (C) 2026 the dfc project

#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>
#include <net/l3mdev.h>

#include "copy.h"
#include "hook.h"
#include "key.h"
#include "net.h"

/*
 * What comes back by the loopback device has been seen on its way in, or was
 * sent by this machine, copies included. What a VRF passes on was seen at the
 * port that it came in by.
 */
static bool seen_elsewhere(const struct net_device *in)
{
	return in->flags & IFF_LOOPBACK || netif_is_l3_master(in);
}

static void on_match(struct dfc_node *node, void *arg)
{
	dfc_copy(container_of(node, struct dfc_filter, node), arg);
}

static unsigned int look_at(struct sk_buff *skb,
			    const struct nf_hook_state *state, u8 family)
{
	struct dfc_net *dn = dfc_net(state->net);
	struct dfc_packet packet;
	struct dfc_key key;
	bool usable;

	if (seen_elsewhere(state->in))
		return NF_ACCEPT;
	usable = dfc_key_extract(&key, skb, family);
	dfc_counters_seen(dn->counters, !usable);
	if (!usable)
		return NF_ACCEPT;

	dfc_packet_init(&packet, dn, skb);
	dfc_classifier_match(&dn->classifier, &key, on_match, &packet);
	dfc_packet_fini(&packet);
	return NF_ACCEPT;
}

static unsigned int look_at_ipv4(void *priv, struct sk_buff *skb,
				 const struct nf_hook_state *state)
{
	return look_at(skb, state, AF_INET);
}

static unsigned int look_at_ipv6(void *priv, struct sk_buff *skb,
				 const struct nf_hook_state *state)
{
	return look_at(skb, state, AF_INET6);
}

/* Before everybody else: packets as they were on the wire. */
static const struct nf_hook_ops hooks[] = {
	{
		.hook = look_at_ipv4,
		.pf = NFPROTO_IPV4,
		.hooknum = NF_INET_PRE_ROUTING,
		.priority = NF_IP_PRI_FIRST,
	},
	{
		.hook = look_at_ipv6,
		.pf = NFPROTO_IPV6,
		.hooknum = NF_INET_PRE_ROUTING,
		.priority = NF_IP6_PRI_FIRST,
	},
};

int dfc_hook_get(struct dfc_net *dn)
{
	int err;

	lockdep_assert_held(&dn->lock);
	if (dn->hooked)
		return 0;
	err = nf_register_net_hooks(dn->net, hooks, ARRAY_SIZE(hooks));
	dn->hooked = !err;
	return err;
}

void dfc_hook_put(struct dfc_net *dn)
{
	lockdep_assert_held(&dn->lock);
	if (dn->nfilters || !dn->hooked)
		return;
	nf_unregister_net_hooks(dn->net, hooks, ARRAY_SIZE(hooks));
	dn->hooked = false;
}
