/* SPDX-License-Identifier: GPL-2.0 */
/* Copyright (C) 2026 the dfc project */

#ifndef _DFC_ENCAP_H
#define _DFC_ENCAP_H

#include <linux/ipv6.h>
#include <linux/skbuff.h>
#include <linux/udp.h>

#include "dest.h"
#include "format.h"

/* Longest outer header. */
#define DFC_ENCAP_MAX (sizeof(struct ipv6hdr) + sizeof(struct udphdr) + \
		       DFC_FORMAT_ROOM)

/**
 * dfc_encap_send() - put the outer header on a copy and send it
 * @dn: namespace
 * @dest: destination
 * @skb: private copy, scrubbed, as dfc_format_push() leaves it, with the route
 *	set and what is left of DFC_ENCAP_MAX bytes of headroom; always consumed
 * @src: outer source address
 * @cause: filled in if it was not sent
 *
 * Context: bottom halves disabled, RCU read lock held.
 * Return: whether it is on its way.
 */
bool dfc_encap_send(struct dfc_net *dn, const struct dfc_dest *dest,
		    struct sk_buff *skb, const union dfc_addr *src,
		    enum dfc_drop *cause);

#endif /* _DFC_ENCAP_H */
