// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "dfc-audit/verify.h"

/* A line that is read: of one that is too long, the begin. */
struct reading {
	struct verify *v;
	const char *name;
	char *text;
	size_t room;
	size_t len;
	bool ended;	/* by a line end */
	uint64_t number;
};

__attribute__((format(printf, 2, 3)))
static void report(struct reading *r, const char *fmt, ...)
{
	char what[256];
	va_list args;

	va_start(args, fmt);
	vsnprintf(what, sizeof(what), fmt, args);
	va_end(args);
	r->v->faults++;
	r->v->report(r->v->arg, r->name, r->number, what);
}

static bool grow(struct reading *r)
{
	size_t room = r->room ? 2 * r->room : 1024;
	char *text = realloc(r->text, room);

	if (!text)
		return false;
	r->text = text;
	r->room = room;
	return true;
}

/* Returns whether there was one more line. */
static bool read_line(struct reading *r, FILE *in)
{
	int c;

	r->len = 0;
	r->ended = false;
	while ((c = getc_unlocked(in)) != EOF) {
		if (c == '\n') {
			r->ended = true;
			break;
		}
		if (r->len == CHAIN_LINE_MAX)
			continue;
		if (r->len == r->room && !grow(r))
			return false;
		r->text[r->len++] = (char)c;
	}
	r->number += r->len || r->ended;
	return r->len || r->ended;
}

static void report_fault(struct reading *r, enum chain_fault fault,
			 const struct chain_head *head,
			 const struct chain_head *next)
{
	unsigned long long n = next->seq, before = head->seq;

	switch (fault) {
	case CHAIN_NO_LINE:
		report(r, "not a line of an audit log");
		break;
	case CHAIN_CHANGED:
		report(r, "number %llu was changed, or what it goes on from",
		       n);
		break;
	case CHAIN_MISSING:
		report(r, "number %llu follows on %llu: %llu missing", n,
		       before, n - before - 1);
		break;
	case CHAIN_ORDER:
		report(r, "number %llu follows on %llu: out of order, or there twice",
		       n, before);
		break;
	case CHAIN_OTHER_KEY:
		report(r, r->v->key.len ?
		       "number %llu begins a chain without a key" :
		       "number %llu begins a chain with a key, which is needed",
		       n);
		break;
	case CHAIN_GOOD:
		break;
	}
}

static bool is_opening(const json_t *record)
{
	return !strcmp(json_string_value(json_object_get(record, "event")),
		       CHAIN_OPENED);
}

static void meet(struct reading *r, const struct chain_head *next)
{
	const struct chain_head *wanted = &r->v->wanted;

	if (wanted->seq && wanted->seq == next->seq &&
	    strcmp(wanted->hash, next->hash))
		report(r, "number %llu is not the one that was kept: all up to it may have been made anew",
		       (unsigned long long)next->seq);
}

static void check_line(struct reading *r)
{
	struct verify *v = r->v;
	struct chain_head next;
	enum chain_fault fault;
	json_t *record;

	if (!r->ended) {
		report(r, "the line is torn, its end is missing");
		return;
	}
	fault = chain_check(&v->head, &v->key, r->len ? r->text : "", r->len,
			    &next, &record);
	report_fault(r, fault, &v->head, &next);
	if (!record)
		return;
	if (r->number == 1 && !is_opening(record))
		report(r, "the file does not begin with " CHAIN_OPENED ": its begin is cut off");
	json_decref(record);
	v->lines++;
	if (!v->first)
		v->first = next.seq;
	if (fault == CHAIN_ORDER)
		return;
	meet(r, &next);
	v->head = next;
}

int verify_file(struct verify *v, const char *name, FILE *in)
{
	struct reading r = { .v = v, .name = name };

	while (read_line(&r, in))
		check_line(&r);
	free(r.text);
	return feof(in) ? 0 : ferror(in) ? EIO : ENOMEM;
}

void verify_end(struct verify *v, const char *name)
{
	struct reading r = { .v = v, .name = name };

	if (!v->lines)
		report(&r, "there is no line in it");
	else if (v->wanted.seq > v->head.seq)
		report(&r, "it ends with number %llu, number %llu was written: its end is cut off",
		       (unsigned long long)v->head.seq,
		       (unsigned long long)v->wanted.seq);
	else if (v->wanted.seq && v->wanted.seq < v->first)
		report(&r, "it begins with number %llu, number %llu was kept: older files are needed",
		       (unsigned long long)v->first,
		       (unsigned long long)v->wanted.seq);
}
