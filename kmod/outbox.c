// SPDX-License-Identifier: GPL-2.0
// Copyright (C) 2026 the dfc project

#include <linux/percpu.h>

#include "dest.h"
#include "net.h"
#include "outbox.h"
#include "queue.h"
#include "send.h"

/* From here on, one copy has to go for each that comes. */
#define COPIES_MAX 256

/*
 * What sends a copy may send something else first, a question for a neighbour,
 * which may be copied, too: that is only put into the box.
 */
static void hand_on(struct dfc_outbox *outbox)
{
	struct sk_buff *skb = __skb_dequeue(&outbox->copies);

	outbox->busy = true;
	dfc_queue_send(&dfc_parcel(skb)->dest->queue, skb);
	outbox->busy = false;
	smp_store_release(&outbox->done, outbox->done + 1);
}

static bool has_passed(const struct dfc_outbox *outbox)
{
	unsigned long done = smp_load_acquire(&outbox->done);

	return (long)(done - READ_ONCE(outbox->mark)) >= 0;
}

/* In the softirq that the originals went in, or the next. */
static void empty(struct tasklet_struct *tasklet)
{
	struct dfc_outbox *outbox = from_tasklet(outbox, tasklet, tasklet);

	rcu_read_lock();
	while (!skb_queue_empty(&outbox->copies))
		hand_on(outbox);
	rcu_read_unlock();
	/* Either dfc_outbox_mark() is seen here, or this there. */
	smp_mb();
	if (smp_load_acquire(&outbox->awaited) && has_passed(outbox)) {
		WRITE_ONCE(outbox->awaited, false);
		dfc_net_kick(outbox->dn);
	}
}

void dfc_outbox_put(struct dfc_net *dn, struct sk_buff *skb)
{
	struct dfc_outbox *outbox = this_cpu_ptr(dn->outbox);

	__skb_queue_tail(&outbox->copies, skb);
	WRITE_ONCE(outbox->staged, outbox->staged + 1);
	if (outbox->busy)
		return;
	if (skb_queue_len(&outbox->copies) == 1)
		tasklet_schedule(&outbox->tasklet);
	else if (skb_queue_len(&outbox->copies) > COPIES_MAX)
		hand_on(outbox);
}

void dfc_outbox_mark(struct dfc_net *dn)
{
	int cpu;

	lockdep_assert_held(&dn->lock);
	for_each_possible_cpu(cpu) {
		struct dfc_outbox *outbox = per_cpu_ptr(dn->outbox, cpu);

		WRITE_ONCE(outbox->mark, READ_ONCE(outbox->staged));
		smp_store_release(&outbox->awaited, true);
	}
	smp_mb();
}

bool dfc_outbox_passed(struct dfc_net *dn)
{
	int cpu;

	lockdep_assert_held(&dn->lock);
	for_each_possible_cpu(cpu) {
		if (!has_passed(per_cpu_ptr(dn->outbox, cpu)))
			return false;
	}
	return true;
}

struct dfc_outbox __percpu *dfc_outbox_alloc(struct dfc_net *dn)
{
	struct dfc_outbox __percpu *boxes;
	int cpu;

	boxes = alloc_percpu_gfp(struct dfc_outbox,
				 GFP_KERNEL_ACCOUNT | __GFP_ZERO);
	if (!boxes)
		return NULL;
	for_each_possible_cpu(cpu) {
		struct dfc_outbox *outbox = per_cpu_ptr(boxes, cpu);

		__skb_queue_head_init(&outbox->copies);
		tasklet_setup(&outbox->tasklet, empty);
		outbox->dn = dn;
	}
	return boxes;
}

void dfc_outbox_stop(struct dfc_net *dn)
{
	int cpu;

	for_each_possible_cpu(cpu) {
		struct dfc_outbox *outbox = per_cpu_ptr(dn->outbox, cpu);

		tasklet_kill(&outbox->tasklet);
		__skb_queue_purge(&outbox->copies);
	}
}
