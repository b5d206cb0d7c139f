/* SPDX-License-Identifier: GPL-2.0 */
/* Copyright (C) 2026 the dfc project */

#ifndef _DFC_GROUP_H
#define _DFC_GROUP_H

#include <linux/dfc.h>
#include <linux/list.h>
#include <linux/rcupdate.h>
#include <linux/types.h>
#include <linux/u64_stats_sync.h>

#include "quota.h"
#include "tally.h"

struct dfc_net;
struct dfc_owner;
struct dfc_where;
struct net_device;
struct netlink_ext_ack;

/* Frames that came in by the devices of a passive group, on one CPU. */
struct dfc_group_seen {
	struct u64_stats_sync syncp;
	u64_stats_t packets;
};

/**
 * struct dfc_group_settings - what GROUP_SET replaces of a group
 * @flags: DFC_GROUP_F_*
 * @masks_max: 1..1024
 * @duplicates_max: 1..64, or 0 for no limit
 * @where: its devices; NULL for all
 */
struct dfc_group_settings {
	u32 flags;
	u32 masks_max;
	u32 duplicates_max;
	struct dfc_where *where;
};

/**
 * struct dfc_group - where the filters of a capture group see packets
 * @id: names it
 * @tag: of user space
 * @flags: DFC_GROUP_F_*; changed under the lock of the namespace, read by
 *	packets
 * @mode: active or passive
 * @users: filters that are in it; under the lock of the namespace
 * @frames: filters of frames among them that have no devices of their own; same
 * @quota: of the masks that these have; same
 * @owner: socket that owns it, or NULL; same
 * @where: its devices, owned, or NULL for all; changed under the lock of the
 *	namespace, read by packets
 * @duplicates_max: most copies of a packet, 0 for no limit; changed under the
 *	lock of the namespace, read by packets
 * @tally: of these
 * @seen: only of a passive group
 * @grave: links those that no filter leads to any more
 */
struct dfc_group {
	u32 id;
	u32 tag;
	u32 flags;
	enum dfc_mode mode;
	unsigned int users;
	unsigned int frames;
	struct dfc_quota quota;
	struct dfc_owner *owner;
	struct dfc_where __rcu *where;
	u32 duplicates_max;
	struct dfc_tally __percpu *tally;
	struct dfc_group_seen __percpu *seen;
	struct list_head grave;
};

/**
 * dfc_group_is_local() - whether packets to and from this machine count
 * @group: of a filter, or NULL
 *
 * Context: any.
 * Return: false where there is no group.
 */
static inline bool dfc_group_is_local(const struct dfc_group *group)
{
	return group && READ_ONCE(group->flags) & DFC_GROUP_F_LOCAL;
}

/**
 * dfc_group_is_passive() - whether a group only listens
 * @group: of a filter, or NULL
 *
 * Context: any.
 * Return: false where there is no group.
 */
static inline bool dfc_group_is_passive(const struct dfc_group *group)
{
	return group && group->mode == DFC_MODE_PASSIVE;
}

/**
 * dfc_group_where() - the devices of a group
 * @dn: namespace; its lock is held
 * @group: group, or NULL
 *
 * Return: NULL where there is no group, or it has none.
 */
struct dfc_where *dfc_group_where(const struct dfc_net *dn,
				  const struct dfc_group *group);

/**
 * dfc_group_holds() - ask whether a packet passes where a group looks
 * @group: of a filter, or NULL
 * @in: that the packet came in by, or NULL
 *
 * Context: RCU read lock held.
 * Return: whether it does.
 */
bool dfc_group_holds(const struct dfc_group *group,
		     const struct net_device *in);

/**
 * dfc_group_alloc() - allocate a group without devices
 * @id: names it
 * @mode: active or passive
 *
 * Context: may sleep.
 * Return: given to dfc_group_add() or dfc_group_free(), or NULL.
 */
