/* SPDX-License-Identifier: GPL-2.0 */
/* Copyright (C) 2026 the dfc project */

#ifndef _DFC_DEST_H
#define _DFC_DEST_H

#include <linux/rcupdate.h>
#include <net/dst_cache.h>

#include "counters.h"
#include "format.h"
#include "key.h"
#include "queue.h"

struct dfc_net;
struct dfc_owner;
struct netlink_ext_ack;

/**
 * struct dfc_dest - where copies go
 * @id: names it
 * @tag: of user space
 * @flags: DFC_DEST_F_*
 * @family: AF_INET or AF_INET6, of the outer header
 * @addr: outer destination address
 * @src_addr: outer source address; all zero: chosen by the route
 * @port: outer UDP destination port, host byte order; 0 if there is no UDP
 * @src_port: outer UDP source port; same
 * @ttl: outer TTL or hop limit
 * @dscp: outer differentiated services code point
 * @format: what copies look like
 * @security: what protection the route must give
 * @users: filters that copy here; under the lock of the namespace
 * @refs: these, those of them that are not buried yet, and the namespace while
 *	it can be found there; same
 * @owner: socket that owns it, or NULL; same
 * @sk: owner of the copies that are in flight
 * @cache: route of each CPU, of which the protection has been checked, by
 *	dfc_format_index(): a policy may ask for the protocol
 * @headroom: bytes that the route last used needs in front of a copy; a hint
 * @tailroom: same, behind it
 * @queue: copies that wait
 * @counters: of copies to here
 * @alarm: copies have been dropped that no event has told of; set by packets
 * @told: jiffies of the last such event, 0 before; under the lock of the
 *	namespace
 * @rcu: its memory goes when no reader under RCU is left; all else of it goes
 *	at once
 *
 * Immutable but for what is said to be under a lock, the hints, the queue and
 * the counters.
 */
struct dfc_dest {
	u32 id;
	u32 tag;
	u32 flags;
	u8 family;
	u8 ttl;
	u8 dscp;
	u16 port;
	u16 src_port;
	union dfc_addr addr;
	union dfc_addr src_addr;
	enum dfc_format format;
	enum dfc_security security;
	unsigned int users;
	unsigned int refs;
	struct dfc_owner *owner;
	struct sock *sk;
	struct dst_cache cache[DFC_FORMAT_PROTOCOLS];
	u16 headroom;
	u16 tailroom;
	struct dfc_queue queue;
	struct dfc_counters __percpu *counters;
	bool alarm;
	u64 told;
	struct rcu_head rcu;
};

/**
 * dfc_dest_tos() - the outer type of service, or traffic class
 * @dest: destination
 *
 * Return: without congestion notification, which is nobody's business here.
 */
static inline u8 dfc_dest_tos(const struct dfc_dest *dest)
{
	return dest->dscp << 2;
}

/**
 * dfc_dest_alloc() - allocate a destination, all zero
 *
 * Context: may sleep.
 * Return: given to dfc_dest_add() or dfc_dest_free(), or NULL.
 */
struct dfc_dest *dfc_dest_alloc(void);

/**
 * dfc_dest_free() - free a destination that nobody sees
 * @dest: from dfc_dest_alloc()
 *
 * Context: may sleep.
 */
void dfc_dest_free(struct dfc_dest *dest);

/**
 * dfc_dest_open() - give a destination its socket and its queue
 * @dest: filled in
 * @net: namespace that it will be in
 * @extack: told why not
 *
 * Context: may sleep.
 * Return: 0, -EAFNOSUPPORT, or another negative errno.
 */
int dfc_dest_open(struct dfc_dest *dest, struct net *net,
		  struct netlink_ext_ack *extack);

/**
 * dfc_dest_add() - add a destination
 * @dn: namespace; its lock is held
 * @dest: from dfc_dest_open(); owned by @dn on success, by the caller otherwise
 * @portid: socket that owns it if @dest->flags say so
 * @extack: told why not
 *
 * Context: may sleep.
 * Return: 0, -EEXIST, -ENOMEM, or -ENODEV (the namespace is going).
 */
int dfc_dest_add(struct dfc_net *dn, struct dfc_dest *dest, u32 portid,
		 struct netlink_ext_ack *extack);

/**
 * dfc_dest_del() - delete a destination that no filter uses
 * @dn: namespace; its lock is held
 * @dest: freed as soon as all copies to it are decided
 *
 * Context: may sleep.
 */
void dfc_dest_del(struct dfc_net *dn, struct dfc_dest *dest);

/**
 * dfc_dest_put() - let go of a destination
 * @dn: namespace; its lock is held
 * @dest: freed if this was the last to have it
 *
 * Context: may sleep.
 */
void dfc_dest_put(struct dfc_net *dn, struct dfc_dest *dest);

/**
 * dfc_dest_lookup() - find a destination
 * @dn: namespace; its lock is held
 * @id: its id
 *
 * Return: without a reference, or NULL.
 */
struct dfc_dest *dfc_dest_lookup(struct dfc_net *dn, u32 id);

/**
 * dfc_dest_dropped() - count a copy that was due and not sent
 * @dn: namespace, which counts it, too
 * @dest: destination
 * @cause: why
 * @bytes: of the inner packet
 *
 * Listeners learn of it, see dfc_alarm_raise().
 *
 * Context: bottom halves disabled.
 */
void dfc_dest_dropped(struct dfc_net *dn, struct dfc_dest *dest,
		      enum dfc_drop cause, unsigned int bytes);

/**
 * dfc_dest_reap() - delete unused destinations whose owner has closed
 * @dn: namespace; its lock is held
 */
void dfc_dest_reap(struct dfc_net *dn);

/**
 * dfc_dest_flush() - delete all destinations
 * @dn: namespace without filters; its lock is held
 */
void dfc_dest_flush(struct dfc_net *dn);

#endif /* _DFC_DEST_H */
