/* SPDX-License-Identifier: GPL-2.0 */
/* Copyright (C) 2026 the dfc project */

#ifndef _DFC_GLANCE_H
#define _DFC_GLANCE_H

#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/skbuff.h>
#include <net/ip.h>

#include "key.h"

/*
 * Nearly all packets are whole datagrams of TCP or UDP without options or
 * extension headers, and nearly none of them is any filter's. To see that takes
 * little of what it takes to judge the others.
 */

/* What such packets begin with. */
struct dfc_glance_ipv4 {
	struct iphdr iph;
	__be16 ports[2];
};

struct dfc_glance_ipv6 {
	struct ipv6hdr ip6h;
	__be16 ports[2];
};

static inline bool dfc_glance_rest(struct dfc_key *key, u8 protocol,
				   const __be16 *ports)
{
	key->src_port = ntohs(ports[0]);
	key->dst_port = ntohs(ports[1]);
	key->protocol = protocol;
	key->l4 = DFC_L4_PORTS;
	return protocol == IPPROTO_TCP || protocol == IPPROTO_UDP;
}

static inline bool dfc_glance_ipv4(struct dfc_key *key,
				   struct dfc_piece *piece,
				   const struct sk_buff *skb)
{
	struct dfc_glance_ipv4 h;
	unsigned int len;

	if (skb_headlen(skb) < sizeof(h))
		return false;
	memcpy(&h, skb->data, sizeof(h));
	len = ntohs(h.iph.tot_len);
	if (h.iph.version != 4 || h.iph.ihl != sizeof(h.iph) / 4 ||
	    len < sizeof(h) || len > skb->len ||
	    h.iph.frag_off & htons(IP_MF | IP_OFFSET))
		return false;
	*piece = (struct dfc_piece){
		.id = (__force __be32)h.iph.id,
		.len = len,
		.protocol = h.iph.protocol,
	};
	key->src.words[0] = h.iph.saddr;
	key->dst.words[0] = h.iph.daddr;
	return dfc_glance_rest(key, h.iph.protocol, h.ports);
}

static inline bool dfc_glance_ipv6(struct dfc_key *key,
				   struct dfc_piece *piece,
				   const struct sk_buff *skb)
{
	struct dfc_glance_ipv6 h;
	unsigned int len;

	if (skb_headlen(skb) < sizeof(h))
		return false;
	memcpy(&h, skb->data, sizeof(h));
	len = ntohs(h.ip6h.payload_len);
	if (h.ip6h.version != 6 || len < sizeof(h.ports) ||
	    len > skb->len - sizeof(h.ip6h))
		return false;
	*piece = (struct dfc_piece){ .len = sizeof(h.ip6h) + len };
	memcpy(&key->src, &h.ip6h.saddr, sizeof(key->src));
	memcpy(&key->dst, &h.ip6h.daddr, sizeof(key->dst));
	return dfc_glance_rest(key, h.ip6h.nexthdr, h.ports);
}

/**
 * dfc_glance() - read the key of a packet as they mostly are
 * @key: filled in, as is @piece, with what dfc_key_extract() would say
 * @piece: of a whole datagram
 * @skb: packet that begins with its IP header; only read
 * @family: AF_INET or AF_INET6
 * @point: DFC_POINT_*, where it is seen
 *
 * Return: whether it is such a packet, and whole; if not, neither @key nor
 * @piece is of any use.
 */
static inline bool dfc_glance(struct dfc_key *key, struct dfc_piece *piece,
			      const struct sk_buff *skb, u8 family, u8 point)
{
	*key = (struct dfc_key){ .family = family, .point = point };
	if (family == AF_INET)
		return dfc_glance_ipv4(key, piece, skb);
	return dfc_glance_ipv6(key, piece, skb);
}

#endif /* _DFC_GLANCE_H */
