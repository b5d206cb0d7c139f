// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <inttypes.h>

#include "dfcrecv/report.h"
#include "dfcrecv/summary.h"

struct origin summary_total(const struct summary *s)
{
	struct origin total = { .has_ids = false };
	const struct origin *origin;
	size_t i;

	for (i = 0; i < origins_count(s->origins); i++) {
		origin = origins_get(s->origins, i);
		total.packets += origin->packets;
		total.frames += origin->frames;
		total.bytes += origin->bytes;
		total.malformed += origin->malformed;
		total.has_numbers |= origin->has_numbers;
		numbering_add(&total.numbering, &origin->numbering);
		total.old_packets += origin->old_packets;
		total.old_bytes += origin->old_bytes;
	}
	return total;
}

double summary_packet_rate(const struct summary *s,
			   const struct origin *origin)
{
	return (origin->packets - origin->old_packets) / s->seconds;
}

double summary_bit_rate(const struct summary *s, const struct origin *origin)
{
	return (origin->bytes - origin->old_bytes) * 8 / s->seconds;
}

static void set_int(json_t *o, const char *key, json_int_t value)
{
	json_object_set_new(o, key, json_integer(value));
}

static void set_gaps(json_t *o, const struct numbering *n)
{
	set_int(o, "lost", numbering_lost(n));
	set_int(o, "out-of-order", n->out_of_order);
	set_int(o, "duplicates", n->duplicates);
	set_int(o, "restarts", n->restarts);
}

static void set_counts(json_t *o, const struct summary *s,
		       const struct origin *origin)
{
	set_int(o, "packets", origin->packets);
	set_int(o, "frames", origin->frames);
	set_int(o, "bytes", origin->bytes);
	set_int(o, "malformed", origin->malformed);
	if (origin->has_numbers)
		set_gaps(o, &origin->numbering);
	if (s->seconds > 0) {
		set_int(o, "packets-per-second",
			summary_packet_rate(s, origin));
		set_int(o, "bits-per-second", summary_bit_rate(s, origin));
	}
}

static json_t *origin_json(const struct summary *s,
			   const struct origin *origin)
{
	char last[REPORT_TIME_MAX];
	json_t *o = json_object();

	json_object_set_new(o, "router", json_string(origin->router));
	if (origin->has_numbers)
		set_int(o, "filter-id", origin->filter);
	if (origin->has_ids) {
		set_int(o, "intercept-id", origin->intercept);
		set_int(o, "session-id", origin->session);
	}
	if (origin->port) {
		set_int(o, "source-port", origin->source_port);
		set_int(o, "port", origin->port);
	}
	set_counts(o, s, origin);
	report_time(origin->last, last);
	json_object_set_new(o, "last-seen", json_string(last));
	return o;
}

static json_t *tap_json(const struct tap *tap)
{
	json_t *o = json_object();

	json_object_set_new(o, "device", json_string(tap->name));
	set_int(o, "packets", tap->packets);
	set_int(o, "too-big", tap->too_big);
	set_int(o, "refused", tap->refused);
	return o;
}

void summary_json(const struct summary *s, const char *key, FILE *out)
{
	struct origin total = summary_total(s);
	json_t *o = json_object(), *list = json_array(), *all;
	size_t i;

	set_counts(o, s, &total);
	set_int(o, "kernel-drops", s->dropped);
	if (s->tap->fd >= 0)
		json_object_set_new(o, "tap", tap_json(s->tap));
	for (i = 0; i < origins_count(s->origins); i++)
		json_array_append_new(list,
				      origin_json(s, origins_get(s->origins,
								 i)));
	json_object_set_new(o, "criteria", list);
	all = json_object();
	json_object_set_new(all, key, o);
	json_dumpf(all, out, JSON_COMPACT);
	fputc('\n', out);
	json_decref(all);
}

void summary_gaps(const struct origin *origin, FILE *out)
{
	const struct numbering *n = &origin->numbering;

	if (!origin->has_numbers)
		return;
	fprintf(out, ", %" PRIu64 " lost, %" PRIu64 " out of order, %" PRIu64
		" duplicates, %" PRIu64 " restarts", numbering_lost(n),
		n->out_of_order, n->duplicates, n->restarts);
}

static void print_counts(FILE *out, const struct origin *origin)
{
	fprintf(out, "%" PRIu64 " packets", origin->packets);
	if (origin->frames)
		fprintf(out, ", %" PRIu64 " of them frames", origin->frames);
	fprintf(out, ", %" PRIu64 " bytes, %" PRIu64 " malformed",
		origin->bytes, origin->malformed);
	summary_gaps(origin, out);
}

void summary_text(const struct summary *s, FILE *out)
{
	struct origin total = summary_total(s);
	const struct origin *origin;
	size_t i;

	print_counts(out, &total);
	fprintf(out, ", %" PRIu64 " dropped by the kernel\n", s->dropped);
	for (i = 0; i < origins_count(s->origins); i++) {
		origin = origins_get(s->origins, i);
		fprintf(out, "  %s: ", origin->name);
		print_counts(out, origin);
		fputc('\n', out);
	}
	if (s->tap->fd >= 0)
		fprintf(out, "%s: %" PRIu64 " packets, %" PRIu64 " too big, %"
			PRIu64 " refused\n", s->tap->name, s->tap->packets,
			s->tap->too_big, s->tap->refused);
}
