// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <stdbool.h>

#include "dfcctl/field.h"
#include "dfcctl/protocol.h"

const char *field_word(const struct field *f)
{
	return f->word ? f->word : f->name;
}

static void list_add(json_t *record, const char *name, json_t *value)
{
	json_t *list = json_object_get(record, name);

	if (json_is_object(value)) {
		if (list)
			json_object_update_new(list, value);
		else
			json_object_set_new(record, name, value);
		return;
	}
	if (!list) {
		list = json_array();
		json_object_set_new(record, name, list);
	}
	json_array_append_new(list, value);
}

static void read_one(const struct field *f, const struct nlattr *a,
		     json_t *record)
{
	json_t *value;

	if (f->nest) {
		field_read(f->nest, a, record);
		return;
	}
	value = f->kind->read(f, a);
	if (!value)
		return;
	if (f->flags & FIELD_LIST)
		list_add(record, f->name, value);
	else
		json_object_set_new(record, f->name, value);
}

static bool is_there(const struct field *f, const struct nlattr *nest)
{
	const struct nlattr *a;

	if (!f->when)
		return true;
	mnl_attr_for_each_nested(a, nest)
		if (mnl_attr_get_type(a) == f->when &&
		    mnl_attr_get_payload_len(a) == sizeof(f->is))
			return mnl_attr_get_u32(a) == f->is;
	return false;
}

void field_read(const struct field *fields, const struct nlattr *nest,
		json_t *record)
{
	const struct field *f;
	const struct nlattr *a;

	for (f = fields; !field_end(f); f++) {
		if (!f->attr || !is_there(f, nest))
			continue;
		mnl_attr_for_each_nested(a, nest)
			if (mnl_attr_get_type(a) == f->attr)
				read_one(f, a, record);
	}
}

static void print_duration(FILE *out, double seconds)
{
	unsigned long s = seconds;

	if (s < 60)
		fprintf(out, "%.1f s", seconds);
	else if (s < 3600)
		fprintf(out, "%lum%02lus", s / 60, s % 60);
	else if (s < 86400)
		fprintf(out, "%luh%02lum", s / 3600, s / 60 % 60);
	else
		fprintf(out, "%lud%02luh", s / 86400, s / 3600 % 24);
}

static void print_rate(FILE *out, double rate, const char *unit)
{
	static const char prefix[] = { 'k', 'M', 'G', 'T' };
	size_t i = 0;

	if (rate < 1000) {
		fprintf(out, "%.0f %s", rate, unit);
		return;
	}
	for (rate /= 1000; rate >= 1000 && i + 1 < sizeof(prefix); i++)
		rate /= 1000;
	fprintf(out, "%.1f %c%s", rate, prefix[i], unit);
}

static void print_number(FILE *out, enum unit unit, const json_t *value)
{
	double number = json_number_value(value);

	if (unit == UNIT_DURATION)
		print_duration(out, number);
	else if (unit == UNIT_BITRATE)
		print_rate(out, number, "bit/s");
	else if (unit == UNIT_PACKETRATE)
		print_rate(out, number, "p/s");
	else if (unit == UNIT_PROTOCOL && protocol_name(number))
		fputs(protocol_name(number), out);
	else if (json_is_real(value))
		fprintf(out, "%.15g", number);
	else
		fprintf(out, "%" JSON_INTEGER_FORMAT,
			json_integer_value(value));
	if (unit == UNIT_SECONDS)
		fputs(" s", out);
}

static void print_list(FILE *out, const struct field *f, const json_t *list)
{
	json_t *value;
	size_t i;

	json_array_foreach(list, i, value) {
		if (i)
			fputc(',', out);
		field_print(out, f, value);
	}
}

static void print_object(FILE *out, const struct field *f, const json_t *object)
{
	const char *separator = "";
	const char *key;
	json_t *value;

	json_object_foreach((json_t *)object, key, value) {
		if (f->flags & FIELD_SPARSE && !json_integer_value(value))
			continue;
		fprintf(out, "%s%s ", separator, key);
		field_print(out, f, value);
		separator = ", ";
	}
	if (f->flags & FIELD_SPARSE && !*separator)
		fputs("none", out);
}

void field_print(FILE *out, const struct field *f, const json_t *value)
{
	if (json_is_number(value))
		print_number(out, f->unit, value);
	else if (json_is_string(value))
		fputs(json_string_value(value), out);
	else if (json_is_boolean(value))
		fputs(json_is_true(value) ? "yes" : "no", out);
	else if (json_is_array(value))
		print_list(out, f, value);
	else if (json_is_object(value))
		print_object(out, f, value);
}
