/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DTCPD_CONFIG_ADDRESS_H
#define DTCPD_CONFIG_ADDRESS_H

#include <stdbool.h>

#include "dtcpd/config.h"

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
 * config_address_mapped() - whether it is an IPv4 address in IPv6 clothes
 * @a: address
 *
 * Sockets here are of one family each, and no packet of the wire carries
 * ::ffff:0:0/96: such an address would never match and never be reached.
 *
 * Return: whether it is IPv4-mapped.
 */
bool config_address_mapped(const struct dtcp_outer_addr *a);

/**
 * config_address_link_local() - whether it means nothing without an interface
 * @a: address
 *
 * Return: whether it is in fe80::/10.
 */
bool config_address_link_local(const struct dtcp_outer_addr *a);

/**
 * config_address_same() - compare two addresses
 * @a: address or AF_UNSPEC
 * @b: address or AF_UNSPEC
 *
 * Return: whether they are the same.
 */
bool config_address_same(const struct dtcp_outer_addr *a,
			 const struct dtcp_outer_addr *b);

/**
 * config_prefix() - parse an address or an address prefix
 * @text: ADDRESS or ADDRESS/LENGTH; without a length it is the address alone
 * @p: filled in, bits behind the prefix as written
 *
 * Return: whether it is one.
 */
bool config_prefix(const char *text, struct config_prefix *p);

/**
 * config_prefix_trim() - clear the bits behind a prefix
 * @p: prefix
 *
 * Return: whether any was set.
 */
bool config_prefix_trim(struct config_prefix *p);

/**
 * config_target() - parse an address and port
 * @text: IPV4:PORT or [IPV6]:PORT, port 1..65535
 * @t: filled in
 *
 * Return: whether it is one.
 */
bool config_target(const char *text, struct config_target *t);

#endif
