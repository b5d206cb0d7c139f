// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <errno.h>
#include <stdlib.h>

#include "dtcp-proto/value.h"
#include "dtcpd/selection.h"
#include "dtcpd/tasking-private.h"

/* Room for one or two names, escaped, with a comma. */
#define NAMES_ROOM (DTCP_CDESTS_MAX * (4 * DTCP_NAME_MAX + 2))

static void write_time(struct dtcp_writer *w, const char *name, int64_t ms)
{
	char text[24];

	dtcp_value_time(ms, text);
	dtcp_writer_header(w, name, "%s", text);
}

static void write_u64(struct dtcp_writer *w, const char *name, uint64_t value)
{
	dtcp_writer_header(w, name, "%llu", (unsigned long long)value);
}

static void write_flags(struct dtcp_writer *w, const struct criterion *c)
{
	const char *text = w->upper ? "STATIC,SENDASYNC" : "Static,SendAsync";
	int from = c->is_static ? 0 : 7;
	int to = c->send_async ? 16 : 6;

	/* Junos writes keywords in upper case too, as in its DELETE. */
	if (c->is_static || c->send_async)
		dtcp_writer_header(w, "Flags", "%.*s", to - from, text + from);
}

static void write_identity(struct dtcp_writer *w, const struct criterion *c)
{
	char text[NAMES_ROOM];
	long len = 0;
	size_t i;

	dtcp_writer_header(w, "Criteria-ID", "%u", c->id);
	dtcp_value_escape(c->source->name, text, sizeof(text));
	dtcp_writer_header(w, "Csource-ID", "%s", text);
	for (i = 0; i < c->nlegs; i++) {
		if (i)
			text[len++] = ',';
		len += dtcp_value_escape(c->leg[i].cdest->name, text + len,
					 sizeof(text) - len);
	}
	dtcp_writer_header(w, "Cdest-ID", "%s", text);
	dtcp_writer_header(w, "Csource-Address", "%s", criterion_peer(c));
	write_time(w, "Timestamp", c->added);
	write_flags(w, c);
}

static void write_stats(struct dtcp_writer *w, const struct criterion *c,
			const struct tasking_counters *n)
{
	criterion_write_remaining(c, n, w);
	write_u64(w, "Average-Bandwidth", n->bandwidth);
	write_u64(w, "Matching-Packets", n->matched_packets);
	write_u64(w, "Matching-Bytes", n->matched_bytes);
	write_u64(w, "Num-Refresh", c->nrefresh);
	write_time(w, "Last-Refresh", c->refreshed);
}

static void write_list(struct exchange *x, const struct selection *sel,
		       const struct tasking_counters *counters)
{
	struct dtcp_writer *w = x->reply;
	size_t i;

	exchange_begin(x, 200);
	for (i = 0; i < sel->n; i++) {
		write_identity(w, sel->c[i]);
		if (x->r.list & DTCP_LIST_CRITERIA)
			criterion_write_headers(sel->c[i], w);
		if (x->r.list & DTCP_LIST_STATS)
			write_stats(w, sel->c[i], &counters[i]);
		write_u64(w, "Criteria-Num", i + 1);
		write_u64(w, "Criteria-Count", sel->n);
	}
}

unsigned int tasking_list(struct exchange *x)
{
	struct tasking_counters *counters = NULL;
	struct selection sel = { 0 };
	unsigned int code = 200;
	int err;

	/* What is unknown or has just gone is simply not listed. */
	err = selection_fill(&sel, x->source, &x->r);
	if (err != -ENOMEM && x->r.list & DTCP_LIST_STATS)
		err = selection_counters(&sel, x->t, NULL, &counters);
	if (!err || err == -ENOENT)
		write_list(x, &sel, counters);
	else if (err == -ENOMEM)
		code = exchange_refuse(x, 500, NULL, "out of memory");
	else
		code = exchange_kernel_refused(x, "show filters");
	free(counters);
	selection_fini(&sel);
	return code;
}
