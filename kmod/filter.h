/* SPDX-License-Identifier: GPL-2.0 */
/* Copyright (C) 2026 the dfc project */

#ifndef _DFC_FILTER_H
#define _DFC_FILTER_H

#include <linux/llist.h>
#include <linux/rcupdate.h>
#include <linux/spinlock.h>
#include <linux/timer.h>

#include "classifier.h"
#include "counters.h"
#include "encap.h"

struct dfc_dest;
struct dfc_group;
struct dfc_net;
struct dfc_owner;
struct dfc_where;
struct netlink_ext_ack;

/**
 * struct dfc_limits - how long a filter lives; 0 means no such limit
 * @timeout_total: seconds
 * @timeout_idle: seconds
 * @packets: packets
 * @bytes: bytes
 */
struct dfc_limits {
	u32 timeout_total;
	u32 timeout_idle;
	u64 packets;
	u64 bytes;
};

/**
 * struct dfc_filter - which packets are copied, and where to
 * @node: the classifier's part
 * @id: names it
 * @flags: DFC_FILTER_F_*
 * @priority: lower is more important
 * @action: what becomes of the original
 * @ids: for the copies
 * @group: that it is in and counts among the users of, or NULL
 * @where: devices that packets must pass, owned; NULL for any
 * @match: lists, owned; NULL where the masked key of @node says it all
 * @l4: it looks at ports, or at ICMP types or codes
 * @dn: namespace
 * @owner: socket that owns it, or NULL; under the lock of the namespace
 * @added: jiffies when it was added
 * @timer: fires at the earlier of the two timeouts
 * @reap: in &dfc_net.reap once a limit is met, then in &dfc_net.graves
 * @rcu: to learn that no packet is in its hands
 * @lock: guards what follows up to @rate; taken in the packet path
 * @dead: its end is decided; whoever set this has it deleted
 * @reason: why
 * @limits: as configured by ADD or the last SET
 * @total_end: jiffies of the total timeout
 * @idle_end: jiffies of the idle timeout, moved on by every match
 * @left_packets: until the limit
 * @left_bytes: until the limit
 * @matched_packets: see &enum dfc_counters_attr
 * @matched_bytes: same
 * @copies: same
 * @sent_packets: same
 * @sent_bytes: same
 * @dropped_packets: same
 * @rate: matched bytes
 * @ndests: number of @dest
 * @dest: destinations; each counts this filter among its users
 */
struct dfc_filter {
	struct dfc_node node;
	u32 id;
	u32 flags;
	u32 priority;
	enum dfc_action action;
	struct dfc_ids ids;
	struct dfc_group *group;
	struct dfc_where *where;
	struct dfc_match *match;
	bool l4;
	struct dfc_net *dn;
	struct dfc_owner *owner;
	u64 added;
	struct timer_list timer;
	struct llist_node reap;
	struct rcu_head rcu;
	spinlock_t lock;
	bool dead;
	enum dfc_reason reason;
	struct dfc_limits limits;
	u64 total_end;
	u64 idle_end;
	u64 left_packets;
	u64 left_bytes;
	u64 matched_packets;
	u64 matched_bytes;
	u64 copies;
	u64 sent_packets;
	u64 sent_bytes;
	u64 dropped_packets;
	struct dfc_rate rate;
	unsigned int ndests;
	struct dfc_dest *dest[];
};

/**
 * dfc_filter_alloc() - allocate a filter, all zero but its lock and timer
 * @ndests: number of destinations it will have
 *
 * Context: may sleep.
 * Return: given to dfc_filter_add() or dfc_filter_free(), or NULL.
 */
struct dfc_filter *dfc_filter_alloc(unsigned int ndests);

/**
 * dfc_filter_free() - free a filter that nobody sees, and its lists
 * @f: from dfc_filter_alloc()
 *
 * Context: may sleep.
 */
void dfc_filter_free(struct dfc_filter *f);

/**
 * dfc_filter_add() - make a filter work
 * @dn: namespace; its lock is held
 * @f: with all set that user space says of it; owned by @dn on success, by
 *	the caller otherwise
 * @portid: socket that owns it if @f->flags say so
 * @extack: told why not
 *
 * Context: may sleep.
 * Return: 0, -EEXIST, -ENOMEM, -ENOSPC, or -ENODEV (the namespace is going).
 */
int dfc_filter_add(struct dfc_net *dn, struct dfc_filter *f, u32 portid,
		   struct netlink_ext_ack *extack);

/**
 * dfc_filter_set() - replace what is left of limits
 * @f: live filter; the lock of its namespace is held
 * @limits: those that are not 0 replace the filter's
 *
 * Return: 0, or -ENOENT if it met its end meanwhile.
 */
int dfc_filter_set(struct dfc_filter *f, const struct dfc_limits *limits);

/**
 * dfc_filter_del() - delete a filter
 * @f: filter; the lock of its namespace is held; freed by dfc_filter_bury()
 *	after an RCU grace period
 * @reason: told to listeners
 *
 * Context: may sleep.
 * Return: 0, or -ENOENT if it met its end meanwhile and will be reaped.
 */
int dfc_filter_del(struct dfc_filter *f, enum dfc_reason reason);

/**
 * dfc_filter_lookup() - find a live filter
 * @dn: namespace; its lock is held
 * @id: its id
 *
 * Return: without a reference, or NULL.
 */
struct dfc_filter *dfc_filter_lookup(struct dfc_net *dn, u32 id);

/**
 * dfc_filter_flush() - delete all filters, or those of a destination
 * @dn: namespace; its lock is held
 * @dest: destination id, or 0 for all
 * @reason: told to listeners
 *
 * Context: may sleep.
 */
void dfc_filter_flush(struct dfc_net *dn, u32 dest, enum dfc_reason reason);

/**
 * dfc_filter_flush_gone() - delete the filters of sockets that have closed
 * @dn: namespace; its lock is held
 *
 * Context: may sleep.
 */
void dfc_filter_flush_gone(struct dfc_net *dn);

/**
 * dfc_filter_reap() - delete the filters that have met a limit
 * @dn: namespace; its lock is held
 *
 * Context: may sleep.
 */
void dfc_filter_reap(struct dfc_net *dn);

/**
 * dfc_filter_bury() - tell listeners of deleted filters and free them
 * @dn: namespace; its lock is held
 *
 * Context: may sleep.
 */
void dfc_filter_bury(struct dfc_net *dn);

/**
 * dfc_filter_account() - ask a filter for permission to copy a packet
 * @f: filter that matched
 * @bytes: of the packet, from the IP header on
 *
 * Counts it against its limits. A timeout is judged by the clock and not by
 * whether the timer has run, so that no packet passes after it. The last
 * packet that a packet limit allows is copied; a packet that a byte limit
 * does not allow is not.
 *
 * Context: bottom halves disabled, RCU read lock held.
 * Return: whether to copy; if not, the filter is dead.
 */
bool dfc_filter_account(struct dfc_filter *f, unsigned int bytes);

/**
 * dfc_filter_sent() - count a copy that was sent
 * @f: filter
 * @bytes: of the inner packet
 *
 * Context: bottom halves disabled.
 */
void dfc_filter_sent(struct dfc_filter *f, unsigned int bytes);

/**
 * dfc_filter_dropped() - count a copy that was dropped
 * @f: filter
 *
 * Context: bottom halves disabled.
 */
void dfc_filter_dropped(struct dfc_filter *f);

/**
 * dfc_filter_left() - milliseconds until a deadline
 * @end: jiffies
 *
 * Return: 0 if it has passed.
 */
u64 dfc_filter_left(u64 end);

#endif /* _DFC_FILTER_H */
