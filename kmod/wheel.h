/* SPDX-License-Identifier: GPL-2.0 */
/* Copyright (C) 2026 the dfc project */

#ifndef _DFC_WHEEL_H
#define _DFC_WHEEL_H

#include <linux/list.h>
#include <linux/spinlock.h>
#include <linux/timer.h>
#include <linux/types.h>

/**
 * struct dfc_wheel - when filters are to be looked at, and which have ended
 * @lock: guards all; taken below the lock of a filter
 * @slot: filters by tick, a ring; NULL before the first
 * @used: bitmap of slots that may hold filters
 * @tick: of the next slot to be looked at; ticks are counted from boot
 * @ended: filters that met their end and are to be deleted
 * @timer: fires when @tick is due, or before
 *
 * A filter is in one slot, or in @ended, or in neither, by one and the same
 * link. The timer of a wheel costs a filter nothing; one of its own would be
 * a fifth of it.
 */
struct dfc_wheel {
	spinlock_t lock;
	struct hlist_head *slot;
	unsigned long *used;
	u64 tick;
	struct hlist_head ended;
	struct timer_list timer;
};

/**
 * dfc_wheel_init() - start with no filters
 * @wheel: filled in
 * @fired: to be called, in a softirq, when dfc_wheel_due() may find something
 */
void dfc_wheel_init(struct dfc_wheel *wheel,
		    void (*fired)(struct timer_list *timer));

/**
 * dfc_wheel_prepare() - get the memory that slots take, if it is not there
 * @wheel: wheel; the lock of the namespace is held
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM.
 */
int dfc_wheel_prepare(struct dfc_wheel *wheel);

/**
 * dfc_wheel_fini() - stop the timer and free the slots
 * @wheel: without filters
 *
 * Context: may sleep.
 */
void dfc_wheel_fini(struct dfc_wheel *wheel);

/**
 * dfc_wheel_add() - have a filter looked at
 * @wheel: after dfc_wheel_prepare()
 * @link: of the filter; taken out of the slot that it may be in
 * @end: jiffies when it is to be; soon afterwards, or before if that is more
 *	than a minute from now
 *
 * Context: any but hard interrupts.
 */
void dfc_wheel_add(struct dfc_wheel *wheel, struct hlist_node *link, u64 end);

/**
 * dfc_wheel_del() - take a filter out of its slot, if it is in one
 * @wheel: wheel
 * @link: of the filter
 *
 * Context: any but hard interrupts.
 */
void dfc_wheel_del(struct dfc_wheel *wheel, struct hlist_node *link);

/**
 * dfc_wheel_end() - put a filter to those that are to be deleted
 * @wheel: wheel
 * @link: of the filter; taken out of its slot
 *
 * Context: any but hard interrupts.
 */
void dfc_wheel_end(struct dfc_wheel *wheel, struct hlist_node *link);

/**
 * dfc_wheel_due() - take the next filter that is to be looked at
 * @wheel: wheel; the lock of the namespace is held
 *
 * Return: link of a filter that is in no slot any more, or NULL: no other is
 * due, and the timer is set for the next.
 */
struct hlist_node *dfc_wheel_due(struct dfc_wheel *wheel);

/**
 * dfc_wheel_ended() - take the next filter that is to be deleted
 * @wheel: wheel; the lock of the namespace is held
 *
 * Return: its link, or NULL.
 */
struct hlist_node *dfc_wheel_ended(struct dfc_wheel *wheel);

#endif /* _DFC_WHEEL_H */
