// SPDX-License-Identifier: GPL-2.0
// Copyright (C) 2026 the dfc project

#include <linux/bitmap.h>
#include <linux/jiffies.h>
#include <linux/math64.h>
#include <linux/mm.h>
#include <linux/slab.h>

#include "wheel.h"

/* Once round takes 64 seconds; what is farther away is looked at meanwhile. */
#define SLOTS	2048U
#define TICK	max(HZ / 32, 1)

static u64 tick_now(void)
{
	return div_u64(get_jiffies_64(), TICK);
}

void dfc_wheel_init(struct dfc_wheel *wheel,
		    void (*fired)(struct timer_list *timer))
{
	spin_lock_init(&wheel->lock);
	INIT_HLIST_HEAD(&wheel->ended);
	timer_setup(&wheel->timer, fired, 0);
}

int dfc_wheel_prepare(struct dfc_wheel *wheel)
{
	size_t size = SLOTS * sizeof(*wheel->slot);

	if (wheel->slot)
		return 0;
	wheel->slot = kvzalloc(size + SLOTS / BITS_PER_BYTE,
			       GFP_KERNEL_ACCOUNT);
	if (!wheel->slot)
		return -ENOMEM;
	wheel->used = (void *)wheel->slot + size;
	wheel->tick = tick_now();
	return 0;
}

void dfc_wheel_fini(struct dfc_wheel *wheel)
{
	WARN_ON(!hlist_empty(&wheel->ended));
	timer_delete_sync(&wheel->timer);
	kvfree(wheel->slot);
}

/*
 * Timers of the kernel that are far away are up to an eighth late, so that is
 * taken off: then it fires early, nothing is due, and it is set again.
 */
static void set_timer(struct dfc_wheel *wheel, u64 tick)
{
	u64 now = get_jiffies_64(), end = tick * TICK;
	unsigned long delay = end > now ? end - now : 0;

	lockdep_assert_held(&wheel->lock);
	if (delay >= HZ)
		delay -= delay / 8;
	if (!timer_pending(&wheel->timer) ||
	    time_before(jiffies + delay, wheel->timer.expires))
		mod_timer(&wheel->timer, jiffies + delay);
}

void dfc_wheel_add(struct dfc_wheel *wheel, struct hlist_node *link, u64 end)
{
	u64 tick = div_u64(end + TICK - 1, TICK);

	spin_lock_bh(&wheel->lock);
	tick = clamp(tick, wheel->tick, wheel->tick + SLOTS - 1);
	hlist_del_init(link);
	hlist_add_head(link, &wheel->slot[tick % SLOTS]);
	__set_bit(tick % SLOTS, wheel->used);
	set_timer(wheel, tick);
	spin_unlock_bh(&wheel->lock);
}

void dfc_wheel_del(struct dfc_wheel *wheel, struct hlist_node *link)
{
	spin_lock_bh(&wheel->lock);
	hlist_del_init(link);
	spin_unlock_bh(&wheel->lock);
}

void dfc_wheel_end(struct dfc_wheel *wheel, struct hlist_node *link)
{
	spin_lock_bh(&wheel->lock);
	hlist_del_init(link);
	hlist_add_head(link, &wheel->ended);
	spin_unlock_bh(&wheel->lock);
}

static struct hlist_node *take_first(struct hlist_head *head)
{
	struct hlist_node *link = head->first;

	if (link)
		hlist_del_init(link);
	return link;
}

/* The next slot, from this one on, that may hold filters, or SLOTS. */
static unsigned int distance(const struct dfc_wheel *wheel)
{
	unsigned int from = wheel->tick % SLOTS, i;

	i = find_next_bit(wheel->used, SLOTS, from);
	if (i < SLOTS)
		return i - from;
	i = find_first_bit(wheel->used, SLOTS);
	return i < SLOTS ? i + SLOTS - from : SLOTS;
}

static struct hlist_node *due_locked(struct dfc_wheel *wheel)
{
	u64 now = tick_now();
	struct hlist_node *link;
	unsigned int by;

	for (;;) {
		by = distance(wheel);
		if (by == SLOTS || wheel->tick + by > now)
			break;
		wheel->tick += by;
		link = take_first(&wheel->slot[wheel->tick % SLOTS]);
		if (link)
			return link;
		__clear_bit(wheel->tick % SLOTS, wheel->used);
	}
	/* Slots up to now are empty: what is added may come to lie far ahead. */
	wheel->tick = max(wheel->tick, now);
	if (by < SLOTS)
		set_timer(wheel, wheel->tick + distance(wheel));
	return NULL;
}

struct hlist_node *dfc_wheel_due(struct dfc_wheel *wheel)
{
	struct hlist_node *link = NULL;

	spin_lock_bh(&wheel->lock);
	if (wheel->slot)
		link = due_locked(wheel);
	spin_unlock_bh(&wheel->lock);
	return link;
}

struct hlist_node *dfc_wheel_ended(struct dfc_wheel *wheel)
{
	struct hlist_node *link;

	spin_lock_bh(&wheel->lock);
	link = take_first(&wheel->ended);
	spin_unlock_bh(&wheel->lock);
	return link;
}
