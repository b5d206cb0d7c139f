// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>

#include "dtcpd/log.h"
#include "dtcpd/tasking-event.h"
#include "dtcpd/tasking-notice.h"
#include "dtcpd/tasking-private.h"

#define LINES_PER_SECOND 10	/* about each source, and about strangers */

/* In Junos' words, where it has some. */
static const char *const causes[SOURCE_DROPS] = {
	[SOURCE_DROP_NOT_DTCP] = "not DTCP",
	[SOURCE_DROP_COMMAND_LINE] = "bad command line",
	[SOURCE_DROP_BAD_REQUEST] =
		"bad request: too long, or no Csource-ID or Seq",
	[SOURCE_DROP_UNKNOWN] = "unknown control source",
	[SOURCE_DROP_USER] = "control source is not the SSH user",
	[SOURCE_DROP_PORT] = "not its service-port",
	[SOURCE_DROP_ADDRESS] =
		"unauthorized control source: not one of its source-addresses",
	[SOURCE_DROP_DIGEST] = "missing or wrong digest",
	[SOURCE_DROP_RATE] = "bandwidth exceeded: more than its rate-limit",
};

static void tell_drop(struct tasking *t, const struct source *s,
		      const char *name, enum source_drop cause)
{
	json_t *o = json_pack("{ss}", "cause", source_drop_name(cause));

	if (s) {
		tasking_event_source(t, s, "message-dropped", o);
		return;
	}
	json_object_set_new(o, "event", json_string("message-dropped"));
	if (name)
		json_object_set_new(o, "control-source", tasking_name(name));
	tasking_event(t, o);
}

/*
 * Each source has a limit of its own, and strangers have one together: so
 * none of them can hide what the others do.
 */
static void log_drop(struct tasking *t, const struct tasking_origin *o,
		     struct source *s, const char *name,
		     enum source_drop cause, const char *why)
{
	struct rate *limit = s ? &s->lines : &t->strangers;
	uint32_t missed;

	if (!rate_take(limit, LINES_PER_SECOND, t->ops->now(t->ctx)))
		return;
	tell_drop(t, s, name, cause);
	missed = rate_missed(limit);
	if (missed)
		log_msg(LOG_NOTICE, "%s: %u such lines were left out here",
			s ? s->name : "strangers", missed);
	log_msg(LOG_WARNING, "%s (%s): message dropped: %s",
		name ? name : "?", o->peer, why);
}

/* @name is what the message says of itself; NULL where it says nothing. */
static void drop(struct tasking *t, const struct tasking_origin *o,
		 const char *name, enum source_drop cause, const char *why)
{
	struct source *s;

	if (o->user)
		name = o->user;
	s = name ? source_lookup(&t->sources, name) : NULL;
	t->drops[cause]++;
	rate_take(&t->dropped, 0, t->ops->now(t->ctx));
	if (s)
		s->drops[cause]++;
	tasking_attempt(t, &(struct tasking_attempt){
		.event = "message-dropped", .cause = source_drop_name(cause),
		.transport = o->transport, .peer = o->peer, .name = name,
		.known = s != NULL,
	});
	if (s && s->config->no_syslog && cause > SOURCE_DROP_DIGEST)
		return;
	log_drop(t, o, s, name, cause, why);
}

void tasking_unfinished(struct tasking *t, const struct tasking_origin *o)
{
	t->messages++;
	drop(t, o, NULL, SOURCE_DROP_DIGEST,
	     "the stream ended before its Authentication-Info");
}

/* What is wrong with a message before anybody is looked up; or SOURCE_DROPS. */
static enum source_drop read_message(struct letter *l, const char *msg,
				     size_t len)
{
	int err = dtcp_message_parse(&l->m, msg, len);

	l->source = NULL;
	l->csource[0] = '\0';
	if (err == -EBADMSG)
		return memmem(msg, len, "DTCP/", 5) ?
		       SOURCE_DROP_COMMAND_LINE : SOURCE_DROP_NOT_DTCP;
	if (err)
		return SOURCE_DROP_BAD_REQUEST;
	if (l->m.is_response)
		return SOURCE_DROP_COMMAND_LINE;
	if (dtcp_request_identity(&l->m, l->csource, &l->seq)) {
		l->csource[0] = '\0';
		return SOURCE_DROP_BAD_REQUEST;
	}
	return SOURCE_DROPS;
}

