/* SPDX-License-Identifier: GPL-2.0 */
/* Copyright (C) 2026 the dfc project */

#ifndef _DFC_PATH_H
#define _DFC_PATH_H

struct dfc_net;

/**
 * dfc_path_start() - hear when copies are too big for the path
 * @dn: namespace; its lock is held
 *
 * Over IPv6 no router on the way fragments, and nobody but the owner of a
 * socket is told by the kernel of what they answer. Copies in ESP need it not.
 *
 * Context: may sleep.
 * Return: 0 or a negative errno.
 */
int dfc_path_start(struct dfc_net *dn);

/**
 * dfc_path_stop() - hear it no more
 * @dn: namespace that hears it; its lock is held
 *
 * Context: may sleep.
 */
void dfc_path_stop(struct dfc_net *dn);

#endif /* _DFC_PATH_H */
