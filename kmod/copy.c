// SPDX-License-Identifier: GPL-2.0
// Copyright (C) 2026 the dfc project

#include <linux/if_vlan.h>
#include <net/gso.h>
#include <net/netfilter/nf_conntrack.h>

#include "copy.h"
#include "dest.h"
#include "encap.h"
#include "format.h"
#include "group.h"
#include "net.h"
#include "outbox.h"
#include "send.h"

void dfc_packet_fini(struct dfc_packet *packet)
{
	struct sk_buff *seg, *next;

	if (IS_ERR_OR_NULL(packet->segs))
		return;
	skb_list_walk_safe(packet->segs, seg, next)
		consume_skb(seg);
}

/**
 * struct piece - a packet or frame of the wire in a buffer
 * @skb: buffer
 * @offset: bytes from its data to the packet
 * @len: bytes on the wire
 * @tag: how many of these the kernel keeps beside the frame, as a VLAN tag
 * @packet: what it is, or is one of
 */
struct piece {
	const struct sk_buff *skb;
	int offset;
	unsigned int len;
	unsigned int tag;
	struct dfc_packet *packet;
};

static unsigned int tag_of(const struct sk_buff *skb, u8 family)
{
	return family == AF_PACKET && skb_vlan_tag_present(skb) ? VLAN_HLEN : 0;
}

/* Leaves what belongs to the packet. */
static int cut(struct sk_buff *skb, int offset, unsigned int len)
{
	if (offset < 0)
		__skb_push(skb, -offset);
	else if (!pskb_pull(skb, offset))
		return -ENOMEM;
	return pskb_trim(skb, len);
}

static void set_family(struct sk_buff *skb, u8 family)
{
	if (family == AF_PACKET)
		return;
	skb_reset_network_header(skb);
	skb->protocol = dfc_format_content(family);
}

/*
 * Takes a merged packet apart again. The segmenters write into the headers of
 * what they are given, so they are given headers of our own.
 */
static struct sk_buff *segment(const struct dfc_packet *packet)
{
	struct sk_buff *own, *segs;

	own = skb_clone((struct sk_buff *)packet->skb, GFP_ATOMIC);
	if (!own)
		return ERR_PTR(-ENOMEM);
	if (pskb_expand_head(own, 0, 0, GFP_ATOMIC) ||
	    cut(own, packet->offset, packet->len)) {
		kfree_skb(own);
		return ERR_PTR(-ENOMEM);
	}
	set_family(own, packet->family);
	segs = skb_gso_segment(own, 0);
	consume_skb(own);
	return segs ?: ERR_PTR(-EINVAL);
}

struct sk_buff *dfc_packet_segments(struct dfc_packet *packet)
{
	if (!packet->segs)
		packet->segs = segment(packet);
	return packet->segs;
}

/*
 * A copy inherits nothing of the original but its bytes: no route, no
 * connection, no mark, no queue, no time, and nobody's control buffer.
 * Connection tracking, address translation and load balancing are told to
 * keep off. PACKET_OUTGOING keeps ICMP from answering for it, but for ICMPv6
 * Packet Too Big, which ignore_df takes care of; dfc_net_is_copy() knows clones
 * by it.
 */
static void scrub(struct sk_buff *skb)
{
	skb_orphan(skb);
	skb_scrub_packet(skb, true);
	nf_ct_set(skb, NULL, IP_CT_UNTRACKED);
#if IS_ENABLED(CONFIG_IP_VS)
	skb->ipvs_property = 1;
#endif
	skb_clear_hash(skb);
	skb_set_queue_mapping(skb, 0);
	__vlan_hwaccel_clear_tag(skb);
	skb_init_secmark(skb);
	skb_reset_redirect(skb);
	skb->priority = 0;
	skb->tc_index = 0;
	skb->encapsulation = 0;
	skb->inner_protocol = 0;
	skb->pkt_type = PACKET_OUTGOING;
	memset(skb->cb, 0, sizeof(skb->cb));
}

/*
 * Bytes of our own rather than pages shared with the original: what else the
 * router does with the original (decrypt it in place, for one) must not reach
 * the copy, nor the other way round. Room for all headers and the ESP trailer
 * makes it the only allocation of a copy.
 */
static struct sk_buff *private_copy(const struct piece *piece,
				    const struct dfc_dest *dest)
{
	unsigned int headroom = READ_ONCE(dest->headroom) + DFC_ENCAP_MAX +
				piece->tag + max(0, -piece->offset);
	struct sk_buff *copy;

	copy = skb_copy_expand(piece->skb, headroom, READ_ONCE(dest->tailroom),
			       GFP_ATOMIC);
	if (!copy)
		return NULL;
	if ((copy->ip_summed == CHECKSUM_PARTIAL &&
	     skb_csum_hwoffload_help(copy, 0)) ||
	    cut(copy, piece->offset, piece->len - piece->tag)) {
		kfree_skb(copy);
		return NULL;
	}
	if (piece->tag)
		copy = __vlan_hwaccel_push_inside(copy);
	if (!copy)
		return NULL;
	copy->ip_summed = CHECKSUM_NONE;
	scrub(copy);
	/* It may be gone by the time that the copy leaves. */
	copy->dev = NULL;
	return copy;
}

