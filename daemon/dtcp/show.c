// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <stdlib.h>
#include <string.h>

#include "dtcp/show.h"

#define PARTS_MAX 7

/* A header in a cell; the label tells it from others of the same cell. */
struct part {
	const char *header;
	const char *label;
};

struct column {
	const char *title;
	struct part part[PARTS_MAX];
	bool right;
};

static const struct column columns[] = {
	{ "CRITERIA", { { "Criteria-ID", NULL } }, true },
	{ "CDEST", { { "Cdest-ID", NULL } }, false },
	{ "FLAGS", { { "Flags", NULL } }, false },
	{ "FILTER", { { "Source-Address", "source" },
		      { "Dest-Address", "dest" },
		      { "Protocol", "protocol" },
		      { "Source-Port", "source-port" },
		      { "Dest-Port", "dest-port" },
		      { "ICMP-Type", "icmp-type" },
		      { "ICMP-Code", "icmp-code" } }, false },
	{ "TIMEOUTS", { { "Timeout-Total", "total" },
			{ "Timeout-Idle", "idle" },
			{ "Timeout-Packets", "packets" },
			{ "Timeout-Bytes", "bytes" } }, false },
	{ "REMAINING", { { "Remaining-Total", "total" },
			 { "Remaining-Idle", "idle" },
			 { "Remaining-Packets", "packets" },
			 { "Remaining-Bytes", "bytes" } }, false },
	{ "PACKETS", { { "Matching-Packets", NULL } }, true },
	{ "BYTES", { { "Matching-Bytes", NULL } }, true },
	{ "BIT/S", { { "Average-Bandwidth", NULL } }, true },
	{ "REFRESHED", { { "Num-Refresh", NULL } }, true },
	{ "LAST REFRESH", { { "Last-Refresh", NULL } }, false },
	{ "PRIORITY", { { "Priority", NULL } }, true },
	{ "ACTION", { { "Action", NULL } }, false },
	{ "ADDED", { { "Timestamp", NULL } }, false },
	{ "FROM", { { "Csource-Address", NULL } }, false },
};

#define N_KNOWN (sizeof(columns) / sizeof(columns[0]))

/* One more column, of the headers that none of the others shows. */
#define N_COLUMNS (N_KNOWN + 1)
#define TITLE_OTHER "OTHER"

/* Shown by no column: who asks knows the first, the others count lines. */
static const char *const hidden[] = {
	"Csource-ID", "Criteria-Num", "Criteria-Count",
};

/* Cells of a table, row by row; NULL is an empty one. */
struct cells {
	char **text;
	size_t width[N_COLUMNS];
};

static void put(FILE *out, struct dtcp_text t)
{
	size_t i;

	/* An answer must not drive the terminal. */
	for (i = 0; i < t.len; i++) {
		unsigned char c = (unsigned char)t.at[i];

		fputc(c < ' ' || c == 0x7f ? '?' : c, out);
	}
}

static void show_header(FILE *out, const struct dtcp_header *h)
{
	if (h->name.len) {
		put(out, h->name);
		fputs(": ", out);
	}
	put(out, h->value);
	fputc('\n', out);
}

static bool is_known(struct dtcp_text name)
{
	size_t i, j;

	for (i = 0; i < sizeof(hidden) / sizeof(hidden[0]); i++) {
		if (dtcp_text_is(name, hidden[i]))
			return true;
	}
	for (i = 0; i < N_KNOWN; i++) {
		for (j = 0; j < PARTS_MAX && columns[i].part[j].header; j++) {
			if (dtcp_text_is(name, columns[i].part[j].header))
				return true;
		}
	}
	return false;
}

static void put_part(FILE *out, const struct part *p,
		     const struct dtcp_header *h, const size_t *size)
{
	if (*size)
		fputc(' ', out);
	if (p->label)
		fprintf(out, "%s ", p->label);
	put(out, h->value);
	fflush(out);
}

static void put_known(FILE *out, const struct column *c,
		      const struct reply *r, const struct reply_entry *e,
		      const size_t *size)
{
	size_t i, j;

	for (i = 0; i < PARTS_MAX && c->part[i].header; i++) {
		for (j = e->first; j < e->first + e->n; j++) {
			if (!dtcp_text_is(r->header[j].name, c->part[i].header))
				continue;
			put_part(out, &c->part[i], &r->header[j], size);
			break;
		}
	}
}

static void put_other(FILE *out, const struct reply *r,
		      const struct reply_entry *e, const size_t *size)
{
	size_t i;

	for (i = e->first; i < e->first + e->n; i++) {
		if (is_known(r->header[i].name))
			continue;
		if (*size)
			fputs(", ", out);
		put(out, r->header[i].line);
		fflush(out);
	}
}

/* Writes a cell into memory of its own; NULL if it is empty. */
static char *make_cell(const struct reply *r, const struct reply_entry *e,
		       size_t column)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return NULL;
	if (column < N_KNOWN)
		put_known(out, &columns[column], r, e, &size);
	else
		put_other(out, r, e, &size);
	fclose(out);
	if (!size) {
		free(text);
		text = NULL;
	}
	return text;
}

static const char *title(size_t column)
{
	return column < N_KNOWN ? columns[column].title : TITLE_OTHER;
}

static void show_line(FILE *out, const struct cells *cells, char *const *row)
{
	const char *gap = "";
	size_t i, pad = 0;

	for (i = 0; i < N_COLUMNS; i++) {
		const char *text = row ? row[i] : title(i);
		size_t width = cells->width[i];

		if (!width)
			continue;
		text = text ? text : "-";
		/* Nothing is padded at the end of a line. */
		fprintf(out, "%*s%s", (int)pad, "", gap);
		pad = width - strlen(text);
		if (i < N_KNOWN && columns[i].right) {
			fprintf(out, "%*s", (int)pad, "");
			pad = 0;
		}
		fputs(text, out);
		gap = "  ";
	}
	fputc('\n', out);
}

static void show_table(FILE *out, const struct reply *r)
{
	struct cells cells = { .text = calloc(r->nentries * N_COLUMNS,
					      sizeof(char *)) };
	size_t i, row;

	if (!cells.text)
		return;
	for (i = 0; i < r->nentries * N_COLUMNS; i++) {
		size_t *width = &cells.width[i % N_COLUMNS];
		char *text = make_cell(r, &r->entry[i / N_COLUMNS],
				       i % N_COLUMNS);

		cells.text[i] = text;
		if (text && !*width)
			*width = strlen(title(i % N_COLUMNS));
		if (text && strlen(text) > *width)
			*width = strlen(text);
	}
	show_line(out, &cells, NULL);
	for (row = 0; row < r->nentries; row++)
		show_line(out, &cells, cells.text + row * N_COLUMNS);
	for (i = 0; i < r->nentries * N_COLUMNS; i++)
		free(cells.text[i]);
	free(cells.text);
}

void show_text(FILE *out, const struct reply *r)
{
	size_t i;

	fprintf(out, "%u ", r->code);
	put(out, r->reason);
	fputc('\n', out);
	for (i = 0; i < r->n; i++) {
		if (!reply_in_entry(r, i))
			show_header(out, &r->header[i]);
	}
	if (!r->nentries)
		return;
	fputc('\n', out);
	show_table(out, r);
}
