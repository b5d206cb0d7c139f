// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <errno.h>
#include <stdio.h>
#include <syslog.h>

#include "dtcpd/keep.h"
#include "dtcpd/log.h"
#include "dtcpd/restore-private.h"
#include "dtcpd/tasking-event.h"
#include "dtcpd/tasking-notice.h"

#define AGAIN "the kernel module was loaded again"

/* The ADD as it came, as far as it matters now. */
static void write_request(struct dtcp_writer *w, const struct criterion *c)
{
	dtcp_writer_request(w, "ADD", (struct dtcp_version){ 0, 8 });
	criterion_write_cdests(c, w);
	criterion_write_headers(c, w);
	if (c->is_static)
		dtcp_writer_header(w, "Flags", "Static");
	dtcp_writer_number(w, "Seq", 1);
}

/* Left of its timeout-total in seconds, 0: none; false if it is over. */
static bool left(const struct criterion *c, int64_t now, uint32_t *total)
{
	int64_t ms = c->ends - now;

	*total = 0;
	if (!c->ends)
		return true;
	if (ms <= 0)
		return false;
	/* The clock was set back: it never had more than that. */
	if (ms > c->ends - c->refreshed)
		ms = c->ends - c->refreshed;
	*total = ms / 1000 + (ms % 1000 != 0);
	return true;
}

static void forget(struct tasking *t, struct criterion *c)
{
	struct source *s = c->source;

	criterion_del(t, c);
	tasking_remember(t, s);
}

static void expire(struct tasking *t, struct criterion *c)
{
	struct source *s = c->source;

	if (!s->config->no_syslog)
		log_msg(LOG_INFO, "%s: criteria %u is gone: %s",
			s->name, c->id, "timeout-total has passed meanwhile");
	s->gone[DFC_REASON_TIMEOUT_TOTAL]++;
	tasking_event_ended(t, c, "timeout-total");
	if (c->send_async)
		notice_timeout(t, c, NULL);
	forget(t, c);
}

static void lose(struct tasking *t, struct criterion *c, const char *why)
{
	struct source *s = c->source;

	log_msg(LOG_WARNING, "%s: criteria %u is lost, " AGAIN ": %s", s->name,
		c->id, why);
	tasking_event_ended(t, c, "restart");
	source_lose(s, c->id, AGAIN);
	forget(t, c);
}

static unsigned int parse(struct exchange *x, struct dtcp_message *m,
			  const struct dtcp_writer *w)
{
	if (w->failed || dtcp_message_parse(m, w->buf, w->len))
		return exchange_refuse(x, 500, NULL, "it cannot be read again");
	x->m = m;
	return dtcp_request_parse(&x->r, m, &x->e);
}

static int add(struct restore *r, struct criterion *c, uint32_t total)
{
	struct exchange x = {
		.t = r->t, .source = c->source, .peer = criterion_peer(c),
		.again = true,
	};
	uint32_t filter = c->filter;
	struct dtcp_message m;
	struct dtcp_writer w;
	unsigned int code;

	dtcp_writer_init(&w, false);
	write_request(&w, c);
	code = parse(&x, &m, &w);
	if (!code)
		code = tasking_add_again(&x, c, total);
	if (code && x.broken)
		log_msg(LOG_ERR, "%s: criteria %u: %s", c->source->name, c->id,
			x.e.why);
	else if (code)
		lose(r->t, c, x.e.why);
	else if ((r->renamed || c->filter != filter) &&
		 keep_criterion(r->t, c))
		log_limited(LOG_ERR, "%s: criteria %u could not be written down",
			    c->source->name, c->id);
	dtcp_request_fini(&x.r);
	dtcp_writer_fini(&w);
	return x.broken ? -EIO : 0;
}

static int again(struct restore *r, struct criterion *c)
{
	uint32_t total;

	if (!left(c, r->t->ops->now(r->t->ctx), &total))
		expire(r->t, c);
	else if (c->limits & (CRITERION_PACKETS | CRITERION_BYTES))
		lose(r->t, c,
		     "nobody knows what was left of its packets or bytes");
	else
		return add(r, c, total);
	return 0;
}

int restore_criteria(struct restore *r, bool same)
{
	struct criterion *c, *next;
	struct table_node *n;
	struct source *s;
	int err = 0;

	for (n = table_first(&r->t->sources); n && !err;
	     n = table_next(&r->t->sources, n)) {
		s = table_entry(n, struct source, node);
		for (c = TAILQ_FIRST(&s->criteria); c && !err; c = next) {
			next = TAILQ_NEXT(c, link);
			if (!same)
				err = again(r, c);
			else if (!c->found)
				tasking_filter_gone(r->t, c->filter,
						    DFC_REASON_DELETED, NULL);
		}
	}
	return err;
}
