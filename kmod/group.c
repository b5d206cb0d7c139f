// SPDX-License-Identifier: GPL-2.0
// Copyright (C) 2026 the dfc project

#include <linux/netdevice.h>
#include <linux/netlink.h>
#include <linux/slab.h>
#include <net/net_namespace.h>

#include "device.h"
#include "group.h"
#include "hook_out.h"
#include "mask.h"
#include "net.h"
#include "owner.h"
#include "port.h"

struct dfc_group *dfc_group_alloc(u32 id, enum dfc_mode mode)
{
	struct dfc_group *group;

	group = kzalloc(sizeof(*group), GFP_KERNEL_ACCOUNT);
	if (!group)
		return NULL;
	group->id = id;
	group->mode = mode;
	dfc_quota_init(&group->quota, DFC_MASKS_MAX);
	group->tally = dfc_tally_alloc();
	if (!group->tally)
		goto free;
	if (mode != DFC_MODE_PASSIVE)
		return group;
	group->seen = netdev_alloc_pcpu_stats(struct dfc_group_seen);
	if (group->seen)
		return group;
free:
	dfc_group_free(group);
	return NULL;
}

void dfc_group_free(struct dfc_group *group)
{
	dfc_where_free(rcu_dereference_protected(group->where, true));
	dfc_quota_fini(&group->quota);
	free_percpu(group->seen);
	free_percpu(group->tally);
	kfree(group);
}

struct dfc_where *dfc_group_where(const struct dfc_net *dn,
				  const struct dfc_group *group)
{
	if (!group)
		return NULL;
	return rcu_dereference_protected(group->where,
					 lockdep_is_held(&dn->lock));
}

bool dfc_group_holds(const struct dfc_group *group,
		     const struct net_device *in)
{
	const struct dfc_where *where;

	if (!group)
		return true;
	where = rcu_dereference(group->where);
	return !where || (in && dfc_where_holds(where, in));
}

struct dfc_group *dfc_group_lookup(struct dfc_net *dn, u32 id)
{
	lockdep_assert_held(&dn->lock);
	return xa_load(&dn->groups, id);
}

static int insert(struct dfc_net *dn, struct dfc_group *group,
		  struct netlink_ext_ack *extack)
{
	int err;

	err = xa_insert(&dn->groups, group->id, group, GFP_KERNEL_ACCOUNT);
	if (err != -EBUSY)
		return err;
	NL_SET_ERR_MSG(extack, "group id is already in use");
	return -EEXIST;
}

/* Whoever asks that an owned group stay owned does not take it over. */
static struct dfc_owner *owner_of(struct dfc_net *dn,
				  const struct dfc_group *group, u32 flags,
				  u32 portid)
{
	struct dfc_owner *old = group->owner;

	if (!(flags & DFC_GROUP_F_OWNED))
		return NULL;
	if (old && !dfc_owner_is_gone(old))
		portid = old->portid;
	return dfc_owner_get(dn, portid) ?: ERR_PTR(-ENOMEM);
}

static int set_where(struct dfc_net *dn, struct dfc_group *group,
		     struct dfc_where *where, struct netlink_ext_ack *extack)
{
	struct dfc_where *old = dfc_group_where(dn, group);
	int err;

	err = dfc_port_move(group, old, where);
	if (err) {
		NL_SET_ERR_MSG(extack, "a device cannot be listened at");
		return err;
	}
	rcu_assign_pointer(group->where, where);
	if (old) {
		synchronize_net();
		dfc_where_free(old);
	}
	return 0;
}

static void set_flags(struct dfc_net *dn, struct dfc_group *group, u32 flags)
{
	unsigned int before = dfc_group_is_local(group) ? group->users : 0;

	WRITE_ONCE(group->flags, flags);
	WRITE_ONCE(dn->nlocal, dn->nlocal - before +
			       (dfc_group_is_local(group) ? group->users : 0));
}

/* Filters that come later see to it themselves. */
static int prepare(struct dfc_net *dn, const struct dfc_group *group,
		   u32 flags, struct netlink_ext_ack *extack)
{
	int err;

	if (!(flags & DFC_GROUP_F_LOCAL) || !group->users)
		return 0;
	err = dfc_hook_out_start(dn);
	if (err)
		NL_SET_ERR_MSG(extack, "netfilter hooks cannot be registered");
	return err;
}

