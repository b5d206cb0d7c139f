/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DTCPD_CONFIG_ADDRESS_H
#define DTCPD_CONFIG_ADDRESS_H

#include <stdbool.h>

#include "dtcp-proto/request.h"

/**
 * config_address() - parse an address
 * @text: IPv4 dotted quad or IPv6 text
 * @a: filled in
 *
 * Return: whether it is one.
 */
bool config_address(const char *text, struct dtcp_outer_addr *a);

/**
 * config_address_unicast() - whether copies can be sent to or from an address
 * @a: address
 *
 * Return: false for those that name nobody or many: unspecified, multicast,
 * IPv4 broadcast.
 */
bool config_address_unicast(const struct dtcp_outer_addr *a);

/**
 * config_address_same() - compare two addresses
 * @a: address or AF_UNSPEC
 * @b: address or AF_UNSPEC
 *
 * Return: whether they are the same.
 */
bool config_address_same(const struct dtcp_outer_addr *a,
			 const struct dtcp_outer_addr *b);

#endif
