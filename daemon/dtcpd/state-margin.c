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

static uint64_t within_limits(uint64_t margin)
{
	if (margin < STATE_MARGIN_MIN)
		return STATE_MARGIN_MIN;
	return margin > STATE_MARGIN_MAX ? STATE_MARGIN_MAX : margin;
}

/* False: the numbers begin, or were reset; how fast they were says nothing. */
static bool goes_on_with(const struct state_record *r, uint64_t max)
{
	return r->safe && above(max, r->slot.max) >= 0;
}

static void begin_at(struct state_record *r, uint64_t max)
{
	r->margin = STATE_MARGIN_MIN;
	r->tick_max = max;
}

/*
 * Doubled: a source that gets fast has to wait for the disk a few times. It
 * may be fast by few long steps as well as by many short ones.
 */
static void widen(struct state_record *r, uint64_t max)
{
	uint64_t jump = within_limits(max - r->slot.max);

	r->margin = within_limits(2 * (jump > r->margin ? jump : r->margin));
}

void state_margin_raise(struct state_record *r, uint64_t max)
{
	if (goes_on_with(r, max))
		widen(r, max);
	else
		begin_at(r, max);
	r->slot.ceiling = max + r->margin;
	r->durable = r->slot.ceiling;
	r->pending = r->slot.ceiling;
	r->safe = true;
}

void state_margin_follow(struct state_record *r, uint64_t max)
{
	if (!goes_on_with(r, max)) {
		begin_at(r, max);
		r->safe = false;
	}
	r->slot.ceiling = max + r->margin;
}

/* One wait for the disk serves all that would soon have to wait for it. */
bool state_margin_short(const struct state_record *r)
{
	return r->used && r->safe && r->dirty &&
	       above(r->durable, r->slot.max) < (int64_t)(r->margin / 4);
}

/* Room for twice as many as in the last tick; it shrinks by halves. */
static void adapt(struct state *s, struct state_record *r)
{
	uint64_t margin = 2 * (r->slot.max - r->tick_max);

	if (margin < r->margin / 2)
		margin = r->margin / 2;
	r->margin = within_limits(margin);
	r->tick_max = r->slot.max;
	r->pending = r->slot.max + r->margin;
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
