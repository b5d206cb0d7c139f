// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#include "dfc-netlink/names.h"
#include "dtcp-proto/value.h"
#include "dtcpd/keep.h"
#include "dtcpd/log.h"
#include "dtcpd/tasking-event.h"
#include "dtcpd/tasking-notice.h"
#include "dtcpd/tasking-private.h"

struct tasking *tasking_alloc(const struct tasking_ops *ops, void *ctx)
{
	struct tasking *t = calloc(1, sizeof(*t));

	if (!t)
		return NULL;
	t->ops = ops;
	t->ctx = ctx;
	if (!table_init(&t->sources) && !table_init(&t->filters) &&
	    !table_init(&t->groups) && !table_init(&t->dests) &&
	    !table_init(&t->dest_ids) && !table_init(&t->unlisted) &&
	    !table_init(&t->shortfalls))
		return t;
	tasking_free(t);
	return NULL;
}

void tasking_set_outlet(struct tasking *t, const struct tasking_outlet *outlet,
			void *arg)
{
	t->outlet = outlet;
	t->outlet_arg = arg;
}

void tasking_set_store(struct tasking *t, const struct tasking_store *store,
		       void *arg)
{
	t->store = store;
	t->store_arg = arg;
}

static void free_source(struct tasking *t, struct source *s)
{
	struct criterion *c;

	while ((c = TAILQ_FIRST(&s->criteria)))
		criterion_del(t, c);
	source_del(&t->sources, s);
}

void tasking_free(struct tasking *t)
{
	struct table_node *n;
	struct destination *d;

	if (!t)
		return;
	t->store = NULL;
	/* Nothing of the kernel's is deleted: so no destination may be put. */
	for (n = t->dests.bucket ? table_first(&t->dests) : NULL; n;
	     n = table_next(&t->dests, n))
		table_entry(n, struct destination, node)->users++;
	while (t->sources.count)
		free_source(t, table_entry(table_first(&t->sources),
					   struct source, node));
	while (t->dests.count) {
		d = table_entry(table_first(&t->dests), struct destination,
				node);
		destination_forget(t, d);
	}
	group_forget_all(t);
	table_fini(&t->sources);
	table_fini(&t->filters);
	table_fini(&t->groups);
	table_fini(&t->dests);
	table_fini(&t->dest_ids);
	table_fini(&t->unlisted);
	table_fini(&t->shortfalls);
	free(t);
}

unsigned int exchange_refuse(struct exchange *x, unsigned int code,
			     const char *header, const char *why)
{
	x->e.code = code;
	x->e.header = header ? dtcp_message_find(x->m, header) : NULL;
	x->e.why = why;
	return code;
}

unsigned int exchange_kernel_refused(struct exchange *x, const char *what)
{
	snprintf(x->sentence, sizeof(x->sentence),
		 "the kernel refused to %s: %s", what,
		 x->t->ops->error(x->t->ctx));
	return exchange_refuse(x, 500, NULL, x->sentence);
}

unsigned int exchange_not_kept(struct exchange *x, const char *why)
{
	if (!why && !keep_full(x->t, &why))
		why = "out of memory";
	snprintf(x->sentence, sizeof(x->sentence),
		 "it cannot be written down, so it would be lost with dtcpd: %s",
		 why);
	return exchange_refuse(x, 500, NULL, x->sentence);
}

void exchange_begin(struct exchange *x, unsigned int code)
{
	dtcp_writer_status(x->reply, x->version, code);
	dtcp_writer_number(x->reply, "Seq", x->r.seq);
}

void exchange_end(struct exchange *x)
{
	dtcp_writer_time(x->reply, "Timestamp", x->t->ops->now(x->t->ctx));
	if (dtcp_writer_sign_by(x->reply, source_hmac(x->source)))
		log_msg(LOG_ERR, "%s: out of memory for an answer",
			x->source->name);
}

static void echo(struct exchange *x)
{
	const struct dtcp_header *h = x->e.header;
	const char *spelling;
	char name[DTCP_LINE_MAX];

	/* A line without a name is no header: it cannot be repeated as one. */
	if (!h || !h->name.len)
		return;
	/* It may have been one blank shorter than it would be. */
	if (h->name.len + strlen(": ") + h->value.len > DTCP_LINE_MAX)
		return;
	memcpy(name, h->name.at, h->name.len);
	name[h->name.len] = 0;
	spelling = dtcp_request_header(h->name);
	dtcp_writer_text(x->reply, spelling ? spelling : name, h->value.at,
			 h->value.len);
}

