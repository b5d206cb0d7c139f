// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include "dtcpd/tasking-audit.h"
#include "dtcpd/tasking-event.h"
#include "dtcpd/tasking-private.h"

bool tasking_event_heard(const struct tasking *t)
{
	const struct tasking_outlet *o = t->outlet;

	return o && o->event && (!o->heard || o->heard(t->outlet_arg));
}

void tasking_event(struct tasking *t, json_t *event)
{
	if (event && t->outlet && t->outlet->event)
		t->outlet->event(t->outlet_arg, event);
	json_decref(event);
}

void tasking_event_source(struct tasking *t, const struct source *s,
			  const char *what, json_t *more)
{
	json_t *event = json_pack("{ss ss ss}", "event", what,
				  "capture-group", s->group->name,
				  "control-source", s->name);

	if (event && more)
		json_object_update(event, more);
	json_decref(more);
	tasking_event(t, event);
}

void tasking_event_ended(struct tasking *t, const struct criterion *c,
			 const char *reason)
{
	tasking_audit_ended(t, c, reason);
	if (!tasking_event_heard(t))
		return;
	tasking_event_source(t, c->source, "criteria-ended",
			     json_pack("{sI sI ss}",
				       "criteria-id", (json_int_t)c->id,
				       "filter", (json_int_t)c->filter,
				       "reason", reason));
}
