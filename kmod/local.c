// SPDX-License-Identifier: GPL-2.0
// Copyright (C) 2026 the dfc project

#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/in.h>
#include <linux/netdevice.h>
#include <net/ip6_fib.h>
#include <net/ipv6.h>
#include <net/ipv6_stubs.h>
#include <net/l3mdev.h>
#include <net/ndisc.h>
#include <net/route.h>

#include "local.h"
#include "net.h"

static bool is_ours(unsigned int type)
{
	return type == RTN_LOCAL || type == RTN_BROADCAST;
}

/* A VRF has a table of its own; the rules may ask the local one before it. */
static enum dfc_way way_ipv4(struct net *net, const struct net_device *in,
			     __be32 dst)
{
	u32 table;

	if (ipv4_is_lbcast(dst) || ipv4_is_local_multicast(dst))
		return DFC_WAY_LOCAL;
	if (ipv4_is_multicast(dst))
		return DFC_WAY_PASSES;
	if (is_ours(inet_addr_type(net, dst)))
		return DFC_WAY_PENDING;
	table = l3mdev_fib_table_rcu(in);
	if (table && is_ours(inet_addr_type_table(net, dst, table)))
		return DFC_WAY_PENDING;
	return DFC_WAY_PASSES;
}

/* Routes know the addresses of this machine, anycast ones among them. */
static bool is_ours_ipv6(struct net *net, const struct net_device *in,
			 const struct dfc_key *key)
{
	/* A fragment that waited may have lost its device meanwhile. */
	int ifindex = l3mdev_master_ifindex_rcu(in) ?: in ? in->ifindex
							  : LOOPBACK_IFINDEX;
	struct flowi6 fl6 = { .flowi6_iif = ifindex };
	struct fib6_result res = {};

	memcpy(&fl6.daddr, &key->dst, sizeof(fl6.daddr));
	memcpy(&fl6.saddr, &key->src, sizeof(fl6.saddr));
	if (ipv6_stub->fib6_lookup(net, ifindex, &fl6, &res, 0))
		return false;
	return res.fib6_type == RTN_LOCAL || res.fib6_type == RTN_ANYCAST;
}

static enum dfc_way way_ipv6(struct net *net, const struct net_device *in,
			     const struct dfc_key *key)
{
	const struct in6_addr *dst = (const struct in6_addr *)&key->dst;
	int scope;

	if (ipv6_addr_is_multicast(dst)) {
		scope = IPV6_ADDR_MC_SCOPE(dst);
		return scope <= IPV6_ADDR_SCOPE_LINKLOCAL ? DFC_WAY_LOCAL
							  : DFC_WAY_PASSES;
	}
	if (ipv6_addr_type(dst) & IPV6_ADDR_LINKLOCAL)
		return DFC_WAY_LOCAL;
	return is_ours_ipv6(net, in, key) ? DFC_WAY_PENDING : DFC_WAY_PASSES;
}

enum dfc_way dfc_local_way(const struct dfc_packet *packet)
{
	const struct dfc_key *key = packet->key;
	struct net *net = packet->dn->net;

	RCU_LOCKDEP_WARN(!rcu_read_lock_held(), "addresses of this machine");
	if (key->family == AF_INET)
		return way_ipv4(net, packet->in, key->dst.words[0]);
	return way_ipv6(net, packet->in, key);
}

static bool is_signal_icmp(u16 type)
{
	switch (type) {
	case ICMP_DEST_UNREACH:
	case ICMP_SOURCE_QUENCH:
	case ICMP_REDIRECT:
	case ICMP_TIME_EXCEEDED:
	case ICMP_PARAMETERPROB:
		return true;
	}
	return false;
}

/* Types below 128 are errors. */
static bool is_signal_icmpv6(u16 type)
{
	return type < ICMPV6_INFOMSG_MASK ||
	       (type >= ICMPV6_MGM_QUERY && type <= NDISC_REDIRECT) ||
	       type == ICMPV6_MLD2_REPORT;
}

bool dfc_local_is_signal(const struct dfc_key *key)
{
	if (key->protocol == IPPROTO_IGMP)
		return key->family == AF_INET;
	if (key->l4 != DFC_L4_ICMP)
		return false;
	return key->family == AF_INET ? is_signal_icmp(key->src_port)
				      : is_signal_icmpv6(key->src_port);
}
