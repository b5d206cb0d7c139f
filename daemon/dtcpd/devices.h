/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DTCPD_DEVICES_H
#define DTCPD_DEVICES_H

#include "dtcpd/tasking-private.h"

/**
 * struct devices - where packets must pass to match a criterion
 * @scope: what @name names
 * @name: names of network devices, each once; owned by the request or by the
 *	configuration
 * @n: number of them
 */
struct devices {
	enum dfc_scope scope;
	const char *name[DFC_FILTER_DEVICES_MAX];
	size_t n;
};

/**
 * devices_resolve() - find the network devices that an ADD names
 * @d: filled in
 * @x: exchange; its request is understood
 *
 * Names of interfaces go through interface-alias, that of a VRF does not.
 *
 * Return: 0; 901 if one has no alias, does not exist now, or is not one of the
 * interfaces of the capture group; 901 if frames are asked for and nobody names
 * a device; 432 for what a passive group has not got; 500.
 */
unsigned int devices_resolve(struct devices *d, struct exchange *x);

/**
 * devices_warn() - log which interfaces of passive groups are not there
 * @t: tasking
 * @c: configuration, just taken
 */
void devices_warn(const struct tasking *t, const struct config *c);

/**
 * devices_put() - limit a filter to network devices
 * @d: devices
 * @f: filter; keeps the names by reference
 */
void devices_put(const struct devices *d, struct tasking_filter *f);

#endif