struct sk_buff *dfc_copy_private(const struct dfc_packet *packet)
{
	struct sk_buff *copy;

	copy = skb_copy(packet->skb, GFP_ATOMIC | __GFP_NOWARN);
	if (!copy)
		return NULL;
	if (cut(copy, packet->offset, packet->len)) {
		kfree_skb(copy);
		return NULL;
	}
	set_family(copy, packet->family);
	skb_dst_drop(copy);
	scrub(copy);
	copy->dev = NULL;
	return copy;
}

static void copy_to(struct dfc_filter *f, struct dfc_dest *dest,
		    const struct piece *piece, struct dfc_stamp *stamp)
{
	struct dfc_net *dn = piece->packet->dn;
	struct sk_buff *copy;

	copy = private_copy(piece, dest);
	if (!copy) {
		dfc_send_lost(dn, f, dest, piece->len, DFC_DROP_NO_MEMORY);
		return;
	}
	dfc_format_push(dest, f, stamp, piece->packet->family, copy);
	*dfc_parcel(copy) = (struct dfc_parcel){
		.filter = f,
		.dest = dest,
		.bytes = piece->len,
	};
	dfc_outbox_put(dn, copy);
}

static u64 account(struct dfc_net *dn, struct dfc_filter *f,
		   unsigned int bytes)
{
	u64 number = dfc_filter_account(dn, f, bytes);
	unsigned int i;

	if (!number)
		return 0;
	dfc_counters_matched(dn->counters, bytes, f->ndests);
	for (i = 0; i < f->ndests; i++)
		dfc_counters_matched(dfc_filter_dests(f)[i]->counters, bytes,
				     1);
	return number;
}

/*
 * How many of the filter's destinations get the packet, as far as its group
 * says. All packets of a merged one have the same outcome.
 */
static unsigned int allowed(const struct dfc_filter *f,
			    struct dfc_packet *packet)
{
	if (!packet->claimed)
		packet->allowed = dfc_group_claim(f->group, &packet->serial,
						  f->ndests);
	packet->claimed = true;
	return packet->allowed;
}

/* Returns whether the filter has accounted the packet. */
static bool copy_one(struct dfc_filter *f, const struct piece *piece)
{
	struct dfc_net *dn = piece->packet->dn;
	struct dfc_stamp stamp = { };
	unsigned int n, i;

	stamp.number = account(dn, f, piece->len);
	if (!stamp.number)
		return false;
	n = allowed(f, piece->packet);
	for (i = 0; i < f->ndests; i++) {
		struct dfc_dest *dest = dfc_filter_dests(f)[i];

		if (i < n)
			copy_to(f, dest, piece, &stamp);
		else
			dfc_send_lost(dn, f, dest, piece->len,
				      DFC_DROP_DUPLICATE);
	}
	return true;
}

/* What cannot be taken apart is lost, but not silently. */
static bool lose_merged(struct dfc_net *dn, struct dfc_filter *f,
			const struct dfc_packet *packet)
{
	unsigned int packets = max_t(unsigned int, 1,
				     skb_shinfo(packet->skb)->gso_segs);
	enum dfc_drop cause = PTR_ERR(packet->segs) == -ENOMEM ?
			      DFC_DROP_NO_MEMORY : DFC_DROP_BAD_GSO;
	unsigned int bytes = packet->len / packets, n, i;

	for (n = 0; n < packets && account(dn, f, bytes); n++) {
		for (i = 0; i < f->ndests; i++)
			dfc_send_lost(dn, f, dfc_filter_dests(f)[i], bytes,
				      cause);
	}
	return n;
}

static bool copy_segment(struct dfc_filter *f, struct dfc_packet *packet,
			 const struct sk_buff *seg)
{
	struct piece piece = {
		.skb = seg,
		.len = seg->len + tag_of(seg, packet->family),
		.tag = tag_of(seg, packet->family),
		.packet = packet,
	};

	return copy_one(f, &piece);
}

static bool copy_merged(struct dfc_filter *f, struct dfc_packet *packet)
{
	struct sk_buff *seg;
	bool first;

	if (IS_ERR(dfc_packet_segments(packet)))
		return lose_merged(packet->dn, f, packet);
	first = copy_segment(f, packet, packet->segs);
	for (seg = packet->segs->next; seg; seg = seg->next)
		copy_segment(f, packet, seg);
	return first;
}

void dfc_copy(struct dfc_filter *f, struct dfc_packet *packet)
{
	struct piece piece = {
		.skb = packet->skb,
		.offset = packet->offset,
		.len = packet->len + tag_of(packet->skb, packet->family),
		.tag = tag_of(packet->skb, packet->family),
		.packet = packet,
	};
	bool accounted;

	packet->claimed = false;
	if (skb_is_gso(packet->skb))
		accounted = copy_merged(f, packet);
	else
		accounted = copy_one(f, &piece);
	packet->drop |= accounted && f->action != DFC_ACTION_COPY;
}
