// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>

#include "dtcp-proto/value.h"
#include "dtcpd/log.h"
#include "dtcpd/tasking-event.h"
#include "dtcpd/tasking-notice.h"
#include "dtcpd/tasking-private.h"

#define NOTICE_MAX	1400	/* bytes of one datagram */
/* What send() adds: Timestamp and the digest. */
#define NOTICE_END	(11 + 23 + 2 + DTCP_WRITER_SIGNATURE)
#define NOTICE_IDS	"Criteria-ID"

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
	[SOURCE_NOTICE_CONGESTION] = 580,
	[SOURCE_NOTICE_DUPLICATES] = 598,
	[SOURCE_NOTICE_RESTART] = 599,
	[SOURCE_NOTICE_CONGESTION_DELETE] = 680,
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

static void tell(const struct notice *n)
{
	if (tasking_event_heard(n->t))
		tasking_event_source(n->t, n->s, "notification",
			json_pack("{sI ss}", "code",
				  (json_int_t)codes[n->kind], "notification",
				  source_notice_name(n->kind)));
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
		tell(n);
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

static void number(struct notice *n, const char *name, uint64_t value)
{
	dtcp_writer_number(&n->mixed, name, value);
	dtcp_writer_number(&n->upper, name, value);
}

static void cdest(struct notice *n, const struct destination *d)
{
	char text[4 * DTCP_NAME_MAX + 1];

	dtcp_value_escape(d->outer.name, text, sizeof(text));
	header(n, "Cdest-ID", "%s", text);
}

void notice_congestion(struct tasking *t, struct source *s,
		       const struct destination *d)
{
	struct notice n;

	begin(&n, t, s, SOURCE_NOTICE_CONGESTION);
	cdest(&n, d);
	number(&n, "Average-Bandwidth", d->congestion.load);
	number(&n, "Alert-Bandwidth", d->outer.limit.soft);
	if (d->outer.limit.hard)
		number(&n, "Max-Bandwidth", d->outer.limit.hard);
	send(&n);
}

/* Writes as many ids as one message holds; returns their number. */
static size_t put_ids(struct notice *n, const uint32_t *id, size_t count)
{
	size_t room = NOTICE_MAX - NOTICE_END - n->mixed.len -
		      strlen(NOTICE_IDS ": \r\n");
	char text[NOTICE_MAX], one[12];
	size_t i, len = 0, more;

	for (i = 0; i < count; i++) {
		more = snprintf(one, sizeof(one), "%s%u", i ? "," : "", id[i]);
		if (len + more > room)
			break;
		memcpy(text + len, one, more);
		len += more;
	}
	dtcp_writer_text(&n->mixed, NOTICE_IDS, text, len);
	dtcp_writer_text(&n->upper, NOTICE_IDS, text, len);
	return i;
}

size_t notice_congestion_delete(struct tasking *t, struct source *s,
				const struct destination *d,
				const uint32_t *id, size_t count)
{
	size_t done, messages = 0;
	struct notice n;

	for (done = 0; done < count; messages++) {
		begin(&n, t, s, SOURCE_NOTICE_CONGESTION_DELETE);
		cdest(&n, d);
		done += put_ids(&n, id + done, count - done);
		send(&n);
	}
	return messages;
}

void notice_duplicates(struct tasking *t, const struct criterion *c,
		       const struct tasking_drop *dropped)
{
	struct notice n;

	begin(&n, t, c->source, SOURCE_NOTICE_DUPLICATES);
	criterion_write_cdests(c, &n.mixed);
	criterion_write_cdests(c, &n.upper);
	number(&n, "Criteria-ID", c->id);
	number(&n, "Dropped-Packets", dropped->packets);
	number(&n, "Dropped-Bytes", dropped->bytes);
	send(&n);
}
