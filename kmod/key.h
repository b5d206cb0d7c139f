/* SPDX-License-Identifier: GPL-2.0 */
/* Copyright (C) 2026 the dfc project */

#ifndef _DFC_KEY_H
#define _DFC_KEY_H

#include <linux/build_bug.h>
#include <linux/types.h>

struct sk_buff;

/* An address in network byte order; IPv4 uses the first word, rest zero. */
union dfc_addr {
	u8 bytes[16];
	__be32 words[4];
};

/**
 * struct dfc_key - what filters can look at in a packet
 * @src: source address
 * @dst: destination address
 * @src_port: source port, host byte order, or ICMP type; 0 where @l4 is 0
 * @dst_port: destination port, or ICMP code
 * @family: AF_INET, AF_INET6, or AF_PACKET: a frame, of which nothing else
 *	is looked at
 * @protocol: transport protocol, IPv6: behind the extension headers
 * @l4: DFC_L4_*: which of the two the packet holds; later fragments hold none
 * @point: DFC_POINT_*: where the packet is seen
 *
 * Keys are hashed and compared as words: there is no padding.
 */
struct dfc_key {
	union dfc_addr src;
	union dfc_addr dst;
	u16 src_port;
	u16 dst_port;
	u8 family;
	u8 protocol;
	u8 l4;
	u8 point;
};

#define DFC_L4_PORTS	1
#define DFC_L4_ICMP	2

#define DFC_POINT_IN	0	/* as it comes in */
#define DFC_POINT_OUT	1	/* as it leaves */
#define DFC_POINT_PASSIVE 2	/* by a device that only listens */
#define DFC_POINTS	3

static_assert(sizeof(struct dfc_key) % sizeof(u32) == 0);

/**
 * struct dfc_piece - which part of its datagram a packet is
 * @id: identification, in network byte order
 * @len: bytes of the packet, from its IP header on
 * @offset: bytes from the beginning
 * @more: it is not the last part
 * @protocol: IPv4: as the header has it, where it is part of the identity
 * @hidden: the datagram begins with an extension header: only its first part
 *	can tell the protocol
 */
struct dfc_piece {
	__be32 id;
	u32 len;
	u16 offset;
	bool more;
	bool hidden;
	u8 protocol;
};

/**
 * dfc_piece_is_fragment() - whether a packet is less than its datagram
 * @piece: of the packet
 *
 * Return: false for whole datagrams, atomic fragments (RFC 6946) among them.
 */
static inline bool dfc_piece_is_fragment(const struct dfc_piece *piece)
{
	return piece->offset || piece->more;
}

/**
 * dfc_key_wants_l4() - whether a protocol has ports, or types and codes
 * @key: of a packet
 *
 * Return: whether @key->l4 is set where the packet is long enough.
 */
bool dfc_key_wants_l4(const struct dfc_key *key);

/**
 * dfc_key_extract() - read the key of a packet
 * @key: filled in
 * @piece: filled in
 * @skb: packet; read only, never reallocated
 * @at: bytes from @skb->data to its IP header; not looked at for AF_PACKET
 * @family: AF_INET, AF_INET6, or AF_PACKET: the key of all frames
 * @point: DFC_POINT_*, where it is seen
 *
 * Return: whether the packet has usable headers.
 */
bool dfc_key_extract(struct dfc_key *key, struct dfc_piece *piece,
		     const struct sk_buff *skb, int at, u8 family, u8 point);

#endif /* _DFC_KEY_H */
