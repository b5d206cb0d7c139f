// SPDX-License-Identifier: GPL-2.0
// Copyright (C) 2026 the dfc project

#include <linux/netfilter.h>
#include <net/ip.h>
#include <net/ip6_checksum.h>
#include <net/ipv6.h>
#include <net/sock.h>

#include "encap.h"
#include "net.h"
#include "socket.h"

static void push_udp(struct sk_buff *skb, const struct dfc_dest *dest)
{
	struct udphdr *udph = skb_push(skb, sizeof(*udph));

	skb_reset_transport_header(skb);
	udph->source = htons(dest->src_port);
	udph->dest = htons(dest->port);
	udph->len = htons(skb->len);
	udph->check = 0;
}

static void push_ipv4(struct dfc_net *dn, struct sk_buff *skb,
		      const struct dfc_dest *dest, const union dfc_addr *src,
		      u8 protocol)
{
	struct iphdr *iph = skb_push(skb, sizeof(*iph));

	skb_reset_network_header(skb);
	skb->protocol = htons(ETH_P_IP);
	iph->version = 4;
	iph->ihl = sizeof(*iph) / 4;
	iph->tos = dfc_dest_tos(dest);
	iph->tot_len = htons(skb->len);
	iph->frag_off = 0;
	iph->ttl = dest->ttl;
	iph->protocol = protocol;
	iph->saddr = src->words[0];
	iph->daddr = dest->addr.words[0];
	__ip_select_ident(dn->net, iph, 1);
	ip_send_check(iph);
}

static void push_ipv6(struct sk_buff *skb, const struct dfc_dest *dest,
		      const union dfc_addr *src, u8 protocol)
{
	unsigned int len = skb->len;
	struct ipv6hdr *ip6h;

	ip6h = skb_push(skb, sizeof(*ip6h));
	skb_reset_network_header(skb);
	IP6CB(skb)->nhoff = offsetof(struct ipv6hdr, nexthdr);
	skb->protocol = htons(ETH_P_IPV6);
	ip6_flow_hdr(ip6h, dfc_dest_tos(dest), 0);
	ip6h->payload_len = htons(len);
	ip6h->nexthdr = protocol;
	ip6h->hop_limit = dest->ttl;
	memcpy(&ip6h->saddr, src, sizeof(ip6h->saddr));
	memcpy(&ip6h->daddr, &dest->addr, sizeof(ip6h->daddr));
	/* RFC 8200 section 8.1: it is not optional over IPv6. */
	if (protocol == IPPROTO_UDP)
		udp6_set_csum(false, skb, &ip6h->saddr, &ip6h->daddr,
			      len);
}

/* The guard of hook.c judges the route that the output rules leave it with. */
static int send(struct dfc_net *dn, const struct dfc_dest *dest,
		struct sk_buff *skb)
{
	u8 pf = dest->family == AF_INET ? NFPROTO_IPV4 : NFPROTO_IPV6;
	struct sock *sk = skb->sk;
	int err;

	err = nf_hook(pf, NF_INET_LOCAL_OUT, dn->net, sk, skb, NULL,
		      skb_dst(skb)->dev, dst_output);
	if (err == 1)
		err = dst_output(dn->net, sk, skb);
	return net_xmit_eval(err);
}

/*
 * What IPsec adds to one packet counts, too: it comes before fragmentation, or
 * may.
 */
static bool is_too_big(const struct sk_buff *skb, const struct dfc_dest *dest,
		       u8 protocol)
{
	const struct dst_entry *dst = skb_dst(skb);
	unsigned int len = skb->len + dst->header_len + dst->trailer_len;

	if (protocol == IPPROTO_UDP)
		len += sizeof(struct udphdr);
	if (dest->family == AF_INET)
		len += sizeof(struct iphdr);
	return len > IP_MAX_MTU;
}

bool dfc_encap_send(struct dfc_net *dn, const struct dfc_dest *dest,
		    struct sk_buff *skb, const union dfc_addr *src,
		    enum dfc_drop *cause)
{
	u8 protocol = dfc_format_protocol(dest, skb->protocol);
	int err;

	if (is_too_big(skb, dest, protocol)) {
		kfree_skb(skb);
		*cause = DFC_DROP_TOO_BIG;
		return false;
	}
	skb_reset_transport_header(skb);
	if (protocol == IPPROTO_UDP)
		push_udp(skb, dest);
	if (dest->family == AF_INET)
		push_ipv4(dn, skb, dest, src, protocol);
	else
		push_ipv6(skb, dest, src, protocol);

	/* A copy larger than the path is fragmented outside, never refused. */
	skb->ignore_df = 1;
	skb_set_owner_w(skb, dest->sk);
	err = send(dn, dest, skb);
	/* What is in flight has filled a queue, or others have. */
	if (err == NET_XMIT_DROP)
		dfc_socket_shrink(dest->sk);
	if (err)
		*cause = err == -EREMOTE ? DFC_DROP_NO_SA : DFC_DROP_OUTPUT;
	return !err;
}