int dfc_group_set(struct dfc_net *dn, struct dfc_group *group,
		  const struct dfc_group_settings *settings, u32 portid,
		  struct netlink_ext_ack *extack)
{
	struct dfc_owner *owner;
	int err;

	lockdep_assert_held(&dn->lock);
	err = prepare(dn, group, settings->flags, extack);
	if (err)
		return err;
	owner = owner_of(dn, group, settings->flags, portid);
	if (IS_ERR(owner))
		return PTR_ERR(owner);
	err = set_where(dn, group, settings->where, extack);
	if (err) {
		dfc_owner_put(dn, owner);
		return err;
	}
	dfc_owner_put(dn, group->owner);
	group->owner = owner;
	set_flags(dn, group, settings->flags);
	group->quota.max = settings->masks_max;
	WRITE_ONCE(group->duplicates_max, settings->duplicates_max);
	return 0;
}

int dfc_group_add(struct dfc_net *dn, struct dfc_group *group,
		  const struct dfc_group_settings *settings, u32 portid,
		  struct netlink_ext_ack *extack)
{
	int err;

	lockdep_assert_held(&dn->lock);
	if (dn->dead) {
		NL_SET_ERR_MSG(extack, "the network namespace is going");
		return -ENODEV;
	}
	err = insert(dn, group, extack);
	if (err)
		return err;
	err = dfc_group_set(dn, group, settings, portid, extack);
	if (err) {
		xa_erase(&dn->groups, group->id);
		/* One device may have had it before another one refused. */
		synchronize_net();
		return err;
	}
	dn->ngroups++;
	dn->generation++;
	return 0;
}

static void unlink(struct dfc_net *dn, struct dfc_group *group,
		   struct list_head *graves)
{
	lockdep_assert_held(&dn->lock);
	WARN_ON(group->users);
	dfc_port_move(group, dfc_group_where(dn, group), NULL);
	xa_erase(&dn->groups, group->id);
	dfc_owner_put(dn, group->owner);
	dn->ngroups--;
	dn->generation++;
	list_add(&group->grave, graves);
}

/* A packet in flight may still ask for a filter that was deleted before. */
static void bury(struct list_head *graves)
{
	struct dfc_group *group, *next;

	if (list_empty(graves))
		return;
	synchronize_net();
	list_for_each_entry_safe(group, next, graves, grave)
		dfc_group_free(group);
}

void dfc_group_del(struct dfc_net *dn, struct dfc_group *group)
{
	LIST_HEAD(graves);

	unlink(dn, group, &graves);
	bury(&graves);
}

void dfc_group_reap(struct dfc_net *dn)
{
	struct dfc_group *group;
	unsigned long id;
	LIST_HEAD(graves);

	lockdep_assert_held(&dn->lock);
	if (!dfc_owner_any_gone(dn))
		return;
	xa_for_each(&dn->groups, id, group) {
		if (dfc_owner_is_gone(group->owner) && !group->users)
			unlink(dn, group, &graves);
	}
	bury(&graves);
}

void dfc_group_flush(struct dfc_net *dn)
{
	struct dfc_group *group;
	unsigned long id;
	LIST_HEAD(graves);

	lockdep_assert_held(&dn->lock);
	xa_for_each(&dn->groups, id, group)
		unlink(dn, group, &graves);
	bury(&graves);
}

void dfc_group_seen(struct dfc_group *group)
{
	struct dfc_group_seen *seen = this_cpu_ptr(group->seen);

	u64_stats_update_begin(&seen->syncp);
	u64_stats_inc(&seen->packets);
	u64_stats_update_end(&seen->syncp);
}

u64 dfc_group_seen_sum(const struct dfc_group *group)
{
	const struct dfc_group_seen *seen;
	u64 packets, sum = 0;
	unsigned int start;
	int cpu;

	for_each_possible_cpu(cpu) {
		seen = per_cpu_ptr(group->seen, cpu);
		do {
			start = u64_stats_fetch_begin(&seen->syncp);
			packets = u64_stats_read(&seen->packets);
		} while (u64_stats_fetch_retry(&seen->syncp, start));
		sum += packets;
	}
	return sum;
}
