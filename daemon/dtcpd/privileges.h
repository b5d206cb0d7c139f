/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DTCPD_PRIVILEGES_H
#define DTCPD_PRIVILEGES_H

/**
 * privileges_drop() - give up what is not needed once everything is open
 *
 * What stays: CAP_NET_ADMIN, to talk to the kernel module, and
 * CAP_NET_BIND_SERVICE, for a reload that changes the port. Files are read
 * from then on with the rights of the user alone: root without capabilities
 * reads its own files, and those that everybody may read. No core is dumped
 * and nobody else may trace the process, since it holds keys. What is wrong
 * is logged.
 *
 * Return: 0 or a negative errno.
 */
int privileges_drop(void);

#endif
