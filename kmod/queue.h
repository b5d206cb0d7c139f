/* SPDX-License-Identifier: GPL-2.0 */
/* Copyright (C) 2026 the dfc project */

#ifndef _DFC_QUEUE_H
#define _DFC_QUEUE_H

#include <linux/interrupt.h>
#include <linux/list.h>
#include <linux/rhashtable-types.h>
#include <linux/skbuff.h>
#include <linux/spinlock.h>
#include <linux/timer.h>
#include <linux/wait.h>

struct dfc_filter;
struct dfc_net;

/**
 * struct dfc_queue - copies that wait for the network at a destination
 * @dn: namespace
 * @sk: socket of the destination, which knows how much is in flight
 * @max: bytes that may wait, as memory counts them
 * @lock: guards what follows; taken with bottom halves disabled
 * @packets: copies that wait, and the one that is being sent; read without
 * @bytes: of these; read without
 * @shares: of filters that have copies here, by filter
 * @turns: the same, in the order of their turns
 * @full: nanoseconds of the monotonic clock when the network had enough; 0
 *	while it may have more
 * @waiting: @wait is in the wait queue of @sk
 * @ticked: the timer has fired
 * @stopped: nothing is sent any more
 * @wait: wakes @tasklet when half of what was in flight is through
 * @timer: wakes it to look for copies that have waited too long
 * @tasklet: sends
 */
struct dfc_queue {
	struct dfc_net *dn;
	struct sock *sk;
	u32 max;
	spinlock_t lock;
	u32 packets;
	u32 bytes;
	struct rhashtable shares;
	struct list_head turns;
	u64 full;
	bool waiting;
	bool ticked;
	bool stopped;
	struct wait_queue_entry wait;
	struct timer_list timer;
	struct tasklet_struct tasklet;
};

/**
 * dfc_queue_init() - prepare to have copies wait
 * @queue: all zero but @max
 * @dn: namespace
 * @sk: socket of the destination, which lives as long as @queue
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM.
 */
int dfc_queue_init(struct dfc_queue *queue, struct dfc_net *dn,
		   struct sock *sk);

/**
 * dfc_queue_stop() - free what waits, and let nothing wait any more
 * @queue: of a namespace that is going, or empty and without filters
 *
 * Done once; afterwards it does nothing.
 *
 * Context: may sleep.
 */
void dfc_queue_stop(struct dfc_queue *queue);

/**
 * dfc_queue_fini() - stop a queue and free what it has
 * @queue: queue
 *
 * Context: may sleep.
 */
void dfc_queue_fini(struct dfc_queue *queue);

/**
 * dfc_queue_send() - send a copy, or have it wait for the network
 * @queue: of its destination
 * @skb: as dfc_send() takes it; always consumed
 *
 * It goes at once if none waits and not too much is in flight. Otherwise the
 * filters take turns. A filter may have as many bytes here as there are left
 * for all others: what one of them does never takes the last room.
 *
 * Context: bottom halves disabled, RCU read lock held.
 */
void dfc_queue_send(struct dfc_queue *queue, struct sk_buff *skb);

/**
 * dfc_queue_holds() - ask whether a filter has copies in a queue
 * @queue: queue
 * @f: filter of which none can be added any more
 *
 * Return: whether it has any that are not decided; if so, the worker is kicked
 * when they are, provided that @f->end is set.
 */
bool dfc_queue_holds(struct dfc_queue *queue, struct dfc_filter *f);

#endif /* _DFC_QUEUE_H */
