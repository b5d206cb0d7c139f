// SPDX-License-Identifier: GPL-2.0
// Copyright (C) 2026 the dfc project

#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <net/ip.h>
#include <net/ipv6.h>

#include "bytes.h"
#include "key.h"

/* Headers between those of IP and of the upper protocol. */
#define EXTENSIONS_MAX	32
/* Options in front of the one that says how long a jumbogram is. */
#define OPTIONS_MAX	16

/**
 * struct header - a header in a packet
 * @skb: packet
 * @at: where it begins
 * @end: where the packet ends
 * @type: which one
 * @later: it is none, but the middle of one: its datagram begins elsewhere
 */
struct header {
	const struct sk_buff *skb;
	int at;
	int end;
	u8 type;
	bool later;
};

/* Returns whether all of it is in the packet. */
static bool read(const struct header *h, int offset, void *buf, int size)
{
	return h->end - h->at >= offset + size &&
	       dfc_bytes_read(h->skb, h->at + offset, buf, size);
}

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
static void read_ports(struct dfc_key *key, const struct header *h)
{
	__be16 ports[2];

	if (!read(h, 0, ports, sizeof(ports)))
		return;
	key->src_port = ntohs(ports[0]);
	key->dst_port = ntohs(ports[1]);
	key->l4 = DFC_L4_PORTS;
}

