// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <inttypes.h>
#include <jansson.h>

#include "dfcrecv/report.h"
#include "dfcrecv/summary.h"

static struct origin sum(const struct origins *origins)
{
	struct origin total = { .has_ids = false };
	const struct origin *origin;
	size_t i;

	for (i = 0; i < origins_count(origins); i++) {
		origin = origins_get(origins, i);
		total.packets += origin->packets;
		total.frames += origin->frames;
		total.bytes += origin->bytes;
		total.malformed += origin->malformed;
	}
	return total;
}

static void set_int(json_t *o, const char *key, json_int_t value)
{
	json_object_set_new(o, key, json_integer(value));
}

static void set_counts(json_t *o, const struct origin *origin)
{
	set_int(o, "packets", origin->packets);
	set_int(o, "frames", origin->frames);
	set_int(o, "bytes", origin->bytes);
	set_int(o, "malformed", origin->malformed);
}

static json_t *origin_json(const struct origin *origin)
{
	char last[REPORT_TIME_MAX];
	json_t *o = json_object();

	json_object_set_new(o, "router", json_string(origin->router));
	if (origin->has_ids) {
		set_int(o, "intercept-id", origin->intercept);
		set_int(o, "session-id", origin->session);
	} else if (origin->port) {
		set_int(o, "source-port", origin->source_port);
		set_int(o, "port", origin->port);
	}
	set_counts(o, origin);
	report_time(origin->last, last);
	json_object_set_new(o, "last-seen", json_string(last));
	return o;
}

static void write_json(FILE *out, const struct origins *origins,
		       uint64_t dropped)
{
	struct origin total = sum(origins);
	json_t *o = json_object(), *list = json_array(), *all;
	size_t i;

	set_counts(o, &total);
	set_int(o, "kernel-drops", dropped);
	for (i = 0; i < origins_count(origins); i++)
		json_array_append_new(list,
				      origin_json(origins_get(origins, i)));
	json_object_set_new(o, "criteria", list);
	all = json_pack("{so}", "summary", o);
	json_dumpf(all, out, JSON_COMPACT);
	fputc('\n', out);
	json_decref(all);
}

static void print_counts(FILE *out, const struct origin *origin)
{
	fprintf(out, "%" PRIu64 " packets", origin->packets);
	if (origin->frames)
		fprintf(out, ", %" PRIu64 " of them frames", origin->frames);
	fprintf(out, ", %" PRIu64 " bytes, %" PRIu64 " malformed",
		origin->bytes, origin->malformed);
}

void summary_write(FILE *out, bool json, const struct origins *origins,
		   uint64_t dropped)
{
	struct origin total = sum(origins);
	const struct origin *origin;
	size_t i;

	if (json) {
		write_json(out, origins, dropped);
		return;
	}
	print_counts(out, &total);
	fprintf(out, ", %" PRIu64 " dropped by the kernel\n", dropped);
	for (i = 0; i < origins_count(origins); i++) {
		origin = origins_get(origins, i);
		fprintf(out, "  %s: ", origin->name);
		print_counts(out, origin);
		fputc('\n', out);
	}
}
