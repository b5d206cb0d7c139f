// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "dtcp-proto/request.h"
#include "dtcp-proto/value.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
	if (!holds)
		abort();
}

static void check_name(const char *name)
{
	char escaped[4 * DTCP_NAME_MAX + 1], back[DTCP_NAME_MAX + 1];
	struct dtcp_text t = { escaped, 0 };

	check(strlen(name) >= 1 && strlen(name) <= DTCP_NAME_MAX);
	t.len = (size_t)dtcp_value_escape(name, escaped, sizeof(escaped));
	check(dtcp_value_unescape(t, back, sizeof(back)) > 0);
	check(!strcmp(name, back));
}

static void check_add(const struct dtcp_request *r)
{
	const struct dtcp_outer *o = &r->outer;

	check(r->ncdest >= 1 && r->ncdest <= DTCP_CDESTS_MAX);
	check(r->priority >= 1);
	check(!o->ndst || o->ndst == r->ncdest);
	check(!o->ndst_port || o->ndst_port == r->ncdest);
	check((r->scope == DTCP_EVERYWHERE) == (r->ninterface == 0));
	check(r->ninterface <= (r->scope == DTCP_VRF ? 1 :
				DTCP_INTERFACES_MAX));
	check(!(r->icmp_type.n || r->icmp_code.n) ||
	      !(r->src_port.n || r->dst_port.n));
	check(r->flag_static || r->timeout_idle.value ||
	      r->timeout_total.value || r->timeout_packets.value ||
	      r->timeout_bytes.value);
	check(r->intercept[0] <= DTCP_INTERCEPT_MAX);
}

static void check_request(const struct dtcp_request *r)
{
	size_t i;

	for (i = 0; i < r->ncdest; i++)
		check_name(r->cdest[i]);
	for (i = 0; i < r->nid; i++)
		check(r->id[i].from <= r->id[i].to);
	check(r->timeout_idle.value <= DTCP_DAYSEC_MAX);
	check(r->timeout_total.value <= DTCP_DAYSEC_MAX);
	if (r->method == DTCP_ADD)
		check_add(r);
	else if (r->method == DTCP_DELETE || r->method == DTCP_REFRESH)
		check((r->nid > 0) + (r->ncdest == 1) == 1);
	else if (r->method == DTCP_LIST)
		check(r->list && r->ncdest <= 1);
	else
		check(r->method == DTCP_NOOP);
}

static void same_numbers(const struct dtcp_range_list *a,
			 const struct dtcp_range_list *b)
{
	size_t i;

	check(a->n == b->n);
	for (i = 0; i < a->n; i++) {
		check(a->entry[i].from == b->entry[i].from);
		check(a->entry[i].to == b->entry[i].to);
		check(a->entry[i].negated == b->entry[i].negated);
	}
}

static void same_addresses(const struct dtcp_addr_list *a,
			   const struct dtcp_addr_list *b)
{
	size_t i, len;

	check(a->n == b->n);
	for (i = 0; i < a->n; i++) {
		check(a->entry[i].family == b->entry[i].family);
		check(a->entry[i].negated == b->entry[i].negated);
		len = a->entry[i].family == AF_INET ? 4 : 16;
		check(!memcmp(a->entry[i].from, b->entry[i].from, len));
		check(!memcmp(a->entry[i].to, b->entry[i].to, len));
	}
}

static void same_limit(const struct dtcp_limit *a, const struct dtcp_limit *b)
{
	check(a->given == b->given && a->value == b->value);
}

static void same_address(const struct dtcp_outer_addr *a,
			 const struct dtcp_outer_addr *b)
{
	check(a->family == b->family);
	check(!memcmp(a->addr, b->addr, a->family == AF_INET ? 4 : 16));
}

