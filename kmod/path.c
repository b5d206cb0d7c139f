// SPDX-License-Identifier: GPL-2.0
// Copyright (C) 2026 the dfc project

#include <linux/icmpv6.h>
#include <linux/netfilter_ipv6.h>
#include <net/ip6_route.h>
#include <net/ipv6.h>

#include "dest.h"
#include "net.h"
#include "path.h"

/* The error, and as much of the copy as tells where it went. */
struct too_big {
	struct ipv6hdr ip6h;
	struct icmp6hdr icmp6h;
	struct ipv6hdr copy;
} __packed;

/*
 * Of copies that may leave in the clear: what ESP answers for is the kernel's
 * own business, and it knows more about who may say so. Anybody can make up an
 * error; it has to quote what a copy is like, at least.
 */
static bool is_of(const struct dfc_dest *dest, const struct ipv6hdr *copy)
{
	bool udp = copy->nexthdr == IPPROTO_UDP;

	return dest->family == AF_INET6 &&
	       dest->security == DFC_SECURITY_NONE &&
	       !memcmp(&dest->addr, &copy->daddr, sizeof(copy->daddr)) &&
	       (!memchr_inv(&dest->src_addr, 0, sizeof(dest->src_addr)) ||
		!memcmp(&dest->src_addr, &copy->saddr, sizeof(copy->saddr))) &&
	       (copy->nexthdr == NEXTHDR_FRAGMENT ||
		udp == (dest->format != DFC_FORMAT_IPIP));
}

static bool is_copy(struct dfc_net *dn, const struct ipv6hdr *copy)
{
	struct dfc_dest *dest;
	unsigned long id;
	bool found = false;

	rcu_read_lock();
	xa_for_each(&dn->dests, id, dest) {
		found = is_of(dest, copy);
		if (found)
			break;
	}
	rcu_read_unlock();
	return found;
}

#if IS_ENABLED(CONFIG_IPV6)
/*
 * The route learns it, as it would if a socket had sent the copy. By this
 * symbol the module of IPv6 is loaded before ours; it must be, for it registers
 * netlink families, and cannot while a command of ours wants a socket of it.
 */
static void learn(struct dfc_net *dn, struct sk_buff *skb, __be32 mtu)
{
	unsigned int offset = offsetof(struct too_big, copy);

	__skb_pull(skb, offset);
	ip6_update_pmtu(skb, dn->net, mtu, 0, 0, INVALID_UID);
	__skb_push(skb, offset);
}
#else
static void learn(struct dfc_net *dn, struct sk_buff *skb, __be32 mtu)
{
}
#endif

static unsigned int hear(void *priv, struct sk_buff *skb,
			 const struct nf_hook_state *state)
{
	struct dfc_net *dn = dfc_net(state->net);
	const struct too_big *error;

	if (ipv6_hdr(skb)->nexthdr != IPPROTO_ICMPV6 ||
	    !pskb_may_pull(skb, sizeof(*error)))
		return NF_ACCEPT;
	error = (const struct too_big *)skb->data;
	if (error->icmp6h.icmp6_type != ICMPV6_PKT_TOOBIG ||
	    !is_copy(dn, &error->copy) ||
	    nf_ip6_checksum(skb, state->hook, sizeof(struct ipv6hdr),
			    IPPROTO_ICMPV6))
		return NF_ACCEPT;
	/* Reading the checksum may have moved the bytes. */
	error = (const struct too_big *)skb->data;
	learn(dn, skb, error->icmp6h.icmp6_mtu);
	return NF_ACCEPT;
}

static const struct nf_hook_ops hearer = {
	.hook = hear,
	.pf = NFPROTO_IPV6,
	.hooknum = NF_INET_LOCAL_IN,
	.priority = NF_IP6_PRI_LAST,
};

int dfc_path_start(struct dfc_net *dn)
{
	return nf_register_net_hook(dn->net, &hearer);
}

void dfc_path_stop(struct dfc_net *dn)
{
	nf_unregister_net_hook(dn->net, &hearer);
}
