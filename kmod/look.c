// SPDX-License-Identifier: GPL-2.0
// Copyright (C) 2026 the dfc project

#include <linux/netdevice.h>

#include "device.h"
#include "fragment.h"
#include "group.h"
#include "look.h"
#include "net.h"

/*
 * Devices are no part of the key. A fragment that waited may have lost its.
 * A filter for both families of IP is not for frames.
 */
static bool wants(const struct dfc_node *node, void *arg)
{
	const struct dfc_filter *f = container_of(node, struct dfc_filter,
						  node);
	const struct dfc_packet *packet = arg;

	if (packet->family == AF_PACKET &&
	    node->key.key.family != AF_PACKET)
		return false;
	return dfc_group_holds(f->group, packet->in) &&
	       (!f->where ||
		(packet->dev && dfc_where_holds(f->where, packet->dev)));
}

static void on_match(struct dfc_node *node, void *arg)
{
	if (wants(node, arg))
		dfc_copy(container_of(node, struct dfc_filter, node), arg);
}

/* The others have seen this fragment when it came. */
static void on_match_late(struct dfc_node *node, void *arg)
{
	struct dfc_filter *f = container_of(node, struct dfc_filter, node);

	if (f->l4)
		on_match(node, arg);
}

static void match(struct dfc_packet *packet, const struct dfc_key *key,
		  void (*fn)(struct dfc_node *node, void *arg))
{
	dfc_classifier_match(&packet->dn->classifier, key, wants, fn, packet);
	dfc_packet_fini(packet);
}

static void match_late(const struct dfc_packet *first,
		       const struct dfc_key *key, struct sk_buff *held)
{
	struct dfc_packet packet;

	dfc_packet_init(&packet, first->dn, held, first->family, first->point);
	packet.len = held->len;
	packet.dev = dev_get_by_index_rcu(first->dn->net, held->skb_iif);
	packet.in = first->point == DFC_POINT_OUT ? first->in : packet.dev;
	match(&packet, key, on_match_late);
	consume_skb(held);
}

/*
 * The first fragment tells what those that had overtaken it are. Whatever a
 * filter wants, these have gone on.
 */
static noinline void match_fragment(struct dfc_packet *packet,
				    struct dfc_key *key,
				    const struct dfc_piece *piece)
{
	struct sk_buff_head early;
	struct sk_buff *held;

	__skb_queue_head_init(&early);
	dfc_fragment(packet->dn->fragments, key, piece, packet, &early);
	match(packet, key, on_match);
	while ((held = __skb_dequeue(&early)))
		match_late(packet, key, held);
}

/* What comes back from an NFQUEUE does so with bottom halves enabled. */
bool dfc_look(struct dfc_packet *packet)
{
	struct dfc_net *dn = packet->dn;
	struct dfc_piece piece;
	struct dfc_key key;
	bool usable;

	local_bh_disable();
	usable = dfc_key_extract(&key, &piece, packet->skb, packet->offset,
				 packet->family, packet->point);
	dfc_counters_seen(dn->counters, !usable);
	packet->len = piece.len;
	if (usable && dfc_piece_is_fragment(&piece) && READ_ONCE(dn->nl4))
		match_fragment(packet, &key, &piece);
	else if (usable)
		match(packet, &key, on_match);
	local_bh_enable();
	return packet->drop;
}
