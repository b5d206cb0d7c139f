// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "dtcp-proto/header.h"
#include "dtcp-proto/value.h"

/* One of several steps; each returns 0 or a response code. */
typedef unsigned int (*step)(struct dtcp_request *r,
			     const struct dtcp_message *m,
			     struct dtcp_error *e);

static unsigned int refuse_list(struct dtcp_error *e, int err,
				const struct dtcp_header *h, const char *why)
{
	if (err == -ENOMEM)
		return dtcp_header_refuse(e, 500, h, "out of memory");
	if (err == -E2BIG)
		return dtcp_header_refuse(e, 432, h,
			"filter: more than 64 entries");
	return dtcp_header_refuse(e, 432, h, why);
}

static unsigned int parse_cdests(struct dtcp_request *r,
				 const struct dtcp_message *m,
				 struct dtcp_error *e)
{
	unsigned int code = dtcp_header_cdests(r, m, e, DTCP_CDESTS_MAX);

	if (!code && !r->ncdest)
		return dtcp_header_refuse(e, 400, NULL, "ADD without Cdest-ID");
	return code;
}

static unsigned int parse_priority(struct dtcp_request *r,
				   const struct dtcp_message *m,
				   struct dtcp_error *e)
{
	const struct dtcp_header *h = dtcp_message_find(m, "Priority");
	uint64_t value = 1;

	if (h && (dtcp_value_unsigned(h->value, UINT8_MAX, &value) || !value))
		return dtcp_header_refuse(e, 400, h,
			"Priority: expected 1..255");
	r->priority = (uint8_t)value;
	return 0;
}

static unsigned int parse_action(struct dtcp_request *r,
				 const struct dtcp_message *m,
				 struct dtcp_error *e)
{
	const struct dtcp_header *h = dtcp_message_find(m, "Action");

	if (!h || dtcp_value_is(h->value, "Copy"))
		r->action = DTCP_COPY;
	else if (dtcp_value_is(h->value, "Redirect"))
		r->action = DTCP_REDIRECT;
	else if (dtcp_value_is(h->value, "Block"))
		r->action = DTCP_BLOCK;
	else
		return dtcp_header_refuse(e, 501, h,
			"Action: expected Copy, Redirect or Block");
	return 0;
}

static unsigned int parse_timeouts(struct dtcp_request *r,
				   const struct dtcp_message *m,
				   struct dtcp_error *e)
{
	unsigned int code;

	/* A static criterion ignores all timeouts, broken ones too. */
	if (r->flag_static)
		return 0;
	code = dtcp_header_timeouts(r, m, e, 0);
	if (code)
		return code;
	if (!r->timeout_idle.value && !r->timeout_total.value &&
	    !r->timeout_packets.value && !r->timeout_bytes.value)
		return dtcp_header_refuse(e, 433, NULL,
			"no Timeout header above zero and no Flags: Static");
	return 0;
}

/* The family of a list; "*" alone has none. */
static int list_family(const struct dtcp_addr_list *list)
{
	size_t i;

	for (i = 0; i < list->n; i++) {
		if (list->entry[i].family != AF_UNSPEC)
			return list->entry[i].family;
	}
	return AF_UNSPEC;
}

static unsigned int parse_addresses(struct dtcp_request *r,
				    const struct dtcp_message *m,
				    struct dtcp_error *e)
{
	const struct dtcp_header *src = dtcp_message_find(m, "Source-Address");
	const struct dtcp_header *dst = dtcp_message_find(m, "Dest-Address");
	int err, src_family, dst_family;

	err = src ? dtcp_filter_addresses(&r->src, src->value) : 0;
	if (err)
		return refuse_list(e, err, src, "Source-Address: expected a, "
			"a/len, a-b, a-*, *-b or * of one address family");
	err = dst ? dtcp_filter_addresses(&r->dst, dst->value) : 0;
	if (err)
		return refuse_list(e, err, dst, "Dest-Address: expected a, "
			"a/len, a-b, a-*, *-b or * of one address family");
	src_family = list_family(&r->src);
	dst_family = list_family(&r->dst);
	if (src_family && dst_family && src_family != dst_family)
		return dtcp_header_refuse(e, 432, NULL,
			"Source-Address and Dest-Address: two families");
	r->family = src_family ? src_family : dst_family;
	return 0;
}

static unsigned int parse_ip_version(struct dtcp_request *r,
				     const struct dtcp_message *m,
				     struct dtcp_error *e)
{
	const struct dtcp_header *h = dtcp_message_find(m, "X-JTap-IP-Version");
	int family;

	if (!h)
		return 0;
	if (dtcp_value_is(h->value, "ipv4"))
		family = AF_INET;
	else if (dtcp_value_is(h->value, "ipv6"))
		family = AF_INET6;
	else
		return dtcp_header_refuse(e, 501, h,
			"X-JTap-IP-Version: expected ipv4 or ipv6");
	if (r->family && r->family != family)
		return dtcp_header_refuse(e, 432, h,
			"X-JTap-IP-Version: the addresses say otherwise");
	r->family = family;
	return 0;
}

