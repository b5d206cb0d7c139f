/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DFC_NETLINK_CLIENT_H
#define DFC_NETLINK_CLIENT_H

#include "dtcpd/tasking.h"

struct dfc_client;

/**
 * dfc_client_open() - open the sockets to the kernel module
 * @error: filled with a sentence on failure that says what to do (for
 *	instance "kernel module dfc is not loaded: modprobe dfc")
 * @len: bytes in @error
 *
 * One socket sends requests and owns what it adds (DFC_FILTER_F_OWNED,
 * DFC_DEST_F_OWNED, DFC_GROUP_F_OWNED), unless dfc_client_keep() says
 * otherwise; a second one listens to events.
 *
 * Return: freed by dfc_client_close(), or NULL.
 */
struct dfc_client *dfc_client_open(char *error, size_t len);

/**
 * dfc_client_close() - close the sockets; the kernel deletes what was owned
 * @c: client or NULL
 */
void dfc_client_close(struct dfc_client *c);

/**
 * dfc_client_keep() - say what becomes of what is added from now on
 * @c: client
 * @tag: DFC_GROUP_A_TAG and DFC_DEST_A_TAG of all that is added
 * @keep: it stays when the client is closed, however that comes; else it is
 *	owned, and goes
 */
void dfc_client_keep(struct dfc_client *c, uint32_t tag, bool keep);

/* Operations for tasking_alloc(); their ctx is the struct dfc_client. */
extern const struct tasking_ops dfc_client_ops;

/**
 * dfc_client_event_fd() - the socket that events arrive at
 * @c: client
 *
 * Return: a descriptor to poll for reading, owned by @c.
 */
int dfc_client_event_fd(const struct dfc_client *c);

/**
 * dfc_client_events() - read the events that are there and pass them on
 * @c: client
 * @t: tasking, told by tasking_filter_gone() and tasking_dest_dropped()
 *
 * After lost events (ENOBUFS) it compares with a dump. If that fails, the next
 * call tries again, with or without new events: so it is called now and then.
 *
 * Return: 0 or a negative errno; -ENODEV: the module was unloaded.
 */
int dfc_client_events(struct dfc_client *c, struct tasking *t);

#endif
