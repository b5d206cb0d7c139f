/* SPDX-License-Identifier: GPL-2.0 */
/* Copyright (C) 2026 the dfc project */

#ifndef _DFC_DEVICE_H
#define _DFC_DEVICE_H

#include <linux/dfc.h>
#include <linux/hashtable.h>
#include <linux/if.h>
#include <linux/mutex.h>
#include <linux/rhashtable.h>

struct dfc_group;
struct net;
struct net_device;

#define DFC_DEVICES_BITS 6

/**
 * struct dfc_devices - the device names that filters and groups of a namespace
 * have
 * @lock: guards all; taken below the lock of the namespace by commands, and
 *	below the RTNL when devices change
 * @names: by name
 * @bound: those whose name a device bears now, by ifindex
 */
struct dfc_devices {
	struct mutex lock;
	struct rhashtable names;
	DECLARE_HASHTABLE(bound, DFC_DEVICES_BITS);
};

/**
 * struct dfc_device - a name of a network device
 * @name: padded with zeros
 * @link: in &dfc_devices.names
 * @bound: in &dfc_devices.bound if @ifindex is not 0
 * @users: filters and groups that have it, under the lock
 * @ifindex: of the device that bears the name, 0: none does; changed under the
 *	lock, read by packets
 * @passive: passive group that has it, or NULL; changed under the lock of the
 *	namespace and this one
 */
struct dfc_device {
	char name[IFNAMSIZ];
	struct rhash_head link;
	struct hlist_node bound;
	unsigned int users;
	int ifindex;
	struct dfc_group *passive;
};

/**
 * struct dfc_where - the devices of a filter or group
 * @devices: where their names are kept
 * @scope: what they are to a packet
 * @n: number of @device
 * @max: room for so many
 * @device: each counts this among its users
 */
struct dfc_where {
	struct dfc_devices *devices;
	enum dfc_scope scope;
	unsigned int n;
	unsigned int max;
	struct dfc_device *device[];
};

/**
 * dfc_device_init() - follow the network devices of all namespaces
 *
 * Context: may sleep.
 * Return: 0 or a negative errno.
 */
int dfc_device_init(void);

/**
 * dfc_device_fini() - follow them no longer
 *
 * Context: may sleep.
 */
void dfc_device_fini(void);

/**
 * dfc_devices_init() - start with no names
 * @devices: of a namespace
 *
 * Context: may sleep.
 * Return: 0 or a negative errno.
 */
int dfc_devices_init(struct dfc_devices *devices);

/**
 * dfc_devices_fini() - free the tables
 * @devices: without names
 */
void dfc_devices_fini(struct dfc_devices *devices);

/**
 * dfc_where_alloc() - begin with no devices
 * @devices: of the namespace
 * @scope: what they will be to a packet
 * @max: how many there will be at most
 *
 * Context: may sleep.
 * Return: freed by dfc_where_free(), or NULL.
 */
struct dfc_where *dfc_where_alloc(struct dfc_devices *devices,
				  enum dfc_scope scope, unsigned int max);

/**
 * dfc_where_free() - free the devices of a filter or group
 * @where: that no packet uses any more, or NULL
 *
 * Context: may sleep.
 */
void dfc_where_free(struct dfc_where *where);

/**
 * dfc_where_add() - add a device to those of a filter or group
 * @where: with less than @where->max of them
 * @net: namespace
 * @name: 1..IFNAMSIZ - 1 bytes; there need be no such device
 *
 * Context: may sleep.
 * Return: 0, -EEXIST (it has it already), or -ENOMEM.
 */
int dfc_where_add(struct dfc_where *where, struct net *net, const char *name);

/**
 * dfc_where_claim() - let devices listen only, for a group
 * @where: devices of the group, which no other passive group has
 * @group: the group, or NULL to give them back
 *
 * Context: may sleep; the lock of the namespace is held.
 */
void dfc_where_claim(struct dfc_where *where, struct dfc_group *group);

/**
 * dfc_where_has() - ask whether a name is among others
 * @where: devices
 * @device: one of the namespace
 *
 * Return: whether it is.
 */
bool dfc_where_has(const struct dfc_where *where,
		   const struct dfc_device *device);

/**
 * dfc_where_holds() - ask whether a packet passes where a filter wants it
 * @where: devices of the filter or group
 * @dev: that the packet comes in by, or leaves by
 *
 * Context: RCU read lock held.
 * Return: whether it does.
 */
bool dfc_where_holds(const struct dfc_where *where,
		     const struct net_device *dev);

#endif /* _DFC_DEVICE_H */
