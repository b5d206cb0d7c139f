// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <syslog.h>

#include "dtcpd/gate.h"
#include "dtcpd/log.h"
#include "dtcpd/source.h"

static const struct {
	const char *key;
	const char *text;
} verdicts[GATE_VERDICTS] = {
	[GATE_LIMIT] = { "refused-connection-limit", "connection-limit" },
	[GATE_RATE] = { "refused-rate-limit", "rate-limit" },
	[GATE_LIMIT_SHARE] = { "refused-connection-share",
			       "its share of connection-limit" },
	[GATE_RATE_SHARE] = { "refused-rate-share", "its share of rate-limit" },
	[GATE_LOCKED_OUT] = { "refused-locked-out", "it is locked out" },
};

void gate_init(struct gate *g)
{
	int family;

	for (family = 0; family < GATE_FAMILIES; family++) {
		admission_init(&g->admission[family], 1, 1);
		lockout_limits(&g->lockout[family], 1, 1);
	}
}

void gate_limits(struct gate *g, const struct config_ssh *c)
{
	int family;

	for (family = 0; family < GATE_FAMILIES; family++) {
		admission_limits(&g->admission[family], c->connection_limit,
				 c->rate_limit);
		lockout_limits(&g->lockout[family], c->lockout_attempts,
			       c->lockout_period);
	}
}

static bool is_configured(const struct config *c,
			  const struct dtcp_outer_addr *a)
{
	const struct config_source *source;
	size_t g, s;

	for (g = 0; g < c->ngroup; g++)
		for (s = 0; s < c->group[g].nsource; s++) {
			source = &c->group[g].source[s];
			if (source->nsource_address &&
			    source_address_allowed(source, a))
				return true;
		}
	return false;
}

void gate_host(struct gate_host *h, const struct config *c,
	       const struct endpoint *peer)
{
	struct dtcp_outer_addr addr;

	endpoint_address(peer, &addr);
	h->family = addr.family == AF_INET6 ? GATE_INET6 : GATE_INET;
	h->host = admission_host(&addr);
	h->configured = is_configured(c, &addr);
}

static bool is_regular(const struct gate *g, const struct gate_host *h)
{
	unsigned int i;

	for (i = 0; i < g->nregular; i++)
		if (g->regular[i].family == h->family &&
		    g->regular[i].host == h->host)
			return true;
	return false;
}

static void remember(struct gate *g, const struct gate_host *h)
{
	if (is_regular(g, h))
		return;
	g->regular[g->next_regular] = *h;
	g->next_regular = (g->next_regular + 1) % GATE_REGULARS;
	if (g->nregular < GATE_REGULARS)
		g->nregular++;
}

/* What admission says, in our words. */
static enum gate_verdict admit(struct gate *g, const struct gate_host *h,
			       int64_t now, uint64_t *victim, bool *evict)
{
	bool known = h->configured || is_regular(g, h);

	switch (admission_enter(&g->admission[h->family], h->host, known, now,
				victim)) {
	case ADMISSION_EVICT:
		*evict = true;
		return GATE_OPEN;
	case ADMISSION_REFUSED_LIMIT:
		return GATE_LIMIT;
	case ADMISSION_REFUSED_RATE:
		return GATE_RATE;
	case ADMISSION_REFUSED_LIMIT_SHARE:
		return GATE_LIMIT_SHARE;
	case ADMISSION_REFUSED_RATE_SHARE:
		return GATE_RATE_SHARE;
	default:
		return GATE_OPEN;
	}
}

/* Who is locked out uses up nothing of the limits. */
enum gate_verdict gate_enter(struct gate *g, const struct gate_host *h,
			     int64_t now, struct gate_host *victim, bool *evict)
{
	enum gate_verdict verdict = GATE_LOCKED_OUT;

	*evict = false;
	victim->family = h->family;
	if (!gate_is_locked(g, h, now))
		verdict = admit(g, h, now, &victim->host, evict);
	g->refused[verdict] += verdict != GATE_OPEN;
	return verdict;
}

const char *gate_why(enum gate_verdict verdict)
{
	return verdicts[verdict].text;
}

void gate_login(struct gate *g, const struct gate_host *h,
		unsigned int failures)
{
	g->logins++;
	admission_login(&g->admission[h->family], h->host);
	remember(g, h);
	lockout_forgive(&g->lockout[h->family], h->host, failures);
}

void gate_failed(struct gate *g, const struct gate_host *h, const char *peer,
		 int64_t now)
{
	struct lockout *l = &g->lockout[h->family];

	g->logins_refused++;
	/* As many lines as rate-limit lets connections in, and fewer. */
	if (lockout_failed(l, h->host, now))
		log_msg(LOG_WARNING,
			"%s is locked out for %lld s: %u logins were refused",
			peer, (long long)l->period / 1000, l->attempts);
}

bool gate_is_locked(const struct gate *g, const struct gate_host *h,
		    int64_t now)
{
	return lockout_is_locked(&g->lockout[h->family], h->host, now);
}

void gate_leave(struct gate *g, const struct gate_host *h, bool stranger)
{
	admission_leave(&g->admission[h->family], h->host, stranger);
}

void gate_show(const struct gate *g, int64_t now, json_t *o)
{
	const struct admission *a = g->admission;
	const struct lockout *l = g->lockout;
	json_t *mine;
	int why;

	mine = json_pack("{sI sI sI}",
		"connections-inet", (json_int_t)a[GATE_INET].sessions,
		"connections-inet6", (json_int_t)a[GATE_INET6].sessions,
		"not-logged-in", (json_int_t)a[GATE_INET].strangers +
				 (json_int_t)a[GATE_INET6].strangers);
	json_object_update(o, mine);
	json_decref(mine);
	for (why = GATE_OPEN + 1; why < GATE_VERDICTS; why++)
		json_object_set_new(o, verdicts[why].key,
				    json_integer(g->refused[why]));
	mine = json_pack("{sI sI sI sI}",
		"logins", g->logins, "logins-refused", g->logins_refused,
		"lock-outs", (json_int_t)(l[GATE_INET].times +
					  l[GATE_INET6].times),
		"hosts-locked-out",
		(json_int_t)lockout_count(&l[GATE_INET], now) +
		(json_int_t)lockout_count(&l[GATE_INET6], now));
	json_object_update(o, mine);
	json_decref(mine);
}
