// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "dtcp-proto/header.h"
#include "dtcp-proto/value.h"

static const struct {
	const char *name;
	enum dtcp_method method;
} methods[] = {
	{ "ADD", DTCP_ADD },
	{ "DELETE", DTCP_DELETE },
	{ "REFRESH", DTCP_REFRESH },
	{ "LIST", DTCP_LIST },
	{ "NOOP", DTCP_NOOP },
	{ "ENABLE", DTCP_ENABLE },
	{ "DISABLE", DTCP_DISABLE },
};

/* Those of any request, as answers spell them. */
static const char *const headers[] = {
	"Csource-ID", "Csource-Address", "Seq", "Timestamp",
	"Authentication-Info", "Cdest-ID", "Criteria-ID", "Flags",
	"Source-Address", "Dest-Address", "Protocol", "Source-Port",
	"Dest-Port", "ICMP-Type", "ICMP-Code", "Timeout-Idle",
	"Timeout-Total", "Timeout-Packets", "Timeout-Bytes", "Priority",
	"Action", "X-JTap-Cdest-Dest-Address", "X-JTap-Cdest-Dest-Port",
	"X-JTap-Cdest-Source-Address", "X-JTap-Cdest-Source-Port",
	"X-JTap-Cdest-TTL", "X-JTap-VRF-Name", "X-JTap-Input-Interface",
	"X-JTap-Output-Interface", "X-JTap-IP-Version",
	"X-JTap-Filter-Family", "X-MD-Intercept-Id",
};

static const struct dtcp_version oldest = { 0, 6 }, newest = { 0, 8 };

int dtcp_request_identity(const struct dtcp_message *m,
			  char csource[DTCP_NAME_MAX + 1], uint64_t *seq)
{
	const struct dtcp_header *id = dtcp_message_find(m, "Csource-ID");
	const struct dtcp_header *number = dtcp_message_find(m, "Seq");

	if (m->is_response || !id || !number ||
	    dtcp_header_name(id->value, csource) ||
	    dtcp_value_unsigned(number->value, UINT64_MAX, seq))
		return -EBADMSG;
	return 0;
}

static int compare(struct dtcp_version a, struct dtcp_version b)
{
	if (a.major != b.major)
		return a.major < b.major ? -1 : 1;
	return a.minor < b.minor ? -1 : a.minor > b.minor;
}

unsigned int dtcp_request_version(struct dtcp_version version,
				  struct dtcp_version *answer)
{
	*answer = version;
	if (compare(version, oldest) < 0)
		*answer = oldest;
	else if (compare(version, newest) > 0)
		*answer = newest;
	else
		return 0;
	return 505;
}

static enum dtcp_method find_method(struct dtcp_text name)
{
	size_t i;

	for (i = 0; i < sizeof(methods) / sizeof(methods[0]); i++) {
		if (dtcp_text_is(name, methods[i].name))
			return methods[i].method;
	}
	return DTCP_METHOD_UNKNOWN;
}

const char *dtcp_method_name(enum dtcp_method method)
{
	size_t i;

	for (i = 0; i < sizeof(methods) / sizeof(methods[0]); i++) {
		if (methods[i].method == method)
			return methods[i].name;
	}
	return "UNKNOWN";
}

/* Criteria-ID or Cdest-ID, by which DELETE, REFRESH and LIST name criteria. */
static unsigned int parse_target(struct dtcp_request *r,
				 const struct dtcp_message *m,
				 struct dtcp_error *e, bool mandatory)
{
	unsigned int code = dtcp_header_ids(r, m, e);

	if (!code)
		code = dtcp_header_cdests(r, m, e, 1);
	if (code)
		return code;
	if (r->nid && r->ncdest)
		return dtcp_header_refuse(e, 400, NULL,
			"Criteria-ID and Cdest-ID: expected only one of them");
	if (mandatory && !r->nid && !r->ncdest)
		return dtcp_header_refuse(e, 400, NULL,
			"neither Criteria-ID nor Cdest-ID");
	return 0;
}

static unsigned int parse_delete(struct dtcp_request *r,
				 const struct dtcp_message *m,
				 struct dtcp_error *e)
{
	unsigned int code = parse_target(r, m, e, true);

	return code ? code : dtcp_header_flags(r, m, e);
}

