// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <string.h>

#include "dfcrecv/numbering.h"

/*
 * Two processors of a router may take number and time in different order, but
 * not so far apart, in nanoseconds. No filter goes and comes again faster.
 */
#define SKEW_MAX	UINT64_C(10000000)
/* So many in a row behind the window are no stragglers. */
#define BEHIND_MAX	64

static uint64_t mask(uint64_t number)
{
	return UINT64_C(1) << number % 64;
}

static uint64_t *word(struct numbering *n, uint64_t number)
{
	return &n->seen[number % NUMBERING_WINDOW / 64];
}

static void start(struct numbering *n, uint64_t first, uint64_t number,
		  uint64_t time)
{
	memset(n->seen, 0, sizeof(n->seen));
	*word(n, number) |= mask(number);
	n->first = first;
	n->highest = number;
	n->time = time;
	n->arrived = 1;
	n->behind = 0;
}

static uint64_t capped_sum(uint64_t a, uint64_t b)
{
	return a < NUMBERING_MAX - b ? a + b : NUMBERING_MAX;
}

static void restart(struct numbering *n, uint64_t first, uint64_t number,
		    uint64_t time)
{
	n->earlier = numbering_lost(n);
	n->restarts++;
	start(n, first, number, time);
}

static void advance(struct numbering *n, uint64_t number, uint64_t time)
{
	uint64_t skipped;

	if (number - n->highest >= NUMBERING_WINDOW)
		memset(n->seen, 0, sizeof(n->seen));
	else
		for (skipped = n->highest + 1; skipped < number; skipped++)
			*word(n, skipped) &= ~mask(skipped);
	*word(n, number) |= mask(number);
	n->highest = number;
	n->time = time;
	n->arrived++;
	n->behind = 0;
}

static void take_straggler(struct numbering *n, uint64_t number, uint64_t time)
{
	n->out_of_order++;
	if (++n->behind < BEHIND_MAX)
		return;
	n->out_of_order -= BEHIND_MAX;
	restart(n, number, number, time);
}

static void take_late(struct numbering *n, uint64_t number)
{
	n->behind = 0;
	if (*word(n, number) & mask(number)) {
		n->duplicates++;
		return;
	}
	*word(n, number) |= mask(number);
	n->arrived++;
	n->out_of_order++;
	if (number < n->first)
		n->first = number;
}

void numbering_take(struct numbering *n, uint64_t number, uint64_t time)
{
	if (!n->first)
		start(n, number, number, time);
	else if (number > n->highest)
		advance(n, number, time);
	else if (time > n->time && time - n->time > SKEW_MAX)
		restart(n, 1, number, time);
	else if (n->highest - number >= NUMBERING_WINDOW)
		take_straggler(n, number, time);
	else
		take_late(n, number);
}

uint64_t numbering_lost(const struct numbering *n)
{
	uint64_t lost = n->first ? n->highest - n->first + 1 - n->arrived : 0;

	return capped_sum(n->earlier, lost);
}

void numbering_add(struct numbering *sum, const struct numbering *n)
{
	sum->earlier = capped_sum(sum->earlier, numbering_lost(n));
	sum->out_of_order += n->out_of_order;
	sum->duplicates += n->duplicates;
	sum->restarts += n->restarts;
}
