// SPDX-License-Identifier: GPL-2.0
// Copyright (C) 2026 the dfc project

#include <linux/netdevice.h>
#include <linux/slab.h>
#include <net/l3mdev.h>

#include "device.h"
#include "net.h"

static const struct rhashtable_params name_params = {
	.key_len = IFNAMSIZ,
	.key_offset = offsetof(struct dfc_device, name),
	.head_offset = offsetof(struct dfc_device, link),
	.automatic_shrinking = true,
};

int dfc_devices_init(struct dfc_devices *devices)
{
	mutex_init(&devices->lock);
	hash_init(devices->bound);
	return rhashtable_init(&devices->names, &name_params);
}

void dfc_devices_fini(struct dfc_devices *devices)
{
	WARN_ON(atomic_read(&devices->names.nelems));
	rhashtable_destroy(&devices->names);
}

static void bind_locked(struct dfc_devices *devices, struct dfc_device *d,
			int ifindex)
{
	lockdep_assert_held(&devices->lock);
	if (d->ifindex == ifindex)
		return;
	if (d->ifindex)
		hash_del(&d->bound);
	if (ifindex)
		hash_add(devices->bound, &d->bound, ifindex);
	WRITE_ONCE(d->ifindex, ifindex);
}

static struct dfc_device *lookup_locked(struct dfc_devices *devices,
					const char *name)
{
	char key[IFNAMSIZ] = "";

	lockdep_assert_held(&devices->lock);
	strscpy(key, name, sizeof(key));
	return rhashtable_lookup_fast(&devices->names, key, name_params);
}

/*
 * Other names of a device (altnames) are found too, but no event tells of them:
 * they name no device here.
 *
 * A device that is renamed or goes right now is found or not: its event comes
 * after that, waits for the lock, and puts it right.
 */
static int ifindex_of(struct net *net, const char *name)
{
	struct net_device *dev;
	int ifindex = 0;

	rcu_read_lock();
	dev = dev_get_by_name_rcu(net, name);
	if (dev && !strcmp(dev->name, name))
		ifindex = dev->ifindex;
	rcu_read_unlock();
	return ifindex;
}

static struct dfc_device *get_locked(struct dfc_devices *devices,
				     struct net *net, const char *name)
{
	struct dfc_device *d = lookup_locked(devices, name);
	int err;

	if (d) {
		d->users++;
		return d;
	}
	d = kzalloc(sizeof(*d), GFP_KERNEL_ACCOUNT);
	if (!d)
		return ERR_PTR(-ENOMEM);
	strscpy(d->name, name, sizeof(d->name));
	d->users = 1;
	err = rhashtable_insert_fast(&devices->names, &d->link, name_params);
	if (err) {
		kfree(d);
		return ERR_PTR(err);
	}
	bind_locked(devices, d, ifindex_of(net, name));
	return d;
}

static void put_locked(struct dfc_devices *devices, struct dfc_device *d)
{
	if (--d->users)
		return;
	bind_locked(devices, d, 0);
	WARN_ON(rhashtable_remove_fast(&devices->names, &d->link,
				       name_params));
	/* Nobody looks names up without the lock, and no packet has it. */
	kfree(d);
}

struct dfc_where *dfc_where_alloc(struct dfc_devices *devices,
				  enum dfc_scope scope, unsigned int max)
{
	struct dfc_where *where;

	where = kzalloc(struct_size(where, device, max), GFP_KERNEL_ACCOUNT);
	if (!where)
		return NULL;
	where->devices = devices;
	where->scope = scope;
	where->max = max;
	return where;
}

void dfc_where_free(struct dfc_where *where)
{
	unsigned int i;

	if (!where)
		return;
	mutex_lock(&where->devices->lock);
	for (i = 0; i < where->n; i++)
		put_locked(where->devices, where->device[i]);
	mutex_unlock(&where->devices->lock);
	kfree(where);
}

int dfc_where_add(struct dfc_where *where, struct net *net, const char *name)
{
	struct dfc_device *d;
	unsigned int i;

	for (i = 0; i < where->n; i++) {
		if (!strcmp(where->device[i]->name, name))
			return -EEXIST;
	}
	mutex_lock(&where->devices->lock);
	d = get_locked(where->devices, net, name);
	mutex_unlock(&where->devices->lock);
	if (IS_ERR(d))
		return PTR_ERR(d);
	where->device[where->n++] = d;
	return 0;
}

void dfc_where_claim(struct dfc_where *where, struct dfc_group *group)
{
	unsigned int i;

	mutex_lock(&where->devices->lock);
	for (i = 0; i < where->n; i++)
		where->device[i]->passive = group;
	mutex_unlock(&where->devices->lock);
}

bool dfc_where_has(const struct dfc_where *where,
		   const struct dfc_device *device)
{
	unsigned int i;

	for (i = 0; i < where->n; i++) {
		if (where->device[i] == device)
			return true;
	}
	return false;
}

bool dfc_where_holds(const struct dfc_where *where,
		     const struct net_device *dev)
{
	int ifindex = dev->ifindex;
	unsigned int i;

	RCU_LOCKDEP_WARN(!rcu_read_lock_held(), "devices of a filter");
	if (where->scope == DFC_SCOPE_VRF)
		ifindex = l3mdev_master_ifindex_rcu(dev);
	for (i = 0; ifindex && i < where->n; i++) {
		if (READ_ONCE(where->device[i]->ifindex) == ifindex)
			return true;
	}
	return false;
}

static void unbind_locked(struct dfc_devices *devices, int ifindex)
{
	struct dfc_device *d;
	struct hlist_node *next;

	hash_for_each_possible_safe(devices->bound, d, next, bound, ifindex) {
		if (d->ifindex == ifindex)
			bind_locked(devices, d, 0);
	}
}

/*
 * A device that goes to another namespace is unregistered in the one and
 * registered in the other.
 */
static int device_event(struct notifier_block *nb, unsigned long event,
			void *ptr)
{
	struct net_device *dev = netdev_notifier_info_to_dev(ptr);
	struct dfc_devices *devices = &dfc_net(dev_net(dev))->devices;
	struct dfc_device *d;

	switch (event) {
	case NETDEV_REGISTER:
	case NETDEV_CHANGENAME:
	case NETDEV_UNREGISTER:
		break;
	default:
		return NOTIFY_DONE;
	}
	mutex_lock(&devices->lock);
	unbind_locked(devices, dev->ifindex);
	d = lookup_locked(devices, dev->name);
	if (d && event != NETDEV_UNREGISTER)
		bind_locked(devices, d, dev->ifindex);
	mutex_unlock(&devices->lock);
	return NOTIFY_DONE;
}

static struct notifier_block device_nb = {
	.notifier_call = device_event,
};

int dfc_device_init(void)
{
	return register_netdevice_notifier(&device_nb);
}

void dfc_device_fini(void)
{
	unregister_netdevice_notifier(&device_nb);
}
