/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DTCPD_PRIVILEGES_H
#define DTCPD_PRIVILEGES_H

#include "dtcpd/config.h"

/**
 * privileges_hide() - keep what is in memory to this process, before any secret
 *	is read
 *
 * No core is dumped, also not to a program that the system pipes cores to, and
 * no other process of the same user may trace it or read its memory and its
 * files in /proc. No program that it might start gains a privilege. What is
 * wrong is logged.
 *
 * Return: 0 or a negative errno.
 */
int privileges_hide(void);

/**
 * privileges_drop() - give up all capabilities but those that are needed
 * @c: configuration that is to be used; NULL before it is known
 *
 * What stays, as far as it is there: CAP_NET_ADMIN, to talk to the kernel
 * module, and CAP_NET_BIND_SERVICE where @c has a port below 1024 or is not
 * known yet. The bounding set, where it may be changed, and the ambient and
 * inheritable sets are emptied. Files are read from then on with the rights of
 * the user alone: root without capabilities reads its own files, and those
 * that everybody may read. Before any thread is made, as the capabilities of
 * others do not change. What is wrong is logged.
 *
 * Return: 0 or a negative errno.
 */
int privileges_drop(const struct config *c);

#endif
