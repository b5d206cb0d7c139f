/* SPDX-License-Identifier: GPL-2.0 */
/* Copyright (C) 2026 the dfc project */

#ifndef _DFC_FILTER_H
#define _DFC_FILTER_H

#include <linux/build_bug.h>
#include <linux/list.h>
#include <linux/spinlock.h>

#include "classifier.h"
#include "extra.h"

struct dfc_dest;
struct dfc_group;
struct dfc_net;
struct dfc_owner;
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
 * @lock: guards what packets change, taken in the packet path
 * @flags: DFC_FILTER_F_*
 * @action: &enum dfc_action, what becomes of the original
 * @ndests: number of destinations
 * @end: 0, or its end is decided: 1 + &enum dfc_reason; whoever set this has
 *	it deleted; under @lock
 * @group: that it is in and counts among the users of, or NULL
 * @owner: socket that owns it, or NULL; under the lock of the namespace
 * @extra: never NULL, but &dfc_no_extra for most; owned otherwise. Set under
 *	@lock, once; read without
 * @one: destination, if it is one
 * @many: destinations otherwise; each counts this filter among its users, and
 *	is held by it until it is buried
 * @link: in &dfc_net.wheel, then in &dfc_net.dying
 * @added: jiffies when it was added
 * @timeout_total: seconds as configured by ADD or the last SET, 0 for none;
 *	under @lock as all that follows
 * @timeout_idle: same
 * @total_end: lower half of the jiffies of the total timeout
 * @idle_end: same of the idle timeout, moved on by every match
 * @matched_packets: see &enum dfc_counters_attr
 * @matched_bytes: same
 * @dropped_packets: same; what was not dropped of the copies was sent
 * @dropped_bytes: of these
 * @rate: matched bytes
 * @node: the classifier's part, the end of which few have
 *
 * There may be a million of them: think twice before it becomes larger.
 */
struct dfc_filter {
	spinlock_t lock;
	u8 flags;
	u8 action;
	u8 ndests;
	u8 end;
	struct dfc_group *group;
	struct dfc_owner *owner;
	struct dfc_extra *extra;
	union {
		struct dfc_dest *one;
		struct dfc_dest **many;
	};
	struct hlist_node link;
	u64 added;
	u32 timeout_total;
	u32 timeout_idle;
	u32 total_end;
	u32 idle_end;
	u64 matched_packets;
	u64 matched_bytes;
	u64 dropped_packets;
	u64 dropped_bytes;
	struct dfc_rate rate;
	struct dfc_node node;
};

static_assert(DFC_FILTER_F_ALL <= U8_MAX);
static_assert(DFC_FILTER_DESTS_MAX <= U8_MAX);
static_assert(1 + DFC_REASON_MAX <= U8_MAX);

/**
 * dfc_filter_dests() - where the copies of a filter go
 * @f: filter
 *
 * Return: @f->ndests destinations.
 */
static inline struct dfc_dest **dfc_filter_dests(struct dfc_filter *f)
{
	return f->ndests > 1 ? f->many : &f->one;
}

/**
 * dfc_filter_where() - devices that packets must pass
 * @f: filter
 *
 * Return: NULL for any.
 */
static inline const struct dfc_where *
dfc_filter_where(const struct dfc_filter *f)
{
	return READ_ONCE(f->extra)->where;
}

/**
 * dfc_filter_ids() - ids for the copies
 * @f: filter
 */
static inline const struct dfc_ids *dfc_filter_ids(const struct dfc_filter *f)
{
	return &READ_ONCE(f->extra)->ids;
}

/**
 * dfc_filter_init() - prepare to have filters
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM.
 */
int dfc_filter_init(void);

/**
 * dfc_filter_fini() - there are no filters any more
 *
 * Context: may sleep.
 */
void dfc_filter_fini(void);

/**
 * dfc_filter_alloc() - allocate a filter, all zero but its lock and @extra
 * @ndests: number of destinations it will have
 * @family: that its addresses will be of
 *
 * Context: may sleep.
 * Return: given to dfc_filter_add() or dfc_filter_free(), or NULL.
 */
struct dfc_filter *dfc_filter_alloc(unsigned int ndests, u8 family);

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
 * dfc_filter_limit() - give a filter limits
 * @f: filter that nobody sees
 * @limits: those that are not 0 replace the filter's
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM.
 */
int dfc_filter_limit(struct dfc_filter *f, const struct dfc_limits *limits);

/**
 * dfc_filter_set() - replace what is left of limits
 * @dn: namespace; its lock is held
 * @f: live filter
 * @limits: those that are not 0 replace the filter's
 *
 * Context: may sleep.
 * Return: 0, -ENOENT if it met its end meanwhile, or -ENOMEM.
 */
int dfc_filter_set(struct dfc_net *dn, struct dfc_filter *f,
		   const struct dfc_limits *limits);

/**
 * dfc_filter_del() - delete a filter
 * @dn: namespace; its lock is held
 * @f: filter; freed by dfc_graves_bury() when all its copies are decided
 * @reason: told to listeners
 *
 * Context: may sleep.
 * Return: 0, or -ENOENT if it met its end meanwhile and will be reaped.
 */
int dfc_filter_del(struct dfc_net *dn, struct dfc_filter *f,
		   enum dfc_reason reason);

/**
 * dfc_filter_lookup() - find a live filter
 * @dn: namespace; its lock is held
 * @id: its id
 *
 * Whether it lives is judged by the clock, as for packets.
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
 * dfc_filter_account() - ask a filter for permission to copy a packet
 * @dn: namespace
 * @f: filter that matched
 * @bytes: of the packet, from the IP header on
 *
 * Counts it against its limits. A timeout is judged by the clock and not by
 * whether the timer has run, so that no packet passes after it. The last
 * packet that a packet limit allows is copied; a packet that a byte limit
 * does not allow is not.
 *
 * Context: bottom halves disabled, RCU read lock held.
 * Return: the number of the packet among those that the filter matched, from
 * 1 on: it is to be copied, to all destinations; 0 if the filter is dead.
 */
u64 dfc_filter_account(struct dfc_net *dn, struct dfc_filter *f,
		       unsigned int bytes);

/**
 * dfc_filter_left() - milliseconds until a deadline
 * @end: lower half of the jiffies
 *
 * Return: 0 if it has passed.
 */
u64 dfc_filter_left(u32 end);

#endif /* _DFC_FILTER_H */