static void log_refusal(const struct exchange *x, unsigned int code)
{
	const char *why = x->e.why ? x->e.why : "version of DTCP not spoken";
	int len = x->m->method.len < 16 ? x->m->method.len : 16;

	bool ours = code == 500 || why == x->sentence;

	/* What is wrong on this router is not the source's secret. */
	if (ours && x->source->config->no_syslog)
		log_msg(LOG_ERR, "%s", why);
	exchange_log(x, ours ? LOG_ERR : LOG_NOTICE,
		     "%s (%s): %.*s refused, %u %s: %s", x->source->name,
		     x->peer, len, x->m->method.at, code, dtcp_reason(code),
		     why);
}

static void refuse(struct exchange *x, unsigned int code)
{
	log_refusal(x, code);
	exchange_begin(x, code);
	echo(x);
}

static unsigned int carry_out(struct exchange *x)
{
	switch (x->r.method) {
	case DTCP_ADD:
		return tasking_add(x);
	case DTCP_DELETE:
		return tasking_delete(x);
	case DTCP_REFRESH:
		return tasking_refresh(x);
	case DTCP_LIST:
		return tasking_list(x);
	case DTCP_NOOP:
		if (x->r.flag_send_async)
			notice_no_op(x->t, x->source);
		exchange_begin(x, 200);
		return 200;
	default:
		return exchange_refuse(x, 501, NULL, "method not implemented");
	}
}

static void count(struct exchange *x, unsigned int code, size_t criteria)
{
	struct source *s = x->source;

	s->received[x->r.method]++;
	if (x->r.method == DTCP_ADD)
		rate_take(&s->adds, 0, x->t->ops->now(x->t->ctx));
	if (code != 200)
		s->failed[x->r.method]++;
	else if (x->r.method == DTCP_DELETE)
		s->deleted += criteria - s->by_id.count;
}

/* A method that there is not is told as well, as far as it goes. */
static void tell(const struct exchange *x, unsigned int code, size_t criteria)
{
	const struct source *s = x->source;
	char method[17];
	json_t *o;

	if (s->config->no_syslog)
		return;
	snprintf(method, sizeof(method), "%.*s", (int)x->m->method.len,
		 x->m->method.at);
	o = json_pack("{so sI ss}", "method", tasking_name(method), "code",
		      (json_int_t)code, "peer", x->peer);
	if (o && code == 200 && x->r.method == DTCP_ADD)
		json_object_update_new(o, json_pack("{sI sI}",
				"criteria-id", (json_int_t)s->last_id,
				"filter", (json_int_t)x->t->last_filter));
	if (o && code == 200 && x->r.method == DTCP_DELETE)
		json_object_set_new(o, "criteria", json_integer(
				(json_int_t)(criteria - s->by_id.count)));
	tasking_event_source(x->t, s, "request", o);
}

static void answer(struct exchange *x, uint64_t seq)
{
	unsigned int code = dtcp_request_version(x->m->version, &x->version);
	unsigned int parsed = dtcp_request_parse(&x->r, x->m, &x->e);
	size_t criteria = x->source->by_id.count;

	x->r.seq = seq;
	x->source->version = x->version;
	if (code)
		x->e = (struct dtcp_error){ .code = code };
	else if (parsed)
		code = parsed;
	else
		code = carry_out(x);
	count(x, code, criteria);
	tell(x, code, criteria);
	if (code != 200)
		refuse(x, code);
	exchange_end(x);
}

static void remember(struct tasking *t, const struct source *s,
		     uint32_t criteria)
{
	struct tasking_memory m = {
		.window = s->window,
		.last_id = s->last_id,
		.criteria = criteria,
		.version = s->version,
		.unchecked = s->unchecked,
	};

	if (t->outlet && t->outlet->remember)
		t->outlet->remember(t->outlet_arg, s->name, &m);
}

void tasking_remember(struct tasking *t, const struct source *s)
{
	remember(t, s, s->by_id.count);
}

