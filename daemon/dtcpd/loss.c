// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <syslog.h>

#include "dfc-netlink/names.h"
#include "dtcp-proto/value.h"
#include "dtcpd/log.h"
#include "dtcpd/tasking-event.h"
#include "dtcpd/tasking-private.h"

void loss_init(struct loss *l, int64_t now)
{
	int i;

	for (i = 0; i <= DFC_DROP_MAX; i++)
		l->at[i] = now;
}

void loss_restore(struct loss *l, const struct tasking_dest *now)
{
	int i;

	for (i = 0; i <= DFC_DROP_MAX; i++)
		l->told[i] = now->drop[i].packets;
}

/* A clock that was set back has waited long enough. */
static bool is_due(const struct loss *l, enum dfc_drop cause, int64_t now)
{
	return !l->said[cause] || now - l->at[cause] >= LOSS_EVERY ||
	       now < l->at[cause];
}

static void say(struct tasking *t, const struct destination *d,
		enum dfc_drop cause, uint64_t packets, int64_t since)
{
	char time[24];

	dtcp_value_time(since, time);
	log_limited(LOG_WARNING,
		    "content destination %s of %s: copies are dropped: %s, %llu since %s",
		    d->outer.name, d->group, dfc_drop_name(cause),
		    (unsigned long long)packets, time);
	tasking_event(t, json_pack("{ss ss so ss sI}",
				   "event", "copies-dropped",
				   "capture-group", d->group,
				   "content-destination",
				   tasking_name(d->outer.name),
				   "cause", dfc_drop_name(cause),
				   "packets", (json_int_t)packets));
}

void loss_note(struct tasking *t, struct destination *d,
	       const struct tasking_dest *now)
{
	int64_t clock = t->ops->now(t->ctx);
	struct loss *l = &d->loss;
	uint64_t packets;
	int i;

	for (i = 0; i <= DFC_DROP_MAX; i++) {
		packets = now->drop[i].packets;
		if (packets <= l->told[i] || !is_due(l, i, clock))
			continue;
		say(t, d, i, packets - l->told[i], l->at[i]);
		l->told[i] = packets;
		l->at[i] = clock;
		l->said[i] = true;
	}
}

void tasking_dest_dropped(struct tasking *t, const struct tasking_dest *d)
{
	struct destination *ours = destination_by_id(t, d->id);

	if (ours)
		loss_note(t, ours, d);
}
