// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "dtcp-proto/value.h"
#include "dtcpd/duplicates.h"
#include "dtcpd/keep.h"
#include "dtcpd/record.h"
#include "dtcpd/tasking-private.h"

/* Room for one or two names, escaped, with a comma. */
#define NAMES_ROOM (DTCP_CDESTS_MAX * (4 * DTCP_NAME_MAX + 2))

/*
 * The headers of an ADD that LIST repeats, in its order. The journal has their
 * numbers: new ones go to the end, or its records get another version.
 */
static const char *const kept[] = {
	"X-JTap-Cdest-Dest-Address", "X-JTap-Cdest-Dest-Port",
	"X-JTap-Cdest-Source-Address", "X-JTap-Cdest-Source-Port",
	"X-JTap-Cdest-TTL", "X-JTap-VRF-Name", "X-JTap-Input-Interface",
	"X-JTap-Output-Interface", "X-JTap-IP-Version",
	"X-JTap-Filter-Family", "X-MD-Intercept-Id",
	"Source-Address", "Dest-Address", "Protocol", "Source-Port",
	"Dest-Port", "ICMP-Type", "ICMP-Code", "Timeout-Idle", "Timeout-Total",
	"Timeout-Packets", "Timeout-Bytes", "Priority", "Action",
};

#define NKEPT (sizeof(kept) / sizeof(kept[0]))

/* A header packed: its place in the table, its length, its value. */
struct packed {
	uint8_t index;
	uint16_t len;
	char value[];
} __attribute__((packed));

static bool is_timeout(const char *name)
{
	return !strncmp(name, "Timeout-", 8);
}

/*
 * Looks each of them up; returns the bytes that they take when packed. The
 * timeouts of a static criterion mean nothing and may be anything.
 */
static size_t find_kept(const struct dtcp_request *r,
			const struct dtcp_message *m,
			const struct dtcp_header *h[NKEPT])
{
	size_t i, len = 0;

	for (i = 0; i < NKEPT; i++) {
		h[i] = r->flag_static && is_timeout(kept[i]) ? NULL :
		       dtcp_message_find(m, kept[i]);
		if (h[i])
			len += sizeof(struct packed) + h[i]->value.len;
	}
	return len;
}

bool criterion_fits(const struct dtcp_request *r, const struct dtcp_message *m)
{
	const struct dtcp_header *h[NKEPT];
	size_t i, len = 0;

	find_kept(r, m, h);
	for (i = 0; i < NKEPT; i++)
		len += h[i] ? h[i]->value.len : 0;
	return len <= CRITERION_TEXT_MAX;
}

static void pack(char *at, const struct dtcp_header *const h[NKEPT])
{
	struct packed p;
	size_t i;

	for (i = 0; i < NKEPT; i++) {
		if (!h[i])
			continue;
		p.index = i;
		p.len = h[i]->value.len;
		memcpy(at, &p, sizeof(p));
		memcpy(at + sizeof(p), h[i]->value.at, p.len);
		at += sizeof(p) + p.len;
	}
}

const char *criterion_peer(const struct criterion *c)
{
	return c->text;
}

static void write_kept(const struct criterion *c, struct dtcp_writer *w,
		       bool (*wanted)(const char *name, struct dtcp_text value))
{
	const char *at = c->text + strlen(c->text) + 1;
	struct packed p;

	while (at < c->text + c->text_len) {
		memcpy(&p, at, sizeof(p));
		at += sizeof(p);
		if (wanted(kept[p.index], (struct dtcp_text){ at, p.len }))
			dtcp_writer_text(w, kept[p.index], at, p.len);
		at += p.len;
	}
}

static bool any(const char *name, struct dtcp_text value)
{
	return true;
}

void criterion_write_headers(const struct criterion *c, struct dtcp_writer *w)
{
	write_kept(c, w, any);
}

/* Zero is no timeout. */
static bool counts(const char *name, struct dtcp_text value)
{
	uint64_t n;

	return is_timeout(name) &&
	       !dtcp_value_unsigned(value, UINT64_MAX, &n) && n;
}

void criterion_write_timeouts(const struct criterion *c,
			      struct dtcp_writer *w)
{
	write_kept(c, w, counts);
}

void criterion_write_cdests(const struct criterion *c, struct dtcp_writer *w)
{
	char text[NAMES_ROOM];
	long len = 0;
	size_t i;

	for (i = 0; i < c->nlegs; i++) {
		if (i)
			text[len++] = ',';
		len += dtcp_value_escape(c->leg[i].cdest->name, text + len,
					 sizeof(text) - len);
	}
	dtcp_writer_text(w, "Cdest-ID", text, len);
}

static uint64_t seconds(uint64_t ms)
{
	return ms / 1000 + (ms % 1000 != 0);
}

void criterion_write_remaining(const struct criterion *c,
			       const struct tasking_counters *n,
			       struct dtcp_writer *w)
{
	if (c->limits & CRITERION_IDLE)
		dtcp_writer_number(w, "Remaining-Idle", seconds(n->left_idle));
	if (c->limits & CRITERION_TOTAL)
		dtcp_writer_number(w, "Remaining-Total",
				   seconds(n->left_total));
	if (c->limits & CRITERION_PACKETS)
		dtcp_writer_number(w, "Remaining-Packets", n->left_packets);
	if (c->limits & CRITERION_BYTES)
		dtcp_writer_number(w, "Remaining-Bytes", n->left_bytes);
}

