/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

/*
 * On top of tasking_fake.h: an outlet that keeps what it is given, messages
 * over UDP, and settings that are changed in the configuration in force.
 */

#ifndef TASKING_FAKE_OUTLET_H
#define TASKING_FAKE_OUTLET_H

#include "tasking_fake.h"

#define OUTLET_MAX 64

static struct outlet {
	struct {
		char source[DTCP_NAME_MAX + 1];
		char key[DTCP_KEY_MAX + 1];
		char mixed[2048];
		char upper[2048];
	} notice[OUTLET_MAX];
	size_t nnotice;
	struct {
		char source[DTCP_NAME_MAX + 1];
		struct tasking_memory memory;
	} kept[8];
	size_t nkept;
	size_t remembered;	/* calls */
	char events[1 << 16];	/* JSON, a line each; the latest */
	bool deaf;		/* nobody listens to them */
	char audit[1 << 16];	/* JSON, a line each; the latest */
	unsigned int audit_room;	/* records until the disk is full */
	bool audit_full;
	char attempts[1 << 12];	/* a line each */
} outlet;

/* Checks the digest of a notification, and cuts it off. */
static void keep_notice(char *at, size_t room, const struct dtcp_writer *w,
			const struct config_source *s)
{
	struct dtcp_message m;

	assert_false(w->failed);
	assert_true(w->len < room);
	assert_int_equal(dtcp_writer_message(w, 0), w->len);
	memcpy(at, w->buf, w->len);
	at[w->len] = 0;
	assert_int_equal(dtcp_message_parse(&m, at, w->len), 0);
	assert_true(dtcp_message_verify(&m, at, s->key, s->key_len));
	*strcasestr(at, "authentication-info: ") = 0;
}

static const struct tasking_outlet fake_outlet;

static void outlet_notify(void *arg, const struct config_source *source,
			  const struct dtcp_writer *mixed,
			  const struct dtcp_writer *upper)
{
	size_t n = outlet.nnotice++;

	assert_true(n < OUTLET_MAX);
	assert_ptr_equal(arg, &fake_outlet);
	assert_false(mixed->upper);
	assert_true(upper->upper);
	strcpy(outlet.notice[n].source, source->name);
	memcpy(outlet.notice[n].key, source->key, source->key_len);
	keep_notice(outlet.notice[n].mixed, sizeof(outlet.notice[n].mixed),
		    mixed, source);
	keep_notice(outlet.notice[n].upper, sizeof(outlet.notice[n].upper),
		    upper, source);
}

static struct tasking_memory *memory_of(const char *source)
{
	size_t i;

	for (i = 0; i < outlet.nkept; i++)
		if (!strcmp(outlet.kept[i].source, source))
			return &outlet.kept[i].memory;
	return NULL;
}

static void outlet_remember(void *arg, const char *source,
			    const struct tasking_memory *m)
{
	struct tasking_memory *old = memory_of(source);

	outlet.remembered++;
	if (!old) {
		assert_true(outlet.nkept < 8);
		strcpy(outlet.kept[outlet.nkept].source, source);
		old = &outlet.kept[outlet.nkept++].memory;
	}
	*old = *m;
}

static bool outlet_recall(void *arg, const char *source,
			  struct tasking_memory *m)
{
	const struct tasking_memory *old = memory_of(source);

	if (old)
		*m = *old;
	return old;
}

static void outlet_event(void *arg, json_t *event)
{
	char *text = json_dumps(event, JSON_COMPACT);

	assert_non_null(text);
	if (strlen(outlet.events) + strlen(text) + 2 > sizeof(outlet.events))
		outlet.events[0] = '\0';
	strcat(strcat(outlet.events, text), "\n");
	free(text);
}

static bool outlet_heard(void *arg)
{
	return !outlet.deaf;
}