/* Who it may be from; nothing of it is believed before its digest. */
static enum source_drop authenticate(struct letter *l, struct tasking *t,
				     const struct tasking_origin *o,
				     const char *msg)
{
	const struct config_source *s;

	l->source = source_lookup(&t->sources, l->csource);
	if (!l->source)
		return SOURCE_DROP_UNKNOWN;
	s = l->source->config;
	if (o->transport == TASKING_SSH && strcmp(l->csource, o->user))
		return SOURCE_DROP_USER;
	if (o->transport == TASKING_UDP &&
	    (!s->service_port || s->service_port != o->service_port))
		return SOURCE_DROP_PORT;
	if (!source_address_allowed(s, &o->address))
		return SOURCE_DROP_ADDRESS;
	if (!dtcp_message_verify_by(&l->m, msg, source_hmac(l->source)))
		return SOURCE_DROP_DIGEST;
	return SOURCE_DROPS;
}

static bool is_sequence_checked(const struct config_source *s,
				enum tasking_transport transport)
{
	if (s->sequence_check == CONFIG_SEQUENCE_DEFAULT)
		return transport == TASKING_UDP;
	return s->sequence_check == CONFIG_SEQUENCE_ON;
}

static void drop_sequence(const struct letter *l, struct tasking *t,
			  const struct tasking_origin *o,
			  enum dtcp_window_verdict verdict)
{
	char why[96];

	snprintf(why, sizeof(why), "bad sequence number %llu: %s %llu",
		 (unsigned long long)l->seq,
		 verdict == DTCP_WINDOW_SEEN ? "seen before, the highest is" :
		 "too far from", (unsigned long long)l->source->window.max);
	drop(t, o, l->csource, SOURCE_DROP_SEQUENCE, why);
}

static bool take_rate(const struct letter *l, struct tasking *t,
		      const struct tasking_origin *o)
{
	struct source *s = l->source;

	if (o->transport != TASKING_UDP ||
	    rate_take(&s->requests, s->config->rate_limit,
		      t->ops->now(t->ctx)))
		return true;
	drop(t, o, l->csource, SOURCE_DROP_RATE, causes[SOURCE_DROP_RATE]);
	return false;
}

/*
 * Neither forgers nor those that send again what they recorded use up the rate
 * of a source; and what is above its rate does not use up its number.
 */
static bool take(const struct letter *l, struct tasking *t,
		 const struct tasking_origin *o)
{
	struct source *s = l->source;
	bool checked = is_sequence_checked(s->config, o->transport);
	enum dtcp_window_verdict verdict;

	verdict = dtcp_window_check(&s->window, l->seq);
	if (checked && (verdict == DTCP_WINDOW_SEEN ||
			verdict == DTCP_WINDOW_OUTSIDE)) {
		drop_sequence(l, t, o, verdict);
		return false;
	}
	if (!take_rate(l, t, o))
		return false;
	if (dtcp_window_follow(&s->window, l->seq) == DTCP_WINDOW_WRAPPED)
		notice_rollover(t, s);
	s->unchecked = !checked;
	return true;
}

bool tasking_admit(struct letter *l, struct tasking *t,
		   const struct tasking_origin *o, const char *msg, size_t len)
{
	enum source_drop cause = read_message(l, msg, len);

	if (cause == SOURCE_DROPS)
		cause = authenticate(l, t, o, msg);
	if (cause == SOURCE_DROPS)
		return take(l, t, o);
	drop(t, o, l->csource[0] ? l->csource : NULL, cause, causes[cause]);
	return false;
}
