// SPDX-License-Identifier: GPL-2.0
// Copyright (C) 2026 the dfc project

#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/rhashtable.h>
#include <linux/slab.h>

#include "filter.h"
#include "net.h"
#include "queue.h"
#include "send.h"
#include "socket.h"

/* Bytes on the wire that a filter may send in its turn. */
#define QUANTUM		2048
/* Copies that are sent before somebody else may have the CPU. */
#define BATCH		64
/* Late ones that are dropped before others may have the lock. */
#define LATE_BATCH	1024
/* How long a copy waits, and how often that is looked at. */
#define WAIT_MAX	(5 * HZ)
#define TICK		(HZ / 4)

/*
 * How long half of what may be in flight takes to be through. Twice that is how
 * long a queue of the network behind us becomes: less than what makes it drop
 * (5 ms is what CoDel tolerates).
 */
#define SLOW_NS		(2 * NSEC_PER_MSEC)
#define FAST_NS		(NSEC_PER_MSEC / 2)

/**
 * struct share - copies of one filter that wait
 * @node: in &dfc_queue.shares
 * @turn: in &dfc_queue.turns
 * @filter: whose they are
 * @copies: in their order; none only while the last one is being sent
 * @bytes: of these, as memory counts them, and of the one that is being sent
 * @credit: bytes on the wire that may still go in this turn
 */
struct share {
	struct rhash_head node;
	struct list_head turn;
	struct dfc_filter *filter;
	struct sk_buff_head copies;
	u32 bytes;
	int credit;
};

static const struct rhashtable_params params = {
	.head_offset = offsetof(struct share, node),
	.key_offset = offsetof(struct share, filter),
	.key_len = sizeof_field(struct share, filter),
	.automatic_shrinking = true,
};

static struct share *share_lookup(struct dfc_queue *queue,
				  const struct dfc_filter *f)
{
	lockdep_assert_held(&queue->lock);
	return rhashtable_lookup_fast(&queue->shares, &f, params);
}

static struct share *share_add(struct dfc_queue *queue, struct dfc_filter *f)
{
	struct share *share;

	share = kzalloc(sizeof(*share), GFP_ATOMIC | __GFP_NOWARN);
	if (!share)
		return NULL;
	share->filter = f;
	share->credit = QUANTUM;
	__skb_queue_head_init(&share->copies);
	if (rhashtable_insert_fast(&queue->shares, &share->node, params)) {
		kfree(share);
		return NULL;
	}
	list_add_tail(&share->turn, &queue->turns);
	return share;
}

/* Nobody looks shares up without the lock: there is no reader to wait for. */
static void share_del(struct dfc_queue *queue, struct share *share)
{
	lockdep_assert_held(&queue->lock);
	rhashtable_remove_fast(&queue->shares, &share->node, params);
	list_del(&share->turn);
	__skb_queue_purge(&share->copies);
	if (READ_ONCE(share->filter->end))
		dfc_net_kick(queue->dn);
	kfree(share);
}

static void stop_waiting(struct dfc_queue *queue)
{
	if (queue->waiting)
		remove_wait_queue(sk_sleep(queue->sk), &queue->wait);
	queue->waiting = false;
	queue->full = 0;
}

/*
 * Only now the socket has something to wake, for that makes the end of every
 * copy dearer. The tasklet looks at the socket after this.
 */
static void start_waiting(struct dfc_queue *queue)
{
	add_wait_queue(sk_sleep(queue->sk), &queue->wait);
	queue->waiting = true;
	mod_timer(&queue->timer, jiffies + TICK);
	tasklet_schedule(&queue->tasklet);
}

/* A copy that waited is decided. Returns whether its share has gone. */
static bool decided(struct dfc_queue *queue, struct share *share, u32 size)
{
	bool last = skb_queue_empty(&share->copies);

	lockdep_assert_held(&queue->lock);
	share->bytes -= size;
	WRITE_ONCE(queue->bytes, queue->bytes - size);
	if (last)
		share_del(queue, share);
	/* Who sees that none waits sees what became of them. */
	smp_store_release(&queue->packets, queue->packets - 1);
	if (!queue->packets)
		stop_waiting(queue);
	return last;
}

