// SPDX-License-Identifier: GPL-2.0
// Copyright (C) 2026 the dfc project

#include <linux/if_ether.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/skbuff.h>

#include "peel.h"

#define LAYERS_MAX	32

/* Not known to all kernels. */
#define TYPE_RTAG	0xf1c1	/* 802.1CB */
#define TYPE_HSR	0x892f	/* IEC 62439-3 */
#define TYPE_ETAG	0x893f	/* 802.1BR */
#define TYPE_VNTAG	0x8926
#define TYPE_METADATA	0x8909	/* Cisco's */
#define TYPE_ITAG	0x88e7	/* 802.1ah */
#define TYPE_MACSEC	0x88e5
#define TYPE_PPP	0x880b

/* What a layer is, as an EtherType, where it begins, how many may follow. */
struct layer {
	u16 type;
	int at;
	int left;
};

/* There is nothing that we know. */
#define TYPE_NONE	0

static bool read(const struct sk_buff *skb, int at, void *buf, int size)
{
	const void *p = skb_header_pointer(skb, at, size, buf);

	if (p && p != buf)
		memcpy(buf, p, size);
	return p;
}

static bool read_u16(const struct sk_buff *skb, int at, u16 *value)
{
	__be16 word;

	if (!read(skb, at, &word, sizeof(word)))
		return false;
	*value = ntohs(word);
	return true;
}

/* A field that is an EtherType, or the length of a frame of LLC. */
static u16 read_type(const struct sk_buff *skb, int at)
{
	u16 type;

	if (!read_u16(skb, at, &type))
		return TYPE_NONE;
	return type < ETH_P_802_3_MIN ? ETH_P_802_2 : type;
}

/* Bytes of tags that end with the EtherType of what follows; 0 for no tag. */
static int tag_length(u16 type)
{
	switch (type) {
	case ETH_P_8021Q:
	case ETH_P_8021AD:
	case ETH_P_QINQ1:
		return 4;
	case TYPE_RTAG:
	case TYPE_HSR:
	case TYPE_VNTAG:
		return 6;
	case TYPE_ETAG:
	case TYPE_METADATA:
		return 8;
	case TYPE_ITAG:
		return 4 + ETH_HLEN;
	case ETH_P_TEB:
		return ETH_HLEN;
	}
	return 0;
}

static bool is_mpls(u16 type)
{
	return type == ETH_P_MPLS_UC || type == ETH_P_MPLS_MC;
}

static void pass_tag(const struct sk_buff *skb, struct layer *layer, int len)
{
	layer->at += len;
	layer->type = read_type(skb, layer->at - 2);
}

#define MACSEC_SCI	0x20
#define MACSEC_SECRET	0x0c	/* encrypted, or changed in another way */

static void pass_macsec(const struct sk_buff *skb, struct layer *layer)
{
	u8 flags;

	if (!read(skb, layer->at, &flags, sizeof(flags)) ||
	    flags & MACSEC_SECRET) {
		layer->type = TYPE_NONE;
		return;
	}
	pass_tag(skb, layer, flags & MACSEC_SCI ? 16 : 8);
}

/* The first byte of the protocol may be left out if it is 0 (RFC 1661). */
static void pass_ppp(const struct sk_buff *skb, struct layer *layer)
{
	u8 byte[4] = {};
	u16 protocol;

	layer->type = TYPE_NONE;
	if (!read(skb, layer->at, byte, 2))
		return;
	/* Address and control field of HDLC, which ought not to be there. */
	if (byte[0] == 0xff && byte[1] == 0x03) {
		layer->at += 2;
		if (!read(skb, layer->at, byte, 2))
			return;
	}
	protocol = byte[0] & 1 ? byte[0] : byte[0] << 8 | byte[1];
	layer->at += byte[0] & 1 ? 1 : 2;
	switch (protocol) {
	case 0x0021:
		layer->type = ETH_P_IP;
		break;
	case 0x0057:
		layer->type = ETH_P_IPV6;
		break;
	case 0x0281:
	case 0x0283:
		layer->type = ETH_P_MPLS_UC;
		break;
	}
}

#define LLC_SNAP	0xaa
#define LLC_IP		0x06
#define LLC_UI		0x03

/* SNAP has an organization in front of the type; it is 0, or 802.1H's. */
static void pass_llc(const struct sk_buff *skb, struct layer *layer)
{
	u8 head[6];

	layer->type = TYPE_NONE;
	if (!read(skb, layer->at, head, 3) || head[2] != LLC_UI)
		return;
	if (head[0] == LLC_IP && head[1] == LLC_IP) {
		layer->at += 3;
		layer->type = ETH_P_IP;
		return;
	}
	if (head[0] != LLC_SNAP || head[1] != LLC_SNAP ||
	    !read(skb, layer->at, head, 6) || head[3] || head[4] ||
	    (head[5] && head[5] != 0xf8))
		return;
	layer->at += 8;
	if (!read_u16(skb, layer->at - 2, &layer->type))
		layer->type = TYPE_NONE;
}

