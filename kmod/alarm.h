/* SPDX-License-Identifier: GPL-2.0 */
/* Copyright (C) 2026 the dfc project */

#ifndef _DFC_ALARM_H
#define _DFC_ALARM_H

struct dfc_dest;
struct dfc_net;

/**
 * dfc_alarm_init() - prepare to tell of copies that are dropped
 * @dn: namespace
 */
void dfc_alarm_init(struct dfc_net *dn);

/**
 * dfc_alarm_fini() - tell nothing any more
 * @dn: namespace in which no packet is in our hands any more
 *
 * Context: may sleep.
 */
void dfc_alarm_fini(struct dfc_net *dn);

/**
 * dfc_alarm_raise() - have listeners told that copies are dropped
 * @dn: namespace
 * @dest: destination whose counters have it
 *
 * They are told by a worker: at once, but at most once a second of one
 * destination.
 *
 * Context: any.
 */
void dfc_alarm_raise(struct dfc_net *dn, struct dfc_dest *dest);

#endif /* _DFC_ALARM_H */
