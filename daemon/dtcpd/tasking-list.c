// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "dtcp-proto/value.h"
#include "dtcpd/selection.h"
#include "dtcpd/tasking-private.h"

static void write_flags(struct dtcp_writer *w, const struct criterion *c)
{
	const char *text = w->upper ? "STATIC,SENDASYNC" : "Static,SendAsync";
	int from = c->is_static ? 0 : 7;
	int to = c->send_async ? 16 : 6;

	/* Junos writes keywords in upper case too, as in its DELETE. */
	if (c->is_static || c->send_async)
		dtcp_writer_text(w, "Flags", text + from, to - from);
}

static void write_identity(struct dtcp_writer *w, const struct criterion *c)
{
	const char *peer = criterion_peer(c);
	char text[4 * DTCP_NAME_MAX + 1];
	long len;

	dtcp_writer_number(w, "Criteria-ID", c->id);
	len = dtcp_value_escape(c->source->name, text, sizeof(text));
	dtcp_writer_text(w, "Csource-ID", text, len);
	criterion_write_cdests(c, w);
	dtcp_writer_text(w, "Csource-Address", peer, strlen(peer));
	dtcp_writer_time(w, "Timestamp", c->added);
	write_flags(w, c);
}

static void write_stats(struct dtcp_writer *w, const struct criterion *c,
			const struct tasking_counters *n)
{
	criterion_write_remaining(c, n, w);
	dtcp_writer_number(w, "Average-Bandwidth", n->bandwidth);
	dtcp_writer_number(w, "Matching-Packets", n->matched_packets);
	dtcp_writer_number(w, "Matching-Bytes", n->matched_bytes);
	dtcp_writer_number(w, "Num-Refresh", c->nrefresh);
	dtcp_writer_time(w, "Last-Refresh", c->refreshed);
}

static void write_entry(struct exchange *x, const struct selection *sel,
			const struct tasking_counters *counters, size_t i)
{
	struct dtcp_writer *w = x->reply;

	write_identity(w, sel->c[i]);
	if (x->r.list & DTCP_LIST_CRITERIA)
		criterion_write_headers(sel->c[i], w);
	if (x->r.list & DTCP_LIST_STATS)
		write_stats(w, sel->c[i], &counters[i]);
	dtcp_writer_number(w, "Criteria-Num", i + 1);
	dtcp_writer_number(w, "Criteria-Count", sel->n);
}

static bool is_too_long(const struct dtcp_writer *w)
{
	return w->limit && w->len - w->start + EXCHANGE_END > w->limit;
}

/*
 * An entry that does not fit behind others goes to the next message. One that
 * does not fit anywhere goes alone, too long as it is: a criterion that is not
 * shown would be worse than a datagram that is fragmented.
 */
static void write_list(struct exchange *x, const struct selection *sel,
		       const struct tasking_counters *counters)
{
	struct dtcp_writer *w = x->reply;
	size_t i, before, first;

	exchange_begin(x, 200);
	first = w->len;
	for (i = 0; i < sel->n; i++) {
		before = w->len;
		write_entry(x, sel, counters, i);
		if (before == first || !is_too_long(w))
			continue;
		dtcp_writer_undo(w, before);
		exchange_end(x);
		exchange_begin(x, 200);
		first = w->len;
		write_entry(x, sel, counters, i);
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
