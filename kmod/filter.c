// SPDX-License-Identifier: GPL-2.0
// Copyright (C) 2026 the dfc project

#include <linux/jiffies.h>
#include <linux/netlink.h>
#include <linux/slab.h>

#include "dest.h"
#include "device.h"
#include "event.h"
#include "filter.h"
#include "group.h"
#include "hook.h"
#include "net.h"
#include "owner.h"

u64 dfc_filter_left(u64 end)
{
	u64 now = get_jiffies_64();

	return time_before64(now, end) ? jiffies64_to_msecs(end - now) : 0;
}

/*
 * Decides the end of a filter, once. A limit met in the packet path or by the
 * timer cannot delete, which sleeps: it leaves the filter for the worker.
 */
static bool kill_locked(struct dfc_filter *f, enum dfc_reason reason)
{
	lockdep_assert_held(&f->lock);
	if (f->dead)
		return false;
	f->reason = reason;
	WRITE_ONCE(f->dead, true);
	return true;
}

static void expire_locked(struct dfc_filter *f, enum dfc_reason reason)
{
	/* Under the lock, so that who sees it dead finds it in the list. */
	if (kill_locked(f, reason)) {
		llist_add(&f->reap, &f->dn->reap);
		dfc_net_kick(f->dn);
	}
}

static bool check_timeouts_locked(struct dfc_filter *f, u64 now)
{
	if (f->limits.timeout_total && time_after_eq64(now, f->total_end))
		expire_locked(f, DFC_REASON_TIMEOUT_TOTAL);
	else if (f->limits.timeout_idle && time_after_eq64(now, f->idle_end))
		expire_locked(f, DFC_REASON_TIMEOUT_IDLE);
	return !f->dead;
}

/*
 * The timer wheel is coarse for far deadlines (up to an eighth late), so such
 * a deadline is approached in steps. The idle deadline moves with the
 * packets, which do not touch the timer; it is looked at again here.
 */
static void arm_locked(struct dfc_filter *f, u64 now)
{
	u64 end = U64_MAX, delay;

	if (f->limits.timeout_total)
		end = f->total_end;
	if (f->limits.timeout_idle)
		end = min(end, f->idle_end);
	if (end == U64_MAX)
		return;
	delay = time_before64(now, end) ? end - now : 0;
	if (delay >= HZ)
		delay -= delay / 8;
	mod_timer(&f->timer, jiffies + delay);
}

static void timer_fired(struct timer_list *timer)
{
	struct dfc_filter *f = container_of(timer, struct dfc_filter, timer);
	u64 now = get_jiffies_64();

	spin_lock(&f->lock);
	if (!f->dead && check_timeouts_locked(f, now))
		arm_locked(f, now);
	spin_unlock(&f->lock);
}

struct dfc_filter *dfc_filter_alloc(unsigned int ndests)
{
	struct dfc_filter *f;

	f = kzalloc(struct_size(f, dest, ndests), GFP_KERNEL_ACCOUNT);
	if (!f)
		return NULL;
	f->ndests = ndests;
	spin_lock_init(&f->lock);
	timer_setup(&f->timer, timer_fired, 0);
	return f;
}

void dfc_filter_free(struct dfc_filter *f)
{
	dfc_where_free(f->where);
	kfree(f->match);
	kfree(f);
}

/* No packet is in its hands any more: its counters are final. */
static void no_more_readers(struct rcu_head *rcu)
{
	struct dfc_filter *f = container_of(rcu, struct dfc_filter, rcu);
	struct dfc_net *dn = f->dn;

	/* Once it is in the list, another CPU may free it. */
	llist_add(&f->reap, &dn->graves);
	dfc_net_kick(dn);
}

static void set_limits_locked(struct dfc_filter *f,
			      const struct dfc_limits *limits)
{
	u64 now = get_jiffies_64();

	if (limits->timeout_total) {
		f->limits.timeout_total = limits->timeout_total;
		f->total_end = now + (u64)limits->timeout_total * HZ;
	}
	if (limits->timeout_idle) {
		f->limits.timeout_idle = limits->timeout_idle;
		f->idle_end = now + (u64)limits->timeout_idle * HZ;
	}
	if (limits->packets) {
		f->limits.packets = limits->packets;
		f->left_packets = limits->packets;
	}
	if (limits->bytes) {
		f->limits.bytes = limits->bytes;
		f->left_bytes = limits->bytes;
	}
}

