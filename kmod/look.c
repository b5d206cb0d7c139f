// SPDX-License-Identifier: GPL-2.0
// Copyright (C) 2026 the dfc project

#include <linux/netdevice.h>

#include "device.h"
#include "fragment.h"
#include "glance.h"
#include "group.h"
#include "local.h"
#include "look.h"
#include "net.h"
#include "pending.h"

/* What this machine sends comes in nowhere: it is known by where it leaves. */
static bool is_sent(const struct dfc_packet *packet)
{
	return packet->way == DFC_WAY_LOCAL && !packet->in;
}

/*
 * Whose business a packet is. Where it goes is found out only for those that a
 * filter would have otherwise.
 */
static bool concerns(const struct dfc_filter *f, struct dfc_packet *packet)
{
	if (dfc_group_is_local(f->group))
		return packet->way != DFC_WAY_FORWARDED;
	if (packet->way == DFC_WAY_OPEN)
		packet->way = dfc_local_way(packet);
	if (packet->way == DFC_WAY_PENDING)
		packet->missed = true;
	return packet->way == DFC_WAY_PASSES ||
	       packet->way == DFC_WAY_FORWARDED;
}

/*
 * Devices are no part of the key. A fragment that waited may have lost its.
 * A filter for both families of IP is not for frames.
 */
static bool wants(const struct dfc_node *node, void *arg)
{
	const struct dfc_filter *f = container_of(node, struct dfc_filter,
						  node);
	const struct dfc_where *where = dfc_filter_where(f);
	struct dfc_packet *packet = arg;

	if (packet->family == AF_PACKET && node->rest.family != AF_PACKET)
		return false;
	if (packet->seen && dfc_node_matches(node, packet->seen))
		return false;
	if (where && where->scope == DFC_SCOPE_INPUT && is_sent(packet))
		return false;
	return dfc_group_holds(f->group, is_sent(packet) ? packet->dev
							 : packet->in) &&
	       (!where ||
		(packet->dev && dfc_where_holds(where, packet->dev))) &&
	       concerns(f, packet);
}

static void on_match(struct dfc_node *node, void *arg)
{
	if (wants(node, arg))
		dfc_copy(container_of(node, struct dfc_filter, node), arg);
}

static void match(struct dfc_packet *packet, const struct dfc_key *key)
{
	packet->key = key;
	dfc_classifier_match(&packet->dn->classifier, key, wants, on_match,
			     packet);
	if (packet->missed && !packet->drop)
		dfc_pending_keep(packet->dn->pendings, packet);
	dfc_packet_fini(packet);
}

/* What a fragment told by itself, before its first one told the rest. */
static void recall(struct dfc_packet *packet, struct dfc_key *seen)
{
	struct dfc_piece piece;

	if (dfc_key_extract(seen, &piece, packet->skb, 0, packet->family,
			    packet->point))
		packet->seen = seen;
}

static void match_late(const struct dfc_packet *first,
		       const struct dfc_key *key, struct sk_buff *held)
{
	struct dfc_packet packet;
	struct dfc_key seen;

	dfc_packet_init(&packet, first->dn, held, first->family, first->point);
	packet.len = held->len;
	packet.dev = dev_get_by_index_rcu(first->dn->net, held->skb_iif);
	/* What this machine sends came in nowhere, whatever the point. */
	packet.in = first->point == DFC_POINT_OUT || is_sent(first) ?
		    first->in : packet.dev;
	packet.way = first->way;
	packet.piece = first->piece;
	packet.name = first->name;
	recall(&packet, &seen);
	match(&packet, key);
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
	match(packet, key);
	while ((held = __skb_dequeue(&early)))
		match_late(packet, key, held);
}

/* What this machine sends only because it is one: see dfc_local_is_signal(). */
static bool is_signal(const struct dfc_packet *packet,
		      const struct dfc_key *key)
{
	return is_sent(packet) && dfc_local_is_signal(key);
}

/*
 * What has come before may be pending under the address of this one, and only
 * dfc_look() forgets that.
 */
bool dfc_look_glance(const struct dfc_net *dn, const struct sk_buff *skb,
		     u8 family, struct dfc_key *key, struct dfc_piece *piece)
{
	return in_softirq() && dfc_pending_is_empty(dn->pendings) &&
	       dfc_glance(key, piece, skb, family, DFC_POINT_IN);
}

bool dfc_look_is_idle(struct dfc_net *dn, const struct dfc_key *key)
{
	if (!dfc_classifier_is_idle(&dn->classifier, key))
		return false;
	dfc_counters_seen(dn->counters, false);
	return true;
}

bool dfc_look_glanced(struct dfc_packet *packet, const struct dfc_key *key,
		      const struct dfc_piece *piece)
{
	dfc_counters_seen(packet->dn->counters, false);
	packet->len = piece->len;
	packet->piece = piece;
	match(packet, key);
	return packet->drop;
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
	packet->key = usable ? &key : NULL;
	packet->piece = &piece;
	if (packet->way == DFC_WAY_OPEN)
		dfc_pending_arrived(dn->pendings, packet);
	if (usable && is_signal(packet, &key))
		usable = false;
	if (usable && dfc_piece_is_fragment(&piece) &&
	    (READ_ONCE(dn->nl4) || piece.hidden))
		match_fragment(packet, &key, &piece);
	else if (usable)
		match(packet, &key);
	local_bh_enable();
	return packet->drop;
}

/* Of a merged packet the first one decides, as in dfc_copy(). */
static bool look_again(struct dfc_net *dn, struct sk_buff *piece)
{
	const struct dfc_kept *kept = dfc_kept(piece);
	struct dfc_packet packet;
	struct dfc_key seen;

	dfc_packet_init(&packet, dn, piece, kept->key.family,
			kept->key.point);
	packet.len = piece->len;
	packet.in = dev_get_by_index_rcu(dn->net, piece->skb_iif);
	packet.dev = packet.in;
	packet.way = DFC_WAY_FORWARDED;
	if (kept->late)
		recall(&packet, &seen);
	match(&packet, &kept->key);
	return packet.drop && !kept->rest;
}

bool dfc_look_forwarded(struct dfc_net *dn, const struct sk_buff *skb)
{
	struct sk_buff_head pieces;
	struct sk_buff *piece;
	bool drop = false;

	__skb_queue_head_init(&pieces);
	local_bh_disable();
	dfc_pending_take(dn->pendings, skb, &pieces);
	while ((piece = __skb_dequeue(&pieces))) {
		drop |= look_again(dn, piece);
		consume_skb(piece);
	}
	local_bh_enable();
	return drop;
}
