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
	time_t seconds = ns / SECOND;
	char date[32];
	struct tm tm;

	gmtime_r(&seconds, &tm);
	strftime(date, sizeof(date), "%FT%T", &tm);
	return json_sprintf("%s.%09" PRIu64 "Z", date, ns % SECOND);
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

static void print_object(FILE *out, json_t *o)
{
	json_dumpf(o, out, JSON_COMPACT);
	fputc('\n', out);
	json_decref(o);
}

static void packet_json(const struct report *r, const struct router *router,
			const struct copy *copy, const struct packet *p)
{
	json_t *o = json_object();

	json_object_set_new(o, "time", time_json(copy->time));
	json_object_set_new(o, "router", json_string(router->name));
	if (copy->has_ids) {
		set_int(o, "intercept-id", copy->intercept);
		set_int(o, "session-id", copy->session);
	}
	if (p) {
		set_packet(o, p);
	} else {
		json_object_set_new(o, "malformed", json_true());
		set_int(o, "length", copy->len);
	}
	print_object(r->lines, o);
}

void report_packet(const struct report *r, const struct router *router,
		   const struct copy *copy, const struct packet *p)
{
	char text[PACKET_TEXT_MAX];

	if (r->quiet)
		return;
	if (r->json) {
		packet_json(r, router, copy, p);
		return;
	}
	print_time(r->lines, copy->time);
	fprintf(r->lines, " %s ", router->name);
	if (copy->has_ids)
		fprintf(r->lines, "[%" PRIu32 "/%" PRIu32 "] ",
			copy->intercept, copy->session);
	if (p) {
		packet_text(p, text, sizeof(text));
		fprintf(r->lines, "%s\n", text);
	} else {
		fprintf(r->lines, "malformed: %zu bytes, no IP packet\n",
			copy->len);
	}
}

static struct router sum(const struct routers *routers)
{
	struct router total = { .name = "" };
	const struct router *router;
	size_t i;

	for (i = 0; i < routers_count(routers); i++) {
		router = routers_get(routers, i);
		total.packets += router->packets;
		total.bytes += router->bytes;
		total.malformed += router->malformed;
	}
	return total;
}

static json_t *counts_json(const struct router *router)
{
	json_t *o = json_object();

	if (router->name[0])
		json_object_set_new(o, "router", json_string(router->name));
	set_int(o, "packets", router->packets);
	set_int(o, "bytes", router->bytes);
	set_int(o, "malformed", router->malformed);
	return o;
}

static void summary_json(const struct report *r, const struct routers *routers,
			 uint64_t dropped)
{
	struct router total = sum(routers);
	json_t *o = counts_json(&total);
	json_t *list = json_array();
	size_t i;

	for (i = 0; i < routers_count(routers); i++)
		json_array_append_new(list,
				      counts_json(routers_get(routers, i)));
	set_int(o, "kernel-drops", dropped);
	json_object_set_new(o, "routers", list);
	print_object(r->summary, json_pack("{so}", "summary", o));
}

static void print_counts(FILE *out, const struct router *router)
{
	fprintf(out, "%" PRIu64 " packets, %" PRIu64 " bytes, %" PRIu64
		" malformed", router->packets, router->bytes,
		router->malformed);
}

void report_summary(const struct report *r, const struct routers *routers,
		    uint64_t dropped)
{
	struct router total = sum(routers);
	const struct router *router;
	size_t i;

	if (r->json) {
		summary_json(r, routers, dropped);
		return;
	}
	print_counts(r->summary, &total);
	fprintf(r->summary, ", %" PRIu64 " dropped by the kernel\n", dropped);
	for (i = 0; i < routers_count(routers); i++) {
		router = routers_get(routers, i);
		fprintf(r->summary, "  %s: ", router->name);
		print_counts(r->summary, router);
		fputc('\n', r->summary);
	}
}
