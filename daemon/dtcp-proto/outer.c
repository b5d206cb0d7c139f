// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <errno.h>
#include <sys/socket.h>

#include "dtcp-proto/header.h"
#include "dtcp-proto/value.h"

#define NAME(what) "X-JTap-Cdest-" what

static int parse_addr(struct dtcp_text t, struct dtcp_outer_addr *addr)
{
	return dtcp_value_address(t, &addr->family, addr->addr);
}

static int parse_port(struct dtcp_text t, uint16_t *port)
{
	uint64_t value;

	if (dtcp_value_unsigned(t, UINT16_MAX, &value) || !value)
		return -EINVAL;
	*port = (uint16_t)value;
	return 0;
}

/* Counts that differ are 432, whatever the superfluous entries say. */
static unsigned int refuse_count(struct dtcp_error *e,
				 const struct dtcp_header *h)
{
	return dtcp_header_refuse(e, 432, h,
		"expected as many outer addresses and ports as Cdest-IDs");
}

static unsigned int parse_dst(struct dtcp_request *r,
			      const struct dtcp_message *m,
			      struct dtcp_error *e)
{
	const struct dtcp_header *h;
	struct dtcp_text rest, entry;
	int more;

	h = dtcp_message_find(m, NAME("Dest-Address"));
	if (!h)
		return 0;
	rest = h->value;
	while ((more = dtcp_value_next(&rest, &entry)) > 0) {
		if (r->outer.ndst == r->ncdest)
			return refuse_count(e, h);
		if (parse_addr(entry, &r->outer.dst[r->outer.ndst]))
			break;
		r->outer.ndst++;
	}
	if (more)
		return dtcp_header_refuse(e, 400, h,
			NAME("Dest-Address: expected an address"));
	return r->outer.ndst == r->ncdest ? 0 : refuse_count(e, h);
}

static unsigned int parse_dst_port(struct dtcp_request *r,
				   const struct dtcp_message *m,
				   struct dtcp_error *e)
{
	const struct dtcp_header *h = dtcp_message_find(m, NAME("Dest-Port"));
	struct dtcp_text rest, entry;
	int more;

	if (!h)
		return 0;
	rest = h->value;
	while ((more = dtcp_value_next(&rest, &entry)) > 0) {
		if (r->outer.ndst_port == r->ncdest)
			return refuse_count(e, h);
		if (parse_port(entry, &r->outer.dst_port[r->outer.ndst_port]))
			break;
		r->outer.ndst_port++;
	}
	if (more)
		return dtcp_header_refuse(e, 400, h,
			NAME("Dest-Port: expected 1..65535"));
	return r->outer.ndst_port == r->ncdest ? 0 : refuse_count(e, h);
}

static unsigned int parse_src(struct dtcp_request *r,
			      const struct dtcp_message *m,
			      struct dtcp_error *e)
{
	const struct dtcp_header *h;
	size_t i;

	h = dtcp_message_find(m, NAME("Source-Port"));
	if (h && parse_port(h->value, &r->outer.src_port))
		return dtcp_header_refuse(e, 400, h,
			NAME("Source-Port: expected 1..65535"));
	h = dtcp_message_find(m, NAME("Source-Address"));
	if (!h)
		return 0;
	if (parse_addr(h->value, &r->outer.src))
		return dtcp_header_refuse(e, 400, h,
			NAME("Source-Address: expected an address"));
	for (i = 0; i < r->outer.ndst; i++) {
		if (r->outer.dst[i].family != r->outer.src.family)
			return dtcp_header_refuse(e, 400, h, NAME(
				"Source-Address: not the family of the "
				"destination"));
	}
	return 0;
}

static unsigned int parse_ttl(struct dtcp_request *r,
			      const struct dtcp_message *m,
			      struct dtcp_error *e)
{
	const struct dtcp_header *h = dtcp_message_find(m, NAME("TTL"));
	uint64_t value = 0;

	if (h && (dtcp_value_unsigned(h->value, UINT8_MAX, &value) || !value))
		return dtcp_header_refuse(e, 400, h,
			NAME("TTL: expected 1..255"));
	r->outer.ttl = (uint8_t)value;
	return 0;
}

unsigned int dtcp_request_parse_outer(struct dtcp_request *r,
				      const struct dtcp_message *m,
				      struct dtcp_error *e)
{
	unsigned int code = parse_dst(r, m, e);

	if (!code)
		code = parse_dst_port(r, m, e);
	if (!code)
		code = parse_src(r, m, e);
	return code ? code : parse_ttl(r, m, e);
}
