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

json_t *tasking_event_of(const struct source *s, const char *what)
{
	return json_pack("{ss ss so}", "event", what, "capture-group",
			 s->group->name, "control-source",
			 tasking_name(s->name));
}

void tasking_event_source(struct tasking *t, const struct source *s,
			  const char *what, json_t *more)
{
	json_t *event = tasking_event_of(s, what);

	if (event && more)
		json_object_update(event, more);
	json_decref(more);
	tasking_event(t, event);
}

void tasking_event_ended(struct tasking *t, const struct criterion *c,
			 const char *reason)
{
	bool heard = tasking_event_heard(t);
	json_t *event;

	if (!heard && !(t->outlet && t->outlet->audit))
		return;
	event = tasking_event_of(c->source, "criteria-ended");
	if (event) {
		json_object_set_new(event, "criteria-id", json_integer(c->id));
		json_object_set_new(event, "filter", json_integer(c->filter));
		json_object_set_new(event, "reason", json_string(reason));
	}
	tasking_audit(t, json_incref(event));
	if (heard)
		tasking_event(t, event);
	else
		json_decref(event);
}
