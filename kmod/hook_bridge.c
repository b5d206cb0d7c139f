// SPDX-License-Identifier: GPL-2.0
// Copyright (C) 2026 the dfc project

#include <linux/etherdevice.h>
#include <linux/if_vlan.h>
#include <linux/netfilter_bridge.h>
#include <net/l3mdev.h>
#include <net/rtnetlink.h>
#include <net/xfrm.h>

#include "device.h"
#include "hook_bridge.h"
#include "look.h"
#include "net.h"
#include "peel.h"
#include "pending.h"

/* Devices that a frame gets to without being changed, if it is for them. */
static bool is_on_another(const struct net_device *dev)
{
	return is_vlan_dev(dev) || netif_is_macvlan(dev) ||
	       (dev->rtnl_link_ops &&
		!strcmp(dev->rtnl_link_ops->kind, "ipvlan"));
}

/*
 * The bridge that a device is, or stands on: what comes in by it came in by
 * that. A bridge of another namespace is looked at there.
 */
static struct net_device *bridge_below(struct net_device *dev)
{
	struct net_device *below = dev;

	while (below && !netif_is_bridge_master(below)) {
		struct list_head *iter = &below->adj_list.lower;

		if (!is_on_another(below))
			return NULL;
		below = netdev_next_lower_dev_rcu(below, &iter);
	}
	return below && net_eq(dev_net(below), dev_net(dev)) ? below : NULL;
}

struct receiver {
	const struct net *net;
	const u8 *address;
};

static int is_receiver(struct net_device *dev, struct netdev_nested_priv *priv)
{
	const struct receiver *receiver = priv->data;

	return ether_addr_equal(dev->dev_addr, receiver->address) &&
	       net_eq(dev_net(dev), receiver->net) && bridge_below(dev);
}

/* A bridge below devices with addresses of their own is promiscuous. */
static bool is_above(struct net_device *bridge, const u8 *address)
{
	struct receiver receiver = {
		.net = dev_net(bridge),
		.address = address,
	};
	struct netdev_nested_priv priv = { .data = &receiver };

	return bridge->flags & IFF_PROMISC &&
	       netdev_walk_all_upper_dev_rcu(bridge, is_receiver, &priv);
}

/*
 * What the bridge will hand to the router: frames to its own address, to that
 * of the port, and to those of devices on the bridge. The type of the packet
 * would not tell: some devices call all packets their host's.
 */
static bool is_for_router(const struct sk_buff *skb,
			  const struct net_device *port)
{
	const u8 *address = eth_hdr(skb)->h_dest;
	struct net_device *bridge = dfc_device_bridge(port);

	return ether_addr_equal(address, port->dev_addr) ||
	       (bridge && (ether_addr_equal(address, bridge->dev_addr) ||
			   is_above(bridge, address)));
}

#if IS_ENABLED(CONFIG_BRIDGE_NETFILTER)
/* br_netfilter has frames pass IP's PRE_ROUTING as they come in by a port. */
static const struct net_device *port_in(const struct sk_buff *skb,
					struct net *net)
{
	return nf_bridge_in_prerouting(skb) ?
	       nf_bridge_get_physindev(skb, net) : NULL;
}

/*
 * It has those that are for the router leave it out later. But not in a VRF:
 * there they pass again, with addresses translated. What IPsec decrypts still
 * bears the marks of what it came in, and is another packet.
 */
static bool has_passed(const struct sk_buff *skb, const struct net_device *in)
{
	const struct nf_bridge_info *info = nf_bridge_info_get(skb);

	return info && !info->in_prerouting && netif_is_l3_slave(in) &&
	       !secpath_exists(skb);
}

/* Whether it has a frame that leaves by a port pass IP's POST_ROUTING. */
static bool passes_ip(const struct sk_buff *skb)
{
	return nf_bridge_get_physoutdev(skb);
}

