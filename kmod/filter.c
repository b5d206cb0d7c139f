// SPDX-License-Identifier: GPL-2.0
// Copyright (C) 2026 the dfc project

#include <linux/jiffies.h>
#include <linux/netlink.h>
#include <linux/slab.h>
#include <linux/socket.h>

#include "dest.h"
#include "device.h"
#include "filter.h"
#include "group.h"
#include "hook.h"
#include "hook_out.h"
#include "net.h"
#include "owner.h"
#include "port.h"

/* Of the very size that filters of a family need; the one of IPv6 is larger. */
static struct kmem_cache *cache, *cache_ipv6;

static struct kmem_cache *cache_create(const char *name, u8 family)
{
	size_t size = offsetof(struct dfc_filter, node) + dfc_node_size(family);

	return kmem_cache_create(name, size, 0, SLAB_ACCOUNT, NULL);
}

int dfc_filter_init(void)
{
	cache = cache_create("dfc_filter", AF_INET);
	cache_ipv6 = cache_create("dfc_filter_ipv6", AF_INET6);
	if (cache && cache_ipv6)
		return 0;
	dfc_filter_fini();
	return -ENOMEM;
}

void dfc_filter_fini(void)
{
	kmem_cache_destroy(cache_ipv6);
	kmem_cache_destroy(cache);
}

static struct kmem_cache *cache_of(u8 family)
{
	return family == AF_INET6 ? cache_ipv6 : cache;
}

/* Deadlines are a day away at the most, so half of the jiffies will do. */
static u32 time_left(u32 end, u32 now)
{
	s32 left = end - now;

	return max(left, 0);
}

u64 dfc_filter_left(u32 end)
{
	return jiffies64_to_msecs(time_left(end, jiffies));
}

/*
 * Decides the end of a filter, once. A limit met in the packet path cannot
 * delete, which sleeps: it leaves the filter for the worker.
 */
static bool kill_locked(struct dfc_filter *f, enum dfc_reason reason)
{
	lockdep_assert_held(&f->lock);
	if (f->end)
		return false;
	f->end = 1 + reason;
	return true;
}

static void expire_locked(struct dfc_net *dn, struct dfc_filter *f,
			  enum dfc_reason reason)
{
	/* Under the lock, so that who sees it dead finds it in the list. */
	if (kill_locked(f, reason)) {
		dfc_wheel_end(&dn->wheel, &f->link);
		dfc_net_kick(dn);
	}
}

static bool check_timeouts_locked(struct dfc_net *dn, struct dfc_filter *f)
{
	u32 now = jiffies;

	if (f->timeout_total && !time_left(f->total_end, now))
		expire_locked(dn, f, DFC_REASON_TIMEOUT_TOTAL);
	else if (f->timeout_idle && !time_left(f->idle_end, now))
		expire_locked(dn, f, DFC_REASON_TIMEOUT_IDLE);
	return !f->end;
}

/*
 * The idle deadline moves with the packets, which do not touch the wheel; it
 * is looked at again where it was.
 */
static void arm_locked(struct dfc_net *dn, struct dfc_filter *f)
{
	u64 now = get_jiffies_64();
	u32 left = U32_MAX;

	if (f->timeout_total)
		left = time_left(f->total_end, now);
	if (f->timeout_idle)
		left = min(left, time_left(f->idle_end, now));
	if (left != U32_MAX)
		dfc_wheel_add(&dn->wheel, &f->link, now + left);
}

static bool is_live(struct dfc_net *dn, struct dfc_filter *f, bool arm)
{
	bool live;

	spin_lock_bh(&f->lock);
	live = !f->end && check_timeouts_locked(dn, f);
	if (live && arm)
		arm_locked(dn, f);
	spin_unlock_bh(&f->lock);
	return live;
}

struct dfc_filter *dfc_filter_alloc(unsigned int ndests, u8 family)
{
	struct dfc_filter *f = kmem_cache_zalloc(cache_of(family), GFP_KERNEL);

	if (!f)
		return NULL;
	f->node.rest.family = family;
	f->ndests = ndests;
	spin_lock_init(&f->lock);
	f->extra = (struct dfc_extra *)&dfc_no_extra;
	if (ndests > 1) {
		f->many = kcalloc(ndests, sizeof(*f->many),
				  GFP_KERNEL_ACCOUNT);
		if (!f->many) {
			kmem_cache_free(cache_of(family), f);
			return NULL;
		}
	}
	return f;
}

void dfc_filter_free(struct dfc_filter *f)
{
	dfc_extra_free(f);
	if (f->ndests > 1)
		kfree(f->many);
	kfree(f->node.match);
	kmem_cache_free(cache_of(f->node.rest.family), f);
}

