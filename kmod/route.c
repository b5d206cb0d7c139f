// SPDX-License-Identifier: GPL-2.0
// Copyright (C) 2026 the dfc project

#include <net/ip6_route.h>
#include <net/ipv6.h>
#include <net/ipv6_stubs.h>
#include <net/route.h>
#include <net/xfrm.h>

#include "net.h"
#include "route.h"

static bool encrypts(const struct xfrm_state *x)
{
	if (x->id.proto != IPPROTO_ESP)
		return false;
	if (x->aead)
		return !strstarts(x->aead->alg_name, "rfc4543(");
	return x->ealg && strcmp(x->ealg->alg_name, "ecb(cipher_null)");
}

bool dfc_route_is_secure(const struct dst_entry *dst)
{
	for (; dst && dst_xfrm(dst); dst = xfrm_dst_child(dst)) {
		if (encrypts(dst_xfrm(dst)))
			return true;
	}
	return false;
}

/* A route error is one of routing's own, any other one comes from IPsec. */
static enum dfc_drop cause_of(int err)
{
	switch (err) {
	case -ENETUNREACH:
	case -EHOSTUNREACH:
	case -EINVAL:
	case -EACCES:
	case -ENETDOWN:
	case -ENODEV:
		return DFC_DROP_NO_ROUTE;
	case -ENOMEM:
	case -ENOBUFS:
		return DFC_DROP_NO_MEMORY;
	}
	return DFC_DROP_NO_SA;
}

static const struct xfrm_if *xfrm_interface(const struct dst_entry *dst)
{
	const struct net_device *dev = dst->dev;

	if (!dev || !dev->rtnl_link_ops ||
	    strcmp(dev->rtnl_link_ops->kind, "xfrm"))
		return NULL;
	return netdev_priv(dev);
}

/*
 * An xfrm interface has policies and states of its own for what is sent by it.
 * A copy takes them at once and goes past the device: only so can be judged
 * what they are, and the device answers what does not fit with ICMP. One that
 * does its work in another namespace, or chooses by metadata of each packet, is
 * left alone, and gives no security.
 */
static struct dst_entry *through(struct dfc_net *dn, struct dst_entry *dst,
				 struct flowi *fl)
{
	const struct xfrm_if *xi = xfrm_interface(dst);
	struct net_device *dev = dst->dev;

	if (!xi || dst_xfrm(dst) || dst->output == dst_discard_out ||
	    xi->p.collect_md || !net_eq(xi->net, dn->net))
		return dst;
	fl->flowi_oif = xi->p.link;
	dst = xfrm_lookup_with_ifid(dn->net, dst, fl, NULL, 0, xi->p.if_id);
	if (!IS_ERR(dst) && dst_xfrm(dst) && dst->dev == dev) {
		/* The way of what protects it leads here again. */
		dst_release(dst);
		return ERR_PTR(-EHOSTUNREACH);
	}
	return dst;
}

/* The outer source need not be an address of this machine. */
static struct dst_entry *route_ipv4(struct dfc_net *dn,
				    const struct dfc_dest *dest, u8 protocol,
				    union dfc_addr *src)
{
	struct flowi4 fl4 = {
		.daddr = dest->addr.words[0],
		.saddr = dest->src_addr.words[0],
		.fl4_dport = htons(dest->port),
		.fl4_sport = htons(dest->src_port),
		.flowi4_tos = dfc_dest_tos(dest),
		.flowi4_proto = protocol,
		.flowi4_flags = FLOWI_FLAG_ANYSRC,
	};
	struct rtable *rt;

	rt = ip_route_output_flow(dn->net, &fl4, dest->sk);
	if (IS_ERR(rt))
		return ERR_CAST(rt);
	/* Only the route tells the broadcast address of a subnet. */
	if (rt->rt_flags & (RTCF_BROADCAST | RTCF_MULTICAST)) {
		ip_rt_put(rt);
		return ERR_PTR(-EACCES);
	}
	memset(src, 0, sizeof(*src));
	src->words[0] = fl4.saddr;
	return through(dn, &rt->dst, flowi4_to_flowi(&fl4));
}

static struct dst_entry *route_ipv6(struct dfc_net *dn,
				    const struct dfc_dest *dest, u8 protocol,
				    union dfc_addr *src)
{
	struct flowi6 fl6 = {
		.fl6_dport = htons(dest->port),
		.fl6_sport = htons(dest->src_port),
		.flowlabel = ip6_make_flowinfo(dfc_dest_tos(dest), 0),
		.flowi6_proto = protocol,
		.flowi6_flags = FLOWI_FLAG_ANYSRC,
	};
	struct dst_entry *dst;

	memcpy(&fl6.daddr, &dest->addr, sizeof(fl6.daddr));
	memcpy(&fl6.saddr, &dest->src_addr, sizeof(fl6.saddr));
	dst = ipv6_stub->ipv6_dst_lookup_flow(dn->net, dest->sk, &fl6, NULL);
	if (IS_ERR(dst))
		return dst;
	memcpy(src, &fl6.saddr, sizeof(*src));
	return dst->error ? dst : through(dn, dst, flowi6_to_flowi(&fl6));
}

/*
 * Where a policy asks for a state that is not there, the lookup hands out a
 * route that swallows everything without a word.
 */
static int judge(const struct dfc_dest *dest, const struct dst_entry *dst)
{
	if (dst->error)
		return dst->error;
	if (dst->output == dst_discard_out)
		return -EREMOTE;
	if (dest->security == DFC_SECURITY_REQUIRED &&
	    !dfc_route_is_secure(dst))
		return -EREMOTE;
	return 0;
}

static struct dst_entry *cached(struct dst_cache *cache, u8 family,
				union dfc_addr *src)
{
	if (family == AF_INET) {
		struct rtable *rt;

		memset(src, 0, sizeof(*src));
		rt = dst_cache_get_ip4(cache, &src->words[0]);
		return rt ? &rt->dst : NULL;
	}
	return dst_cache_get_ip6(cache, (struct in6_addr *)src);
}

struct dst_entry *dfc_route_get(struct dfc_net *dn, struct dfc_dest *dest,
				u8 protocol, union dfc_addr *src,
				enum dfc_drop *cause)
{
	struct dst_cache *cache = &dest->cache[dfc_format_index(protocol)];
	struct dst_entry *dst;
	int err;

	dst = cached(cache, dest->family, src);
	if (dst)
		return dst;

	if (dest->family == AF_INET)
		dst = route_ipv4(dn, dest, protocol, src);
	else
		dst = route_ipv6(dn, dest, protocol, src);
	if (IS_ERR(dst)) {
		*cause = cause_of(PTR_ERR(dst));
		return NULL;
	}
	err = judge(dest, dst);
	if (err) {
		*cause = cause_of(err);
		dst_release(dst);
		return NULL;
	}
	if (dest->family == AF_INET)
		dst_cache_set_ip4(cache, dst, src->words[0]);
	else
		dst_cache_set_ip6(cache, dst, (struct in6_addr *)src);
	return dst;
}
