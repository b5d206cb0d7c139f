// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <syslog.h>

#include "dtcpd/duplicates.h"
#include "dtcpd/log.h"
#include "dtcpd/tasking-private.h"

static void keep(void *arg, const struct tasking_dest *now)
{
	struct destination *d = destination_by_id(arg, now->id);

	if (d)
		d->now = *now;
}

static void note_losses(struct tasking *t)
{
	struct destination *d;
	struct table_node *n;

	for (n = table_first(&t->dests); n; n = table_next(&t->dests, n)) {
		d = table_entry(n, struct destination, node);
		loss_note(t, d, &d->now);
	}
}

void tasking_tick(struct tasking *t, int64_t clock, int memory)
{
	if (t->kernel_gone || !t->config)
		return;
	if (t->dests.count && t->ops->dest_each(t->ctx, keep, t)) {
		log_limited(LOG_WARNING, "counters of destinations: %s",
			    t->ops->error(t->ctx));
	} else {
		note_losses(t);
		duplicates_tick(t);
		congestion_tick(t, clock);
	}
	threshold_tick(t, clock, memory);
}