static unsigned int parse_refresh(struct dtcp_request *r,
				  const struct dtcp_message *m,
				  struct dtcp_error *e)
{
	unsigned int code = parse_delete(r, m, e);

	if (!code)
		code = dtcp_header_timeouts(r, m, e, 1);
	if (code)
		return code;
	if (!r->timeout_idle.given && !r->timeout_total.given &&
	    !r->timeout_packets.given && !r->timeout_bytes.given)
		return dtcp_header_refuse(e, 433, NULL,
			"REFRESH without a Timeout header");
	return 0;
}

static unsigned int parse_list(struct dtcp_request *r,
			       const struct dtcp_message *m,
			       struct dtcp_error *e)
{
	unsigned int code = parse_target(r, m, e, false);

	if (!code)
		code = dtcp_header_flags(r, m, e);
	if (!code && !r->list)
		r->list = DTCP_LIST_CRITERIA;
	return code;
}

const char *dtcp_request_header(struct dtcp_text name)
{
	size_t i;

	for (i = 0; i < sizeof(headers) / sizeof(headers[0]); i++) {
		if (dtcp_text_is(name, headers[i]))
			return headers[i];
	}
	return NULL;
}

static bool is_known(struct dtcp_text name)
{
	return (name.len >= 2 && !strncasecmp(name.at, "X-", 2)) ||
	       dtcp_request_header(name);
}

static unsigned int check_lines(const struct dtcp_message *m,
				struct dtcp_error *e)
{
	size_t i;

	for (i = 0; i < m->nheaders; i++) {
		if (!m->headers[i].name.len)
			return dtcp_header_refuse(e, 400, &m->headers[i],
				"not a header line, expected NAME: VALUE");
	}
	return 0;
}

/* A typing error in a filter header must not make a tap wider. */
static unsigned int check_known(const struct dtcp_message *m,
				struct dtcp_error *e)
{
	size_t i;

	for (i = 0; i < m->nheaders; i++) {
		if (!is_known(m->headers[i].name))
			return dtcp_header_refuse(e, 501, &m->headers[i],
				"header: not one of DTCP, nor an X- header");
	}
	return 0;
}

static unsigned int parse_seq(struct dtcp_request *r,
			      const struct dtcp_message *m,
			      struct dtcp_error *e)
{
	const struct dtcp_header *h = dtcp_message_find(m, "Seq");

	if (!h || dtcp_value_unsigned(h->value, UINT64_MAX, &r->seq))
		return dtcp_header_refuse(e, 400, h,
			"Seq: expected a number of 64 bits");
	return 0;
}

static unsigned int parse_method(struct dtcp_request *r,
				 const struct dtcp_message *m,
				 struct dtcp_error *e)
{
	switch (r->method) {
	case DTCP_ADD:
		return dtcp_request_parse_add(r, m, e);
	case DTCP_DELETE:
		return parse_delete(r, m, e);
	case DTCP_REFRESH:
		return parse_refresh(r, m, e);
	case DTCP_LIST:
		return parse_list(r, m, e);
	case DTCP_NOOP:
		return dtcp_header_flags(r, m, e);
	default:
		return dtcp_header_refuse(e, 501, NULL,
			"method: expected ADD, DELETE, REFRESH, LIST or NOOP");
	}
}

unsigned int dtcp_request_parse(struct dtcp_request *r,
				const struct dtcp_message *m,
				struct dtcp_error *e)
{
	unsigned int code;

	memset(r, 0, sizeof(*r));
	memset(e, 0, sizeof(*e));
	if (m->is_response)
		return dtcp_header_refuse(e, 400, NULL, "not a request");
	r->method = find_method(m->method);
	r->version = m->version;
	code = parse_seq(r, m, e);
	if (!code)
		code = check_lines(m, e);
	if (!code)
		code = check_known(m, e);
	return code ? code : parse_method(r, m, e);
}

void dtcp_request_fini(struct dtcp_request *r)
{
	free(r->src.entry);
	free(r->dst.entry);
	free(r->protocol.entry);
	free(r->src_port.entry);
	free(r->dst_port.entry);
	free(r->icmp_type.entry);
	free(r->icmp_code.entry);
	memset(r, 0, sizeof(*r));
}