static void arm(struct dfc_filter *f)
{
	spin_lock_bh(&f->lock);
	if (!f->dead)
		arm_locked(f, get_jiffies_64());
	spin_unlock_bh(&f->lock);
}

int dfc_filter_set(struct dfc_filter *f, const struct dfc_limits *limits)
{
	int err = -ENOENT;

	lockdep_assert_held(&f->dn->lock);
	spin_lock_bh(&f->lock);
	if (!f->dead) {
		set_limits_locked(f, limits);
		arm_locked(f, get_jiffies_64());
		err = 0;
	}
	spin_unlock_bh(&f->lock);
	return err;
}

static int insert(struct dfc_net *dn, struct dfc_filter *f,
		  struct netlink_ext_ack *extack)
{
	int err;

	err = xa_insert(&dn->filters, f->id, f, GFP_KERNEL_ACCOUNT);
	if (err == -EBUSY) {
		NL_SET_ERR_MSG(extack, "filter id is already in use");
		return -EEXIST;
	}
	if (err)
		return err;
	f->node.match = f->match;
	f->node.priority = f->priority;
	err = dfc_classifier_add(&dn->classifier, &f->node,
				 dfc_group_quota(f->group), extack);
	if (err)
		xa_erase(&dn->filters, f->id);
	return err;
}

static void count(struct dfc_net *dn, const struct dfc_filter *f, int by)
{
	const struct dfc_key *key = &f->node.key.key;
	unsigned int *n = &dn->nseen[key->point];

	lockdep_assert_held(&dn->lock);
	dn->nfilters += by;
	if (key->family != AF_PACKET)
		WRITE_ONCE(*n, *n + by);
	WRITE_ONCE(dn->nl4, dn->nl4 + by * f->l4);
	WRITE_ONCE(dn->nlocal,
		   dn->nlocal + by * dfc_group_is_local(f->group));
	dn->generation++;
}

int dfc_filter_add(struct dfc_net *dn, struct dfc_filter *f, u32 portid,
		   struct netlink_ext_ack *extack)
{
	struct dfc_limits limits = f->limits;
	unsigned int i;
	int err;

	lockdep_assert_held(&dn->lock);
	if (dn->dead) {
		NL_SET_ERR_MSG(extack, "the network namespace is going");
		return -ENODEV;
	}
	err = dfc_hook_start(dn);
	if (err) {
		NL_SET_ERR_MSG(extack, "netfilter hooks cannot be registered");
		return err;
	}
	if (f->flags & DFC_FILTER_F_OWNED) {
		f->owner = dfc_owner_get(dn, portid);
		if (!f->owner)
			return -ENOMEM;
	}
	f->dn = dn;
	f->l4 = dfc_match_has_l4(f->match);
	f->added = get_jiffies_64();
	/* Before it can be found, so that the first packet finds its limits. */
	spin_lock_bh(&f->lock);
	set_limits_locked(f, &limits);
	spin_unlock_bh(&f->lock);
	err = insert(dn, f, extack);
	if (err) {
		dfc_owner_put(dn, f->owner);
		return err;
	}
	arm(f);
	if (!f->node.match) {
		kfree(f->match);
		f->match = NULL;
	}
	for (i = 0; i < f->ndests; i++)
		f->dest[i]->users++;
	if (f->group)
		f->group->users++;
	count(dn, f, 1);
	return 0;
}

static void unlink(struct dfc_filter *f)
{
	struct dfc_net *dn = f->dn;
	unsigned int i;

	lockdep_assert_held(&dn->lock);
	timer_delete_sync(&f->timer);
	xa_erase(&dn->filters, f->id);
	dfc_classifier_del(&dn->classifier, &f->node,
			   dfc_group_quota(f->group));
	count(dn, f, -1);
	for (i = 0; i < f->ndests; i++)
		f->dest[i]->users--;
	if (f->group)
		f->group->users--;
	dfc_owner_put(dn, f->owner);
	dn->ndying++;
	call_rcu(&f->rcu, no_more_readers);
}

