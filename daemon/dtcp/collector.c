// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dtcp-proto/value.h"
#include "dtcp/collector.h"

/* Reads Criteria-Num or Criteria-Count of a row; 0 if there is none. */
static uint32_t read_number(const struct reply *r, const struct reply_entry *e,
			    const char *name)
{
	uint64_t value;
	size_t i;

	for (i = e->first; i < e->first + e->n; i++) {
		if (!dtcp_text_is(r->header[i].name, name))
			continue;
		if (dtcp_value_unsigned(r->header[i].value, UINT32_MAX,
					&value))
			return 0;
		return (uint32_t)value;
	}
	return 0;
}

/* The first part says how many rows there are; all others say the same. */
static int check_total(struct collector *c, uint32_t total, struct trouble *t)
{
	if (!total || total > COLLECTOR_MAX)
		return trouble_set(t, "a row of the list has no good "
				   "Criteria-Count; expected 1..%u",
				   COLLECTOR_MAX);
	if (!c->total) {
		c->row = calloc(total, sizeof(*c->row));
		if (!c->row)
			return trouble_set(t, "out of memory");
		c->total = total;
	}
	if (c->total != total)
		return trouble_set(t, "the list has %" PRIu32 " rows in one "
				   "part and %" PRIu32 " in another", c->total,
				   total);
	return 0;
}

/* Notes a row of the part that is added: 1 if it came before, 0 or -1. */
static int take_row(struct collector *c, const struct reply *r, size_t i,
		    struct trouble *t)
{
	const struct reply_entry *e = &r->entry[i];
	uint32_t num = read_number(r, e, "Criteria-Num");
	struct collector_row *row;

	if (check_total(c, read_number(r, e, "Criteria-Count"), t))
		return -1;
	if (!num || num > c->total)
		return trouble_set(t, "a row of the list has no good "
				   "Criteria-Num; expected 1..%" PRIu32,
				   c->total);
	row = &c->row[num - 1];
	if (row->entry)
		return 1;
	*row = (struct collector_row){ (uint32_t)c->nparts, (uint32_t)i + 1 };
	c->have++;
	return 0;
}

/* Keeps a part, whose rows are noted as of the place that it gets. */
static int keep(struct collector *c, char *text, struct reply *r,
		struct trouble *t)
{
	struct collector_part *grown = c->part;

	/* Grown when the number is a power of two. */
	if (!(c->nparts & (c->nparts - 1)))
		grown = reallocarray(c->part, c->nparts ? 2 * c->nparts : 1,
				     sizeof(*grown));
	if (!grown)
		return trouble_set(t, "out of memory");
	c->part = grown;
	c->part[c->nparts++] = (struct collector_part){ text, *r };
	*r = (struct reply){ 0 };
	return 0;
}

static enum collector_verdict take(struct collector *c, const struct reply *r,
				   struct trouble *t)
{
	size_t i, doubled = 0;

	if (c->total && !r->nentries)
		return trouble_set(t, "the list has a part without rows: %u "
				   "%.*s", r->code, (int)r->reason.len,
				   r->reason.at);
	for (i = 0; i < r->nentries; i++) {
		int got = take_row(c, r, i, t);

		if (got < 0)
			return COLLECTOR_BROKEN;
		doubled += (size_t)got;
	}
	if (doubled && doubled == r->nentries)
		return COLLECTOR_DOUBLE;
	return c->have == c->total ? COLLECTOR_COMPLETE : COLLECTOR_MORE;
}

/* Forgets the rows of a part that is not kept. */
static void forget(struct collector *c)
{
	size_t i;

	for (i = 0; i < c->total; i++) {
		if (!c->row[i].entry || c->row[i].part != c->nparts)
			continue;
		c->row[i].entry = 0;
		c->have--;
	}
}

enum collector_verdict collector_take(struct collector *c, char *text,
				      struct reply *r, struct trouble *t)
{
	enum collector_verdict verdict = take(c, r, t);

	if (verdict != COLLECTOR_BROKEN && verdict != COLLECTOR_DOUBLE) {
		if (!keep(c, text, r, t))
			return verdict;
		verdict = COLLECTOR_BROKEN;
	}
	if (verdict == COLLECTOR_BROKEN)
		forget(c);
	reply_fini(r);
	free(text);
	return verdict;
}

static const struct reply_entry *entry_of(const struct collector *c, size_t i,
					  const struct reply **r)
{
	const struct collector_row *row = &c->row[i];

	if (!row->entry)
		return NULL;
	*r = &c->part[row->part].reply;
	return &(*r)->entry[row->entry - 1];
}

static size_t count_headers(const struct collector *c)
{
	size_t i, n = c->part[0].reply.n;

	for (i = 0; i < c->nparts; i++)
		n += c->part[i].reply.n;
	return n;
}

/* The headers that belong to no row. */
static void copy_own(struct reply *r, const struct reply *from)
{
	size_t i;

	for (i = 0; i < from->n; i++) {
		if (!reply_in_entry(from, i))
			r->header[r->n++] = from->header[i];
	}
}

static void copy_row(struct reply *r, const struct reply *from,
		     const struct reply_entry *e)
{
	r->entry[r->nentries++] = (struct reply_entry){ r->n, e->n };
	memcpy(r->header + r->n, from->header + e->first,
	       e->n * sizeof(*r->header));
	r->n += e->n;
}

int collector_merge(const struct collector *c, struct reply *r)
{
	const struct reply *first = &c->part[0].reply, *from;
	const struct reply_entry *e;
	size_t i;

	*r = (struct reply){
		.version = first->version, .code = first->code,
		.reason = first->reason,
		.header = calloc(count_headers(c) + 1, sizeof(*r->header)),
		.entry = calloc((size_t)c->have + 1, sizeof(*r->entry)),
	};
	if (!r->header || !r->entry)
		return -1;
	copy_own(r, first);
	for (i = 0; i < c->total; i++) {
		e = entry_of(c, i, &from);
		if (e)
			copy_row(r, from, e);
	}
	return 0;
}

/* Writes a run of missing rows; false if it does not fit. */
static bool put_run(char *text, size_t room, size_t from, size_t to)
{
	char run[32];
	size_t n = strlen(text);

	if (from == to)
		snprintf(run, sizeof(run), "%zu", from);
	else
		snprintf(run, sizeof(run), "%zu-%zu", from, to);
	/* Room is kept for ", ...". */
	if (n + strlen(run) + 8 > room)
		return false;
	snprintf(text + n, room - n, "%s%s", n ? ", " : "", run);
	return true;
}

uint32_t collector_missing(const struct collector *c, char *text, size_t room)
{
	size_t i, from = 0;

	*text = '\0';
	for (i = 1; i <= (size_t)c->total + 1; i++) {
		bool gone = i <= c->total && !c->row[i - 1].entry;

		if (gone && !from)
			from = i;
		if (gone || !from)
			continue;
		if (!put_run(text, room, from, i - 1)) {
			strcat(text, *text ? ", ..." : "...");
			break;
		}
		from = 0;
	}
	return c->total - c->have;
}

void collector_fini(struct collector *c)
{
	size_t i;

	for (i = 0; i < c->nparts; i++) {
		reply_fini(&c->part[i].reply);
		free(c->part[i].text);
	}
	free(c->part);
	free(c->row);
	*c = (struct collector){ 0 };
}
