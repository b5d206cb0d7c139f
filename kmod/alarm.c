// SPDX-License-Identifier: GPL-2.0
// Copyright (C) 2026 the dfc project

#include <linux/jiffies.h>

#include "alarm.h"
#include "dest.h"
#include "event.h"
#include "net.h"

/* Returns in how many jiffies it may be told of. */
static unsigned long tell(struct dfc_net *dn, struct dfc_dest *dest)
{
	u64 now = get_jiffies_64();

	if (dest->told && now < dest->told + HZ)
		return dest->told + HZ - now;
	WRITE_ONCE(dest->alarm, false);
	/* What is counted after the counters are read raises it again. */
	smp_mb();
	dest->told = now;
	dfc_event_dest_drops(dn, dest);
	return 0;
}

static void alarm_work(struct work_struct *work)
{
	struct dfc_net *dn = container_of(to_delayed_work(work),
					  struct dfc_net, alarm);
	unsigned long id, wait, next = 0;
	struct dfc_dest *dest;

	mutex_lock(&dn->lock);
	xa_for_each(&dn->dests, id, dest) {
		wait = READ_ONCE(dest->alarm) ? tell(dn, dest) : 0;
		if (wait && (!next || wait < next))
			next = wait;
	}
	mutex_unlock(&dn->lock);
	if (next)
		dfc_net_alarm(dn, next);
}

void dfc_alarm_init(struct dfc_net *dn)
{
	INIT_DELAYED_WORK(&dn->alarm, alarm_work);
}

void dfc_alarm_fini(struct dfc_net *dn)
{
	cancel_delayed_work_sync(&dn->alarm);
}

void dfc_alarm_raise(struct dfc_net *dn, struct dfc_dest *dest)
{
	/* Either this is seen false, or the counters are read later. */
	smp_mb();
	if (READ_ONCE(dest->alarm))
		return;
	WRITE_ONCE(dest->alarm, true);
	dfc_net_alarm(dn, 0);
}
