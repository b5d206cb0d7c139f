/* SPDX-License-Identifier: GPL-2.0 */
/* Copyright (C) 2026 the dfc project */

#ifndef _DFC_HOOK_OUT_H
#define _DFC_HOOK_OUT_H

struct dfc_net;

/**
 * dfc_hook_out_start() - see to it that leaving packets are looked at
 * @dn: namespace that is to have a filter which looks at them, or one of a
 *	local group; its lock is held, and dfc_hook_start() has been called
 *
 * Few namespaces ever have. Done once, for the reason that dfc_hook_start()
 * gives.
 *
 * Context: may sleep.
 * Return: 0 or a negative errno.
 */
int dfc_hook_out_start(struct dfc_net *dn);

/**
 * dfc_hook_out_stop() - look at leaving packets no more
 * @dn: namespace that is going; its lock is held
 *
 * Context: may sleep.
 */
void dfc_hook_out_stop(struct dfc_net *dn);

#endif /* _DFC_HOOK_OUT_H */