static void limit_locked(struct dfc_filter *f, const struct dfc_limits *limits)
{
	struct dfc_extra *extra = f->extra;
	u32 now = jiffies;

	if (limits->timeout_total) {
		f->timeout_total = limits->timeout_total;
		f->total_end = now + limits->timeout_total * HZ;
	}
	if (limits->timeout_idle) {
		f->timeout_idle = limits->timeout_idle;
		f->idle_end = now + limits->timeout_idle * HZ;
	}
	if (limits->packets) {
		extra->packets = limits->packets;
		extra->left_packets = limits->packets;
	}
	if (limits->bytes) {
		extra->bytes = limits->bytes;
		extra->left_bytes = limits->bytes;
	}
}

int dfc_filter_limit(struct dfc_filter *f, const struct dfc_limits *limits)
{
	if ((limits->packets || limits->bytes) && !dfc_extra_get(f))
		return -ENOMEM;
	spin_lock_bh(&f->lock);
	limit_locked(f, limits);
	spin_unlock_bh(&f->lock);
	return 0;
}

int dfc_filter_set(struct dfc_net *dn, struct dfc_filter *f,
		   const struct dfc_limits *limits)
{
	int err = -ENOENT;

	lockdep_assert_held(&dn->lock);
	if ((limits->packets || limits->bytes) && !dfc_extra_get(f))
		return -ENOMEM;
	spin_lock_bh(&f->lock);
	if (!f->end) {
		limit_locked(f, limits);
		arm_locked(dn, f);
		err = 0;
	}
	spin_unlock_bh(&f->lock);
	return err;
}

static int insert(struct dfc_net *dn, struct dfc_filter *f,
		  struct netlink_ext_ack *extack)
{
	const struct dfc_match *match = f->node.match;
	int err;

	/* One whose end nobody has noticed yet is in nobody's way. */
	if (xa_load(&dn->filters, f->node.id) && !dfc_filter_lookup(dn, f->node.id))
		dfc_filter_reap(dn);
	err = xa_insert(&dn->filters, f->node.id, f, GFP_KERNEL_ACCOUNT);
	if (err == -EBUSY) {
		NL_SET_ERR_MSG(extack, "filter id is already in use");
		return -EEXIST;
	}
	if (err)
		return err;
	err = dfc_classifier_add(&dn->classifier, &f->node,
				 dfc_group_quota(f->group), extack);
	if (err)
		xa_erase(&dn->filters, f->node.id);
	else if (!f->node.match)
		kfree(match);
	return err;
}

static void count(struct dfc_net *dn, const struct dfc_filter *f, int by)
{
	const union dfc_rest *rest = &f->node.rest;
	unsigned int *n = &dn->nseen[rest->point];

	lockdep_assert_held(&dn->lock);
	dn->nfilters += by;
	if (rest->family != AF_PACKET)
		WRITE_ONCE(*n, *n + by);
	WRITE_ONCE(dn->nl4, dn->nl4 + by * !!rest->l4);
	WRITE_ONCE(dn->nlocal,
		   dn->nlocal + by * dfc_group_is_local(f->group));
	dn->generation++;
}

/* The devices that a filter of frames looks at; NULL for all other filters. */
static struct dfc_where *frames_where(struct dfc_net *dn,
				      const struct dfc_filter *f)
{
	struct dfc_where *where = f->extra->where;

	if (f->node.rest.family != AF_PACKET)
		return NULL;
	if (where && where->scope != DFC_SCOPE_VRF)
		return where;
	return dfc_group_where(dn, f->group);
}

static int want_frames(struct dfc_net *dn, struct dfc_filter *f, u8 point,
		       int by)
{
	struct dfc_where *where = frames_where(dn, f);
	int err = where ? dfc_port_frames(where, point, by) : 0;

	if (!err && where && where != f->extra->where)
		f->group->frames += by;
	return err;
}

static int insert_wanted(struct dfc_net *dn, struct dfc_filter *f,
			 struct netlink_ext_ack *extack)
{
	u8 point = f->node.match->point;
	int err;

	err = want_frames(dn, f, point, 1);
	if (err) {
		NL_SET_ERR_MSG(extack, "a device cannot be listened at");
		return err;
	}
	err = insert(dn, f, extack);
	if (err)
		want_frames(dn, f, point, -1);
	return err;
}

/* Whether it looks at packets as they leave, be it only those of the router. */
static bool looks_out(const struct dfc_filter *f)
{
	return f->node.rest.family != AF_PACKET &&
	       (f->node.match->point == DFC_POINT_OUT ||
		dfc_group_is_local(f->group));
}

static int prepare(struct dfc_net *dn, const struct dfc_filter *f,
		   struct netlink_ext_ack *extack)
{
	int err;

	if (dn->dead) {
		NL_SET_ERR_MSG(extack, "the network namespace is going");
		return -ENODEV;
	}
	err = dfc_wheel_prepare(&dn->wheel);
	if (err)
		return err;
	err = dfc_hook_start(dn);
	if (!err && looks_out(f))
		err = dfc_hook_out_start(dn);
	if (err)
		NL_SET_ERR_MSG(extack, "netfilter hooks cannot be registered");
	return err;
}

