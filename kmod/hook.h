/* SPDX-License-Identifier: GPL-2.0 */
/* Copyright (C) 2026 the dfc project */

#ifndef _DFC_HOOK_H
#define _DFC_HOOK_H

struct dfc_net;

/**
 * dfc_hook_start() - see to it that packets are looked at
 * @dn: namespace that is to have a filter; its lock is held
 *
 * Done once and for the life of the namespace: unregistering a hook makes the
 * kernel drop all packets that wait in an NFQUEUE, those of others too, and
 * the end of a tap must not be noticed.
 *
 * Context: may sleep.
 * Return: 0 or a negative errno.
 */
int dfc_hook_start(struct dfc_net *dn);

/**
 * dfc_hook_stop() - look at no packets any more
 * @dn: namespace that is going; its lock is held
 *
 * Context: may sleep.
 */
void dfc_hook_stop(struct dfc_net *dn);

/**
 * dfc_hook_unguard() - stop judging copies on their way out
 * @dn: namespace in which no packet is in our hands any more
 *
 * Context: may sleep.
 */
void dfc_hook_unguard(struct dfc_net *dn);

#endif /* _DFC_HOOK_H */
