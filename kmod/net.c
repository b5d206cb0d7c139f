// SPDX-License-Identifier: GPL-2.0
// Copyright (C) 2026 the dfc project

#include <linux/module.h>
#include <linux/random.h>

#include "alarm.h"
#include "crowd.h"
#include "dest.h"
#include "filter.h"
#include "flowcache.h"
#include "fragment.h"
#include "grave.h"
#include "group.h"
#include "hook.h"
#include "net.h"
#include "owner.h"
#include "pending.h"
#include "port.h"

unsigned int dfc_net_id __read_mostly;

static struct workqueue_struct *dfc_wq;

void dfc_net_kick(struct dfc_net *dn)
{
	queue_work(dfc_wq, &dn->work);
}

void dfc_net_alarm(struct dfc_net *dn, unsigned long delay)
{
	if (delay)
		queue_delayed_work(dfc_wq, &dn->alarm, delay);
	else
		mod_delayed_work(dfc_wq, &dn->alarm, 0);
}

void dfc_net_flush(void)
{
	flush_workqueue(dfc_wq);
}

void dfc_net_reap(struct dfc_net *dn)
{
	lockdep_assert_held(&dn->lock);
	if (dfc_owner_any_gone(dn))
		dfc_filter_flush_gone(dn);
	dfc_filter_reap(dn);
	dfc_dest_reap(dn);
	dfc_group_reap(dn);
	dfc_graves_bury(dn, false);
}

static void reap_work(struct work_struct *work)
{
	struct dfc_net *dn = container_of(work, struct dfc_net, work);

	mutex_lock(&dn->lock);
	dfc_net_reap(dn);
	mutex_unlock(&dn->lock);
}

static void timer_fired(struct timer_list *timer)
{
	dfc_net_kick(container_of(timer, struct dfc_net, wheel.timer));
}

static int __net_init net_init(struct net *net)
{
	struct dfc_net *dn = dfc_net(net);
	int err;

	dn->net = net;
	dn->generation = 1;
	get_random_bytes(&dn->instance, sizeof(dn->instance));
	mutex_init(&dn->lock);
	xa_init(&dn->filters);
	xa_init(&dn->dests);
	xa_init(&dn->groups);
	dfc_wheel_init(&dn->wheel, timer_fired);
	INIT_LIST_HEAD(&dn->owners);
	spin_lock_init(&dn->owners_lock);
	INIT_WORK(&dn->work, reap_work);
	dfc_alarm_init(dn);

	dn->counters = dfc_counters_alloc();
	if (!dn->counters)
		return -ENOMEM;
	err = -ENOMEM;
	dn->outbox = dfc_outbox_alloc(dn);
	if (!dn->outbox)
		goto free_counters;
	err = dfc_devices_init(&dn->devices);
	if (err)
		goto free_outbox;
	dfc_classifier_init(&dn->classifier);
	return 0;

free_outbox:
	free_percpu(dn->outbox);
free_counters:
	free_percpu(dn->counters);
	return err;
}

/*
 * Devices must find no cached route of ours when they are unregistered, and
 * netfilter no hook, so all that goes before the namespace does: packets in our
 * hands, then copies, then filters, then destinations.
 */
static void __net_exit net_pre_exit(struct net *net)
{
	struct dfc_net *dn = dfc_net(net);

	mutex_lock(&dn->lock);
	dn->dead = true;
	dfc_hook_stop(dn);
	dfc_net_reap(dn);
	dfc_filter_flush(dn, 0, DFC_REASON_DELETED);
	dfc_dest_flush(dn);
	dfc_group_flush(dn);
	dfc_port_stop(&dn->devices);
	if (dn->used)
		synchronize_net();
	dfc_outbox_stop(dn);
	dfc_graves_bury(dn, true);
	mutex_unlock(&dn->lock);
}

static void __net_exit net_exit(struct net *net)
{
	struct dfc_net *dn = dfc_net(net);

	/* No copy is on its way to a queue any more; those in one are dropped. */
	dfc_hook_unguard(dn);
	/* No guard has the namespace any more, and nobody kicks the worker. */
	if (dn->used) {
		synchronize_net();
		rcu_barrier();
	}
	dfc_wheel_fini(&dn->wheel);
	cancel_work_sync(&dn->work);
	dfc_alarm_fini(dn);
	WARN_ON(dn->nfilters || dn->ndests || dn->ngroups);
	WARN_ON(!list_empty(&dn->owners));
	dfc_pendings_free(dn->pendings);
	dfc_fragments_free(dn->fragments);
	dfc_classifier_fini(&dn->classifier);
	dfc_devices_fini(&dn->devices);
	xa_destroy(&dn->filters);
	xa_destroy(&dn->dests);
	xa_destroy(&dn->groups);
	free_percpu(dn->outbox);
	free_percpu(dn->counters);
}

static struct pernet_operations net_ops = {
	.init = net_init,
	.pre_exit = net_pre_exit,
	.exit = net_exit,
	.id = &dfc_net_id,
	.size = sizeof(struct dfc_net),
};

int dfc_net_init(void)
{
	int err;

	err = dfc_filter_init();
	if (err)
		return err;
	err = -ENOMEM;
	dfc_wq = alloc_workqueue("dfc", WQ_UNBOUND, 0);
	if (!dfc_wq)
		goto fini_filter;
	err = register_pernet_subsys(&net_ops);
	if (err)
		goto destroy_wq;
	return 0;

destroy_wq:
	destroy_workqueue(dfc_wq);
fini_filter:
	dfc_filter_fini();
	return err;
}

void dfc_net_fini(void)
{
	unregister_pernet_subsys(&net_ops);
	destroy_workqueue(dfc_wq);
	/* Masks are freed by RCU callbacks of ours. */
	rcu_barrier();
	dfc_crowd_fini();
	dfc_flowcache_fini();
	dfc_filter_fini();
}
