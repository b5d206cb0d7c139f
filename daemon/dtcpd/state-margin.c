// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include "dtcpd/state-private.h"

/* How far @a is above @b, modulo 2^64: negative if it is below. */
static int64_t above(uint64_t a, uint64_t b)
{
	return (int64_t)(a - b);
}

/*
 * Numbers go back only where the operator has reset the window. Then the old
 * ceiling would refuse all of the new ones.
 */
bool state_margin_covers(const struct state_record *r,
			 const struct dtcp_window *w)
{
	if (!w->started)
		return true;
	return r->safe && r->slot.flags & STATE_SLOT_STARTED &&
	       above(w->max, r->slot.max) >= 0 &&
	       above(r->durable, w->max) >= 0;
}

/* Whether @max comes after what the record has, and not after a reset. */
static bool goes_on_with(const struct state_record *r, uint64_t max)
{
	return r->safe && max - r->slot.max <= DTCP_WINDOW;
}

/* Doubled: a source that gets fast has to wait for the disk a few times. */
void state_margin_raise(struct state_record *r, uint64_t max)
{
	bool goes_on = goes_on_with(r, max);

	r->margin *= 2;
	if (!goes_on || r->margin < STATE_MARGIN_MIN) {
		r->margin = STATE_MARGIN_MIN;
		r->tick_max = max;
	}
	if (r->margin > STATE_MARGIN_MAX)
		r->margin = STATE_MARGIN_MAX;
	r->slot.ceiling = max + r->margin;
	r->durable = r->slot.ceiling;
	r->pending = r->slot.ceiling;
	r->safe = true;
}

/* One wait for the disk serves all that would soon have to wait for it. */
bool state_margin_short(const struct state_record *r)
{
	return r->used && r->safe && r->dirty &&
	       r->durable - r->slot.max < r->margin / 4;
}

/* Room for twice as many as in the last tick; it shrinks by halves. */
static void adapt(struct state *s, struct state_record *r)
{
	uint64_t margin = 2 * (r->slot.max - r->tick_max);

	if (margin < r->margin / 2)
		margin = r->margin / 2;
	if (margin < STATE_MARGIN_MIN)
		margin = STATE_MARGIN_MIN;
	if (margin > STATE_MARGIN_MAX)
		margin = STATE_MARGIN_MAX;
	r->margin = margin;
	r->tick_max = r->slot.max;
	r->pending = r->slot.max + margin;
	if (r->pending == r->slot.ceiling)
		return;
	/* Until it is on the disk, the lower one of the two is what counts. */
	if (above(r->pending, r->durable) < 0)
		r->durable = r->pending;
	r->slot.ceiling = r->pending;
	state_put(s, r);
	state_put(s, r);
}

bool state_margin_adapt(struct state *s)
{
	struct state_record *r;
	bool changed = false;
	size_t i;

	for (i = 0; i < STATE_RECORDS; i++) {
		r = &s->record[i];
		if (!r->used)
			continue;
		if (r->safe && (r->dirty || r->margin > STATE_MARGIN_MIN)) {
			adapt(s, r);
			changed = true;
		}
		changed |= r->dirty;
		r->dirty = false;
	}
	return changed;
}

void state_margin_done(struct state *s)
{
	size_t i;

	for (i = 0; i < STATE_RECORDS; i++)
		s->record[i].durable = s->record[i].pending;
}
