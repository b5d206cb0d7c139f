/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DTCPD_CONFIG_INTERFACE_H
#define DTCPD_CONFIG_INTERFACE_H

#include <confuse.h>

#include "dtcpd/config.h"

/**
 * config_interfaces() - find the devices that a capture group names
 * @c: configuration with its aliases, and with all groups before @g
 * @g: group, of which name and mode are there; gets the devices
 * @cfg: its section
 *
 * Only now are all aliases known, wherever in the file they stand. What is
 * wrong is reported by cfg_error(), with the line of the entry.
 *
 * Return: whether all is well; false without a report when out of memory.
 */
bool config_interfaces(const struct config *c, struct config_group *g,
		       cfg_t *cfg);

/**
 * config_group_has() - whether a capture group has a device
 * @g: group
 * @device: Linux name
 *
 * Return: whether it is one of the devices that the group names.
 */
bool config_group_has(const struct config_group *g, const char *device);

#endif
