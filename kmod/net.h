/* SPDX-License-Identifier: GPL-2.0 */
/* Copyright (C) 2026 the dfc project */

#ifndef _DFC_NET_H
#define _DFC_NET_H

#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/skbuff.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>
#include <linux/xarray.h>
#include <net/netns/generic.h>
#include <net/net_namespace.h>

#include "classifier.h"
#include "counters.h"
#include "device.h"
#include "outbox.h"
#include "socket.h"
#include "wheel.h"

struct dfc_fragments;
struct dfc_pendings;

/**
 * struct dfc_net - what a network namespace has of us
 * @net: the namespace; no reference is held, it outlives this
 * @lock: serialises every change to filters, destinations, groups and hooks
 * @filters: by id; under @lock
 * @dests: destinations by id; same
 * @groups: groups by id; same
 * @nfilters: number of @filters
 * @ndests: number of @dests
 * @ngroups: number of @groups
 * @nseen: number of @filters that see packets at each DFC_POINT_*; changed
 *	under @lock, read by the hooks
 * @nlocal: number of @filters whose group is local; same
 * @devices: names of network devices that filters and groups have
 * @nl4: those of them that look at ports, or at ICMP types or codes
 * @fragments: datagrams that pass in fragments; there once @hooked was set
 * @pendings: packets to this machine that may yet be forwarded; same
 * @classifier: finds filters by packet; changed under @lock
 * @instance: random, tells this state from one before it; never changes
 * @generation: changes whenever a filter, destination or group comes or goes;
 *	under @lock
 * @hooked: the netfilter hooks are registered; under @lock
 * @hooked_out: those for leaving packets are, too; same
 * @used: hooks have been registered: packets may have been in our hands
 * @dead: the namespace is going, nothing may be added any more; under @lock
 * @counters: of the namespace, for as long as it lives
 * @expired: filters that ended by a limit; under @lock
 * @wheel: when filters are to be looked at, and those whose end was found
 * @dying: deleted filters that packets may still use; under @lock
 * @graves: those of them that are waited for; same
 * @rcu: to learn that no packet uses what is in @graves
 * @mourning: it is being waited for
 * @marked: copies for what is in @graves may be in @outbox; under @lock
 * @wakes: of what was in @graves, those that have copies in a queue; same
 * @owners: sockets that own something, under @owners_lock
 * @owners_lock: taken with bottom halves enabled, in process context only
 * @work: deletes filters that ended and what gone owners left, frees @graves
 * @outbox: copies that are about to be sent, of each CPU
 * @alarm: tells of destinations that lose copies
 */
struct dfc_net {
	struct net *net;
	struct mutex lock;
	struct xarray filters;
	struct xarray dests;
	struct xarray groups;
	unsigned int nfilters;
	unsigned int ndests;
	unsigned int ngroups;
	unsigned int nseen[DFC_POINTS];
	unsigned int nlocal;
	struct dfc_devices devices;
	unsigned int nl4;
	struct dfc_fragments *fragments;
	struct dfc_pendings *pendings;
	struct dfc_classifier classifier;
	u64 instance;
	u32 generation;
	bool hooked;
	bool hooked_out;
	bool used;
	bool dead;
	struct dfc_counters __percpu *counters;
	u64 expired;
	struct dfc_wheel wheel;
	struct hlist_head dying;
	struct hlist_head graves;
	struct rcu_head rcu;
	bool mourning;
	bool marked;
	struct hlist_head wakes;
	struct list_head owners;
	spinlock_t owners_lock;
	struct work_struct work;
	struct dfc_outbox __percpu *outbox;
	struct delayed_work alarm;
};

extern unsigned int dfc_net_id;

/**
 * dfc_net() - our part of a network namespace
 * @net: namespace
 *
 * Return: never NULL while the module is loaded and @net lives.
 */
static inline struct dfc_net *dfc_net(const struct net *net)
{
	return net_generic(net, dfc_net_id);
}

/**
 * dfc_net_is_copy() - ask whether a packet is a copy of ours
 * @dn: namespace
 * @skb: a packet that this machine sends
 *
 * Bridges, and whatever else sends a packet by several devices, send clones,
 * which belong to no socket. But only copies are sent as if they had been
 * captured, which nobody else minds; a tunnel hides that, and has the socket.
 *
 * Return: whether it is; also of what IPsec or fragmentation make of one, and
 * of a clone, unless it is one of a tunnel.
 */
static inline bool dfc_net_is_copy(const struct dfc_net *dn,
				   const struct sk_buff *skb)
{
	return dfc_socket_is_ours(skb->sk, dn->net) ||
	       (skb->pkt_type == PACKET_OUTGOING && !skb->skb_iif);
}

/**
 * dfc_net_init() - make every network namespace ready, now and later
 *
 * Return: 0 or a negative errno.
 */
int dfc_net_init(void);

/**
 * dfc_net_fini() - take ourselves out of every network namespace
 *
 * Context: sleeps until no packet is in our hands.
 */
void dfc_net_fini(void);

/**
 * dfc_net_kick() - have the dead filters deleted soon
 * @dn: namespace
 *
 * Context: any.
 */
void dfc_net_kick(struct dfc_net *dn);

/**
 * dfc_net_alarm() - have listeners told soon which destinations lose copies
 * @dn: namespace
 * @delay: jiffies from now, unless that is due earlier
 *
 * Context: any.
 */
void dfc_net_alarm(struct dfc_net *dn, unsigned long delay);

/**
 * dfc_net_flush() - wait until no worker runs
 *
 * Context: may sleep.
 */
void dfc_net_flush(void);

/**
 * dfc_net_reap() - delete the dead filters now
 * @dn: namespace; its lock is held
 *
 * Every command starts with it, so that user space never sees a filter that
 * has met its end.
 *
 * Context: may sleep.
 */
void dfc_net_reap(struct dfc_net *dn);

#endif /* _DFC_NET_H */
