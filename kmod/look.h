/* SPDX-License-Identifier: GPL-2.0 */
/* Copyright (C) 2026 the dfc project */

#ifndef _DFC_LOOK_H
#define _DFC_LOOK_H

#include "copy.h"

/**
 * dfc_look() - show a packet to the filters
 * @packet: from dfc_packet_init(); afterwards without use
 *
 * Every filter that wants the packet copies it. Packets without usable headers
 * are counted, and match nothing.
 *
 * Context: softirq, or process with bottom halves enabled; RCU read lock held.
 * Return: whether a filter wants it to go no further.
 */
bool dfc_look(struct dfc_packet *packet);

/**
 * dfc_look_glance() - read the key of a packet as they mostly are
 * @dn: namespace
 * @skb: original that comes in, and begins with its IP header; only read
 * @family: AF_INET or AF_INET6
 * @key: filled in
 * @piece: same
 *
 * There are none while packets are pending: see dfc_pending_arrived().
 *
 * Context: as dfc_look().
 * Return: whether it is one that dfc_look_is_idle() and dfc_look_glanced() may
 * be asked about; else dfc_look() has to look.
 */
bool dfc_look_glance(const struct dfc_net *dn, const struct sk_buff *skb,
		     u8 family, struct dfc_key *key, struct dfc_piece *piece);

/**
 * dfc_look_is_idle() - find out whether no filter wants a packet
 * @dn: namespace
 * @key: from dfc_look_glance()
 *
 * Such packets cost next to nothing. They are counted here.
 *
 * Context: softirq, RCU read lock held.
 * Return: whether it is one; else dfc_look_glanced() has to tell.
 */
bool dfc_look_is_idle(struct dfc_net *dn, const struct dfc_key *key);

/**
 * dfc_look_glanced() - show a packet to the filters that has been glanced at
 * @packet: as for dfc_look()
 * @key: from dfc_look_glance()
 * @piece: same
 *
 * Context: softirq, RCU read lock held.
 * Return: as dfc_look().
 */
bool dfc_look_glanced(struct dfc_packet *packet, const struct dfc_key *key,
		      const struct dfc_piece *piece);

/**
 * dfc_look_forwarded() - show a packet to the filters that have missed it
 * @dn: namespace
 * @skb: that is forwarded; only its address is looked at
 *
 * If it was addressed to this machine when it came in, only filters have seen
 * it then that count such packets. The others see it now, as it came in.
 *
 * Context: softirq, or process with bottom halves enabled; RCU read lock held.
 * Return: whether a filter wants it to go no further.
 */
bool dfc_look_forwarded(struct dfc_net *dn, const struct sk_buff *skb);

#endif /* _DFC_LOOK_H */
