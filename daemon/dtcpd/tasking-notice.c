// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <stdarg.h>
#include <stdio.h>
#include <syslog.h>

#include "dtcp-proto/value.h"
#include "dtcpd/log.h"
#include "dtcpd/tasking-event.h"
#include "dtcpd/tasking-notice.h"
#include "dtcpd/tasking-private.h"

/* One notification, written for UDP and for SSH at the same time. */
struct notice {
	struct tasking *t;
	struct source *s;
	enum source_notice kind;
	struct dtcp_writer mixed;
	struct dtcp_writer upper;
};

static const unsigned int codes[SOURCE_NOTICES] = {
	[SOURCE_NOTICE_ROLLOVER] = 130,
	[SOURCE_NOTICE_NO_OP] = 131,
	[SOURCE_NOTICE_TIMEOUT] = 390,
	[SOURCE_NOTICE_RESTART] = 599,
};

static struct dtcp_version version_for(const struct source *s)
{
	static const struct dtcp_version first = { 0, 7 };
	struct dtcp_version wanted = s->config->notification_version;

	if (wanted.major || wanted.minor)
		return wanted;
	return s->version.major || s->version.minor ? s->version : first;
}

static void begin(struct notice *n, struct tasking *t, struct source *s,
		  enum source_notice kind)
{
	struct dtcp_version version = version_for(s);

	n->t = t;
	n->s = s;
	n->kind = kind;
	dtcp_writer_init(&n->mixed, false);
	dtcp_writer_init(&n->upper, true);
	dtcp_writer_status(&n->mixed, version, codes[kind]);
	dtcp_writer_status(&n->upper, version, codes[kind]);
}

__attribute__((format(printf, 3, 4)))
static void header(struct notice *n, const char *name, const char *fmt, ...)
{
	char value[256];
	va_list args;

	va_start(args, fmt);
	vsnprintf(value, sizeof(value), fmt, args);
	va_end(args);
	dtcp_writer_header(&n->mixed, name, "%s", value);
	dtcp_writer_header(&n->upper, name, "%s", value);
}

static void send(struct notice *n)
{
	const struct config_source *c = n->s->config;
	const struct tasking_outlet *out = n->t->outlet;
	char time[24];

	dtcp_value_time(n->t->ops->now(n->t->ctx), time);
	header(n, "Timestamp", "%s", time);
	if (dtcp_writer_sign_by(&n->mixed, source_hmac(n->s)) ||
	    dtcp_writer_sign_by(&n->upper, source_hmac(n->s))) {
		log_msg(LOG_ERR, "%s: out of memory for notification %u",
			n->s->name, codes[n->kind]);
	} else if (out && out->notify) {
		out->notify(n->t->outlet_arg, c, &n->mixed, &n->upper);
		n->s->notices[n->kind]++;
		tasking_event_source(n->t, n->s, "notification",
			json_pack("{sI ss}", "code",
				  (json_int_t)codes[n->kind], "notification",
				  source_notice_name(n->kind)));
	}
	dtcp_writer_fini(&n->mixed);
	dtcp_writer_fini(&n->upper);
}

void notice_rollover(struct tasking *t, struct source *s)
{
	struct notice n;

	log_msg(LOG_NOTICE, "%s: sequence numbers start again from 0", s->name);
	begin(&n, t, s, SOURCE_NOTICE_ROLLOVER);
	send(&n);
}

void notice_no_op(struct tasking *t, struct source *s)
{
	struct notice n;

	begin(&n, t, s, SOURCE_NOTICE_NO_OP);
	send(&n);
}

void notice_timeout(struct tasking *t, const struct criterion *c,
		    const struct tasking_counters *left)
{
	struct notice n;

	begin(&n, t, c->source, SOURCE_NOTICE_TIMEOUT);
	header(&n, "Criteria-ID", "%u", c->id);
	criterion_write_timeouts(c, &n.mixed);
	criterion_write_timeouts(c, &n.upper);
	if (left) {
		criterion_write_remaining(c, left, &n.mixed);
		criterion_write_remaining(c, left, &n.upper);
	}
	send(&n);
}

void notice_restart(struct tasking *t, struct source *s)
{
	char which[32] = "";
	struct notice n;

	if (s->lost == 1 && s->lost_id)
		snprintf(which, sizeof(which), " (Criteria-ID %u)", s->lost_id);
	if (s->lost)
		log_msg(LOG_WARNING, "%s: criteria lost: %u%s, %s", s->name,
			s->lost, which, s->lost_why);
	begin(&n, t, s, SOURCE_NOTICE_RESTART);
	header(&n, "Alert-Info", "criteria lost: %u%s, %s", s->lost, which,
	       s->lost_why);
	send(&n);
	s->lost = 0;
}