/* Both protocols begin with type and code. */
static void read_icmp(struct dfc_key *key, const struct header *h)
{
	u8 icmp[2];

	if (!read(h, 0, icmp, sizeof(icmp)))
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

static void read_l4(struct dfc_key *key, const struct header *h)
{
	if (has_ports(key->protocol))
		read_ports(key, h);
	else if (key->protocol == icmp_of(key->family))
		read_icmp(key, h);
}

/*
 * Authentication leaves what it protects readable, and is looked through in
 * both families. The rest is IPv6's.
 */
static bool is_extension(u8 type, u8 family)
{
	switch (type) {
	case NEXTHDR_AUTH:
		return true;
	case NEXTHDR_HOP:
	case NEXTHDR_ROUTING:
	case NEXTHDR_FRAGMENT:
	case NEXTHDR_DEST:
		return family == AF_INET6;
	}
	return false;
}

static int extension_length(u8 type, u8 units)
{
	switch (type) {
	case NEXTHDR_AUTH:
		return (units + 2) * 4;
	case NEXTHDR_FRAGMENT:
		return sizeof(struct frag_hdr);
	}
	return (units + 1) * 8;
}

/* Of a fragment in a fragment, the outer one is what passes here. */
static bool read_fragment(struct dfc_piece *piece, struct header *h)
{
	struct frag_hdr fh;

	if (!read(h, 0, &fh, sizeof(fh)))
		return false;
	h->later = fh.frag_off & htons(IP6_OFFSET);
	if (dfc_piece_is_fragment(piece))
		return true;
	piece->id = fh.identification;
	piece->offset = ntohs(fh.frag_off) & IP6_OFFSET;
	piece->more = fh.frag_off & htons(IP6_MF);
	piece->hidden = is_extension(fh.nexthdr, AF_INET6);
	return true;
}

static bool pass_extension(struct header *h)
{
	u8 ext[2];
	int len;

	if (!read(h, 0, ext, sizeof(ext)))
		return false;
	len = extension_length(h->type, ext[1]);
	if (h->end - h->at < len)
		return false;
	h->type = ext[0];
	h->at += len;
	return true;
}

/*
 * A fragment need not tell what is in its datagram: later ones may begin with
 * an extension header, and that of the first may go on in the next one.
 */
static bool read_upper(struct dfc_key *key, struct dfc_piece *piece,
		       struct header *h)
{
	int left = EXTENSIONS_MAX;

	key->protocol = NEXTHDR_NONE;
	while (!h->later && is_extension(h->type, key->family)) {
		if (h->type == NEXTHDR_FRAGMENT && !read_fragment(piece, h))
			return piece->more;
		if (!left-- || !pass_extension(h))
			return piece->more;
	}
	if (!is_extension(h->type, key->family))
		key->protocol = h->type;
	if (!h->later)
		read_l4(key, h);
	return true;
}

/* A merged packet may be longer than its header can say (BIG TCP). */
static bool is_big_tcp(const struct sk_buff *skb)
{
	return skb_is_gso(skb) && skb_is_gso_tcp(skb);
}

/*
 * Hosts that let the device cut up what they send show their own captures, and
 * mirrors made of them, packets of TCP whose length has not been filled in.
 */
static unsigned int ipv4_length(const struct dfc_key *key,
				const struct iphdr *iph,
				const struct sk_buff *skb, unsigned int there)
{
	if (!iph->tot_len && iph->protocol == IPPROTO_TCP &&
	    (is_big_tcp(skb) || key->point == DFC_POINT_PASSIVE))
		return there;
	return ntohs(iph->tot_len);
}

/* What is behind the end, like the padding of Ethernet, is no part of it. */
static bool extract_ipv4(struct dfc_key *key, struct dfc_piece *piece,
			 const struct sk_buff *skb, int at)
{
	unsigned int len, there = skb->len - at;
	struct header h;
	struct iphdr iph;

	if (!dfc_bytes_read(skb, at, &iph, sizeof(iph)) || iph.version != 4 ||
	    iph.ihl < 5)
		return false;
	len = ipv4_length(key, &iph, skb, there);
	if (len < iph.ihl * 4 || len > there)
		return false;

	key->src.words[0] = iph.saddr;
	key->dst.words[0] = iph.daddr;
	piece->id = (__force __be32)iph.id;
	piece->len = len;
	piece->offset = (ntohs(iph.frag_off) & IP_OFFSET) * 8;
	piece->more = iph.frag_off & htons(IP_MF);
	piece->protocol = iph.protocol;
	piece->hidden = is_extension(iph.protocol, AF_INET);
	h = (struct header){ skb, at + iph.ihl * 4, at + len, iph.protocol,
			     piece->offset };
	return read_upper(key, piece, &h);
}

/* RFC 2675: the payload of a jumbogram is longer than 65535 bytes. */
static unsigned int jumbo_length(const struct header *hop)
{
	int left = OPTIONS_MAX;
	int at = 2, end;
	u8 option[6];
	__be32 len;

	if (!read(hop, 0, option, 2))
		return 0;
	end = extension_length(hop->type, option[1]);
	while (left-- && end - at >= sizeof(option)) {
		if (!read(hop, at, option, sizeof(option)))
			return 0;
		if (option[0] == IPV6_TLV_JUMBO && option[1] == 4) {
			memcpy(&len, option + 2, sizeof(len));
			return ntohl(len);
		}
		at += option[0] == IPV6_TLV_PAD1 ? 1 : option[1] + 2;
	}
	return 0;
}

/* Returns the bytes behind the header; more than there are if that is wrong. */
static unsigned int ipv6_length(const struct ipv6hdr *ip6h,
				const struct header *h, unsigned int there)
{
	unsigned int len = ntohs(ip6h->payload_len);

	if (len)
		return len;
	if (is_big_tcp(h->skb))
		return there;
	if (ip6h->nexthdr != NEXTHDR_HOP)
		return 0;
	len = jumbo_length(h);
	return len > IPV6_MAXPLEN ? len : UINT_MAX;
}

static bool extract_ipv6(struct dfc_key *key, struct dfc_piece *piece,
			 const struct sk_buff *skb, int at)
{
	unsigned int len, there = skb->len - at - sizeof(struct ipv6hdr);
	struct ipv6hdr ip6h;
	struct header h;

	if (!dfc_bytes_read(skb, at, &ip6h, sizeof(ip6h)) || ip6h.version != 6)
		return false;
	at += sizeof(ip6h);
	h = (struct header){ skb, at, skb->len, ip6h.nexthdr, false };
	len = ipv6_length(&ip6h, &h, there);
	if (len > there)
		return false;

	memcpy(&key->src, &ip6h.saddr, sizeof(key->src));
	memcpy(&key->dst, &ip6h.daddr, sizeof(key->dst));
	piece->len = sizeof(ip6h) + len;
	h.end = at + len;
	return read_upper(key, piece, &h);
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
