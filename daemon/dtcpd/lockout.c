// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <string.h>

#include "dtcpd/lockout.h"

void lockout_limits(struct lockout *l, unsigned int attempts,
		    unsigned int period)
{
	l->attempts = attempts;
	l->period = (int64_t)period * 1000;
}

static struct lockout_host *find(const struct lockout *l, uint64_t host)
{
	unsigned int i;

	for (i = 0; i < l->n; i++)
		if (l->known[i].host == host)
			return (struct lockout_host *)&l->known[i];
	return NULL;
}

/* Whether @a is rather forgotten than @b. */
static bool is_older(const struct lockout_host *a, const struct lockout_host *b,
		     int64_t now)
{
	bool locked = a->until > now;

	if (locked != (b->until > now))
		return !locked;
	return locked ? a->until < b->until : a->since < b->since;
}

static struct lockout_host *make(struct lockout *l, uint64_t host, int64_t now)
{
	struct lockout_host *h = &l->known[0];
	unsigned int i;

	if (l->n < LOCKOUT_HOSTS) {
		h = &l->known[l->n++];
	} else {
		for (i = 1; i < LOCKOUT_HOSTS; i++)
			if (is_older(&l->known[i], h, now))
				h = &l->known[i];
	}
	memset(h, 0, sizeof(*h));
	h->host = host;
	h->since = now;
	return h;
}

bool lockout_failed(struct lockout *l, uint64_t host, int64_t now)
{
	struct lockout_host *h = find(l, host);

	if (!h)
		h = make(l, host, now);
	if (h->until > now)
		return false;
	if (now - h->since >= l->period) {
		h->failures = 0;
		h->since = now;
	}
	if (++h->failures < l->attempts)
		return false;
	h->failures = 0;
	h->until = now + l->period;
	l->times++;
	return true;
}

void lockout_forgive(struct lockout *l, uint64_t host, unsigned int failures)
{
	struct lockout_host *h = find(l, host);

	if (h)
		h->failures -= failures < h->failures ? failures : h->failures;
}

bool lockout_is_locked(const struct lockout *l, uint64_t host, int64_t now)
{
	const struct lockout_host *h = find(l, host);

	return h && h->until > now;
}

unsigned int lockout_count(const struct lockout *l, int64_t now)
{
	unsigned int i, n = 0;

	for (i = 0; i < l->n; i++)
		n += l->known[i].until > now;
	return n;
}
