/* SPDX-License-Identifier: GPL-2.0 */
/* Copyright (C) 2026 the dfc project */

#ifndef _DFC_LOCAL_H
#define _DFC_LOCAL_H

#include "copy.h"

/**
 * dfc_local_way() - find out whether a packet is for this machine
 * @packet: that came in, with its key; not changed
 *
 * It is if its destination is an address of this machine, or one of those that
 * are never forwarded: broadcast, and what stays on its link. Other multicast
 * counts as passing, whoever here listens to it, and so does what routing or a
 * transparent proxy keeps here though its destination is elsewhere. Where it
 * depends on the VRF, a packet rather counts as one for this machine: if it is
 * forwarded after all, that comes out.
 *
 * Context: RCU read lock held.
 * Return: DFC_WAY_PASSES, DFC_WAY_LOCAL, or DFC_WAY_PENDING where address
 * translation may yet have another destination for it.
 */
enum dfc_way dfc_local_way(const struct dfc_packet *packet);

/**
 * dfc_local_is_signal() - whether a packet is one of the network's own
 * @key: of a packet that this machine sends
 *
 * Such are ICMP errors, and what keeps a link going and is no business of
 * others: neighbour and router discovery, which ARP is to IPv4, and what joins
 * and leaves multicast groups.
 *
 * Return: whether it is.
 */
bool dfc_local_is_signal(const struct dfc_key *key);

#endif /* _DFC_LOCAL_H */