/* The parser leaves out the timeouts of a static criterion. */
static uint8_t limits_of(const struct dtcp_request *r)
{
	return (r->timeout_idle.value ? CRITERION_IDLE : 0) |
	       (r->timeout_total.value ? CRITERION_TOTAL : 0) |
	       (r->timeout_packets.value ? CRITERION_PACKETS : 0) |
	       (r->timeout_bytes.value ? CRITERION_BYTES : 0);
}

/* Peer, zero, headers as pack() writes them, and nothing else. */
static bool is_packed(const char *text, size_t len)
{
	size_t at = strnlen(text, len) + 1;
	struct packed p;

	while (at + sizeof(p) <= len) {
		memcpy(&p, text + at, sizeof(p));
		if (p.index >= NKEPT)
			return false;
		at += sizeof(p) + p.len;
	}
	return at == len;
}

struct criterion *criterion_restore(struct source *source,
				    const struct record_criterion *r)
{
	struct criterion *c;

	if (!is_packed(r->text, r->text_len))
		return NULL;
	c = calloc(1, sizeof(*c) + r->text_len);
	if (!c)
		return NULL;
	c->source = source;
	c->id = r->id;
	c->priority = r->priority;
	c->action = r->action;
	c->limits = r->limits;
	c->of_group = r->of_group;
	c->is_static = r->is_static;
	c->send_async = r->send_async;
	c->nrefresh = r->nrefresh;
	c->added = r->added;
	c->refreshed = r->refreshed;
	c->ends = r->ends;
	c->idle = r->idle;
	c->text_len = r->text_len;
	memcpy(c->text, r->text, r->text_len);
	return c;
}

void criterion_save(const struct criterion *c, struct record_criterion *r)
{
	*r = (struct record_criterion){
		.listed = c->listed, .id = c->id, .priority = c->priority,
		.action = c->action, .limits = c->limits,
		.of_group = c->of_group, .is_static = c->is_static,
		.send_async = c->send_async, .nrefresh = c->nrefresh,
		.added = c->added, .refreshed = c->refreshed,
		.ends = c->ends, .idle = c->idle,
		.text = c->text, .text_len = c->text_len,
	};
	strncpy(r->source, c->source->name, sizeof(r->source) - 1);
	for (; r->ndest < c->nlegs; r->ndest++)
		r->dest[r->ndest] = c->leg[r->ndest].dest->id;
}

void criterion_limit(struct criterion *c, const struct tasking_filter *f,
		     int64_t now)
{
	if (f->timeout_total)
		c->ends = now + (int64_t)f->timeout_total * 1000;
	if (f->timeout_idle)
		c->idle = f->timeout_idle;
}

struct criterion *criterion_alloc(struct source *source,
				  const struct dtcp_request *r,
				  const struct dtcp_message *m,
				  const char *peer, int64_t now)
{
	size_t peer_len = strlen(peer) + 1;
	const struct dtcp_header *h[NKEPT];
	size_t len = peer_len + find_kept(r, m, h);
	struct criterion *c = calloc(1, sizeof(*c) + len);

	if (!c)
		return NULL;
	c->source = source;
	c->of_group = r->family_ccc && r->scope == DTCP_EVERYWHERE;
	c->is_static = r->flag_static;
	c->send_async = r->flag_send_async;
	c->limits = limits_of(r);
	c->priority = r->priority + source->config->minimum_priority;
	c->action = r->action;
	c->added = now;
	c->refreshed = now;
	c->text_len = len;
	memcpy(c->text, peer, peer_len);
	pack(c->text + peer_len, h);
	return c;
}

int criterion_attach(struct criterion *c, const char *name, bool listed,
		     struct destination *d)
{
	struct criterion_leg *leg = &c->leg[c->nlegs];

	c->listed |= (unsigned int)listed << c->nlegs;
	c->nlegs++;
	leg->criterion = c;
	leg->dest = d;
	leg->cdest = source_cdest_get(c->source, name);
	if (!leg->cdest)
		return -ENOMEM;
	TAILQ_INSERT_TAIL(&leg->cdest->legs, leg, link);
	return 0;
}

void criterion_free(struct tasking *t, struct criterion *c)
{
	struct criterion_leg *leg;

	while (c->nlegs) {
		leg = &c->leg[--c->nlegs];
		if (leg->cdest) {
			TAILQ_REMOVE(&leg->cdest->legs, leg, link);
			source_cdest_put(c->source, leg->cdest);
		}
		destination_put(t, leg->dest);
	}
	free(c);
}

void criterion_link(struct tasking *t, struct criterion *c)
{
	/* Ids count up: they are their own best hash. */
	table_add(&c->source->by_id, &c->by_id, c->id);
	table_add(&t->filters, &c->by_filter, c->filter);
	TAILQ_INSERT_TAIL(&c->source->criteria, c, link);
	c->source->nstatic += c->is_static;
}

void criterion_del(struct tasking *t, struct criterion *c)
{
	table_del(&c->source->by_id, &c->by_id);
	table_del(&t->filters, &c->by_filter);
	keep_no_criterion(t, c);
	duplicates_forget(t, c->filter);
	TAILQ_REMOVE(&c->source->criteria, c, link);
	c->source->nstatic -= c->is_static;
	criterion_free(t, c);
}

struct criterion *criterion_lookup(const struct source *s, uint32_t id)
{
	struct table_node *n = table_find(&s->by_id, id);

	return n ? table_entry(n, struct criterion, by_id) : NULL;
}

struct criterion *criterion_by_filter(const struct tasking *t, uint32_t filter)
{
	struct table_node *n = table_find(&t->filters, filter);

	return n ? table_entry(n, struct criterion, by_filter) : NULL;
}
