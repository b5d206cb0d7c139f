/* SPDX-License-Identifier: GPL-2.0 */
/* Copyright (C) 2026 the dfc project */

#ifndef _DFC_PORT_H
#define _DFC_PORT_H

struct dfc_device;
struct dfc_devices;
struct dfc_group;
struct dfc_where;
struct net_device;

/**
 * dfc_port_frames() - have frames looked at, or no more
 * @where: devices of a filter of frames, or of its group
 * @point: DFC_POINT_*
 * @by: filters that are more, or less
 *
 * Context: may sleep; the lock of the namespace is held, takes the RTNL.
 * Return: 0 or a negative errno, which there is none of if @by is not above 0;
 * then nothing has changed.
 */
int dfc_port_frames(struct dfc_where *where, unsigned int point, int by);

/**
 * dfc_port_move() - let a group look at other devices
 * @group: group, whose filters of frames without devices of their own follow
 * @old: devices that it has, or NULL
 * @new: devices that it will have, none of them in another passive group, or
 *	NULL
 *
 * Those of a passive group only listen from here on, and are promiscuous.
 *
 * Context: may sleep; the lock of the namespace is held, takes the RTNL.
 * Return: 0 or a negative errno, which there is none of if @new is NULL; then
 * nothing has changed.
 */
int dfc_port_move(struct dfc_group *group, struct dfc_where *old,
		  struct dfc_where *new);

/**
 * dfc_port_settle() - see to it that a device does what is wanted of it
 * @devices: names of its namespace, locked
 * @dev: device
 * @d: its name, NULL: nothing is wanted
 *
 * Context: may sleep; RTNL held.
 * Return: 0 or a negative errno.
 */
int dfc_port_settle(struct dfc_devices *devices, struct net_device *dev,
		    const struct dfc_device *d);

/**
 * dfc_port_remove() - leave a device alone
 * @devices: names of its namespace, locked
 * @dev: device that goes
 *
 * Context: may sleep; RTNL held.
 */
void dfc_port_remove(struct dfc_devices *devices, struct net_device *dev);

/**
 * dfc_port_stop() - leave all devices of a namespace alone
 * @devices: names of a namespace that is going
 *
 * Context: may sleep; takes the RTNL if there is need.
 */
void dfc_port_stop(struct dfc_devices *devices);

#endif /* _DFC_PORT_H */
