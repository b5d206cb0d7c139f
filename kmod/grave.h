/* SPDX-License-Identifier: GPL-2.0 */
/* Copyright (C) 2026 the dfc project */

#ifndef _DFC_GRAVE_H
#define _DFC_GRAVE_H

#include <linux/types.h>

struct dfc_net;

/**
 * dfc_graves_bury() - tell listeners of deleted filters and free them
 * @dn: namespace; its lock is held
 * @all: none is in the hands of a packet any more, and the outboxes are empty;
 *	copies that wait are dropped
 *
 * Only those go of which that is known, and for the others it is found out.
 *
 * Context: may sleep.
 */
void dfc_graves_bury(struct dfc_net *dn, bool all);

#endif /* _DFC_GRAVE_H */
