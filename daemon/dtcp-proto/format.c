// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <arpa/inet.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/socket.h>

#include "dtcp-proto/request.h"
#include "dtcp-proto/value.h"

/* A list while it is written; 64 entries of the longest kind fit. */
struct list {
	char text[DTCP_LINE_MAX];
	size_t len;
};

__attribute__((format(printf, 2, 3)))
static void put(struct list *l, const char *fmt, ...)
{
	size_t room = sizeof(l->text) - l->len;
	va_list args;
	int n;

	va_start(args, fmt);
	n = vsnprintf(l->text + l->len, room, fmt, args);
	va_end(args);
	if (n > 0)
		l->len += (size_t)n < room ? (size_t)n : room - 1;
}

static void begin_entry(struct list *l)
{
	if (l->len)
		put(l, ",");
}

static void put_name(struct list *l, const char *name)
{
	char text[4 * DTCP_INTERFACE_MAX + 1];

	begin_entry(l);
	if (dtcp_value_escape(name, text, sizeof(text)) > 0)
		put(l, "%s", text);
}

static void write_list(struct dtcp_writer *w, const char *name,
		       const struct list *l)
{
	if (l->len)
		dtcp_writer_header(w, name, "%s", l->text);
}

static void write_u64(struct dtcp_writer *w, const char *name, uint64_t value)
{
	dtcp_writer_header(w, name, "%llu", (unsigned long long)value);
}

static void put_address(struct list *l, int family, const uint8_t *addr)
{
	char text[INET6_ADDRSTRLEN] = "";

	inet_ntop(family, addr, text, sizeof(text));
	put(l, "%s", text);
}

static void write_addresses(struct dtcp_writer *w, const char *name,
			    const struct dtcp_addr_list *list)
{
	const struct dtcp_addr_entry *e;
	struct list l = { .len = 0 };
	size_t i;

	for (i = 0; i < list->n; i++) {
		e = &list->entry[i];
		begin_entry(&l);
		put(&l, "%s", e->negated ? "!" : "");
		if (e->family == AF_UNSPEC) {
			put(&l, "*");
			continue;
		}
		put_address(&l, e->family, e->from);
		put(&l, "-");
		put_address(&l, e->family, e->to);
	}
	write_list(w, name, &l);
}

static void write_numbers(struct dtcp_writer *w, const char *name,
			  const struct dtcp_range_list *list)
{
	const struct dtcp_range_entry *e;
	struct list l = { .len = 0 };
	size_t i;

	for (i = 0; i < list->n; i++) {
		e = &list->entry[i];
		begin_entry(&l);
		put(&l, "%s%u-%u", e->negated ? "!" : "", e->from, e->to);
	}
	write_list(w, name, &l);
}

static void write_cdests(struct dtcp_writer *w, const struct dtcp_request *r)
{
	struct list l = { .len = 0 };
	size_t i;

	for (i = 0; i < r->ncdest; i++)
		put_name(&l, r->cdest[i]);
	write_list(w, "Cdest-ID", &l);
}

static void write_ids(struct dtcp_writer *w, const struct dtcp_request *r)
{
	struct list l = { .len = 0 };
	size_t i;

	for (i = 0; i < r->nid; i++) {
		begin_entry(&l);
		put(&l, r->id[i].from == r->id[i].to ? "%u" : "%u-%u",
		    r->id[i].from, r->id[i].to);
	}
	write_list(w, "Criteria-ID", &l);
}

static void write_flags(struct dtcp_writer *w, const struct dtcp_request *r)
{
	const struct {
		bool given;
		const char *name;
	} flag[] = {
		{ r->flag_static, "Static" },
		{ r->flag_send_async, "SendAsync" },
		{ r->list & DTCP_LIST_CRITERIA, "Criteria" },
		{ r->list & DTCP_LIST_STATS, "Stats" },
	};
	struct list l = { .len = 0 };
	size_t i;

	for (i = 0; i < sizeof(flag) / sizeof(flag[0]); i++)
		if (flag[i].given)
			put_name(&l, flag[i].name);
	write_list(w, "Flags", &l);
}

