// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#include "dfc-netlink/names.h"
#include "dtcp-proto/value.h"
#include "dtcpd/log.h"
#include "dtcpd/tasking-private.h"

struct tasking *tasking_alloc(const struct tasking_ops *ops, void *ctx)
{
	struct tasking *t = calloc(1, sizeof(*t));

	if (!t)
		return NULL;
	t->ops = ops;
	t->ctx = ctx;
	if (!table_init(&t->sources) && !table_init(&t->filters) &&
	    !table_init(&t->dests) && !table_init(&t->unlisted))
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
	table_fini(&t->sources);
	table_fini(&t->filters);
	table_fini(&t->dests);
	table_fini(&t->unlisted);
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

void exchange_begin(struct exchange *x, unsigned int code)
{
	dtcp_writer_status(x->reply, x->version, code);
	dtcp_writer_header(x->reply, "Seq", "%llu",
			   (unsigned long long)x->r.seq);
}

static void exchange_end(struct exchange *x)
{
	const struct config_source *s = x->source->config;
	char time[24];

	dtcp_value_time(x->t->ops->now(x->t->ctx), time);
	dtcp_writer_header(x->reply, "Timestamp", "%s", time);
	if (dtcp_writer_sign(x->reply, s->key, s->key_len))
		log_msg(LOG_ERR, "%s: out of memory for an answer", s->name);
}

static void echo(struct exchange *x)
{
	const struct dtcp_header *h = x->e.header;
	char name[128];

	/* A line without a name is no header: it cannot be repeated as one. */
	if (!h || !h->name.len || h->name.len >= sizeof(name))
		return;
	memcpy(name, h->name.at, h->name.len);
	name[h->name.len] = 0;
	dtcp_writer_header(x->reply, name, "%.*s", (int)h->value.len,
			   h->value.at);
}

static void refuse(struct exchange *x, unsigned int code)
{
	const char *why = x->e.why ? x->e.why : "version of DTCP not spoken";

	int len = x->m->method.len < 16 ? x->m->method.len : 16;

	log_msg(code == 500 ? LOG_ERR : LOG_NOTICE,
		"%s (%s): %.*s refused, %u %s: %s", x->source->name, x->peer,
		len, x->m->method.at, code, dtcp_reason(code), why);
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
		exchange_begin(x, 200);
		return 200;
	default:
		return exchange_refuse(x, 501, NULL, "method not implemented");
	}
}

static void answer(struct exchange *x, uint64_t seq)
{
	unsigned int code = dtcp_request_version(x->m->version, &x->version);
	unsigned int parsed = dtcp_request_parse(&x->r, x->m, &x->e);

	x->r.seq = seq;
	if (code)
		x->e = (struct dtcp_error){ .code = code };
	else if (parsed)
		code = parsed;
	else
		code = carry_out(x);
	x->source->received[x->r.method]++;
	if (code != 200) {
		x->source->failed[x->r.method]++;
		refuse(x, code);
	}
	exchange_end(x);
	dtcp_request_fini(&x->r);
}

static void drop(struct tasking *t, const struct tasking_origin *o,
		 enum source_drop cause, const char *why)
{
	struct source *s = source_lookup(&t->sources, o->user);

	t->drops[cause]++;
	if (s)
		s->drops[cause]++;
	log_limited(LOG_WARNING, "%s (%s): message dropped: %s", o->user,
		    o->peer, why);
}

static void drop_request(struct tasking *t, const struct tasking_origin *o,
			 enum source_drop cause)
{
	static const char *const names[] = {
		[SOURCE_DROP_UNKNOWN] = "unknown control source",
		[SOURCE_DROP_USER] = "control source is not the SSH user",
		[SOURCE_DROP_DIGEST] = "missing or wrong digest",
		[SOURCE_DROP_MALFORMED] = "no request of DTCP",
	};

	drop(t, o, cause, names[cause]);
}

void tasking_unfinished(struct tasking *t, const struct tasking_origin *o)
{
	drop(t, o, SOURCE_DROP_DIGEST,
	     "the stream ended before its Authentication-Info");
}

bool tasking_request(struct tasking *t, const struct tasking_origin *o,
		     const char *msg, size_t len, struct dtcp_writer *reply)
{
	struct exchange x = { .t = t, .peer = o->peer, .reply = reply };
	char csource[DTCP_NAME_MAX + 1];
	struct dtcp_message m;
	uint64_t seq;

	if (dtcp_message_parse(&m, msg, len) ||
	    dtcp_request_identity(&m, csource, &seq)) {
		drop_request(t, o, SOURCE_DROP_MALFORMED);
		return false;
	}
	x.m = &m;
	x.source = source_lookup(&t->sources, csource);
	if (!x.source) {
		drop_request(t, o, SOURCE_DROP_UNKNOWN);
	} else if (strcmp(csource, o->user)) {
		drop_request(t, o, SOURCE_DROP_USER);
	} else if (!dtcp_message_verify(&m, msg, x.source->config->key,
					x.source->config->key_len)) {
		drop_request(t, o, SOURCE_DROP_DIGEST);
	} else {
		if (seq > x.source->seq)
			x.source->seq = seq;
		answer(&x, seq);
	}
	return false;
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
	log_msg(reason == DFC_REASON_DELETED ? LOG_WARNING : LOG_INFO,
		"%s: criteria %u is gone, filter %u: %s, %llu packets matched",
		s->name, gone->id, id, dfc_reason_name(reason),
		c ? (unsigned long long)c->matched_packets : 0);
	criterion_del(t, gone);
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
