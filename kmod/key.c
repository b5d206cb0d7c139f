// SPDX-License-Identifier: GPL-2.0
// Copyright (C) 2026 the dfc project

#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/skbuff.h>
#include <net/ip.h>
#include <net/ipv6.h>

#include "key.h"

static bool has_ports(u8 protocol)
{
	switch (protocol) {
	case IPPROTO_TCP:
	case IPPROTO_UDP:
	case IPPROTO_UDPLITE:
	case IPPROTO_SCTP:
	case IPPROTO_DCCP:
		return true;
	}
	return false;
}

/*
 * All five protocols begin with the two ports. A packet too short for them
 * is still a packet of its protocol: it matches filters without ports.
 */
static void read_ports(struct dfc_key *key, const struct sk_buff *skb,
		       int offset)
{
	const __be16 *ports;
	__be16 buf[2];

	ports = skb_header_pointer(skb, offset, sizeof(buf), buf);
	if (!ports)
		return;
	key->src_port = ntohs(ports[0]);
	key->dst_port = ntohs(ports[1]);
	key->l4 = DFC_L4_PORTS;
}

/* Both protocols begin with type and code. */
static void read_icmp(struct dfc_key *key, const struct sk_buff *skb,
		      int offset)
{
	const u8 *icmp;
	u8 buf[2];

	icmp = skb_header_pointer(skb, offset, sizeof(buf), buf);
	if (!icmp)
		return;
	key->src_port = icmp[0];
	key->dst_port = icmp[1];
	key->l4 = DFC_L4_ICMP;
}

static u8 icmp_of(u8 family)
{
	return family == AF_INET ? IPPROTO_ICMP : IPPROTO_ICMPV6;
}

bool dfc_key_wants_l4(const struct dfc_key *key)
{
	return has_ports(key->protocol) ||
	       key->protocol == icmp_of(key->family);
}

static void read_l4(struct dfc_key *key, const struct sk_buff *skb, int offset)
{
	u8 icmp = icmp_of(key->family);

	if (has_ports(key->protocol))
		read_ports(key, skb, offset);
	else if (key->protocol == icmp)
		read_icmp(key, skb, offset);
}

static bool extract_ipv4(struct dfc_key *key, struct dfc_piece *piece,
			 const struct sk_buff *skb, int at)
{
	const struct iphdr *iph;
	struct iphdr buf;

	iph = skb_header_pointer(skb, at, sizeof(buf), &buf);
	if (!iph || iph->version != 4 || iph->ihl < 5)
		return false;

	key->src.words[0] = iph->saddr;
	key->dst.words[0] = iph->daddr;
	key->protocol = iph->protocol;
	piece->id = (__force __be32)iph->id;
	piece->offset = (ntohs(iph->frag_off) & IP_OFFSET) * 8;
	piece->more = iph->frag_off & htons(IP_MF);
	if (!piece->offset)
		read_l4(key, skb, at + iph->ihl * 4);
	return true;
}

/* The Fragment header, which ipv6_find_hdr() has gone past. */
static void read_piece(struct dfc_piece *piece, const struct sk_buff *skb)
{
	const struct frag_hdr *fh;
	unsigned int offset = 0;
	unsigned short frag_off;
	struct frag_hdr buf;

	if (ipv6_find_hdr(skb, &offset, NEXTHDR_FRAGMENT, &frag_off,
			  NULL) != NEXTHDR_FRAGMENT)
		return;
	fh = skb_header_pointer(skb, offset, sizeof(buf), &buf);
	if (!fh)
		return;
	piece->id = fh->identification;
	piece->offset = ntohs(fh->frag_off) & IP6_OFFSET;
	piece->more = fh->frag_off & htons(IP6_MF);
}

static bool extract_ipv6(struct dfc_key *key, struct dfc_piece *piece,
			 const struct sk_buff *skb, int at)
{
	int protocol, flags = 0;
	unsigned short frag_off = 0;
	const struct ipv6hdr *ip6h;
	unsigned int offset = 0;
	struct ipv6hdr buf;

	ip6h = skb_header_pointer(skb, at, sizeof(buf), &buf);
	if (!ip6h || ip6h->version != 6)
		return false;

	memcpy(&key->src, &ip6h->saddr, sizeof(key->src));
	memcpy(&key->dst, &ip6h->daddr, sizeof(key->dst));
	protocol = ipv6_find_hdr(skb, &offset, -1, &frag_off, &flags);
	if (flags & IP6_FH_F_FRAG)
		read_piece(piece, skb);
	/* A later fragment that begins with an extension header. */
	if (protocol == -ENOENT) {
		key->protocol = NEXTHDR_NONE;
		return true;
	}
	if (protocol < 0)
		return false;
	key->protocol = protocol;
	if (!frag_off)
		read_l4(key, skb, offset);
	return true;
}

bool dfc_key_extract(struct dfc_key *key, struct dfc_piece *piece,
		     const struct sk_buff *skb, int at, u8 family, u8 point)
{
	memset(key, 0, sizeof(*key));
	memset(piece, 0, sizeof(*piece));
	key->family = family;
	key->point = point;
	piece->len = skb->len - at;
	switch (family) {
	case AF_INET:
		return extract_ipv4(key, piece, skb, at);
	case AF_INET6:
		return extract_ipv6(key, piece, skb, at);
	}
	return true;
}
