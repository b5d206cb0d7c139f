// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dtcpd/tasking-audit.h"
#include "dtcpd/tasking-event.h"

const char *tasking_transport_name(enum tasking_transport transport)
{
	return transport == TASKING_UDP ? "udp" : "ssh";
}

bool tasking_audit(struct tasking *t, json_t *record)
{
	if (t->outlet && t->outlet->audit)
		return t->outlet->audit(t->outlet_arg, record);
	json_decref(record);
	return true;
}

bool tasking_audit_ready(const struct tasking *t)
{
	return !t->outlet || !t->outlet->audit_ready ||
	       t->outlet->audit_ready(t->outlet_arg);
}

void tasking_attempt(struct tasking *t, const struct tasking_attempt *a)
{
	if (t->outlet && t->outlet->attempt)
		t->outlet->attempt(t->outlet_arg, a);
}

void tasking_refused(struct tasking *t, const char *peer, const char *why)
{
	tasking_attempt(t, &(struct tasking_attempt){
		.event = "connection-refused", .cause = why,
		.transport = TASKING_SSH, .peer = peer,
	});
}

/* @key is what else is told. */
static json_t *of_session(const char *event, const struct tasking_origin *o,
			  const char *key, const char *value)
{
	return json_pack("{ss so ss ss ss}", "event", event, "control-source",
			 tasking_name(o->user), "transport",
			 tasking_transport_name(o->transport), "peer", o->peer,
			 key, value);
}

void tasking_login(struct tasking *t, const struct tasking_origin *o,
		   const char *method)
{
	tasking_audit(t, of_session("login", o, "method", method));
}

void tasking_logout(struct tasking *t, const struct tasking_origin *o,
		    const char *why)
{
	tasking_audit(t, of_session("logout", o, "reason", why));
}

/* Every byte can be told, also of what is not UTF-8 or has a zero in it. */
static json_t *escaped(struct dtcp_text t)
{
	char *text = malloc(4 * t.len + 1);
	json_t *string = NULL;
	size_t i, len = 0;

	for (i = 0; text && i < t.len; i++) {
		if (t.at[i] != '\\' && isprint((unsigned char)t.at[i]))
			text[len++] = t.at[i];
		else
			len += (size_t)sprintf(text + len, "\\%03u",
					       (unsigned char)t.at[i]);
	}
	if (text)
		string = json_stringn(text, len);
	free(text);
	return string;
}

static json_t *string_of(struct dtcp_text t)
{
	json_t *string = NULL;

	if (!memchr(t.at, 0, t.len))
		string = json_stringn(t.at, t.len);
	return string ? string : escaped(t);
}

/* Those that dtcpd knows; of each the first, as it is the one that counts. */
static json_t *headers_of(const struct dtcp_message *m)
{
	json_t *o = json_object();
	const char *name;
	size_t i;

	for (i = 0; o && i < m->nheaders; i++) {
		name = dtcp_request_header(m->headers[i].name);
		if (name && strcasecmp(name, "Csource-ID") &&
		    strcasecmp(name, "Seq") && !json_object_get(o, name))
			json_object_set_new(o, name,
					    string_of(m->headers[i].value));
	}
	return o;
}

static json_t *number_of(uint64_t n)
{
	char text[24];

	if (n <= INT64_MAX)
		return json_integer((json_int_t)n);
	snprintf(text, sizeof(text), "%llu", (unsigned long long)n);
	return json_string(text);
}

static void add_outcome(json_t *o, const struct exchange *x, unsigned int code,
			size_t deleted)
{
	json_object_set_new(o, "code", json_integer(code));
	if (code != 200)
		json_object_set_new(o, "reason", tasking_name(
			x->e.why ? x->e.why : dtcp_reason(code)));
	if (code == 200 && x->r.method == DTCP_ADD) {
		json_object_set_new(o, "criteria-id",
				    json_integer(x->source->last_id));
		json_object_set_new(o, "filter",
				    json_integer(x->t->last_filter));
	}
	if (code == 200 && x->r.method == DTCP_DELETE)
		json_object_set_new(o, "criteria",
				    json_integer((json_int_t)deleted));
}

bool tasking_audit_request(const struct exchange *x, unsigned int code,
			   size_t deleted)
{
	json_t *o;

	if (!x->t->outlet || !x->t->outlet->audit)
		return true;
	o = tasking_event_of(x->source, "request");
	if (o) {
		json_object_set_new(o, "transport", json_string(
			tasking_transport_name(x->transport)));
		json_object_set_new(o, "peer", json_string(x->peer));
		json_object_set_new(o, "request", number_of(x->r.seq));
		json_object_set_new(o, "method", string_of(x->m->method));
		add_outcome(o, x, code, deleted);
		json_object_set_new(o, "headers", headers_of(x->m));
	}
	return tasking_audit(x->t, o);
}
