// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include "dtcpd/rate.h"

bool rate_take(struct rate *r, uint32_t limit, int64_t now)
{
	int64_t second = now / 1000;

	if (second != r->second) {
		r->before = rate_last(r, now);
		r->count = 0;
		r->second = second;
	}
	if (limit && r->count >= limit) {
		r->refused++;
		return false;
	}
	r->count++;
	if (r->count > r->peak)
		r->peak = r->count;
	return true;
}

uint32_t rate_missed(struct rate *r)
{
	uint32_t missed = r->refused;

	r->refused = 0;
	return missed;
}

uint32_t rate_last(const struct rate *r, int64_t now)
{
	int64_t second = now / 1000;

	if (second == r->second)
		return r->before;
	return second == r->second + 1 ? r->count : 0;
}