int dfc_filter_del(struct dfc_filter *f, enum dfc_reason reason)
{
	bool ours;

	spin_lock_bh(&f->lock);
	ours = kill_locked(f, reason);
	spin_unlock_bh(&f->lock);
	if (!ours)
		return -ENOENT;
	unlink(f);
	return 0;
}

struct dfc_filter *dfc_filter_lookup(struct dfc_net *dn, u32 id)
{
	struct dfc_filter *f;

	lockdep_assert_held(&dn->lock);
	f = xa_load(&dn->filters, id);
	return f && !READ_ONCE(f->dead) ? f : NULL;
}

static bool copies_to(const struct dfc_filter *f, u32 dest)
{
	unsigned int i;

	for (i = 0; i < f->ndests; i++) {
		if (f->dest[i]->id == dest)
			return true;
	}
	return false;
}

void dfc_filter_flush(struct dfc_net *dn, u32 dest, enum dfc_reason reason)
{
	struct dfc_filter *f;
	unsigned long id;

	lockdep_assert_held(&dn->lock);
	xa_for_each(&dn->filters, id, f) {
		if (!dest || copies_to(f, dest))
			dfc_filter_del(f, reason);
		cond_resched();
	}
	dfc_filter_reap(dn);
}

void dfc_filter_flush_gone(struct dfc_net *dn)
{
	struct dfc_filter *f;
	unsigned long id;

	xa_for_each(&dn->filters, id, f) {
		if (dfc_owner_is_gone(f->owner))
			dfc_filter_del(f, DFC_REASON_OWNER);
		cond_resched();
	}
}

void dfc_filter_reap(struct dfc_net *dn)
{
	struct llist_node *list = llist_del_all(&dn->reap);
	struct dfc_filter *f, *next;

	llist_for_each_entry_safe(f, next, list, reap) {
		dn->expired++;
		unlink(f);
		cond_resched();
	}
}

void dfc_filter_bury(struct dfc_net *dn)
{
	struct llist_node *list = llist_del_all(&dn->graves);
	struct dfc_filter *f, *next;

	lockdep_assert_held(&dn->lock);
	llist_for_each_entry_safe(f, next, list, reap) {
		if (!dn->dead)
			dfc_event_filter_gone(f);
		dfc_filter_free(f);
		dn->ndying--;
		cond_resched();
	}
}

bool dfc_filter_account(struct dfc_filter *f, unsigned int bytes)
{
	u64 now = get_jiffies_64();
	bool ok = false;

	spin_lock(&f->lock);
	if (f->dead || !check_timeouts_locked(f, now))
		goto unlock;
	if (f->limits.bytes && f->left_bytes < bytes) {
		expire_locked(f, DFC_REASON_LIMIT_BYTES);
		goto unlock;
	}
	ok = true;
	f->idle_end = now + (u64)f->limits.timeout_idle * HZ;
	f->matched_packets++;
	f->matched_bytes += bytes;
	f->copies += f->ndests;
	dfc_rate_add(&f->rate, bytes);
	if (f->limits.packets && !--f->left_packets)
		expire_locked(f, DFC_REASON_LIMIT_PACKETS);
	if (f->limits.bytes) {
		f->left_bytes -= bytes;
		if (!f->left_bytes)
			expire_locked(f, DFC_REASON_LIMIT_BYTES);
	}
unlock:
	spin_unlock(&f->lock);
	return ok;
}

void dfc_filter_sent(struct dfc_filter *f, unsigned int bytes)
{
	spin_lock(&f->lock);
	f->sent_packets++;
	f->sent_bytes += bytes;
	spin_unlock(&f->lock);
}

void dfc_filter_dropped(struct dfc_filter *f)
{
	spin_lock(&f->lock);
	f->dropped_packets++;
	spin_unlock(&f->lock);
}
