// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <stdlib.h>
#include <string.h>

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
	check(!!r->vrf.at + !!r->input.at + !!r->output.at <= 1);
	check(r->flag_static || r->timeout_idle.value ||
	      r->timeout_total.value || r->timeout_packets.value ||
	      r->timeout_bytes.value);
	check(r->intercept[0] <= 0x3fffffff);
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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char csource[DTCP_NAME_MAX + 1];
	struct dtcp_request r;
	struct dtcp_message m;
	struct dtcp_error e;
	unsigned int code;
	uint64_t seq;

	if (dtcp_message_parse(&m, (const char *)data, size))
		return 0;
	if (!dtcp_request_identity(&m, csource, &seq))
		check_name(csource);
	code = dtcp_request_parse(&r, &m, &e);
	check(code == e.code);
	if (code)
		check(e.why && code >= 400 && code <= 901);
	else
		check_request(&r);
	dtcp_request_fini(&r);
	return 0;
}
