/* SPDX-License-Identifier: GPL-2.0 */
/* Copyright (C) 2026 the dfc project */

#ifndef _DFC_HOOK_LOCAL_H
#define _DFC_HOOK_LOCAL_H

struct dfc_net;

/**
 * dfc_hook_local_start() - follow packets that are addressed to this machine
 * @dn: namespace; its lock is held, and the hooks of hook.c are not there yet
 *
 * Context: may sleep.
 * Return: 0 or a negative errno.
 */
int dfc_hook_local_start(struct dfc_net *dn);

/**
 * dfc_hook_local_stop() - follow them no more
 * @dn: namespace with these hooks; its lock is held
 *
 * Context: may sleep.
 */
void dfc_hook_local_stop(struct dfc_net *dn);

#endif /* _DFC_HOOK_LOCAL_H */
