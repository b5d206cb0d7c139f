// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <string.h>

#include "dtcpd/throttle.h"

static unsigned int clamp(unsigned int limit)
{
	if (limit < 1)
		return 1;
	return limit > THROTTLE_MAX ? THROTTLE_MAX : limit;
}

void throttle_init(struct throttle *t, unsigned int limit, int64_t window)
{
	memset(t, 0, sizeof(*t));
	t->limit = clamp(limit);
	t->window = window;
}

void throttle_limit(struct throttle *t, unsigned int limit)
{
	t->limit = clamp(limit);
}

/* When the event @back places before the next one was let through. */
static int64_t taken_at(const struct throttle *t, unsigned int back)
{
	return t->at[(t->next + THROTTLE_MAX - back) % THROTTLE_MAX];
}

bool throttle_take(struct throttle *t, int64_t now)
{
	if (t->taken >= t->limit && now - taken_at(t, t->limit) < t->window) {
		t->refused++;
		return false;
	}
	t->at[t->next] = now;
	t->next = (t->next + 1) % THROTTLE_MAX;
	if (t->taken < THROTTLE_MAX)
		t->taken++;
	return true;
}

unsigned long throttle_missed(struct throttle *t)
{
	unsigned long missed = t->refused;

	t->refused = 0;
	return missed;
}
