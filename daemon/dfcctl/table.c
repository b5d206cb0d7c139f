// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <stdlib.h>
#include <string.h>

#include "dfcctl/table.h"

#define COLUMNS_MAX	40
#define BOLD		"\033[1m"
#define RED		"\033[31m"
#define PLAIN		"\033[0m"

struct column {
	const struct field *field;	/* NULL: what the filter matches */
	const char *head;
	size_t width;
	bool right;
	bool used;
};

struct columns {
	struct column column[COLUMNS_MAX];
	size_t n;
	bool match;
	const struct field *fields;
};

static void collect(struct columns *c, const struct field *fields)
{
	const struct field *f;

	for (f = fields; !field_end(f); f++) {
		if (f->nest)
			collect(c, f->nest);
		else if (f->flags & FIELD_MATCH)
			c->match = true;
		else if (f->head && c->n < COLUMNS_MAX - 1)
			c->column[c->n++] = (struct column) {
				.field = f, .head = f->head,
			};
	}
}

static void print_match(FILE *out, const struct field *fields, json_t *row)
{
	const char *separator = "";
	const struct field *f;
	const json_t *value;

	for (f = fields; !field_end(f); f++) {
		value = json_object_get(row, f->name);
		if (!(f->flags & FIELD_MATCH) || !value)
			continue;
		fprintf(out, "%s%s ", separator, f->name);
		field_print(out, f, value);
		separator = " ";
	}
	if (!*separator)
		fputs("everything", out);
}

static const json_t *value_of(const struct column *c, json_t *row)
{
	return c->field ? json_object_get(row, c->field->name) : row;
}

/* The text of one cell, freed by the caller. */
static char *cell_text(const struct columns *c, const struct column *column,
		       json_t *row)
{
	const json_t *value = value_of(column, row);
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	if (!out)
		return NULL;
	if (!column->field)
		print_match(out, c->fields, row);
	else if (value)
		field_print(out, column->field, value);
	fclose(out);
	if (text && !*text) {
		free(text);
		text = strdup("-");
	}
	return text;
}

static void measure(const struct columns *c, struct column *column,
		    json_t *rows)
{
	json_t *row;
	char *text;
	size_t i;

	column->width = strlen(column->head);
	/* With no row at all, show what the kernel would tell. */
	column->used = !json_array_size(rows) &&
		       (!column->field || column->field->attr);
	json_array_foreach(rows, i, row) {
		if (!value_of(column, row))
			continue;
		column->used = true;
		if (column->field && json_is_number(value_of(column, row)))
			column->right = true;
		text = cell_text(c, column, row);
		if (text && strlen(text) > column->width)
			column->width = strlen(text);
		free(text);
	}
}

/* What matches (no field) never is one. */
static bool is_alarm(const struct field *f, const json_t *value)
{
	return f && f->flags & FIELD_ALARM &&
	       (json_is_object(value) || json_number_value(value) > 0);
}

static void print_cell(FILE *out, const struct column *column,
		       const char *text, bool last, const char *colour)
{
	int pad = column->width - strlen(text);

	if (column->right)
		fprintf(out, "%*s", pad, "");
	fprintf(out, "%s%s%s", colour, text, *colour ? PLAIN : "");
	if (!last)
		fprintf(out, "%*s", column->right ? 2 : pad + 2, "");
}

/* A row of NULL stands for the headings. */
static void print_row(FILE *out, const struct columns *c, json_t *row,
		      bool colour)
{
	const struct column *column, *last = NULL;
	const char *paint;
	char *text;
	size_t i;

	for (i = 0; i < c->n; i++)
		if (c->column[i].used)
			last = &c->column[i];
	for (i = 0; i < c->n; i++) {
		column = &c->column[i];
		if (!column->used)
			continue;
		text = row ? cell_text(c, column, row) : strdup(column->head);
		paint = !colour ? "" : !row ? BOLD :
			is_alarm(column->field, value_of(column, row)) ? RED :
			"";
		print_cell(out, column, text ? text : "?", column == last,
			   paint);
		free(text);
	}
	fputc('\n', out);
}

void table_list(FILE *out, const struct field *fields, json_t *rows,
		bool colour)
{
	struct columns c = { .fields = fields };
	json_t *row;
	size_t i;

	collect(&c, fields);
	if (c.match)
		c.column[c.n++] = (struct column) { .head = "MATCH" };
	for (i = 0; i < c.n; i++)
		measure(&c, &c.column[i], rows);
	print_row(out, &c, NULL, colour);
	json_array_foreach(rows, i, row)
		print_row(out, &c, row, colour);
}

static size_t label_width(const struct field *fields, json_t *record)
{
	const struct field *f;
	size_t width = 0, len;

	for (f = fields; !field_end(f); f++) {
		if (f->nest)
			len = label_width(f->nest, record);
		else if (json_object_get(record, f->name))
			len = strlen(f->name);
		else
			len = 0;
		if (len > width)
			width = len;
	}
	return width;
}

static void print_detail(FILE *out, const struct field *fields, json_t *record,
			 int indent, int width, bool colour)
{
	const struct field *f;
	const json_t *value;
	bool alarm;

	for (f = fields; !field_end(f); f++) {
		if (f->nest) {
			print_detail(out, f->nest, record, indent, width,
				     colour);
			continue;
		}
		value = json_object_get(record, f->name);
		if (!value)
			continue;
		alarm = colour && is_alarm(f, value);
		fprintf(out, "%*s%-*s  %s", indent, "", width, f->name,
			alarm ? RED : "");
		field_print(out, f, value);
		fprintf(out, "%s\n", alarm ? PLAIN : "");
	}
}

void table_detail(FILE *out, const struct field *fields, json_t *record,
		  int indent, bool colour)
{
	print_detail(out, fields, record, indent, label_width(fields, record),
		     colour);
}

void table_object(FILE *out, json_t *record, int indent)
{
	static const struct field anything = { .name = "" };
	const char *key;
	json_t *value;
	int width = 0;

	json_object_foreach(record, key, value)
		if (!json_is_object(value) && (int)strlen(key) > width)
			width = strlen(key);
	json_object_foreach(record, key, value) {
		if (json_is_object(value)) {
			fprintf(out, "%*s%s\n", indent, "", key);
			table_object(out, value, indent + 2);
			continue;
		}
		fprintf(out, "%*s%-*s  ", indent, "", width, key);
		field_print(out, &anything, value);
		fputc('\n', out);
	}
}