int dfc_filter_add(struct dfc_net *dn, struct dfc_filter *f, u32 portid,
		   struct netlink_ext_ack *extack)
{
	unsigned int i;
	int err;

	lockdep_assert_held(&dn->lock);
	err = prepare(dn, f, extack);
	if (err)
		return err;
	if (f->flags & DFC_FILTER_F_OWNED) {
		f->owner = dfc_owner_get(dn, portid);
		if (!f->owner)
			return -ENOMEM;
	}
	f->added = get_jiffies_64();
	err = insert_wanted(dn, f, extack);
	if (err) {
		dfc_owner_put(dn, f->owner);
		return err;
	}
	for (i = 0; i < f->ndests; i++) {
		dfc_filter_dests(f)[i]->users++;
		dfc_filter_dests(f)[i]->refs++;
	}
	if (f->group)
		f->group->users++;
	count(dn, f, 1);
	is_live(dn, f, true);
	return 0;
}

/* The end of @f is decided, and it is in no list. */
static void unlink(struct dfc_net *dn, struct dfc_filter *f)
{
	unsigned int i;

	lockdep_assert_held(&dn->lock);
	xa_erase(&dn->filters, f->node.id);
	dfc_classifier_del(&dn->classifier, &f->node,
			   dfc_group_quota(f->group));
	want_frames(dn, f, f->node.rest.point, -1);
	count(dn, f, -1);
	for (i = 0; i < f->ndests; i++)
		dfc_filter_dests(f)[i]->users--;
	if (f->group)
		f->group->users--;
	dfc_owner_put(dn, f->owner);
	hlist_add_head(&f->link, &dn->dying);
	dfc_net_kick(dn);
}

int dfc_filter_del(struct dfc_net *dn, struct dfc_filter *f,
		   enum dfc_reason reason)
{
	bool ours;

	spin_lock_bh(&f->lock);
	ours = kill_locked(f, reason);
	spin_unlock_bh(&f->lock);
	if (!ours)
		return -ENOENT;
	dfc_wheel_del(&dn->wheel, &f->link);
	unlink(dn, f);
	return 0;
}

struct dfc_filter *dfc_filter_lookup(struct dfc_net *dn, u32 id)
{
	struct dfc_filter *f;

	lockdep_assert_held(&dn->lock);
	f = xa_load(&dn->filters, id);
	return f && is_live(dn, f, false) ? f : NULL;
}

static bool copies_to(struct dfc_filter *f, u32 dest)
{
	unsigned int i;

	for (i = 0; i < f->ndests; i++) {
		if (dfc_filter_dests(f)[i]->id == dest)
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
			dfc_filter_del(dn, f, reason);
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
			dfc_filter_del(dn, f, DFC_REASON_OWNER);
		cond_resched();
	}
}

static struct dfc_filter *filter_of(struct hlist_node *link)
{
	return hlist_entry_safe(link, struct dfc_filter, link);
}

void dfc_filter_reap(struct dfc_net *dn)
{
	struct dfc_filter *f;

	/* Timeouts are no news where everything goes. */
	while (!dn->dead && (f = filter_of(dfc_wheel_due(&dn->wheel)))) {
		is_live(dn, f, true);
		cond_resched();
	}
	while ((f = filter_of(dfc_wheel_ended(&dn->wheel)))) {
		dn->expired++;
		unlink(dn, f);
		cond_resched();
	}
}

/* Returns whether the limits of packets and bytes allow this one. */
static bool take_locked(struct dfc_net *dn, struct dfc_filter *f,
			unsigned int bytes)
{
	struct dfc_extra *extra = f->extra;

	if (extra->bytes && extra->left_bytes < bytes) {
		expire_locked(dn, f, DFC_REASON_LIMIT_BYTES);
		return false;
	}
	if (extra->packets && !--extra->left_packets)
		expire_locked(dn, f, DFC_REASON_LIMIT_PACKETS);
	if (extra->bytes) {
		extra->left_bytes -= bytes;
		if (!extra->left_bytes)
			expire_locked(dn, f, DFC_REASON_LIMIT_BYTES);
	}
	return true;
}

u64 dfc_filter_account(struct dfc_net *dn, struct dfc_filter *f,
		       unsigned int bytes)
{
	u64 number = 0;

	spin_lock(&f->lock);
	if (!f->end && check_timeouts_locked(dn, f) &&
	    take_locked(dn, f, bytes)) {
		f->idle_end = (u32)jiffies + f->timeout_idle * HZ;
		number = ++f->matched_packets;
		f->matched_bytes += bytes;
		dfc_rate_add(&f->rate, bytes);
	}
	spin_unlock(&f->lock);
	return number;
}
