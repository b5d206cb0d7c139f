/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DTCPD_CONFIG_ALIAS_H
#define DTCPD_CONFIG_ALIAS_H

#include <stdbool.h>

#include "dtcpd/config.h"

#define CONFIG_ALIAS_NAME 64	/* room for a Junos name with its unit */

/**
 * config_alias_name() - bring a Junos interface name into its full form
 * @name: such as ge-1/3/5, xe-0/0/0:3.100 or ae0: letters, digits, '-', '/'
 *	and ':', and a unit of at most ten digits, without leading zeros,
 *	behind a '.'
 * @full: filled with the name and its unit, which is 0 if left out
 *
 * Return: whether it is such a name.
 */
bool config_alias_name(const char *name, char full[CONFIG_ALIAS_NAME]);

/**
 * config_alias_sort() - put aliases into the order that lookups need
 * @c: configuration
 */
void config_alias_sort(struct config *c);

/**
 * config_device() - whether Linux can call a network device so
 * @name: name
 *
 * As the kernel has it: 1 to 15 bytes, neither '/' nor ':' nor blanks, not
 * "." or "..".
 *
 * Return: whether it can.
 */
bool config_device(const char *name);

#endif
