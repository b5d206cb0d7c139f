// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <stdio.h>
#include <string.h>

#include "dfc-netlink/stamp.h"
#include "dtcpd/audit-crowd.h"

static bool is_kind(const struct crowd_entry *e,
		    const struct tasking_attempt *a)
{
	return e->cause == a->cause && e->event == a->event &&
	       e->transport == a->transport;
}

/*
 * Who makes names up fills no room by it; but of a control source one wants to
 * know that somebody tries in its name.
 */
static bool is_same(const struct crowd_entry *e,
		    const struct tasking_attempt *a)
{
	return is_kind(e, a) && !strcmp(e->peer, a->peer) &&
	       e->known == a->known &&
	       (!a->known || !strcmp(e->name, a->name));
}

static void begin(struct crowd_entry *e, const struct tasking_attempt *a)
{
	*e = (struct crowd_entry){
		.event = a->event,
		.cause = a->cause,
		.transport = a->transport,
		.known = a->known,
		.first = dfc_stamp_now(),
	};
}

static struct crowd_entry *find_other(struct crowd *c,
				      const struct tasking_attempt *a)
{
	size_t i;

	for (i = 0; i < c->nother; i++)
		if (is_kind(&c->other[i], a))
			return &c->other[i];
	/* There are fewer causes; should there be more, the last one serves. */
	if (c->nother == CROWD_CAUSES)
		return &c->other[CROWD_CAUSES - 1];
	begin(&c->other[c->nother], a);
	return &c->other[c->nother++];
}

static struct crowd_entry *find(struct crowd *c,
				const struct tasking_attempt *a)
{
	struct crowd_entry *e;
	size_t i;

	for (i = 0; i < c->n; i++)
		if (is_same(&c->entry[i], a))
			return &c->entry[i];
	if (c->n == CROWD_MAX)
		return find_other(c, a);
	e = &c->entry[c->n++];
	begin(e, a);
	snprintf(e->peer, sizeof(e->peer), "%s", a->peer);
	snprintf(e->name, sizeof(e->name), "%s", a->name ? a->name : "");
	return e;
}

void crowd_add(struct crowd *c, const struct tasking_attempt *a)
{
	find(c, a)->count++;
}

static json_t *record_of(const struct crowd_entry *e)
{
	json_t *o = json_pack("{ss ss ss}", "event", e->event, "cause",
			      e->cause, "transport",
			      tasking_transport_name(e->transport));

	if (e->peer[0])
		json_object_set_new(o, "peer", json_string(e->peer));
	if (e->name[0])
		json_object_set_new(o, e->known ? "control-source" : "name",
				    tasking_name(e->name));
	json_object_set_new(o, "count", json_integer((json_int_t)e->count));
	json_object_set_new(o, "first", e->first);
	return o;
}

json_t *crowd_take(struct crowd *c)
{
	json_t *o;

	if (c->n) {
		o = record_of(&c->entry[0]);
		memmove(c->entry, c->entry + 1, --c->n * sizeof(*c->entry));
		return o;
	}
	return c->nother ? record_of(&c->other[--c->nother]) : NULL;
}
