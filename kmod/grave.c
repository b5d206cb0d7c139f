// SPDX-License-Identifier: GPL-2.0
// Copyright (C) 2026 the dfc project

#include <linux/sched.h>

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

static void empty(struct dfc_net *dn)
{
	struct dfc_filter *f;
	struct hlist_node *next;

	hlist_for_each_entry_safe(f, next, &dn->graves, link) {
		if (!dn->dead)
			dfc_event_filter_gone(dn, f);
		dfc_filter_free(f);
		cond_resched();
	}
	INIT_HLIST_HEAD(&dn->graves);
}

/* One grace period for all that were deleted since the last one began. */
void dfc_graves_bury(struct dfc_net *dn, bool all)
{
	lockdep_assert_held(&dn->lock);
	/* A namespace that goes buries all at once, when that is due. */
	if (!all && (dn->dead || smp_load_acquire(&dn->mourning)))
		return;
	empty(dn);
	hlist_move_list(&dn->dying, &dn->graves);
	if (all) {
		empty(dn);
	} else if (!hlist_empty(&dn->graves)) {
		dn->mourning = true;
		call_rcu(&dn->rcu, no_more_readers);
	}
}
