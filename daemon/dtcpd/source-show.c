// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <inttypes.h>
#include <stdio.h>

#include "dtcpd/source.h"

/* JSON integers end at 2^63-1; a sequence number may be larger. */
static void set(json_t *o, const char *name, uint64_t value)
{
	char text[24];

	if (value <= INT64_MAX) {
		json_object_set_new(o, name, json_integer((json_int_t)value));
		return;
	}
	snprintf(text, sizeof(text), "%" PRIu64, value);
	json_object_set_new(o, name, json_string(text));
}

static uint64_t sum(const uint64_t count[DTCP_METHOD_UNKNOWN + 1])
{
	uint64_t total = 0;
	int i;

	for (i = 0; i <= DTCP_METHOD_UNKNOWN; i++)
		total += count[i];
	return total;
}

static void show_requests(json_t *o, const struct source *s)
{
	static const struct {
		enum dtcp_method method;
		const char *received;
		const char *failed;
	} methods[] = {
		{ DTCP_ADD, "add-requests-received", "add-requests-failed" },
		{ DTCP_DELETE, "delete-requests-received",
		  "delete-requests-failed" },
		{ DTCP_LIST, "list-requests-received", "list-requests-failed" },
		{ DTCP_REFRESH, "refresh-requests-received",
		  "refresh-requests-failed" },
		{ DTCP_NOOP, "no-op-requests-received",
		  "no-op-requests-failed" },
	};
	size_t i;

	set(o, "requests-received", sum(s->received));
	set(o, "requests-failed", sum(s->failed));
	for (i = 0; i < sizeof(methods) / sizeof(methods[0]); i++) {
		set(o, methods[i].received, s->received[methods[i].method]);
		set(o, methods[i].failed, s->failed[methods[i].method]);
	}
}

/* ADD requests a second; Junos shows the two figures as well. */
static void show_rate(json_t *o, const struct rate *adds, int64_t now)
{
	set(o, "add-request-rate", rate_last(adds, now));
	set(o, "add-request-peak-rate", adds->peak);
}

static void show_notices(json_t *o, const struct source *s)
{
	static const char *const names[SOURCE_NOTICES] = {
		[SOURCE_NOTICE_RESTART] = "restart-notifications",
		[SOURCE_NOTICE_ROLLOVER] = "rollover-notifications",
		[SOURCE_NOTICE_NO_OP] = "no-op-notifications",
		[SOURCE_NOTICE_TIMEOUT] = "timeout-notifications",
		[SOURCE_NOTICE_CONGESTION] = "congestion-notifications",
		[SOURCE_NOTICE_CONGESTION_DELETE] =
			"congestion-delete-notifications",
		[SOURCE_NOTICE_DUPLICATES] = "dups-dropped-notifications",
	};
	uint64_t total = 0;
	int i;

	for (i = 0; i < SOURCE_NOTICES; i++)
		total += s->notices[i];
	set(o, "notifications", total);
	for (i = 0; i < SOURCE_NOTICES; i++)
		set(o, names[i], s->notices[i]);
}

static void show_gone(json_t *o, const struct source *s)
{
	set(o, "criteria-deleted-timeout-idle",
	    s->gone[DFC_REASON_TIMEOUT_IDLE]);
	set(o, "criteria-deleted-timeout-total",
	    s->gone[DFC_REASON_TIMEOUT_TOTAL]);
	set(o, "criteria-deleted-timeout-packets",
	    s->gone[DFC_REASON_LIMIT_PACKETS]);
	set(o, "criteria-deleted-timeout-bytes",
	    s->gone[DFC_REASON_LIMIT_BYTES]);
	set(o, "criteria-deleted-on-request", s->deleted);
	set(o, "criteria-deleted-by-configuration", s->disallowed);
	set(o, "criteria-deleted-by-congestion", s->congested);
	set(o, "criteria-deleted-otherwise", s->gone[DFC_REASON_DELETED] +
	    s->gone[DFC_REASON_OWNER]);
}

static const char *const drop_names[SOURCE_DROPS] = {
	[SOURCE_DROP_NOT_DTCP] = "not-dtcp",
	[SOURCE_DROP_COMMAND_LINE] = "bad-command-line",
	[SOURCE_DROP_BAD_REQUEST] = "bad-request",
	[SOURCE_DROP_UNKNOWN] = "unknown-control-source",
	[SOURCE_DROP_USER] = "not-ssh-user",
	[SOURCE_DROP_PORT] = "not-service-port",
	[SOURCE_DROP_ADDRESS] = "unauthorized-control-source",
	[SOURCE_DROP_DIGEST] = "bad-digest",
	[SOURCE_DROP_SEQUENCE] = "bad-sequence-number",
	[SOURCE_DROP_RATE] = "bandwidth-exceeded",
};

static void show_drops(json_t *o, const char *prefix,
		       const uint64_t drops[SOURCE_DROPS])
{
	char name[64];
	int i;

	for (i = 0; i < SOURCE_DROPS; i++) {
		snprintf(name, sizeof(name), "%s%s", prefix, drop_names[i]);
		set(o, name, drops[i]);
	}
}

json_t *source_show_drops(const uint64_t drops[SOURCE_DROPS])
{
	json_t *o = json_object();

	if (o)
		show_drops(o, "", drops);
	return o;
}

json_t *source_show(const struct source *s, int64_t now)
{
	json_t *o = json_object();

	if (!o)
		return NULL;
	json_object_set_new(o, "capture-group", json_string(s->group->name));
	json_object_set_new(o, "control-source", json_string(s->name));
	set(o, "criteria-added", s->added);
	set(o, "criteria-add-failed", s->failed[DTCP_ADD]);
	set(o, "active-criteria", s->by_id.count);
	set(o, "static-criteria", s->nstatic);
	set(o, "dynamic-criteria", s->by_id.count - s->nstatic);
	show_requests(o, s);
	show_rate(o, &s->adds, now);
	set(o, "bandwidth", s->bandwidth);
	show_notices(o, s);
	show_gone(o, s);
	show_drops(o, "dropped-", s->drops);
	set(o, "sequence-number", s->window.max);
	return o;
}
