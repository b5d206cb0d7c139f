// SPDX-License-Identifier: GPL-2.0
// Copyright (C) 2026 the dfc project

#include <linux/dfc.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ktime.h>

#include "dest.h"
#include "filter.h"
#include "format.h"

/* RFC 3378: its protocol; version 3, and 12 bits that are 0. */
#define ETHERIP_PROTOCOL 97
#define ETHERIP_HEADER 0x3000

/* See &enum dfc_format. */
struct dfc_header {
	u8 magic;
	u8 version;
	u8 content;
	u8 words;
	__be32 filter;
	__be64 number;
	__be64 time;
	__be32 intercept;
	__be32 session;
};

static_assert(sizeof(struct dfc_header) == DFC_FORMAT_ROOM);

static void push_ids(struct sk_buff *skb, const struct dfc_ids *ids)
{
	__be32 words[] = { htonl(ids->intercept), htonl(ids->session) };

	static_assert(sizeof(words) <= DFC_FORMAT_ROOM);
	memcpy(skb_push(skb, sizeof(words)), words, sizeof(words));
}

static void push_etherip(struct sk_buff *skb)
{
	__be16 header = htons(ETHERIP_HEADER);

	memcpy(skb_push(skb, sizeof(header)), &header, sizeof(header));
}

static u8 content_of(u8 family)
{
	switch (family) {
	case AF_INET:
		return 4;
	case AF_INET6:
		return 6;
	}
	return 1;
}

static void push_header(struct sk_buff *skb, const struct dfc_filter *f,
			struct dfc_stamp *stamp, u8 family)
{
	const struct dfc_ids *ids = dfc_filter_ids(f);
	struct dfc_header header = {
		.magic = 223,
		.version = 1,
		.content = content_of(family),
		.words = sizeof(header) / 4,
		.filter = htonl(f->node.id),
		.number = cpu_to_be64(stamp->number),
		.intercept = htonl(ids->intercept),
		.session = htonl(ids->session),
	};

	if (!stamp->time)
		stamp->time = ktime_get_real_ns();
	header.time = cpu_to_be64(stamp->time);
	memcpy(skb_push(skb, sizeof(header)), &header, sizeof(header));
}

__be16 dfc_format_content(u8 family)
{
	switch (family) {
	case AF_INET:
		return htons(ETH_P_IP);
	case AF_INET6:
		return htons(ETH_P_IPV6);
	}
	return htons(ETH_P_TEB);
}

void dfc_format_push(const struct dfc_dest *dest, const struct dfc_filter *f,
		     struct dfc_stamp *stamp, u8 family, struct sk_buff *skb)
{
	skb->protocol = dfc_format_content(family);
	switch (dest->format) {
	case DFC_FORMAT_DFC:
		push_header(skb, f, stamp, family);
		break;
	case DFC_FORMAT_IPIP:
		if (family == AF_PACKET)
			push_etherip(skb);
		break;
	default:
		if (dfc_filter_ids(f)->present)
			push_ids(skb, dfc_filter_ids(f));
	}
}

u8 dfc_format_protocol(const struct dfc_dest *dest, __be16 content)
{
	if (dest->format != DFC_FORMAT_IPIP)
		return IPPROTO_UDP;
	switch (content) {
	case htons(ETH_P_IP):
		return IPPROTO_IPIP;
	case htons(ETH_P_IPV6):
		return IPPROTO_IPV6;
	}
	return ETHERIP_PROTOCOL;
}

unsigned int dfc_format_index(u8 protocol)
{
	switch (protocol) {
	case IPPROTO_IPV6:
		return 1;
	case ETHERIP_PROTOCOL:
		return 2;
	}
	return 0;
}
