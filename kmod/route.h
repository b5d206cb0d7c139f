/* SPDX-License-Identifier: GPL-2.0 */
/* Copyright (C) 2026 the dfc project */

#ifndef _DFC_ROUTE_H
#define _DFC_ROUTE_H

#include <net/dst.h>

#include "dest.h"

/**
 * dfc_route_get() - find the way to a destination
 * @dn: namespace
 * @dest: destination
 * @protocol: of the outer header, from dfc_format_protocol()
 * @src: filled with the outer source address
 * @cause: filled in if there is no way
 *
 * Fails closed: the way is one that the destination's security allows, IPsec
 * included.
 *
 * Context: bottom halves disabled, RCU read lock held.
 * Return: a reference for the caller, or NULL.
 */
struct dst_entry *dfc_route_get(struct dfc_net *dn, struct dfc_dest *dest,
				u8 protocol, union dfc_addr *src,
				enum dfc_drop *cause);

/**
 * dfc_route_is_secure() - ask whether a route encrypts
 * @dst: route
 *
 * Return: whether one of its IPsec states is an ESP state with a cipher;
 * ESP that only authenticates (RFC 2410, RFC 4543) does not count.
 */
bool dfc_route_is_secure(const struct dst_entry *dst);

#endif /* _DFC_ROUTE_H */
