// SPDX-License-Identifier: GPL-2.0
// Copyright (C) 2026 the dfc project

#include <linux/netlink.h>
#include <linux/notifier.h>
#include <linux/slab.h>

#include "net.h"
#include "owner.h"

struct dfc_owner *dfc_owner_get(struct dfc_net *dn, u32 portid)
{
	struct dfc_owner *owner;

	lockdep_assert_held(&dn->lock);
	/* A closed socket's number may be in use again: gone ones are others. */
	list_for_each_entry(owner, &dn->owners, list) {
		if (owner->portid == portid && !dfc_owner_is_gone(owner)) {
			owner->users++;
			return owner;
		}
	}
	owner = kzalloc(sizeof(*owner), GFP_KERNEL_ACCOUNT);
	if (!owner)
		return NULL;
	owner->portid = portid;
	owner->users = 1;
	spin_lock(&dn->owners_lock);
	list_add(&owner->list, &dn->owners);
	spin_unlock(&dn->owners_lock);
	return owner;
}

void dfc_owner_put(struct dfc_net *dn, struct dfc_owner *owner)
{
	lockdep_assert_held(&dn->lock);
	if (!owner || --owner->users)
		return;
	spin_lock(&dn->owners_lock);
	list_del(&owner->list);
	spin_unlock(&dn->owners_lock);
	kfree(owner);
}

bool dfc_owner_any_gone(struct dfc_net *dn)
{
	struct dfc_owner *owner;

	lockdep_assert_held(&dn->lock);
	list_for_each_entry(owner, &dn->owners, list) {
		if (dfc_owner_is_gone(owner))
			return true;
	}
	return false;
}

/* Runs while a socket closes; the deletion itself is left to the worker. */
static int netlink_event(struct notifier_block *nb, unsigned long event,
			 void *data)
{
	const struct netlink_notify *n = data;
	struct dfc_owner *owner;
	struct dfc_net *dn;
	bool found = false;

	if (event != NETLINK_URELEASE || n->protocol != NETLINK_GENERIC)
		return NOTIFY_DONE;

	dn = dfc_net(n->net);
	spin_lock(&dn->owners_lock);
	list_for_each_entry(owner, &dn->owners, list) {
		if (owner->portid == n->portid && !owner->gone) {
			WRITE_ONCE(owner->gone, true);
			found = true;
		}
	}
	spin_unlock(&dn->owners_lock);
	if (found)
		dfc_net_kick(dn);
	return NOTIFY_DONE;
}

static struct notifier_block netlink_notifier = {
	.notifier_call = netlink_event,
};

int dfc_owner_init(void)
{
	return netlink_register_notifier(&netlink_notifier);
}

void dfc_owner_fini(void)
{
	netlink_unregister_notifier(&netlink_notifier);
}
