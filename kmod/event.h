/* SPDX-License-Identifier: GPL-2.0 */
/* Copyright (C) 2026 the dfc project */

#ifndef _DFC_EVENT_H
#define _DFC_EVENT_H

struct dfc_dest;
struct dfc_filter;
struct dfc_net;

/**
 * dfc_event_stop() - send no events any more
 *
 * Before the family is unregistered, whose group number another one may get.
 *
 * Context: may sleep.
 */
void dfc_event_stop(void);

/**
 * dfc_event_filter_gone() - tell listeners that a filter is gone
 * @dn: its namespace; the lock is held
 * @f: deleted filter with its final counters
 *
 * A listener whose queue is full learns so from its socket (ENOBUFS).
 *
 * Context: may sleep.
 */
void dfc_event_filter_gone(struct dfc_net *dn, struct dfc_filter *f);

/**
 * dfc_event_dest_drops() - tell listeners that a destination loses copies
 * @dn: its namespace; the lock is held
 * @dest: destination, whose counters tell why
 *
 * Same.
 *
 * Context: may sleep.
 */
void dfc_event_dest_drops(struct dfc_net *dn, const struct dfc_dest *dest);

#endif /* _DFC_EVENT_H */
