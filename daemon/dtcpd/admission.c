// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <string.h>

#include "dtcpd/admission.h"

#define RATE_WINDOW 60000

void admission_init(struct admission *a, unsigned int limit, unsigned int rate)
{
	memset(a, 0, sizeof(*a));
	a->limit = limit;
	throttle_init(&a->rate, rate, RATE_WINDOW);
}

void admission_limits(struct admission *a, unsigned int limit,
		      unsigned int rate)
{
	a->limit = limit;
	throttle_limit(&a->rate, rate);
}

static unsigned int strangers_max(const struct admission *a)
{
	return a->limit < 2 ? 1 : a->limit / 2;
}

enum admission_verdict admission_enter(struct admission *a, int64_t now)
{
	bool full = a->sessions >= a->limit;
	bool crowd = a->strangers >= strangers_max(a);

	if (full && !a->strangers)
		return ADMISSION_REFUSED_LIMIT;
	if (!throttle_take(&a->rate, now))
		return ADMISSION_REFUSED_RATE;
	a->sessions++;
	a->strangers++;
	return full || crowd ? ADMISSION_EVICT : ADMISSION_OK;
}

void admission_login(struct admission *a)
{
	a->strangers--;
}

void admission_leave(struct admission *a, bool stranger)
{
	a->sessions--;
	if (stranger)
		a->strangers--;
}