bool tasking_request(struct tasking *t, const struct tasking_origin *o,
		     const char *msg, size_t len, struct dtcp_writer *reply)
{
	struct exchange x = { .t = t, .peer = o->peer, .reply = reply };
	struct letter l;
	bool send_async;

	t->messages++;
	if (!tasking_admit(&l, t, o, msg, len))
		return false;
	x.m = &l.m;
	x.source = l.source;
	answer(&x, l.seq);
	tasking_remember(t, x.source);
	send_async = x.r.flag_send_async;
	dtcp_request_fini(&x.r);
	return send_async;
}

static bool is_limit(enum dfc_reason reason)
{
	return reason == DFC_REASON_TIMEOUT_TOTAL ||
	       reason == DFC_REASON_TIMEOUT_IDLE ||
	       reason == DFC_REASON_LIMIT_PACKETS ||
	       reason == DFC_REASON_LIMIT_BYTES;
}

static void log_gone(const struct criterion *gone, enum dfc_reason reason,
		     const struct tasking_counters *c)
{
	const struct source *s = gone->source;

	if (!c)
		log_msg(LOG_WARNING,
			"%s: criteria %u is gone, filter %u: its event was lost",
			s->name, gone->id, gone->filter);
	else if (!is_limit(reason) || !s->config->no_syslog)
		log_msg(is_limit(reason) ? LOG_INFO : LOG_WARNING,
			"%s: criteria %u is gone, filter %u: %s, %llu packets matched",
			s->name, gone->id, gone->filter,
			dfc_reason_name(reason),
			(unsigned long long)c->matched_packets);
}

/*
 * Where its event was lost nobody knows why a filter is gone. One that has a
 * limit is taken to have met it, which is by far the likeliest.
 */
static void tell_gone(struct tasking *t, const struct criterion *gone,
		      enum dfc_reason reason, const struct tasking_counters *c)
{
	if (!is_limit(reason) && (c || gone->is_static))
		source_lose(gone->source, gone->id,
			    "deleted on the monitoring platform");
	else if (gone->send_async)
		notice_timeout(t, gone, c);
}

void tasking_filter_gone(struct tasking *t, uint32_t id,
			 enum dfc_reason reason,
			 const struct tasking_counters *c)
{
	struct criterion *gone = criterion_by_filter(t, id);
	struct source *s;

	/* What was deleted on request is forgotten by the time of its event. */
	if (!gone)
		return;
	s = gone->source;
	if (reason <= DFC_REASON_MAX)
		s->gone[reason]++;
	log_gone(gone, reason, c);
	tasking_event_ended(t, gone, c ? dfc_reason_name(reason) : "unknown");
	tell_gone(t, gone, reason, c);
	criterion_del(t, gone);
	tasking_remember(t, s);
}

/*
 * A restart is told to every source, to those also that had no criteria; what
 * somebody deleted past dtcpd, to its owner only.
 */
void tasking_settle(struct tasking *t)
{
	struct table_node *n;
	struct source *s;

	for (n = table_first(&t->sources); n; n = table_next(&t->sources, n)) {
		s = table_entry(n, struct source, node);
		if (!s->lost && !t->restarted)
			continue;
		if (!s->lost)
			s->lost_why = t->restarted;
		notice_restart(t, s);
		/* So that it is not told once more at the next start. */
		tasking_remember(t, s);
	}
	t->restarted = NULL;
}

void tasking_kernel_gone(struct tasking *t)
{
	struct table_node *n;
	bool any = false;
	struct source *s;

	if (t->kernel_gone)
		return;
	t->kernel_gone = true;
	/* The next dtcpd has it all done again. */
	if (t->store) {
		t->store = NULL;
		return;
	}
	for (n = table_first(&t->sources); n; n = table_next(&t->sources, n)) {
		s = table_entry(n, struct source, node);
		s->lost += s->by_id.count;
		s->lost_id = 0;
		s->lost_why = "the kernel module was unloaded";
		any |= s->lost != 0;
	}
	for (n = any ? table_first(&t->sources) : NULL; n;
	     n = table_next(&t->sources, n)) {
		s = table_entry(n, struct source, node);
		notice_restart(t, s);
		remember(t, s, 0);
	}
}

long tasking_filter_ids(const struct tasking *t, uint32_t **id)
{
	struct table_node *n;
	size_t i = 0;

	*id = calloc(t->filters.count + 1, sizeof(**id));
	if (!*id)
		return -ENOMEM;
	for (n = table_first(&t->filters); n; n = table_next(&t->filters, n))
		(*id)[i++] = table_entry(n, struct criterion,
					 by_filter)->filter;
	return i;
}