static void same_outer(const struct dtcp_outer *a, const struct dtcp_outer *b)
{
	size_t i;

	check(a->ndst == b->ndst && a->ndst_port == b->ndst_port);
	for (i = 0; i < a->ndst; i++)
		same_address(&a->dst[i], &b->dst[i]);
	check(!memcmp(a->dst_port, b->dst_port, sizeof(a->dst_port)));
	same_address(&a->src, &b->src);
	check(a->src_port == b->src_port && a->ttl == b->ttl);
}

static void same_names(const struct dtcp_request *a,
		       const struct dtcp_request *b)
{
	size_t i;

	check(a->ncdest == b->ncdest && a->nid == b->nid);
	for (i = 0; i < a->ncdest; i++)
		check(!strcmp(a->cdest[i], b->cdest[i]));
	for (i = 0; i < a->nid; i++)
		check(a->id[i].from == b->id[i].from &&
		      a->id[i].to == b->id[i].to);
	check(a->scope == b->scope && a->ninterface == b->ninterface);
	for (i = 0; i < a->ninterface; i++)
		check(!strcmp(a->interface[i], b->interface[i]));
}

static void same_request(const struct dtcp_request *a,
			 const struct dtcp_request *b)
{
	check(a->method == b->method && a->seq == b->seq);
	check(a->version.major == b->version.major &&
	      a->version.minor == b->version.minor);
	same_names(a, b);
	check(a->flag_static == b->flag_static && a->list == b->list &&
	      a->flag_send_async == b->flag_send_async);
	check(a->priority == b->priority && a->action == b->action);
	same_limit(&a->timeout_idle, &b->timeout_idle);
	same_limit(&a->timeout_total, &b->timeout_total);
	same_limit(&a->timeout_packets, &b->timeout_packets);
	same_limit(&a->timeout_bytes, &b->timeout_bytes);
	check(a->family == b->family && a->family_ccc == b->family_ccc);
	same_addresses(&a->src, &b->src);
	same_addresses(&a->dst, &b->dst);
	same_numbers(&a->protocol, &b->protocol);
	same_numbers(&a->src_port, &b->src_port);
	same_numbers(&a->dst_port, &b->dst_port);
	same_numbers(&a->icmp_type, &b->icmp_type);
	same_numbers(&a->icmp_code, &b->icmp_code);
	same_outer(&a->outer, &b->outer);
	check(a->has_intercept_id == b->has_intercept_id);
	check(a->intercept[0] == b->intercept[0] &&
	      a->intercept[1] == b->intercept[1]);
}

/* What was understood, written out in full, is understood the same. */
static void round_trip(const struct dtcp_request *r, const char *csource)
{
	static struct dtcp_message m;
	char name[DTCP_NAME_MAX + 1];
	struct dtcp_request again;
	struct dtcp_writer w;
	struct dtcp_error e;
	uint64_t seq;

	dtcp_writer_init(&w, r->seq % 2);
	dtcp_request_format(&w, csource, r);
	check(!dtcp_writer_sign(&w, "k", 1));
	check(dtcp_message_frame(w.buf, w.len) == (long)w.len);
	check(!dtcp_message_parse(&m, w.buf, w.len));
	check(dtcp_message_verify(&m, w.buf, "k", 1));
	check(!dtcp_request_identity(&m, name, &seq));
	check(!strcmp(name, csource) && seq == r->seq);
	check(!dtcp_request_parse(&again, &m, &e));
	same_request(r, &again);
	dtcp_request_fini(&again);
	dtcp_writer_fini(&w);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char csource[DTCP_NAME_MAX + 1];
	struct dtcp_request r;
	struct dtcp_message m;
	struct dtcp_error e;
	unsigned int code;
	bool identified;
	uint64_t seq;

	if (dtcp_message_parse(&m, (const char *)data, size))
		return 0;
	identified = !dtcp_request_identity(&m, csource, &seq);
	if (identified)
		check_name(csource);
	code = dtcp_request_parse(&r, &m, &e);
	check(code == e.code);
	if (code)
		check(e.why && code >= 400 && code <= 901);
	else
		check_request(&r);
	if (!code && identified)
		round_trip(&r, csource);
	dtcp_request_fini(&r);
	return 0;
}
