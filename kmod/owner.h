/* SPDX-License-Identifier: GPL-2.0 */
/* Copyright (C) 2026 the dfc project */

#ifndef _DFC_OWNER_H
#define _DFC_OWNER_H

#include <linux/list.h>
#include <linux/types.h>

struct dfc_net;

/**
 * struct dfc_owner - a netlink socket that owns filters or destinations
 * @list: in &dfc_net.owners
 * @portid: address of the socket
 * @users: filters and destinations that point here; under the namespace lock
 * @gone: the socket was closed; under &dfc_net.owners_lock
 */
struct dfc_owner {
	struct list_head list;
	u32 portid;
	unsigned int users;
	bool gone;
};

/**
 * dfc_owner_init() - begin to watch for netlink sockets that close
 *
 * Return: 0 or a negative errno.
 */
int dfc_owner_init(void);

/**
 * dfc_owner_fini() - stop watching
 */
void dfc_owner_fini(void);

/**
 * dfc_owner_get() - the owner for a socket, made if there is none yet
 * @dn: namespace; its lock is held
 * @portid: of the socket, which is open
 *
 * Context: may sleep.
 * Return: given back by dfc_owner_put(), or NULL when out of memory.
 */
struct dfc_owner *dfc_owner_get(struct dfc_net *dn, u32 portid);

/**
 * dfc_owner_put() - something owned is gone
 * @dn: namespace; its lock is held
 * @owner: or NULL; freed with the last user
 */
void dfc_owner_put(struct dfc_net *dn, struct dfc_owner *owner);

/**
 * dfc_owner_is_gone() - ask whether a socket has closed
 * @owner: owner or NULL
 *
 * Return: whether there is an owner and its socket has closed.
 */
static inline bool dfc_owner_is_gone(const struct dfc_owner *owner)
{
	return owner && READ_ONCE(owner->gone);
}

/**
 * dfc_owner_any_gone() - ask whether a socket has left something behind
 * @dn: namespace; its lock is held
 *
 * Return: whether any owner's socket has closed.
 */
bool dfc_owner_any_gone(struct dfc_net *dn);

#endif /* _DFC_OWNER_H */