static unsigned int parse_numbers(struct dtcp_request *r,
				  const struct dtcp_message *m,
				  struct dtcp_error *e)
{
	const struct {
		const char *name;
		uint16_t max;
		struct dtcp_range_list *list;
		const char *why;
	} field[] = {
		{ "Protocol", UINT8_MAX, &r->protocol,
		  "Protocol: expected numbers and ascending ranges, 0..255" },
		{ "Source-Port", UINT16_MAX, &r->src_port,
		  "Source-Port: expected ports, ascending ranges, 0..65535" },
		{ "Dest-Port", UINT16_MAX, &r->dst_port,
		  "Dest-Port: expected ports, ascending ranges, 0..65535" },
		{ "ICMP-Type", UINT8_MAX, &r->icmp_type,
		  "ICMP-Type: expected numbers and ascending ranges, 0..255" },
		{ "ICMP-Code", UINT8_MAX, &r->icmp_code,
		  "ICMP-Code: expected numbers and ascending ranges, 0..255" },
	};
	const struct dtcp_header *h;
	size_t i;
	int err;

	for (i = 0; i < sizeof(field) / sizeof(field[0]); i++) {
		h = dtcp_message_find(m, field[i].name);
		if (!h)
			continue;
		err = dtcp_filter_numbers(field[i].list, h->value,
					  field[i].max);
		if (err)
			return refuse_list(e, err, h, field[i].why);
	}
	if ((r->icmp_type.n || r->icmp_code.n) &&
	    (r->src_port.n || r->dst_port.n))
		return dtcp_header_refuse(e, 432, NULL,
			"ICMP and ports: no packet has both");
	return 0;
}

static bool has_l3(const struct dtcp_message *m)
{
	static const char *const name[] = {
		"Source-Address", "Dest-Address", "Protocol", "Source-Port",
		"Dest-Port", "ICMP-Type", "ICMP-Code", "X-JTap-IP-Version",
	};
	size_t i;

	for (i = 0; i < sizeof(name) / sizeof(name[0]); i++) {
		if (dtcp_message_find(m, name[i]))
			return true;
	}
	return false;
}

static unsigned int parse_filter_family(struct dtcp_request *r,
					const struct dtcp_message *m,
					struct dtcp_error *e)
{
	const struct dtcp_header *h;

	h = dtcp_message_find(m, "X-JTap-Filter-Family");
	if (!h)
		return 0;
	/* Ignored, as an unknown X- header is, it would match everything. */
	if (m->version.major == 0 && m->version.minor < 8)
		return dtcp_header_refuse(e, 400, h,
			"X-JTap-Filter-Family: needs DTCP/0.8");
	if (!dtcp_value_is(h->value, "ccc"))
		return dtcp_header_refuse(e, 501, h,
			"X-JTap-Filter-Family: expected ccc");
	if (has_l3(m))
		return dtcp_header_refuse(e, 432, h,
			"X-JTap-Filter-Family: ccc with a filter on IP");
	r->family_ccc = true;
	return 0;
}

static unsigned int parse_intercept(struct dtcp_request *r,
				    const struct dtcp_message *m,
				    struct dtcp_error *e)
{
	const struct dtcp_header *h = dtcp_message_find(m, "X-MD-Intercept-Id");
	char hex[16 + 1];
	long i, len;

	if (!h)
		return 0;
	len = dtcp_value_unescape(h->value, hex, sizeof(hex));
	if (len != 8 && len != 16)
		goto bad;
	for (i = 0; i < len; i++) {
		unsigned int digit = (unsigned char)hex[i];

		if (digit >= '0' && digit <= '9')
			digit -= '0';
		else if ((digit | 0x20) >= 'a' && (digit | 0x20) <= 'f')
			digit = (digit | 0x20) - 'a' + 10;
		else
			goto bad;
		r->intercept[i / 8] = r->intercept[i / 8] << 4 | digit;
	}
	/* The first two bits of the copy's header are not the id's. */
	r->intercept[0] &= DTCP_INTERCEPT_MAX;
	r->has_intercept_id = true;
	return 0;
bad:
	return dtcp_header_refuse(e, 400, h,
		"X-MD-Intercept-Id: expected 8 or 16 hex digits");
}

unsigned int dtcp_request_parse_add(struct dtcp_request *r,
				    const struct dtcp_message *m,
				    struct dtcp_error *e)
{
	static const step steps[] = {
		parse_cdests, dtcp_header_flags, parse_priority, parse_action,
		parse_timeouts, parse_addresses, parse_ip_version,
		parse_numbers, parse_filter_family, dtcp_request_parse_scope,
		parse_intercept, dtcp_request_parse_outer,
	};
	unsigned int code = 0;
	size_t i;

	for (i = 0; i < sizeof(steps) / sizeof(steps[0]) && !code; i++)
		code = steps[i](r, m, e);
	return code;
}