static bool is_late(struct sk_buff *skb)
{
	return (u32)jiffies - dfc_parcel(skb)->since >= WAIT_MAX;
}

/*
 * Of each filter, the first copy has waited longest. Returns whether that were
 * all that are late.
 */
static bool drop_late(struct dfc_queue *queue)
{
	struct share *share, *next;
	unsigned int n = 0;
	struct sk_buff *skb;
	bool gone;
	u32 size;

	list_for_each_entry_safe(share, next, &queue->turns, turn) {
		do {
			skb = skb_peek(&share->copies);
			if (!is_late(skb))
				break;
			if (++n > LATE_BATCH)
				return false;
			size = skb->truesize;
			__skb_unlink(skb, &share->copies);
			dfc_send_drop(queue->dn, skb, DFC_DROP_LATE);
			gone = decided(queue, share, size);
		} while (!gone);
	}
	return true;
}

/* Deficit round robin: who has sent more than his turn allowed waits longer. */
static struct share *next_turn(struct dfc_queue *queue)
{
	struct share *share;

	for (;;) {
		share = list_first_entry(&queue->turns, struct share, turn);
		if (share->credit > 0)
			return share;
		share->credit += QUANTUM;
		list_move_tail(&share->turn, &queue->turns);
	}
}

/*
 * The share stays while its last copy is being sent: its filter must not be
 * buried before that is counted.
 */
static void send_next(struct dfc_queue *queue)
	__must_hold(&queue->lock)
{
	struct share *share = next_turn(queue);
	struct sk_buff *skb = __skb_dequeue(&share->copies);
	u32 size = skb->truesize;

	share->credit -= skb->len;
	spin_unlock(&queue->lock);
	if (is_late(skb))
		dfc_send_drop(queue->dn, skb, DFC_DROP_LATE);
	else
		dfc_send(queue->dn, skb);
	spin_lock(&queue->lock);
	decided(queue, share, size);
}

static void measure(struct dfc_queue *queue)
{
	u64 took = ktime_get_ns() - queue->full;

	if (took > SLOW_NS)
		dfc_socket_shrink(queue->sk);
	else if (took < FAST_NS)
		dfc_socket_grow(queue->sk);
}

/* Once full, the network gets more when half is through, which wakes us. */
static bool has_room(struct dfc_queue *queue)
{
	if (queue->full) {
		if (!sock_writeable(queue->sk))
			return false;
		measure(queue);
		queue->full = 0;
	}
	if (dfc_socket_has_room(queue->sk))
		return true;
	queue->full = ktime_get_ns();
	return false;
}

static void drain(struct tasklet_struct *tasklet)
{
	struct dfc_queue *queue = from_tasklet(queue, tasklet, tasklet);
	unsigned int n = 0;

	rcu_read_lock();
	spin_lock(&queue->lock);
	if (queue->ticked && !queue->stopped) {
		queue->ticked = !drop_late(queue);
		if (queue->ticked)
			tasklet_schedule(&queue->tasklet);
	}
	while (queue->packets && !queue->stopped && has_room(queue)) {
		if (++n > BATCH) {
			tasklet_schedule(&queue->tasklet);
			break;
		}
		send_next(queue);
	}
	if (queue->packets && !queue->stopped && !timer_pending(&queue->timer))
		mod_timer(&queue->timer, jiffies + TICK);
	spin_unlock(&queue->lock);
	rcu_read_unlock();
}

static void timer_fired(struct timer_list *timer)
{
	struct dfc_queue *queue = container_of(timer, struct dfc_queue, timer);

	spin_lock(&queue->lock);
	queue->ticked = true;
	if (queue->packets && !queue->stopped)
		tasklet_schedule(&queue->tasklet);
	spin_unlock(&queue->lock);
}

