// SPDX-License-Identifier: GPL-2.0
// Copyright (C) 2026 the dfc project

/*
 * A kind of network device, bench_merge, that stands before another one:
 *
 *	ip link add NAME link DEVICE mtu 1500 type bench_merge
 *
 * pktgen makes no merged packets. But it does send UDP packets that are larger
 * than the MTU; of these this device makes what the kernel makes of as many as
 * it has merged on their way in, each of the size of the MTU, and passes them
 * on to the other device. It leaves the bytes alone.
 */

#include <linux/etherdevice.h>
#include <linux/module.h>
#include <linux/netdevice.h>
#include <linux/udp.h>
#include <net/rtnetlink.h>

/* By number, not by a reference: either device may go first. */
struct merge {
	int lower;
};

/* As udp_gro_complete_segment() does; pktgen has filled in the checksum. */
static bool merge(struct sk_buff *skb, unsigned int mtu)
{
	struct skb_shared_info *shared = skb_shinfo(skb);
	unsigned int len = skb->len - skb_network_offset(skb);
	unsigned int headers;

	if (skb->ip_summed != CHECKSUM_PARTIAL)
		return false;
	headers = skb_checksum_start_offset(skb) - skb_network_offset(skb) +
		  sizeof(struct udphdr);
	if (headers >= mtu)
		return false;
	shared->gso_type = SKB_GSO_UDP_L4;
	shared->gso_size = mtu - headers;
	shared->gso_segs = DIV_ROUND_UP(len - headers, mtu - headers);
	return true;
}

static netdev_tx_t xmit(struct sk_buff *skb, struct net_device *dev)
{
	const struct merge *priv = netdev_priv(dev);
	struct net_device *lower;

	rcu_read_lock();
	lower = dev_get_by_index_rcu(dev_net(dev), priv->lower);
	if (lower && !skb_shared(skb) &&
	    (skb->len - skb_network_offset(skb) <= dev->mtu ||
	     merge(skb, dev->mtu))) {
		skb->dev = lower;
		dev_queue_xmit(skb);
	} else {
		kfree_skb(skb);
	}
	rcu_read_unlock();
	return NETDEV_TX_OK;
}

static const struct net_device_ops ops = {
	.ndo_start_xmit = xmit,
};

static void setup(struct net_device *dev)
{
	ether_setup(dev);
	dev->netdev_ops = &ops;
	dev->needs_free_netdev = true;
	dev->lltx = true;
	dev->features |= NETIF_F_HW_CSUM | NETIF_F_SG;
	/* What is sent is changed. */
	dev->priv_flags &= ~IFF_TX_SKB_SHARING;
	dev->priv_flags |= IFF_NO_QUEUE;
	eth_hw_addr_random(dev);
}

static int newlink(struct net *net, struct net_device *dev,
		   struct nlattr *tb[], struct nlattr *data[],
		   struct netlink_ext_ack *extack)
{
	struct merge *priv = netdev_priv(dev);

	if (!tb[IFLA_LINK]) {
		NL_SET_ERR_MSG(extack, "no device to pass packets on to");
		return -EINVAL;
	}
	priv->lower = nla_get_s32(tb[IFLA_LINK]);
	return register_netdevice(dev);
}

static struct rtnl_link_ops link_ops __read_mostly = {
	.kind = "bench_merge",
	.priv_size = sizeof(struct merge),
	.setup = setup,
	.newlink = newlink,
};

static int __init bench_merge_init(void)
{
	return rtnl_link_register(&link_ops);
}

static void __exit bench_merge_exit(void)
{
	rtnl_link_unregister(&link_ops);
}

module_init(bench_merge_init);
module_exit(bench_merge_exit);
MODULE_DESCRIPTION("Sends large packets on as merged ones");
MODULE_LICENSE("GPL");
