/* SPDX-License-Identifier: GPL-2.0 */
/* Copyright (C) 2026 the dfc project */

#ifndef _DFC_GLANCE_H
#define _DFC_GLANCE_H

#include <linux/in.h>
#include <linux/ip.h>
#include <linux/skbuff.h>
#include <net/ip.h>

#include "key.h"

/*
 * Nearly all packets are whole datagrams of TCP or UDP over IPv4 without
 * options, and nearly none of them is any filter's. To know such a one again
 * takes two words.
 */

/**
 * struct dfc_glance - a key as the flow cache has it for packets of nobody
 * @pair: addresses, as dfc_key_pair() puts them
 * @rest: what else there is
 */
struct dfc_glance {
	u64 pair;
	union dfc_rest rest;
};

/* What such a packet begins with. */
struct dfc_glance_headers {
	struct iphdr iph;
	__be16 ports[2];
};

/**
 * dfc_glance() - read the key of a packet as they mostly are
 * @glance: filled in, with what dfc_key_extract() would say
 * @skb: packet that begins with its IPv4 header; only read
 * @point: DFC_POINT_*, where it is seen
 *
 * Return: whether it is such a packet, and whole.
 */
static inline bool dfc_glance(struct dfc_glance *glance,
			      const struct sk_buff *skb, u8 point)
{
	struct dfc_glance_headers h;
	unsigned int len;

	if (skb_headlen(skb) < sizeof(h))
		return false;
	memcpy(&h, skb->data, sizeof(h));
	len = ntohs(h.iph.tot_len);
	if (h.iph.version != 4 || h.iph.ihl != sizeof(h.iph) / 4 ||
	    len < sizeof(h) || len > skb->len ||
	    h.iph.frag_off & htons(IP_MF | IP_OFFSET) ||
	    (h.iph.protocol != IPPROTO_TCP && h.iph.protocol != IPPROTO_UDP))
		return false;
	memcpy(&glance->pair, &h.iph.saddr, sizeof(__be32));
	memcpy((u8 *)&glance->pair + sizeof(__be32), &h.iph.daddr,
	       sizeof(__be32));
	glance->rest = (union dfc_rest){
		.src_port = ntohs(h.ports[0]),
		.dst_port = ntohs(h.ports[1]),
		.family = AF_INET,
		.protocol = h.iph.protocol,
		.l4 = DFC_L4_PORTS,
		.point = point,
	};
	return true;
}

#endif /* _DFC_GLANCE_H */