static int woken(struct wait_queue_entry *wait, unsigned int mode, int sync,
		 void *key)
{
	struct dfc_queue *queue = container_of(wait, struct dfc_queue, wait);

	tasklet_schedule(&queue->tasklet);
	return 0;
}

static bool fits(const struct dfc_queue *queue, const struct share *share,
		 u32 size)
{
	s64 own = (s64)(share ? share->bytes : 0) + size;
	s64 left = (s64)queue->max - queue->bytes - size;

	return own <= left;
}

/* Returns whether the copy waits, else @cause says why not. */
static bool add(struct dfc_queue *queue, struct sk_buff *skb,
		enum dfc_drop *cause)
{
	struct dfc_parcel *parcel = dfc_parcel(skb);
	u32 size = skb->truesize;
	struct share *share;

	lockdep_assert_held(&queue->lock);
	share = share_lookup(queue, parcel->filter);
	*cause = DFC_DROP_QUEUE_FULL;
	if (queue->stopped || !fits(queue, share, size))
		return false;
	*cause = DFC_DROP_NO_MEMORY;
	if (!share)
		share = share_add(queue, parcel->filter);
	if (!share)
		return false;
	parcel->since = jiffies;
	__skb_queue_tail(&share->copies, skb);
	share->bytes += size;
	WRITE_ONCE(queue->bytes, queue->bytes + size);
	WRITE_ONCE(queue->packets, queue->packets + 1);
	if (queue->packets == 1)
		start_waiting(queue);
	return true;
}

void dfc_queue_send(struct dfc_queue *queue, struct sk_buff *skb)
{
	enum dfc_drop cause;
	bool waits;

	if (!smp_load_acquire(&queue->packets) &&
	    dfc_socket_has_room(queue->sk)) {
		dfc_send(queue->dn, skb);
		return;
	}
	spin_lock(&queue->lock);
	waits = add(queue, skb, &cause);
	spin_unlock(&queue->lock);
	if (!waits)
		dfc_send_drop(queue->dn, skb, cause);
}

bool dfc_queue_holds(struct dfc_queue *queue, struct dfc_filter *f)
{
	bool holds;

	if (!smp_load_acquire(&queue->packets))
		return false;
	spin_lock_bh(&queue->lock);
	holds = share_lookup(queue, f);
	spin_unlock_bh(&queue->lock);
	return holds;
}

int dfc_queue_init(struct dfc_queue *queue, struct dfc_net *dn,
		   struct sock *sk)
{
	queue->dn = dn;
	queue->sk = sk;
	spin_lock_init(&queue->lock);
	INIT_LIST_HEAD(&queue->turns);
	init_waitqueue_func_entry(&queue->wait, woken);
	timer_setup(&queue->timer, timer_fired, 0);
	tasklet_setup(&queue->tasklet, drain);
	return rhashtable_init(&queue->shares, &params);
}

void dfc_queue_stop(struct dfc_queue *queue)
{
	struct share *share, *next;
	struct sk_buff_head rest;

	if (queue->stopped)
		return;
	__skb_queue_head_init(&rest);
	spin_lock_bh(&queue->lock);
	queue->stopped = true;
	stop_waiting(queue);
	spin_unlock_bh(&queue->lock);
	timer_delete_sync(&queue->timer);
	tasklet_kill(&queue->tasklet);
	spin_lock_bh(&queue->lock);
	list_for_each_entry_safe(share, next, &queue->turns, turn) {
		skb_queue_splice_tail_init(&share->copies, &rest);
		share_del(queue, share);
	}
	queue->packets = 0;
	queue->bytes = 0;
	spin_unlock_bh(&queue->lock);
	__skb_queue_purge(&rest);
}

void dfc_queue_fini(struct dfc_queue *queue)
{
	dfc_queue_stop(queue);
	rhashtable_destroy(&queue->shares);
}