static bool outlet_audit(void *arg, json_t *record)
{
	char *text = json_dumps(record, JSON_COMPACT);

	assert_non_null(text);
	json_decref(record);
	if (outlet.audit_full && !outlet.audit_room) {
		free(text);
		return false;
	}
	outlet.audit_room -= outlet.audit_room != 0;
	if (strlen(outlet.audit) + strlen(text) + 2 > sizeof(outlet.audit))
		outlet.audit[0] = '\0';
	strcat(strcat(outlet.audit, text), "\n");
	free(text);
	return true;
}

static bool outlet_audit_ready(void *arg)
{
	return !outlet.audit_full || outlet.audit_room;
}

static void outlet_attempt(void *arg, const struct tasking_attempt *a)
{
	size_t len = strlen(outlet.attempts);

	snprintf(outlet.attempts + len, sizeof(outlet.attempts) - len,
		 "%s %s %s %s %s%s\n", a->event, a->cause,
		 tasking_transport_name(a->transport), a->peer,
		 a->name ? a->name : "-", a->known ? " known" : "");
}

static const struct tasking_outlet fake_outlet = {
	.audit = outlet_audit,
	.audit_ready = outlet_audit_ready,
	.attempt = outlet_attempt,
	.event = outlet_event,
	.heard = outlet_heard,
	.notify = outlet_notify,
	.remember = outlet_remember,
	.recall = outlet_recall,
};

/* A daemon that starts, with what the outlet kept of the one before. */
__attribute__((unused))
static void outlet_start(const char *groups)
{
	outlet_used = &fake_outlet;
	fake_start(groups);
}

/* A control source of the configuration in force, to be changed. */
__attribute__((unused))
static struct config_source *source_config(const char *name)
{
	return (struct config_source *)config_source_find(config, name, NULL);
}

#define UDP_PORT 2000

/* Sends from @o, signed with @key; returns whether there is an answer. */
__attribute__((unused))
static bool send_from(const struct tasking_origin *o, const char *text,
		      const char *key)
{
	uint8_t digest[DTCP_DIGEST_LEN];
	struct dtcp_writer w;
	char msg[4096];
	size_t i, len;
	bool answered;

	assert_int_equal(dtcp_hmac(key, strlen(key), text, strlen(text),
				   digest), 0);
	len = snprintf(msg, sizeof(msg), "%sAuthentication-Info: ", text);
	for (i = 0; i < sizeof(digest); i++)
		len += sprintf(msg + len, "%02x", digest[i]);
	len += sprintf(msg + len, "\r\n\r\n");
	dtcp_writer_init(&w, o->transport == TASKING_SSH);
	tasking_request(tasking, o, msg, len, &w);
	answered = w.len > 0;
	dtcp_writer_fini(&w);
	return answered;
}

static struct tasking_origin udp_origin = {
	.transport = TASKING_UDP,
	.peer = "192.0.2.7",
	.address = { AF_INET, { 192, 0, 2, 7 } },
	.service_port = UDP_PORT,
};

/* A request over UDP, key Juniper. */
__attribute__((unused))
static bool udp(const char *name, const char *method, const char *headers,
		uint64_t seq)
{
	char text[2048];

	snprintf(text, sizeof(text),
		 "%s DTCP/0.7\r\nCsource-ID: %s\r\n%sSeq: %llu\r\n", method,
		 name, headers, (unsigned long long)seq);
	return send_from(&udp_origin, text, "Juniper");
}

/* A counter of a control source; without a name, of all messages dropped. */
__attribute__((unused))
static json_int_t counter(const char *name, const char *what)
{
	json_t *o = tasking_show(tasking, "control-source"), *s, *row;
	json_int_t value = -1;
	size_t i;

	if (!name)
		value = json_integer_value(json_object_get(
				json_object_get(o, "drops"), what));
	s = json_object_get(o, "control-sources");
	json_array_foreach(s, i, row) {
		if (!name || strcmp(name, json_string_value(
				json_object_get(row, "control-source"))))
			continue;
		assert_non_null(json_object_get(row, what));
		value = json_integer_value(json_object_get(row, what));
	}
	json_decref(o);
	return value;
}

#endif