/* One header, but for labels; without another one, the type is TYPE_NONE. */
static void pass(const struct sk_buff *skb, struct layer *layer)
{
	int tag = tag_length(layer->type);

	if (!layer->left--) {
		layer->type = TYPE_NONE;
		return;
	}
	if (tag) {
		pass_tag(skb, layer, tag);
		return;
	}
	switch (layer->type) {
	case TYPE_MACSEC:
		pass_macsec(skb, layer);
		break;
	case ETH_P_PPP_SES:
		layer->at += 6;
		layer->type = TYPE_PPP;
		break;
	case TYPE_PPP:
		pass_ppp(skb, layer);
		break;
	case ETH_P_802_2:
		pass_llc(skb, layer);
		break;
	default:
		layer->type = TYPE_NONE;
	}
}

static bool is_ip(u16 type)
{
	return type == ETH_P_IP || type == ETH_P_IPV6;
}

/* Lengths that fit each other: chance alone hardly makes them do so. */
static bool looks_like_ip(const struct sk_buff *skb, const struct layer *layer)
{
	unsigned int there = skb->len - layer->at;
	struct ipv6hdr ip6h;
	struct iphdr iph;

	if (layer->type == ETH_P_IPV6)
		return read(skb, layer->at, &ip6h, sizeof(ip6h)) &&
		       ip6h.version == 6 &&
		       ntohs(ip6h.payload_len) <= there - sizeof(ip6h);
	return read(skb, layer->at, &iph, sizeof(iph)) && iph.version == 4 &&
	       iph.ihl >= 5 && ntohs(iph.tot_len) >= iph.ihl * 4 &&
	       ntohs(iph.tot_len) <= there;
}

/* An Ethernet frame; if there are labels again, these are for later. */
static bool leads_to_ip(const struct sk_buff *skb, struct layer *layer)
{
	layer->type = ETH_P_TEB;
	while (!is_ip(layer->type) && !is_mpls(layer->type) &&
	       layer->type != TYPE_NONE)
		pass(skb, layer);
	return is_mpls(layer->type) ||
	       (is_ip(layer->type) && looks_like_ip(skb, layer));
}

#define CONTROL_WORD	4
#define CHANNEL_IPV4	0x0021
#define CHANNEL_IPV6	0x0057

/* The associated channel of a pseudowire, or of a label (RFC 5586). */
static u16 channel_type(const struct sk_buff *skb, int at)
{
	u16 channel;

	if (!read_u16(skb, at + 2, &channel))
		return TYPE_NONE;
	return channel == CHANNEL_IPV4 ? ETH_P_IP :
	       channel == CHANNEL_IPV6 ? ETH_P_IPV6 : TYPE_NONE;
}

/* Behind the last label. */
static void pass_bottom(const struct sk_buff *skb, struct layer *layer)
{
	struct layer ip = *layer, plain = *layer, word = *layer;
	u8 first = 0;

	ip.type = TYPE_NONE;
	word.at += CONTROL_WORD;
	read(skb, layer->at, &first, sizeof(first));
	switch (first >> 4) {
	case 4:
		ip.type = ETH_P_IP;
		break;
	case 6:
		ip.type = ETH_P_IPV6;
		break;
	case 1:
		ip.type = channel_type(skb, layer->at);
		ip.at += CONTROL_WORD;
		break;
	}
	if (ip.type != TYPE_NONE && looks_like_ip(skb, &ip))
		*layer = ip;
	else if (!(first >> 4) && leads_to_ip(skb, &word))
		*layer = word;
	else if (leads_to_ip(skb, &plain))
		*layer = plain;
	else
		*layer = ip;
}

#define MPLS_BOTTOM	0x01	/* in the third byte */

static void pass_label(const struct sk_buff *skb, struct layer *layer)
{
	u8 label[4];

	if (!layer->left-- || !read(skb, layer->at, label, sizeof(label))) {
		layer->type = TYPE_NONE;
		return;
	}
	layer->at += sizeof(label);
	if (label[2] & MPLS_BOTTOM)
		pass_bottom(skb, layer);
}

bool dfc_peel(const struct sk_buff *skb, int at, __be16 protocol,
	      struct dfc_peeled *p)
{
	struct layer layer = {
		.type = ntohs(protocol),
		.at = at,
		.left = LAYERS_MAX,
	};

	while (!is_ip(layer.type) && layer.type != TYPE_NONE) {
		if (is_mpls(layer.type))
			pass_label(skb, &layer);
		else
			pass(skb, &layer);
	}
	if (!is_ip(layer.type))
		return false;
	p->offset = layer.at;
	p->family = layer.type == ETH_P_IP ? AF_INET : AF_INET6;
	return true;
}
