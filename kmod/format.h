/* SPDX-License-Identifier: GPL-2.0 */
/* Copyright (C) 2026 the dfc project */

#ifndef _DFC_FORMAT_H
#define _DFC_FORMAT_H

#include <linux/skbuff.h>
#include <linux/types.h>

struct dfc_dest;
struct dfc_filter;

/**
 * struct dfc_ids - what a filter has its copies tell
 * @present: whether anything
 * @intercept: first word
 * @session: second word
 */
struct dfc_ids {
	bool present;
	u32 intercept;
	u32 session;
};

/**
 * struct dfc_stamp - what tells a packet from others of its filter
 * @number: from dfc_filter_account()
 * @time: when it matched, nanoseconds since 1970; 0 until a format asks
 */
struct dfc_stamp {
	u64 number;
	u64 time;
};

/* Most bytes that stand before the packet, behind the UDP or IP header. */
#define DFC_FORMAT_ROOM 32

/* Outer protocols that copies to one destination can have. */
#define DFC_FORMAT_PROTOCOLS 3

/**
 * dfc_format_content() - what a copy is
 * @family: AF_INET, AF_INET6, or AF_PACKET for a frame
 *
 * Return: ETH_P_IP, ETH_P_IPV6 or ETH_P_TEB.
 */
__be16 dfc_format_content(u8 family);

/**
 * dfc_format_push() - put before a copy what its format tells of it
 * @dest: where it goes
 * @f: filter that it is made for
 * @stamp: of the packet; gets the time if @dest wants one and it has none
 * @family: AF_INET, AF_INET6, or AF_PACKET for a frame
 * @skb: private copy, data at the packet, with DFC_FORMAT_ROOM bytes of
 *	headroom; stays the caller's. Its protocol becomes what
 *	dfc_format_content() says, by which it is known from then on
 *
 * Context: any; RCU read lock held.
 */
void dfc_format_push(const struct dfc_dest *dest, const struct dfc_filter *f,
		     struct dfc_stamp *stamp, u8 family, struct sk_buff *skb);

/**
 * dfc_format_protocol() - the protocol of the outer header
 * @dest: where a copy goes
 * @content: from dfc_format_content()
 *
 * Return: IPPROTO_*.
 */
u8 dfc_format_protocol(const struct dfc_dest *dest, __be16 content);

/**
 * dfc_format_index() - number the outer protocols of a destination
 * @protocol: from dfc_format_protocol()
 *
 * Return: below DFC_FORMAT_PROTOCOLS; another one for each protocol.
 */
unsigned int dfc_format_index(u8 protocol);

#endif /* _DFC_FORMAT_H */
