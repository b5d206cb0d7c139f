/* SPDX-License-Identifier: GPL-2.0 */
/* Copyright (C) 2026 the dfc project */

#ifndef _DFC_ENCAP_H
#define _DFC_ENCAP_H

#include <linux/ipv6.h>
#include <linux/skbuff.h>
#include <linux/udp.h>

#include "dest.h"

/**
 * struct dfc_ids - what stands between UDP header and packet in copies
 * @present: whether anything does
 * @intercept: first word
 * @session: second word
 */
struct dfc_ids {
	bool present;
	u32 intercept;
	u32 session;
};

/* Bytes of both on the wire. */
#define DFC_IDS_LEN (2 * sizeof(__be32))

/* Longest outer header. */
#define DFC_ENCAP_MAX (sizeof(struct ipv6hdr) + sizeof(struct udphdr) + \
		       DFC_IDS_LEN)

/**
 * dfc_encap_send() - put the outer header on a copy and send it
 * @dn: namespace
 * @dest: destination
 * @ids: what goes between UDP header and packet
 * @skb: private copy, scrubbed, data at its IP header, with the route set and
 *	DFC_ENCAP_MAX bytes of headroom; always consumed
 * @src: outer source address
 * @cause: filled in if it was not sent
 *
 * Context: bottom halves disabled, RCU read lock held.
 * Return: whether it is on its way.
 */
bool dfc_encap_send(struct dfc_net *dn, const struct dfc_dest *dest,
		    const struct dfc_ids *ids, struct sk_buff *skb,
		    const union dfc_addr *src, enum dfc_drop *cause);

#endif /* _DFC_ENCAP_H */
