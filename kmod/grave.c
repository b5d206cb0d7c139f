// SPDX-License-Identifier: GPL-2.0
// Copyright (C) 2026 the dfc project

#include <linux/sched.h>

#include "dest.h"
#include "event.h"
#include "filter.h"
#include "grave.h"
#include "net.h"

/* No packet is in the hands of what was in @dn->graves before. */
static void no_more_readers(struct rcu_head *rcu)
{
	struct dfc_net *dn = container_of(rcu, struct dfc_net, rcu);

	smp_store_release(&dn->mourning, false);
	dfc_net_kick(dn);
}

/* Readers put copies into the outboxes, so these are waited for behind them. */
static bool are_silent(struct dfc_net *dn)
{
	if (hlist_empty(&dn->graves))
		return true;
	if (smp_load_acquire(&dn->mourning))
		return false;
	if (!dn->marked)
		dfc_outbox_mark(dn);
	dn->marked = !dfc_outbox_passed(dn);
	return !dn->marked;
}

static bool has_copies(struct dfc_filter *f)
{
	unsigned int i;

	for (i = 0; i < f->ndests; i++) {
		if (dfc_queue_holds(&dfc_filter_dests(f)[i]->queue, f))
			return true;
	}
	return false;
}

static void bury(struct dfc_net *dn, struct dfc_filter *f)
{
	unsigned int i;

	hlist_del(&f->link);
	if (!dn->dead)
		dfc_event_filter_gone(dn, f);
	for (i = 0; i < f->ndests; i++)
		dfc_dest_put(dn, dfc_filter_dests(f)[i]);
	dfc_filter_free(f);
}

/* What has copies that wait has them for some seconds at the most. */
static void empty(struct dfc_net *dn, struct hlist_head *head)
{
	struct hlist_node *next;
	struct dfc_filter *f;

	hlist_for_each_entry_safe(f, next, head, link) {
		if (!has_copies(f)) {
			bury(dn, f);
		} else if (head != &dn->wakes) {
			hlist_del(&f->link);
			hlist_add_head(&f->link, &dn->wakes);
		}
		cond_resched();
	}
}

/* What is being sent has its filter in its hands. */
static void stop_queues(struct hlist_head *head)
{
	struct dfc_filter *f;
	unsigned int i;

	hlist_for_each_entry(f, head, link) {
		for (i = 0; i < f->ndests; i++)
			dfc_queue_stop(&dfc_filter_dests(f)[i]->queue);
		cond_resched();
	}
}

static void bury_all(struct dfc_net *dn)
{
	struct hlist_head *heads[] = { &dn->wakes, &dn->graves, &dn->dying };
	int i;

	for (i = 0; i < ARRAY_SIZE(heads); i++)
		stop_queues(heads[i]);
	for (i = 0; i < ARRAY_SIZE(heads); i++)
		empty(dn, heads[i]);
}

/* One grace period for all that were deleted since the last one began. */
void dfc_graves_bury(struct dfc_net *dn, bool all)
{
	lockdep_assert_held(&dn->lock);
	if (all) {
		bury_all(dn);
		return;
	}
	/* A namespace that goes buries all at once, when that is due. */
	if (dn->dead)
		return;
	empty(dn, &dn->wakes);
	if (!are_silent(dn))
		return;
	empty(dn, &dn->graves);
	hlist_move_list(&dn->dying, &dn->graves);
	if (!hlist_empty(&dn->graves)) {
		dn->mourning = true;
		call_rcu(&dn->rcu, no_more_readers);
	}
}
