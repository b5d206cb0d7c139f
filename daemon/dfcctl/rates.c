// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <stdio.h>

#include "dfcctl/rates.h"

static const struct {
	const char *counter;
	const char *rate;
	double factor;
} rates[] = {
	{ "seen-packets", "seen-packet-rate", 1 },
	{ "matched-packets", "matched-packet-rate", 1 },
	{ "matched-bytes", "matched-bit-rate", 8 },
	{ "sent-packets", "sent-packet-rate", 1 },
	{ "sent-bytes", "sent-bit-rate", 8 },
	{ "dropped-packets", "dropped-packet-rate", 1 },
	{ "control-protocol-packets", "control-protocol-packet-rate", 1 },
};

/* What is new has counted for less than the interval. */
static int is_new(const json_t *record, double seconds)
{
	const json_t *age = json_object_get(record, "age");

	return age && json_number_value(age) < seconds;
}

static void add_here(json_t *now, const json_t *before, double seconds)
{
	const json_t *is, *was;
	double difference;
	size_t i;

	if (is_new(now, seconds))
		return;
	for (i = 0; i < sizeof(rates) / sizeof(rates[0]); i++) {
		is = json_object_get(now, rates[i].counter);
		was = json_object_get(before, rates[i].counter);
		if (!json_is_number(is) || !json_is_number(was))
			continue;
		difference = json_number_value(is) - json_number_value(was);
		if (difference >= 0)
			json_object_set_new(now, rates[i].rate,
				json_real(difference * rates[i].factor /
					  seconds));
	}
}

static void key_of(const json_t *record, char key[24])
{
	snprintf(key, 24, "%" JSON_INTEGER_FORMAT,
		 json_integer_value(json_object_get(record, "id")));
}

static void add_rows(json_t *now, const json_t *before, double seconds)
{
	json_t *by_id = json_object(), *row;
	char key[24];
	size_t i;

	json_array_foreach((json_t *)before, i, row) {
		key_of(row, key);
		json_object_set(by_id, key, row);
	}
	json_array_foreach(now, i, row) {
		key_of(row, key);
		if (json_is_object(row) && json_object_get(by_id, key))
			rates_add(row, json_object_get(by_id, key), seconds);
	}
	json_decref(by_id);
}

void rates_add(json_t *now, const json_t *before, double seconds)
{
	json_t *value, *was;
	const char *key;

	json_object_foreach(now, key, value) {
		was = json_object_get(before, key);
		if (json_is_object(value) && json_is_object(was))
			rates_add(value, was, seconds);
		else if (json_is_array(value) && json_is_array(was))
			add_rows(value, was, seconds);
	}
	add_here(now, before, seconds);
}
