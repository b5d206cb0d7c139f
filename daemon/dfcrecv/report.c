// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <arpa/inet.h>
#include <inttypes.h>
#include <jansson.h>
#include <time.h>

#include "dfcrecv/report.h"

#define SECOND UINT64_C(1000000000)

static void print_time(FILE *out, uint64_t ns)
{
	time_t seconds = ns / SECOND;
	struct tm tm;

	localtime_r(&seconds, &tm);
	fprintf(out, "%02d:%02d:%02d.%06" PRIu64, tm.tm_hour, tm.tm_min,
		tm.tm_sec, ns % SECOND / 1000);
}

static json_t *time_json(uint64_t ns)
{
	char text[REPORT_TIME_MAX];

	report_time(ns, text);
	return json_string(text);
}

void report_time(uint64_t ns, char out[REPORT_TIME_MAX])
{
	time_t seconds = ns / SECOND;
	size_t at;
	struct tm tm;

	gmtime_r(&seconds, &tm);
	at = strftime(out, REPORT_TIME_MAX, "%FT%T", &tm);
	snprintf(out + at, REPORT_TIME_MAX - at, ".%09" PRIu64 "Z",
		 ns % SECOND);
}

static json_t *address_json(const struct packet *p, const uint8_t *address)
{
	char text[INET6_ADDRSTRLEN];

	inet_ntop(p->version == 4 ? AF_INET : AF_INET6, address, text,
		  sizeof(text));
	return json_string(text);
}

static void set_int(json_t *o, const char *key, json_int_t value)
{
	json_object_set_new(o, key, json_integer(value));
}

static void set_upper(json_t *o, const struct packet *p)
{
	char flags[9];

	if (p->has_ports) {
		set_int(o, "source-port", p->source_port);
		set_int(o, "dest-port", p->dest_port);
	}
	if (p->has_tcp) {
		packet_tcp_flags(p->tcp_flags, flags);
		json_object_set_new(o, "tcp-flags", json_string(flags));
	}
	if (p->has_icmp) {
		set_int(o, "icmp-type", p->icmp_type);
		set_int(o, "icmp-code", p->icmp_code);
	}
}

static void set_packet(json_t *o, const struct packet *p)
{
	set_int(o, "version", p->version);
	json_object_set_new(o, "source", address_json(p, p->source));
	json_object_set_new(o, "dest", address_json(p, p->dest));
	set_int(o, "protocol", p->protocol);
	set_upper(o, p);
	if (p->fragment) {
		set_int(o, "fragment-offset", p->fragment_offset);
		json_object_set_new(o, "more-fragments",
				    json_boolean(p->more_fragments));
	}
	set_int(o, "length", p->length);
	if (p->missing)
		set_int(o, "missing-bytes", p->missing);
}

static void set_frame(json_t *o, const struct frame *f)
{
	char dest[FRAME_ADDRESS_MAX], source[FRAME_ADDRESS_MAX];
	json_t *vlan = json_array();
	unsigned int i;

	frame_address(f->dest, dest);
	frame_address(f->source, source);
	json_object_set_new(o, "frame-source", json_string(source));
	json_object_set_new(o, "frame-dest", json_string(dest));
	for (i = 0; i < f->tags; i++)
		json_array_append_new(vlan, json_integer(f->vlan[i]));
	json_object_set_new(o, "vlan", vlan);
	json_object_set_new(o, "ethertype", json_sprintf("0x%04x", f->type));
	set_int(o, "frame-length", f->length);
	if (f->has_packet)
		set_packet(o, &f->packet);
}

static void set_content(json_t *o, const struct copy *copy,
			const struct content *c)
{
	switch (c->kind) {
	case CONTENT_PACKET:
		set_packet(o, &c->packet);
		break;
	case CONTENT_FRAME:
		set_frame(o, &c->frame);
		break;
	case CONTENT_NONE:
		json_object_set_new(o, "malformed", json_true());
		set_int(o, "length", copy->len);
		break;
	}
}

static void packet_json(const struct report *r, const struct origin *origin,
			const struct copy *copy, const struct content *c)
{
	json_t *o = json_object();

	json_object_set_new(o, "time", time_json(copy_time(copy)));
	json_object_set_new(o, "router", json_string(origin->router));
	if (copy->number) {
		json_object_set_new(o, "received", time_json(copy->time));
		set_int(o, "filter-id", copy->filter);
		set_int(o, "number", copy->number);
	}
	if (copy->has_ids) {
		set_int(o, "intercept-id", copy->intercept);
		set_int(o, "session-id", copy->session);
	}
	set_content(o, copy, c);
	json_dumpf(o, r->lines, JSON_COMPACT);
	fputc('\n', r->lines);
	json_decref(o);
}

static void print_content(FILE *out, const struct copy *copy,
			  const struct content *c)
{
	char text[FRAME_TEXT_MAX];

	switch (c->kind) {
	case CONTENT_PACKET:
		packet_text(&c->packet, text, sizeof(text));
		break;
	case CONTENT_FRAME:
		frame_text(&c->frame, text, sizeof(text));
		break;
	case CONTENT_NONE:
		snprintf(text, sizeof(text),
			 "malformed: %zu bytes, no packet and no frame",
			 copy->len);
		break;
	}
	fprintf(out, "%s\n", text);
}

void report_packet(const struct report *r, const struct origin *origin,
		   const struct copy *copy, const struct content *c)
{
	if (r->quiet)
		return;
	if (r->json) {
		packet_json(r, origin, copy, c);
		return;
	}
	print_time(r->lines, copy_time(copy));
	fprintf(r->lines, " %s ", origin->router);
	if (copy->number)
		fprintf(r->lines, "filter %" PRIu32 " #%" PRIu64 " ",
			copy->filter, copy->number);
	if (copy->has_ids)
		fprintf(r->lines, "[%" PRIu32 "/%" PRIu32 "] ",
			copy->intercept, copy->session);
	print_content(r->lines, copy, c);
}
