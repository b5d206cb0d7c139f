// SPDX-License-Identifier: GPL-2.0
// Copyright (C) 2026 the dfc project

#include <linux/netdevice.h>
#include <linux/netfilter.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>
#include <net/l3mdev.h>

#include "device.h"
#include "group.h"
#include "look.h"
#include "net.h"
#include "peel.h"
#include "port.h"

enum side {
	INGRESS,
	EGRESS,
	SIDES
};

/**
 * struct dfc_port - a device that frames are looked at
 * @link: in &dfc_devices.ports, by ifindex
 * @devices: of its namespace
 * @dev: the device; no reference is held, its end is this one's
 * @passive: group that consumes what comes in, or NULL; changed under the lock
 *	of @devices, read by packets
 * @frames: bits of DFC_POINT_* where filters want frames; same
 * @promiscuous: the device has been made so; under the RTNL
 * @hooked: which of @ops are registered; same
 * @ops: hooks
 * @rcu: freed by RCU
 *
 * Once there is one it stays until the device goes, for the reason that is
 * told at dfc_hook_start(). Without a wish it costs a frame one test.
 */
struct dfc_port {
	struct hlist_node link;
	struct dfc_devices *devices;
	struct net_device *dev;
	struct dfc_group __rcu *passive;
	u8 frames;
	bool promiscuous;
	bool hooked[SIDES];
	struct nf_hook_ops ops[SIDES];
	struct rcu_head rcu;
};

static struct dfc_net *net_of(struct dfc_devices *devices)
{
	return container_of(devices, struct dfc_net, devices);
}

/* Some devices have no header; others tell of one that was taken off. */
static int frame_offset(const struct sk_buff *skb,
			const struct net_device *dev)
{
	if (!dev_has_header(dev) || !skb_mac_header_was_set(skb))
		return 0;
	return min_t(int, 0, skb_mac_offset(skb));
}

static bool look_frame(struct dfc_net *dn, struct sk_buff *skb,
		       const struct net_device *in,
		       const struct net_device *dev, u8 point)
{
	struct dfc_packet packet;

	dfc_packet_init(&packet, dn, skb, AF_PACKET, point);
	packet.in = in;
	packet.dev = dev;
	if (point != DFC_POINT_OUT)
		packet.offset = frame_offset(skb, dev);
	return dfc_look(&packet);
}

/* An IP packet in a frame of a device that only listens. */
static void look_inside(struct dfc_net *dn, struct sk_buff *skb,
			const struct net_device *dev, u32 realm)
{
	struct dfc_packet packet;
	struct dfc_peeled peeled;

	if (!READ_ONCE(dn->nseen[DFC_POINT_PASSIVE]) ||
	    !dfc_peel(skb, 0, skb->protocol, &peeled))
		return;
	dfc_packet_init(&packet, dn, skb, peeled.family, DFC_POINT_PASSIVE);
	packet.offset = peeled.offset;
	packet.in = dev;
	packet.dev = dev;
	packet.realm = realm;
	dfc_look(&packet);
}

/* To be consumed is no loss that anybody should be told of. */
static unsigned int listen(struct dfc_port *port, struct dfc_group *group,
			   struct sk_buff *skb)
{
	struct dfc_net *dn = net_of(port->devices);

	dfc_group_seen(group);
	if (READ_ONCE(port->frames) & BIT(DFC_POINT_PASSIVE))
		look_frame(dn, skb, port->dev, port->dev, DFC_POINT_PASSIVE);
	look_inside(dn, skb, port->dev, group->id);
	consume_skb(skb);
	return NF_STOLEN;
}

/* Without a word to the sender, be it this machine. */
static unsigned int verdict(struct sk_buff *skb, bool drop)
{
	if (!drop)
		return NF_ACCEPT;
	kfree_skb(skb);
	return NF_STOLEN;
}

static unsigned int ingress(void *priv, struct sk_buff *skb,
			    const struct nf_hook_state *state)
{
	struct dfc_port *port = priv;
	struct dfc_group *group = rcu_dereference(port->passive);

	if (group)
		return listen(port, group, skb);
	if (!(READ_ONCE(port->frames) & BIT(DFC_POINT_IN)))
		return NF_ACCEPT;
	return verdict(skb, look_frame(net_of(port->devices), skb, port->dev,
				       port->dev, DFC_POINT_IN));
}

