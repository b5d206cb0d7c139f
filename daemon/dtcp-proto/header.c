// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <errno.h>
#include <string.h>

#include "dtcp-proto/header.h"
#include "dtcp-proto/value.h"

unsigned int dtcp_header_refuse(struct dtcp_error *e, unsigned int code,
				const struct dtcp_header *header,
				const char *why)
{
	e->code = code;
	e->header = header;
	e->why = why;
	return code;
}

int dtcp_header_text(struct dtcp_text t, char *out, size_t room)
{
	long i, len = dtcp_value_unescape(t, out, room);

	if (len < 1)
		return len == -E2BIG ? -E2BIG : -EINVAL;
	for (i = 0; i < len; i++) {
		if ((unsigned char)out[i] < ' ' || out[i] == 0x7f)
			return -EINVAL;
	}
	return 0;
}

int dtcp_header_name(struct dtcp_text t, char name[DTCP_NAME_MAX + 1])
{
	return dtcp_header_text(t, name, DTCP_NAME_MAX + 1) ? -EINVAL : 0;
}

unsigned int dtcp_header_cdests(struct dtcp_request *r,
				const struct dtcp_message *m,
				struct dtcp_error *e, size_t max)
{
	const struct dtcp_header *h = dtcp_message_find(m, "Cdest-ID");
	struct dtcp_text rest, entry;
	int more;

	if (!h)
		return 0;
	rest = h->value;
	while ((more = dtcp_value_next(&rest, &entry)) > 0) {
		if (r->ncdest == max)
			return dtcp_header_refuse(e, 400, h, max == 1 ?
				"Cdest-ID: more than one name" :
				"Cdest-ID: more than two names");
		if (dtcp_header_name(entry, r->cdest[r->ncdest]))
			break;
		r->ncdest++;
	}
	if (more)
		return dtcp_header_refuse(e, 400, h,
			"Cdest-ID: expected a name of 1..48 characters");
	if (r->ncdest == 2 && !strcmp(r->cdest[0], r->cdest[1]))
		return dtcp_header_refuse(e, 400, h,
			"Cdest-ID: the same name twice");
	return 0;
}

static int parse_id_range(struct dtcp_text t, struct dtcp_id_range *range)
{
	const char *dash = memchr(t.at, '-', t.len);
	struct dtcp_text from = t, to = t;
	uint64_t value[2];

	if (dash) {
		from.len = (size_t)(dash - t.at);
		to.at = dash + 1;
		to.len = t.len - from.len - 1;
	}
	if (dtcp_value_unsigned(from, UINT32_MAX, &value[0]) ||
	    dtcp_value_unsigned(to, UINT32_MAX, &value[1]) ||
	    value[0] > value[1])
		return -EINVAL;
	range->from = (uint32_t)value[0];
	range->to = (uint32_t)value[1];
	return 0;
}

unsigned int dtcp_header_ids(struct dtcp_request *r,
			     const struct dtcp_message *m,
			     struct dtcp_error *e)
{
	const struct dtcp_header *h = dtcp_message_find(m, "Criteria-ID");
	struct dtcp_text rest, entry;
	int more;

	if (!h)
		return 0;
	rest = h->value;
	while ((more = dtcp_value_next(&rest, &entry)) > 0) {
		if (r->nid == DTCP_ID_RANGES_MAX)
			return dtcp_header_refuse(e, 400, h,
				"Criteria-ID: more than 64 entries");
		if (parse_id_range(entry, &r->id[r->nid]))
			break;
		r->nid++;
	}
	if (more)
		return dtcp_header_refuse(e, 400, h,
			"Criteria-ID: expected ids and ascending ranges");
	return 0;
}

static int set_flag(struct dtcp_request *r, struct dtcp_text flag)
{
	if (dtcp_value_is(flag, "Static"))
		r->flag_static = true;
	else if (dtcp_value_is(flag, "SendAsync"))
		r->flag_send_async = true;
	else if (dtcp_value_is(flag, "Criteria"))
		r->list |= DTCP_LIST_CRITERIA;
	else if (dtcp_value_is(flag, "Stats"))
		r->list |= DTCP_LIST_STATS;
	else if (dtcp_value_is(flag, "Both") || dtcp_value_is(flag, "All"))
		r->list |= DTCP_LIST_CRITERIA | DTCP_LIST_STATS;
	else
		return -EINVAL;
	return 0;
}

unsigned int dtcp_header_flags(struct dtcp_request *r,
			       const struct dtcp_message *m,
			       struct dtcp_error *e)
{
	const struct dtcp_header *h = dtcp_message_find(m, "Flags");
	struct dtcp_text rest, entry;
	int more;

	if (!h || !h->value.len)
		return 0;
	rest = h->value;
	while ((more = dtcp_value_next(&rest, &entry)) > 0) {
		if (set_flag(r, entry))
			return dtcp_header_refuse(e, 501, h,
				"Flags: expected Static, SendAsync, Criteria, "
				"Stats or Both");
	}
	if (more)
		return dtcp_header_refuse(e, 400, h, "Flags: an empty entry");
	return 0;
}

static int read_limit(const struct dtcp_header *h, uint64_t min, uint64_t max,
		      struct dtcp_limit *limit)
{
	if (!h)
		return 0;
	if (dtcp_value_unsigned(h->value, max, &limit->value) ||
	    limit->value < min)
		return -EINVAL;
	limit->given = true;
	return 0;
}

unsigned int dtcp_header_timeouts(struct dtcp_request *r,
				  const struct dtcp_message *m,
				  struct dtcp_error *e, uint64_t min)
{
	const struct {
		const char *name;
		uint64_t max;
		struct dtcp_limit *limit;
		const char *why;
	} field[] = {
		{ "Timeout-Idle", DTCP_DAYSEC_MAX, &r->timeout_idle,
		  "Timeout-Idle: expected 1..86400 seconds" },
		{ "Timeout-Total", DTCP_DAYSEC_MAX, &r->timeout_total,
		  "Timeout-Total: expected 1..86400 seconds" },
		{ "Timeout-Packets", UINT64_MAX, &r->timeout_packets,
		  "Timeout-Packets: expected a number of packets" },
		{ "Timeout-Bytes", UINT64_MAX, &r->timeout_bytes,
		  "Timeout-Bytes: expected a number of bytes" },
	};
	size_t i;

	for (i = 0; i < sizeof(field) / sizeof(field[0]); i++) {
		const struct dtcp_header *h;

		h = dtcp_message_find(m, field[i].name);
		if (read_limit(h, min, field[i].max, field[i].limit))
			return dtcp_header_refuse(e, 433, h, field[i].why);
	}
	return 0;
}