bool dfc_bridge_ports(const struct sk_buff *skb,
		      const struct nf_hook_state *state,
		      const struct net_device **in,
		      const struct net_device **out)
{
	if (state->in || !passes_ip(skb))
		return false;
	*in = nf_bridge_get_physindev(skb, state->net) ?: state->out;
	*out = nf_bridge_get_physoutdev(skb);
	return true;
}
#else
static const struct net_device *port_in(const struct sk_buff *skb,
					struct net *net)
{
	return NULL;
}

static bool has_passed(const struct sk_buff *skb, const struct net_device *in)
{
	return false;
}

static bool passes_ip(const struct sk_buff *skb)
{
	return false;
}

bool dfc_bridge_ports(const struct sk_buff *skb,
		      const struct nf_hook_state *state,
		      const struct net_device **in,
		      const struct net_device **out)
{
	return false;
}
#endif

bool dfc_bridge_judge(const struct sk_buff *skb,
		      const struct nf_hook_state *state)
{
	const struct net_device *port = port_in(skb, state->net);

	if (port)
		return !is_for_router(skb, port);
	return has_passed(skb, state->in) ||
	       (skb->pkt_type != PACKET_HOST && bridge_below(state->in));
}

#if IS_ENABLED(CONFIG_NETFILTER_FAMILY_BRIDGE)
static unsigned int look(struct sk_buff *skb,
			 const struct nf_hook_state *state, u8 point,
			 const struct net_device *dev)
{
	struct dfc_packet packet;
	struct dfc_peeled peeled;

	if (!dfc_peel(skb, 0, skb->protocol, &peeled))
		return NF_ACCEPT;
	dfc_packet_init(&packet, dfc_net(state->net), skb, peeled.family,
			point);
	packet.offset = peeled.offset;
	packet.in = state->in;
	packet.dev = dev;
	return dfc_look(&packet) ? NF_DROP : NF_ACCEPT;
}

/*
 * What comes in to a bridge on a bridge was seen at that. The buffer may be one
 * that a packet had which is kept: that was not forwarded, and br_netfilter has
 * this one pass where it would seem to be.
 */
static unsigned int look_in(void *priv, struct sk_buff *skb,
			    const struct nf_hook_state *state)
{
	struct dfc_net *dn = dfc_net(state->net);

	if (!READ_ONCE(dn->nseen[DFC_POINT_IN]))
		return NF_ACCEPT;
	dfc_pending_forget(dn->pendings, skb);
	if (is_for_router(skb, state->in) || bridge_below(state->in))
		return NF_ACCEPT;
	return look(skb, state, DFC_POINT_IN, state->in);
}

static unsigned int look_out(void *priv, struct sk_buff *skb,
			     const struct nf_hook_state *state)
{
	if (!READ_ONCE(dfc_net(state->net)->nseen[DFC_POINT_OUT]) ||
	    passes_ip(skb))
		return NF_ACCEPT;
	return look(skb, state, DFC_POINT_OUT, state->out);
}

/*
 * Frames as they came in, but behind the place where rules have their last say
 * about whether the bridge or the router gets them; before connection tracking
 * puts fragments together, and br_netfilter. And as they leave, once for each
 * port.
 */
static const struct nf_hook_ops lookers[] = {
	{
		.hook = look_in,
		.pf = NFPROTO_BRIDGE,
		.hooknum = NF_BR_PRE_ROUTING,
		.priority = NF_BR_PRI_NAT_DST_BRIDGED + 1,
	},
	{
		.hook = look_out,
		.pf = NFPROTO_BRIDGE,
		.hooknum = NF_BR_FORWARD,
		.priority = NF_BR_PRI_LAST - 1,
	},
};

int dfc_hook_bridge_start(struct net *net)
{
	return nf_register_net_hooks(net, lookers, ARRAY_SIZE(lookers));
}

void dfc_hook_bridge_stop(struct net *net)
{
	nf_unregister_net_hooks(net, lookers, ARRAY_SIZE(lookers));
}
#else
int dfc_hook_bridge_start(struct net *net)
{
	return 0;
}

void dfc_hook_bridge_stop(struct net *net)
{
}
#endif