static unsigned int egress(void *priv, struct sk_buff *skb,
			   const struct nf_hook_state *state)
{
	struct dfc_port *port = priv;
	struct dfc_net *dn = net_of(port->devices);
	const struct net_device *in = NULL;

	if (!(READ_ONCE(port->frames) & BIT(DFC_POINT_OUT)) ||
	    dfc_net_is_copy(dn, skb))
		return NF_ACCEPT;
	if (skb->skb_iif && !skb->sk)
		in = dev_get_by_index_rcu(dn->net, skb->skb_iif);
	return verdict(skb, look_frame(dn, skb, in, port->dev, DFC_POINT_OUT));
}

/* Before and behind everybody else, so that frames are as on the wire. */
static const struct nf_hook_ops hooks[SIDES] = {
	[INGRESS] = {
		.hook = ingress,
		.pf = NFPROTO_NETDEV,
		.hooknum = NF_NETDEV_INGRESS,
		.priority = INT_MIN + 1,
	},
	[EGRESS] = {
		.hook = egress,
		.pf = NFPROTO_NETDEV,
		.hooknum = NF_NETDEV_EGRESS,
		.priority = INT_MAX - 1,
	},
};

static struct dfc_port *find(struct dfc_devices *devices,
			     const struct net_device *dev)
{
	struct dfc_port *port;

	lockdep_assert_held(&devices->lock);
	hash_for_each_possible(devices->ports, port, link, dev->ifindex) {
		if (port->dev == dev)
			return port;
	}
	return NULL;
}

static struct dfc_port *get(struct dfc_devices *devices,
			    struct net_device *dev)
{
	struct dfc_port *port = find(devices, dev);
	int side;

	if (port)
		return port;
	port = kzalloc(sizeof(*port), GFP_KERNEL_ACCOUNT);
	if (!port)
		return NULL;
	port->devices = devices;
	port->dev = dev;
	for (side = 0; side < SIDES; side++) {
		port->ops[side] = hooks[side];
		port->ops[side].dev = dev;
		port->ops[side].priv = port;
	}
	hash_add(devices->ports, &port->link, dev->ifindex);
	return port;
}

static int hook(struct dfc_port *port, enum side side, bool wanted)
{
	int err;

	ASSERT_RTNL();
	if (!wanted || port->hooked[side])
		return 0;
	err = nf_register_net_hook(dev_net(port->dev), &port->ops[side]);
	port->hooked[side] = !err;
	return err;
}

static int set_promiscuous(struct dfc_port *port, bool wanted)
{
	int err;

	ASSERT_RTNL();
	if (port->promiscuous == wanted)
		return 0;
	err = dev_set_promiscuity(port->dev, wanted ? 1 : -1);
	if (!err)
		port->promiscuous = wanted;
	return err;
}

/* What a loopback device or a VRF receives, this machine has sent or seen. */
static u8 points_of(const struct net_device *dev)
{
	if (dev->flags & IFF_LOOPBACK || netif_is_l3_master(dev))
		return BIT(DFC_POINT_OUT);
	return BIT(DFC_POINT_IN) | BIT(DFC_POINT_OUT) | BIT(DFC_POINT_PASSIVE);
}

static u8 wanted_frames(const struct dfc_device *d)
{
	unsigned int point;
	u8 frames = 0;

	for (point = 0; point < DFC_POINTS; point++)
		frames |= d->frames[point] ? BIT(point) : 0;
	return frames;
}

int dfc_port_settle(struct dfc_devices *devices, struct net_device *dev,
		    const struct dfc_device *d)
{
	u8 points = points_of(dev), frames = d ? wanted_frames(d) & points : 0;
	struct dfc_group *passive = d ? d->passive : NULL;
	struct dfc_port *port;
	int err;

	if (!(points & BIT(DFC_POINT_PASSIVE)))
		passive = NULL;
	port = frames || passive ? get(devices, dev) : find(devices, dev);
	if (!port)
		return frames || passive ? -ENOMEM : 0;
	err = hook(port, INGRESS, passive || frames & ~BIT(DFC_POINT_OUT));
	if (!err)
		err = hook(port, EGRESS, frames & BIT(DFC_POINT_OUT));
	if (!err)
		err = set_promiscuous(port, passive);
	/* A group that has no claim to the device any more may go. */
	rcu_assign_pointer(port->passive, err ? NULL : passive);
	WRITE_ONCE(port->frames, err ? 0 : frames);
	return err;
}