struct dfc_group *dfc_group_alloc(u32 id, enum dfc_mode mode);

/**
 * dfc_group_free() - free a group that nobody sees, and its devices
 * @group: from dfc_group_alloc()
 *
 * Context: may sleep.
 */
void dfc_group_free(struct dfc_group *group);

/**
 * dfc_group_add() - add a group
 * @dn: namespace; its lock is held
 * @group: owned by @dn on success, by the caller otherwise
 * @settings: what goes together with its mode, none of the devices in another
 *	passive group; the devices are owned by @group on success
 * @portid: socket that owns it if the flags say so
 * @extack: told why not
 *
 * Context: may sleep.
 * Return: 0, -EEXIST, -ENOMEM, -ENODEV (the namespace is going), or what a
 * device said.
 */
int dfc_group_add(struct dfc_net *dn, struct dfc_group *group,
		  const struct dfc_group_settings *settings, u32 portid,
		  struct netlink_ext_ack *extack);

/**
 * dfc_group_set() - replace the settings of a group
 * @dn: namespace; its lock is held
 * @group: group
 * @settings: as for dfc_group_add(), with devices if @group->frames
 * @portid: socket that owns it from now on, if the flags say so and no socket
 *	does
 * @extack: told why not
 *
 * Context: may sleep; waits for an RCU grace period.
 * Return: 0, -ENOMEM, or what a device or netfilter said.
 */
int dfc_group_set(struct dfc_net *dn, struct dfc_group *group,
		  const struct dfc_group_settings *settings, u32 portid,
		  struct netlink_ext_ack *extack);

/**
 * dfc_group_del() - delete a group that no filter is in
 * @dn: namespace; its lock is held
 * @group: freed
 *
 * Context: may sleep; waits for an RCU grace period.
 */
void dfc_group_del(struct dfc_net *dn, struct dfc_group *group);

/**
 * dfc_group_lookup() - find a group
 * @dn: namespace; its lock is held
 * @id: its id
 *
 * Return: without a reference, or NULL.
 */
struct dfc_group *dfc_group_lookup(struct dfc_net *dn, u32 id);

/**
 * dfc_group_reap() - delete groups without filters whose owner has closed
 * @dn: namespace; its lock is held
 *
 * Context: may sleep.
 */
void dfc_group_reap(struct dfc_net *dn);

/**
 * dfc_group_flush() - delete all groups
 * @dn: namespace without filters; its lock is held
 *
 * Context: may sleep.
 */
void dfc_group_flush(struct dfc_net *dn);

/**
 * dfc_group_seen() - count a frame of a device that only listens
 * @group: passive group that has the device
 *
 * Context: bottom halves disabled.
 */
void dfc_group_seen(struct dfc_group *group);

/**
 * dfc_group_seen_sum() - count of all CPUs
 * @group: passive group
 *
 * Return: frames that came in by its devices.
 */
u64 dfc_group_seen_sum(const struct dfc_group *group);

/**
 * dfc_group_claim() - ask how many copies of a packet may be made
 * @group: of the filter, or NULL
 * @serial: of the packet, see dfc_tally_take()
 * @copies: that the filter would make
 *
 * Filters ask in the order in which they match.
 *
 * Context: bottom halves disabled, RCU read lock held.
 * Return: at most @copies.
 */
static inline unsigned int dfc_group_claim(struct dfc_group *group,
					   u64 *serial, unsigned int copies)
{
	unsigned int max = group ? READ_ONCE(group->duplicates_max) : 0;

	return max ? dfc_tally_take(group->tally, serial, max, copies) : copies;
}

/**
 * dfc_group_quota() - what the mask of a filter counts against
 * @group: of the filter, or NULL
 *
 * Return: NULL where there is no group.
 */
static inline struct dfc_quota *dfc_group_quota(struct dfc_group *group)
{
	return group ? &group->quota : NULL;
}

#endif /* _DFC_GROUP_H */
