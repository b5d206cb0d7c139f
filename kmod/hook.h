/* SPDX-License-Identifier: GPL-2.0 */
/* Copyright (C) 2026 the dfc project */

#ifndef _DFC_HOOK_H
#define _DFC_HOOK_H

struct dfc_net;

/**
 * dfc_hook_get() - see to it that packets are looked at
 * @dn: namespace that is to have a filter; its lock is held
 *
 * Context: may sleep.
 * Return: 0 or a negative errno.
 */
int dfc_hook_get(struct dfc_net *dn);

/**
 * dfc_hook_put() - look at no packets if there is no filter left
 * @dn: namespace; its lock is held
 *
 * Context: may sleep.
 */
void dfc_hook_put(struct dfc_net *dn);

#endif /* _DFC_HOOK_H */