static void write_limit(struct dtcp_writer *w, const char *name,
			const struct dtcp_limit *limit)
{
	if (limit->given)
		write_u64(w, name, limit->value);
}

static void write_filter(struct dtcp_writer *w, const struct dtcp_request *r)
{
	write_addresses(w, "Source-Address", &r->src);
	write_addresses(w, "Dest-Address", &r->dst);
	write_numbers(w, "Protocol", &r->protocol);
	write_numbers(w, "Source-Port", &r->src_port);
	write_numbers(w, "Dest-Port", &r->dst_port);
	write_numbers(w, "ICMP-Type", &r->icmp_type);
	write_numbers(w, "ICMP-Code", &r->icmp_code);
	if (r->family)
		dtcp_writer_header(w, "X-JTap-IP-Version", "%s",
				   r->family == AF_INET ? "ipv4" : "ipv6");
	if (r->family_ccc)
		dtcp_writer_header(w, "X-JTap-Filter-Family", "ccc");
}

static void write_scope(struct dtcp_writer *w, const struct dtcp_request *r)
{
	static const char *const name[] = {
		[DTCP_INPUT] = "X-JTap-Input-Interface",
		[DTCP_OUTPUT] = "X-JTap-Output-Interface",
		[DTCP_VRF] = "X-JTap-VRF-Name",
	};
	struct list l = { .len = 0 };
	size_t i;

	for (i = 0; i < r->ninterface; i++)
		put_name(&l, r->interface[i]);
	if (r->scope != DTCP_EVERYWHERE)
		write_list(w, name[r->scope], &l);
}

static void write_outer(struct dtcp_writer *w, const struct dtcp_outer *o)
{
	struct list addr = { .len = 0 }, port = { .len = 0 };
	struct list src = { .len = 0 };
	size_t i;

	for (i = 0; i < o->ndst; i++) {
		begin_entry(&addr);
		put_address(&addr, o->dst[i].family, o->dst[i].addr);
	}
	for (i = 0; i < o->ndst_port; i++) {
		begin_entry(&port);
		put(&port, "%u", o->dst_port[i]);
	}
	if (o->src.family)
		put_address(&src, o->src.family, o->src.addr);
	write_list(w, "X-JTap-Cdest-Dest-Address", &addr);
	write_list(w, "X-JTap-Cdest-Dest-Port", &port);
	write_list(w, "X-JTap-Cdest-Source-Address", &src);
	if (o->src_port)
		write_u64(w, "X-JTap-Cdest-Source-Port", o->src_port);
	if (o->ttl)
		write_u64(w, "X-JTap-Cdest-TTL", o->ttl);
}

static void write_add(struct dtcp_writer *w, const struct dtcp_request *r)
{
	static const char *const action[] = {
		[DTCP_COPY] = "Copy",
		[DTCP_REDIRECT] = "Redirect",
		[DTCP_BLOCK] = "Block",
	};

	write_filter(w, r);
	write_scope(w, r);
	write_outer(w, &r->outer);
	write_u64(w, "Priority", r->priority);
	dtcp_writer_header(w, "Action", "%s", action[r->action]);
	if (r->has_intercept_id)
		dtcp_writer_header(w, "X-MD-Intercept-Id", "%08x%08x",
				   r->intercept[0], r->intercept[1]);
}

void dtcp_request_format(struct dtcp_writer *w, const char *csource,
			 const struct dtcp_request *r)
{
	char name[4 * DTCP_NAME_MAX + 1] = "";

	dtcp_value_escape(csource, name, sizeof(name));
	dtcp_writer_request(w, dtcp_method_name(r->method), r->version);
	dtcp_writer_header(w, "Csource-ID", "%s", name);
	write_cdests(w, r);
	write_ids(w, r);
	write_flags(w, r);
	write_limit(w, "Timeout-Idle", &r->timeout_idle);
	write_limit(w, "Timeout-Total", &r->timeout_total);
	write_limit(w, "Timeout-Packets", &r->timeout_packets);
	write_limit(w, "Timeout-Bytes", &r->timeout_bytes);
	if (r->method == DTCP_ADD)
		write_add(w, r);
	write_u64(w, "Seq", r->seq);
}
