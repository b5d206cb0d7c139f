/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

/*
 * As much of the kernel as key.c, peel.c and glance.h need: a buffer with a
 * packet, part of which may be elsewhere.
 */

#ifndef SHIM_H
#define SHIM_H

#include <arpa/inet.h>
#include <assert.h>
#include <limits.h>
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;

#define __force
#define min(a, b)	((a) < (b) ? (a) : (b))

/* include/net/ip.h and ipv6.h */
#define IP_MF			0x2000
#define IP_OFFSET		0x1fff
#define IP6_MF			0x0001
#define IP6_OFFSET		0xfff8
#define IPV6_MAXPLEN		65535
#define IPV6_TLV_JUMBO		194
#define NEXTHDR_HOP		0
#define NEXTHDR_ROUTING		43
#define NEXTHDR_FRAGMENT	44
#define NEXTHDR_AUTH		51
#define NEXTHDR_NONE		59
#define NEXTHDR_DEST		60

struct frag_hdr {
	u8 nexthdr;
	u8 reserved;
	__be16 frag_off;
	__be32 identification;
};

/**
 * struct sk_buff - a packet
 * @len: bytes
 * @data: the first @headlen of them
 * @headlen: how many of them are there
 * @rest: those behind
 * @gso_tcp: it is a merged one of TCP
 */
struct sk_buff {
	unsigned int len;
	const u8 *data;
	unsigned int headlen;
	const u8 *rest;
	bool gso_tcp;
};

/* Negative offsets are the kernel's headroom: nobody has business there. */
static inline const void *skb_header_pointer(const struct sk_buff *skb,
					     int offset, int len, void *buf)
{
	u8 *to = buf;
	int i;

	assert(offset >= 0 && len > 0);
	if ((int)skb->headlen - offset >= len)
		return skb->data + offset;
	if ((int)skb->len - offset < len)
		return NULL;
	for (i = offset; i < offset + len; i++)
		*to++ = i < (int)skb->headlen ? skb->data[i] :
						skb->rest[i - skb->headlen];
	return buf;
}

static inline unsigned int skb_headlen(const struct sk_buff *skb)
{
	return skb->headlen;
}

static inline bool skb_is_gso(const struct sk_buff *skb)
{
	return skb->gso_tcp;
}

static inline bool skb_is_gso_tcp(const struct sk_buff *skb)
{
	return skb->gso_tcp;
}

#endif /* SHIM_H */