static void remove(struct dfc_port *port)
{
	int side;

	RCU_INIT_POINTER(port->passive, NULL);
	set_promiscuous(port, false);
	for (side = 0; side < SIDES; side++) {
		if (port->hooked[side])
			nf_unregister_net_hook(dev_net(port->dev),
					       &port->ops[side]);
	}
	hash_del(&port->link);
	kfree_rcu(port, rcu);
}

void dfc_port_remove(struct dfc_devices *devices, struct net_device *dev)
{
	struct dfc_port *port = find(devices, dev);

	if (port)
		remove(port);
}

void dfc_port_stop(struct dfc_devices *devices)
{
	struct hlist_node *next;
	struct dfc_port *port;
	int i;

	/* Where there is none, none can come: all filters and groups have gone. */
	if (hash_empty(devices->ports))
		return;
	rtnl_lock();
	mutex_lock(&devices->lock);
	hash_for_each_safe(devices->ports, i, next, port, link)
		remove(port);
	mutex_unlock(&devices->lock);
	rtnl_unlock();
}

/*
 * The device that bears a name now: none of them changes while we look. One that
 * refuses is no reason to leave the others with what is no longer wanted.
 */
static int settle_all(const struct dfc_where *where)
{
	struct dfc_devices *devices = where->devices;
	struct net_device *dev;
	unsigned int i;
	int err = 0;

	ASSERT_RTNL();
	lockdep_assert_held(&devices->lock);
	for (i = 0; i < where->n; i++) {
		dev = __dev_get_by_index(net_of(devices)->net,
					 where->device[i]->ifindex);
		if (dev)
			err = dfc_port_settle(devices, dev,
					      where->device[i]) ?: err;
	}
	return err;
}

static void want_frames(const struct dfc_where *where, unsigned int point,
			int by)
{
	unsigned int i;

	for (i = 0; i < where->n; i++)
		where->device[i]->frames[point] += by;
}

int dfc_port_frames(struct dfc_where *where, unsigned int point, int by)
{
	struct dfc_devices *devices = where->devices;
	int err;

	rtnl_lock();
	mutex_lock(&devices->lock);
	want_frames(where, point, by);
	err = settle_all(where);
	/* A filter goes, whatever a device says. */
	if (by < 0)
		err = 0;
	if (err) {
		want_frames(where, point, -by);
		settle_all(where);
	}
	mutex_unlock(&devices->lock);
	rtnl_unlock();
	return err;
}

/* Says what is wanted of devices; nobody looks before they are settled. */
static void move(struct dfc_group *group, const struct dfc_where *from,
		 const struct dfc_where *to)
{
	bool passive = dfc_group_is_passive(group);
	unsigned int point = passive ? DFC_POINT_PASSIVE : DFC_POINT_IN;
	unsigned int i;

	for (i = 0; passive && from && i < from->n; i++)
		from->device[i]->passive = NULL;
	for (i = 0; passive && to && i < to->n; i++)
		to->device[i]->passive = group;
	if (from)
		want_frames(from, point, -group->frames);
	if (to)
		want_frames(to, point, group->frames);
}

static int settle_both(const struct dfc_where *first,
		       const struct dfc_where *second)
{
	int err = first ? settle_all(first) : 0;

	return (second ? settle_all(second) : 0) ?: err;
}

int dfc_port_move(struct dfc_group *group, struct dfc_where *old,
		  struct dfc_where *new)
{
	struct dfc_devices *devices;
	int err;

	if ((!old && !new) || (!dfc_group_is_passive(group) && !group->frames))
		return 0;
	devices = old ? old->devices : new->devices;
	rtnl_lock();
	mutex_lock(&devices->lock);
	move(group, old, new);
	err = settle_both(new, old);
	/* So does a group: nothing may lead to it any more. */
	if (!new)
		err = 0;
	if (err) {
		move(group, new, old);
		settle_both(old, new);
	}
	mutex_unlock(&devices->lock);
	rtnl_unlock();
	return err;
}
