// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <string.h>
#include <sys/socket.h>

#include "dtcpd/admission.h"

static unsigned int clamp(unsigned int limit)
{
	if (limit < 1)
		return 1;
	return limit > ADMISSION_MAX ? ADMISSION_MAX : limit;
}

uint64_t admission_host(const struct dtcp_outer_addr *a)
{
	uint64_t host = 0;

	memcpy(&host, a->addr, a->family == AF_INET ? 4 : 8);
	return host;
}

void admission_init(struct admission *a, unsigned int limit, unsigned int rate)
{
	memset(a, 0, sizeof(*a));
	admission_limits(a, limit, rate);
}

void admission_limits(struct admission *a, unsigned int limit,
		      unsigned int rate)
{
	a->limit = clamp(limit);
	a->rate = clamp(rate);
}

static unsigned int strangers_max(const struct admission *a)
{
	return a->limit < 2 ? 1 : a->limit / 2;
}

/* Whether @mine of @used, less than @limit, leave others too little. */
static bool has_share(unsigned int mine, unsigned int used, unsigned int limit)
{
	return mine >= ADMISSION_SHARE * (limit - used);
}

static unsigned int count_sessions(const struct admission *a, uint64_t host,
				   bool strangers_only)
{
	unsigned int i, n = 0;

	for (i = 0; i < a->sessions; i++)
		n += a->session[i].host == host &&
		     (a->session[i].stranger || !strangers_only);
	return n;
}

/* The host that has most of them; 0 if there are none. */
static unsigned int most_strangers(const struct admission *a, bool known,
				   uint64_t *host)
{
	unsigned int i, n, most = 0;

	for (i = 0; i < a->sessions; i++) {
		if (!a->session[i].stranger || a->session[i].known != known)
			continue;
		n = count_sessions(a, a->session[i].host, true);
		if (n <= most)
			continue;
		most = n;
		*host = a->session[i].host;
	}
	return most;
}

static enum admission_verdict judge_limit(const struct admission *a,
					  uint64_t host, uint64_t *victim)
{
	bool full = a->sessions >= a->limit;

	if (full && !a->strangers)
		return ADMISSION_REFUSED_LIMIT;
	if (!full && has_share(count_sessions(a, host, false), a->sessions,
			       a->limit)) {
		*victim = host;
		return count_sessions(a, host, true) ? ADMISSION_EVICT :
		       ADMISSION_REFUSED_LIMIT_SHARE;
	}
	if (!full && a->strangers < strangers_max(a))
		return ADMISSION_OK;
	if (!most_strangers(a, false, victim))
		most_strangers(a, true, victim);
	return ADMISSION_EVICT;
}

static void forget_old(struct admission *a, int64_t now)
{
	unsigned int old = 0;

	while (old < a->ntaken && now - a->taken[old].at >= ADMISSION_WINDOW)
		old++;
	a->ntaken -= old;
	memmove(a->taken, a->taken + old, a->ntaken * sizeof(a->taken[0]));
}

static enum admission_verdict judge_rate(struct admission *a, uint64_t host,
					 bool known, int64_t now)
{
	unsigned int i, mine = 0, unknown = 0;

	forget_old(a, now);
	for (i = 0; i < a->ntaken; i++) {
		mine += a->taken[i].host == host;
		unknown += !a->taken[i].known;
	}
	if (a->ntaken >= a->rate ||
	    (!known && unknown >= a->rate - a->rate / ADMISSION_KNOWN))
		return ADMISSION_REFUSED_RATE;
	return has_share(mine, a->ntaken, a->rate) ?
	       ADMISSION_REFUSED_RATE_SHARE : ADMISSION_OK;
}

enum admission_verdict admission_enter(struct admission *a, uint64_t host,
				       bool known, int64_t now,
				       uint64_t *victim)
{
	enum admission_verdict verdict = judge_limit(a, host, victim), rate;

	if (verdict != ADMISSION_OK && verdict != ADMISSION_EVICT)
		return verdict;
	rate = judge_rate(a, host, known, now);
	if (rate != ADMISSION_OK)
		return rate;
	a->taken[a->ntaken].host = host;
	a->taken[a->ntaken].known = known;
	a->taken[a->ntaken++].at = now;
	a->session[a->sessions].host = host;
	a->session[a->sessions].known = known;
	a->session[a->sessions++].stranger = true;
	a->strangers++;
	return verdict;
}

/* One that is like it; which of them it is makes no difference. */
static unsigned int find(const struct admission *a, uint64_t host,
			 bool stranger)
{
	unsigned int i = 0;

	while (a->session[i].host != host || a->session[i].stranger != stranger)
		i++;
	return i;
}

void admission_login(struct admission *a, uint64_t host)
{
	a->session[find(a, host, true)].stranger = false;
	a->strangers--;
}

void admission_leave(struct admission *a, uint64_t host, bool stranger)
{
	unsigned int i = find(a, host, stranger);

	a->session[i] = a->session[--a->sessions];
	if (stranger)
		a->strangers--;
}
