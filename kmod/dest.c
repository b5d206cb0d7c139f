// SPDX-License-Identifier: GPL-2.0
// Copyright (C) 2026 the dfc project

#include <linux/netdevice.h>
#include <linux/netlink.h>
#include <linux/slab.h>

#include "alarm.h"
#include "dest.h"
#include "net.h"
#include "owner.h"
#include "socket.h"

struct dfc_dest *dfc_dest_alloc(void)
{
	struct dfc_dest *dest;
	int i;

	dest = kzalloc(sizeof(*dest), GFP_KERNEL_ACCOUNT);
	if (!dest)
		return NULL;
	dest->counters = dfc_counters_alloc();
	if (!dest->counters)
		goto free;
	for (i = 0; i < ARRAY_SIZE(dest->cache); i++) {
		if (dst_cache_init(&dest->cache[i], GFP_KERNEL_ACCOUNT))
			goto free;
	}
	dest->headroom = LL_MAX_HEADER;
	return dest;

free:
	dfc_dest_free(dest);
	return NULL;
}

void dfc_dest_free(struct dfc_dest *dest)
{
	int i;

	if (dest->queue.sk)
		dfc_queue_fini(&dest->queue);
	dfc_socket_close(dest->sk);
	for (i = 0; i < ARRAY_SIZE(dest->cache); i++)
		dst_cache_destroy(&dest->cache[i]);
	free_percpu(dest->counters);
	/* path.c may be comparing its address. */
	kfree_rcu(dest, rcu);
}

int dfc_dest_open(struct dfc_dest *dest, struct net *net,
		  struct netlink_ext_ack *extack)
{
	struct sock *sk;
	int err;

	sk = dfc_socket_open(net, dest->family, dest->security);
	if (sk == ERR_PTR(-EAFNOSUPPORT))
		NL_SET_ERR_MSG(extack, "this kernel has no IPv6");
	else if (IS_ERR(sk))
		NL_SET_ERR_MSG(extack,
			       "the destination's socket cannot be opened");
	if (IS_ERR(sk))
		return PTR_ERR(sk);
	dest->sk = sk;
	err = dfc_queue_init(&dest->queue, dfc_net(net), sk);
	if (err) {
		NL_SET_ERR_MSG(extack, "no memory for the destination's queue");
		dest->queue.sk = NULL;
	}
	return err;
}

void dfc_dest_put(struct dfc_net *dn, struct dfc_dest *dest)
{
	lockdep_assert_held(&dn->lock);
	if (!--dest->refs)
		dfc_dest_free(dest);
}

struct dfc_dest *dfc_dest_lookup(struct dfc_net *dn, u32 id)
{
	lockdep_assert_held(&dn->lock);
	return xa_load(&dn->dests, id);
}

int dfc_dest_add(struct dfc_net *dn, struct dfc_dest *dest, u32 portid,
		 struct netlink_ext_ack *extack)
{
	int err;

	lockdep_assert_held(&dn->lock);
	if (dn->dead) {
		NL_SET_ERR_MSG(extack, "the network namespace is going");
		return -ENODEV;
	}
	if (dest->flags & DFC_DEST_F_OWNED) {
		dest->owner = dfc_owner_get(dn, portid);
		if (!dest->owner)
			return -ENOMEM;
	}
	err = xa_insert(&dn->dests, dest->id, dest, GFP_KERNEL_ACCOUNT);
	if (err) {
		dfc_owner_put(dn, dest->owner);
		if (err != -EBUSY)
			return err;
		NL_SET_ERR_MSG(extack, "destination id is already in use");
		return -EEXIST;
	}
	dest->refs = 1;
	dn->ndests++;
	dn->generation++;
	return 0;
}

void dfc_dest_del(struct dfc_net *dn, struct dfc_dest *dest)
{
	lockdep_assert_held(&dn->lock);
	WARN_ON(dest->users);
	xa_erase(&dn->dests, dest->id);
	dfc_owner_put(dn, dest->owner);
	dn->ndests--;
	dn->generation++;
	/* Copies of filters deleted before may still be on their way. */
	dfc_dest_put(dn, dest);
}

void dfc_dest_dropped(struct dfc_net *dn, struct dfc_dest *dest,
		      enum dfc_drop cause, unsigned int bytes)
{
	dfc_counters_dropped(dest->counters, cause, bytes);
	dfc_counters_dropped(dn->counters, cause, bytes);
	dfc_alarm_raise(dn, dest);
}

void dfc_dest_reap(struct dfc_net *dn)
{
	struct dfc_dest *dest;
	unsigned long id;

	lockdep_assert_held(&dn->lock);
	if (!dfc_owner_any_gone(dn))
		return;
	xa_for_each(&dn->dests, id, dest) {
		if (dfc_owner_is_gone(dest->owner) && !dest->users)
			dfc_dest_del(dn, dest);
	}
}

void dfc_dest_flush(struct dfc_net *dn)
{
	struct dfc_dest *dest;
	unsigned long id;

	lockdep_assert_held(&dn->lock);
	xa_for_each(&dn->dests, id, dest)
		dfc_dest_del(dn, dest);
}
