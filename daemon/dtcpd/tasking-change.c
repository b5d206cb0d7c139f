// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <errno.h>
#include <syslog.h>

#include "dtcpd/keep.h"
#include "dtcpd/selection.h"
#include "dtcpd/tasking-private.h"

/* Turns what a selection failed with into a refusal. */
static unsigned int refused(struct exchange *x, int err, const char *what)
{
	switch (err) {
	case 0:
		return 0;
	case -ENOENT:
		return exchange_refuse(x, 431, "Criteria-ID",
				       "no criteria of this control source");
	case -ENOMEM:
		return exchange_refuse(x, 500, NULL, "out of memory");
	default:
		return exchange_kernel_refused(x, what);
	}
}

static unsigned int answer_count(struct exchange *x, size_t count)
{
	exchange_begin(x, 200);
	dtcp_writer_number(x->reply, "Criteria-Count", count);
	return 200;
}

static void forget(struct exchange *x, struct selection *sel)
{
	size_t i;

	for (i = 0; i < sel->n; i++) {
		exchange_log(x, LOG_INFO,
			"%s: criteria %u deleted, filter %u, asked for by %s",
			x->source->name, sel->c[i]->id, sel->c[i]->filter,
			x->peer);
		criterion_del(x->t, sel->c[i]);
	}
}

unsigned int tasking_delete(struct exchange *x)
{
	struct selection sel = { 0 };
	unsigned int code;
	int err;

	err = selection_fill(&sel, x->source, &x->r);
	if (!err && !x->r.flag_static)
		selection_drop_static(&sel);
	if (!err)
		err = selection_kill(&sel, x->t, &x->r);
	code = refused(x, err, "delete filters");
	if (!code) {
		forget(x, &sel);
		code = answer_count(x, sel.n);
	}
	selection_fini(&sel);
	return code;
}

static bool refreshed(struct exchange *x, struct criterion *c,
		      const struct tasking_filter *limits)
{
	const struct dtcp_request *r = &x->r;

	c->limits |= (r->timeout_idle.given ? CRITERION_IDLE : 0) |
		     (r->timeout_total.given ? CRITERION_TOTAL : 0) |
		     (r->timeout_packets.given ? CRITERION_PACKETS : 0) |
		     (r->timeout_bytes.given ? CRITERION_BYTES : 0);
	c->nrefresh++;
	c->refreshed = x->t->ops->now(x->t->ctx);
	criterion_limit(c, limits, c->refreshed);
	exchange_log(x, LOG_INFO,
		     "%s: criteria %u refreshed, filter %u, asked for by %s",
		     x->source->name, c->id, c->filter, x->peer);
	return !keep_criterion(x->t, c);
}

unsigned int tasking_refresh(struct exchange *x)
{
	const struct tasking_filter limits = {
		.timeout_total = x->r.timeout_total.value,
		.timeout_idle = x->r.timeout_idle.value,
		.limit_packets = x->r.timeout_packets.value,
		.limit_bytes = x->r.timeout_bytes.value,
	};
	struct selection sel = { 0 };
	unsigned int code;
	bool kept = true;
	const char *why;
	size_t i;
	int err;

	if (keep_full(x->t, &why))
		return exchange_not_kept(x, why);
	err = selection_fill(&sel, x->source, &x->r);
	if (!err)
		selection_drop_static(&sel);
	if (!err)
		err = selection_refresh(&sel, x->t, &x->r, &limits);
	code = refused(x, err, "refresh filters");
	for (i = 0; !code && i < sel.n; i++)
		kept &= refreshed(x, sel.c[i], &limits);
	/* The limits of before are in the journal: more is not promised. */
	if (!kept)
		code = exchange_not_kept(x, NULL);
	if (!code)
		code = answer_count(x, sel.n);
	selection_fini(&sel);
	return code;
}
