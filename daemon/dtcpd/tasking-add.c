// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <syslog.h>

#include "dtcp-proto/value.h"
#include "dtcpd/config-address.h"
#include "dtcpd/devices.h"
#include "dtcpd/keep.h"
#include "dtcpd/log.h"
#include "dtcpd/tasking-private.h"

/* Where one leg of an ADD goes. */
struct target {
	struct config_dest outer;
	bool known;	/* a configured Cdest-ID that the source may use */
};

#define OUTER(what) "X-JTap-Cdest-" what

/* What ADD may say and is not done, or not for this control source. */
static unsigned int check_done(struct exchange *x)
{
	const struct config_source *s = x->source->config;
	enum dtcp_action action = x->r.action;

	if ((action == DTCP_REDIRECT && !s->action_redirect) ||
	    (action == DTCP_BLOCK && !s->action_block))
		return exchange_refuse(x, 501, "Action",
				       "the action is not permitted");
	if (!criterion_fits(&x->r, x->m))
		return exchange_refuse(x, 400, NULL,
				       "more than 16384 bytes to be kept");
	return 0;
}

/* The answer does not tell whose criteria are too many. */
static unsigned int check_quota(struct exchange *x)
{
	uint32_t max = x->source->config->max_criteria;

	if (max && x->source->by_id.count >= max)
		return exchange_refuse(x, 550, NULL,
				       "max-criteria of it is reached");
	if (x->t->filters.count >= x->t->config->max_criteria)
		return exchange_refuse(x, 550, NULL,
				       "max-criteria of all is reached");
	return 0;
}

/* Nobody is told whether a destination is unknown or not allowed. */
static unsigned int unknown_cdest(struct exchange *x)
{
	return exchange_refuse(x, 430, "Cdest-ID",
			       "content destination unknown or not allowed");
}

/* The first of those headers that Junos FlowTap needs that is not there. */
static const char *missing_outer(const struct dtcp_outer *o)
{
	if (!o->ndst)
		return "no " OUTER("Dest-Address");
	if (!o->ndst_port)
		return "no " OUTER("Dest-Port");
	if (o->src.family == AF_UNSPEC)
		return "no " OUTER("Source-Address");
	if (!o->src_port)
		return "no " OUTER("Source-Port");
	return NULL;
}

/* A Cdest-ID that is not configured must say where its copies go. */
static unsigned int base_of_unknown(struct exchange *x)
{
	const struct dtcp_outer *o = &x->r.outer;
	const char *missing = missing_outer(o);

	if (!x->source->config->dynamic_destinations)
		return unknown_cdest(x);
	if (!missing)
		return 0;
	if (!o->ndst && !o->ndst_port && !o->src_port && !o->ttl &&
	    o->src.family == AF_UNSPEC)
		return unknown_cdest(x);
	return exchange_refuse(x, 901, NULL, missing);
}

static void apply_outer(struct config_dest *d, const struct dtcp_outer *o,
			size_t i)
{
	if (o->ndst)
		d->address = o->dst[i];
	if (o->ndst_port && d->format != DFC_FORMAT_IPIP)
		d->port = o->dst_port[i];
	if (o->src.family != AF_UNSPEC)
		d->source = o->src;
	else if (d->source.family != d->address.family)
		d->source.family = AF_UNSPEC;
	if (o->src_port && d->format != DFC_FORMAT_IPIP)
		d->source_port = o->src_port;
	if (o->ttl)
		d->ttl = o->ttl;
}

/* What was written for the configured address says nothing of another one. */
static void reset_delivery(struct config_dest *d)
{
	d->security_none = false;
	d->dscp = 0;
	d->queue_limit = DFC_DEST_QUEUE_DEFAULT;
}

static unsigned int check_format(struct exchange *x,
				 const struct config_dest *d)
{
	if (d->format != DFC_FORMAT_IPIP || !x->r.has_intercept_id ||
	    x->r.action == DTCP_BLOCK)
		return 0;
	return exchange_refuse(x, 901, "X-MD-Intercept-Id",
			       "copies of format ip-ip have no place for it");
}

static unsigned int check_addresses(struct exchange *x,
				    const struct config_dest *d)
{
	if (!config_address_unicast(&d->address))
		return exchange_refuse(x, 400, OUTER("Dest-Address"),
				       "no unicast address");
	if (d->source.family == AF_UNSPEC)
		return 0;
	if (d->source.family != d->address.family)
		return exchange_refuse(x, 400, OUTER("Source-Address"),
				       "not the family of the destination");
	if (!config_address_unicast(&d->source))
		return exchange_refuse(x, 400, OUTER("Source-Address"),
				       "no unicast address");
	return 0;
}

/* Works out the outer header of copies to the @i-th Cdest-ID. */
static unsigned int resolve(struct exchange *x, size_t i, struct target *to)
{
	const struct source *s = x->source;
	const struct config_dest *base;
	unsigned int code;

	base = source_dest(s->group, s->config, x->r.cdest[i]);
	to->known = base != NULL;
	to->outer = base ? *base : (struct config_dest){
		.ttl = 255, .queue_limit = DFC_DEST_QUEUE_DEFAULT,
	};
	to->outer.name = x->r.cdest[i];
	to->outer.limit = (struct config_limit){ 0 };
	code = base ? 0 : base_of_unknown(x);
	if (code)
		return code;
	apply_outer(&to->outer, &x->r.outer, i);
	if (base && !destination_same_endpoint(base, &to->outer)) {
		if (!s->config->dynamic_destinations)
			return unknown_cdest(x);
		reset_delivery(&to->outer);
	}
	code = check_format(x, &to->outer);
	return code ? code : check_addresses(x, &to->outer);
}

static unsigned int resolve_all(struct exchange *x, struct target *to)
{
	unsigned int code;
	size_t i;

	for (i = 0; i < x->r.ncdest; i++) {
		code = resolve(x, i, &to[i]);
		if (code)
			return code;
	}
	return 0;
}

static unsigned int no_memory(struct exchange *x)
{
	return exchange_refuse(x, 500, NULL, "out of memory");
}

/* Nothing is tapped that the next dtcpd would not know of. */
static unsigned int check_kept(struct exchange *x)
{
	const char *why;

	return keep_full(x->t, &why) ? exchange_not_kept(x, why) : 0;
}

static unsigned int attach_all(struct exchange *x, struct criterion *c,
			       const struct target *to)
{
	struct destination *d;
	int err = 0;
	size_t i;

	for (i = 0; i < x->r.ncdest; i++) {
		d = destination_get(x->t, x->source->group->name, &to[i].outer,
				    to[i].known, &err);
		if (!d && err == -ENOMEM)
			return no_memory(x);
		if (!d && err == -EAGAIN)
			return exchange_not_kept(x, NULL);
		if (!d && err == -EDQUOT)
			return exchange_refuse(x, 551, NULL,
				"too many destinations that are not configured");
		if (!d)
			return exchange_kernel_refused(x, "add a destination");
		if (criterion_attach(c, x->r.cdest[i], to[i].known, d))
			return no_memory(x);
	}
	return 0;
}

static void describe(struct tasking_filter *f, const struct exchange *x,
		     const struct criterion *c, const struct devices *at)
{
	static const enum dfc_action actions[] = {
		[DTCP_COPY] = DFC_ACTION_COPY,
		[DTCP_REDIRECT] = DFC_ACTION_REDIRECT,
		[DTCP_BLOCK] = DFC_ACTION_BLOCK,
	};
	const struct dtcp_request *r = &x->r;

	*f = (struct tasking_filter){
		.group = group_id(x->t, x->source->group),
		.match = r,
		.priority = c->priority,
		.action = actions[r->action],
		.timeout_total = r->timeout_total.value,
		.timeout_idle = r->timeout_idle.value,
		.limit_packets = r->timeout_packets.value,
		.limit_bytes = r->timeout_bytes.value,
	};
	devices_put(at, f);
	/* What is blocked is not copied: neither whither nor how matters. */
	if (r->action == DTCP_BLOCK)
		return;
	for (; f->ndest < c->nlegs; f->ndest++)
		f->dest[f->ndest] = c->leg[f->ndest].dest->id;
	f->has_intercept = r->has_intercept_id;
	f->intercept = r->intercept[0];
	f->session = r->intercept[1];
}

struct addition {
	struct tasking *t;
	struct tasking_filter f;
};

static int add_as(void *arg, uint32_t id)
{
	struct addition *a = arg;

	a->f.id = id;
	return a->t->ops->filter_add(a->t->ctx, &a->f);
}

/* Nobody knows of a filter whose answer was lost: it must not tap. */
static void take_back(struct tasking *t, uint32_t id)
{
	int err = t->ops->filter_del(t->ctx, &id, 1);

	if (err && err != -ENOENT)
		log_msg(LOG_ERR, "filter %u may be left in the kernel: %s", id,
			t->ops->error(t->ctx));
}

static unsigned int install(struct exchange *x, struct criterion *c,
			    const struct devices *at)
{
	struct addition a = { .t = x->t };
	int err;

	describe(&a.f, x, c, at);
	err = tasking_number(&x->t->last_filter, &x->t->filters, add_as, &a);
	c->filter = a.f.id;
	keep_filter_id(x->t);
	if (!err) {
		criterion_limit(c, &a.f, c->added);
		return 0;
	}
	exchange_kernel_refused(x, err == -ENOSPC ?
				"add a filter (mask-limit)" : "add a filter");
	if (err == -EIO)
		take_back(x->t, a.f.id);
	/* Of its masks; the sentence says whether of the group or of all. */
	if (err == -ENOSPC)
		x->e.code = 550;
	return x->e.code;
}

static unsigned int add(struct exchange *x, const struct target *to,
			const struct devices *at)
{
	char target[EXCHANGE_TARGET_MAX];
	struct criterion *c;
	unsigned int code;

	c = criterion_alloc(x->source, &x->r, x->m, x->peer,
			    x->t->ops->now(x->t->ctx));
	if (!c)
		return no_memory(x);
	code = attach_all(x, c, to);
	if (!code)
		code = install(x, c, at);
	if (code) {
		criterion_free(x->t, c);
		return code;
	}
	c->id = source_new_id(x->source);
	criterion_link(x->t, c);
	if (keep_criterion(x->t, c)) {
		take_back(x->t, c->filter);
		criterion_del(x->t, c);
		return exchange_not_kept(x, NULL);
	}
	x->source->added++;
	exchange_log(x, LOG_INFO,
		"%s: criteria %u added, filter %u, to %s%s%s, asked for by %s%s",
		x->source->name, c->id, c->filter, x->r.cdest[0],
		x->r.ncdest > 1 ? " and " : "", x->r.cdest[1], x->peer,
		exchange_target(x, target));
	exchange_begin(x, 200);
	dtcp_writer_number(x->reply, "Criteria-ID", c->id);
	return 200;
}

/* It is not this filter that the kernel cannot have: it may another time. */
static bool is_broken(int err)
{
	return err == -EIO || err == -ENOMEM || err == -ENOBUFS ||
	       err == -ENODEV || err == -ECOMM;
}

unsigned int tasking_add_again(struct exchange *x, struct criterion *c,
			       uint32_t total)
{
	struct addition a = { .t = x->t };
	uint32_t last = c->filter - 1;
	struct devices at;
	unsigned int code;
	int err;

	code = devices_resolve(&at, x);
	if (code)
		return code;
	describe(&a.f, x, c, &at);
	a.f.timeout_total = total;
	a.f.timeout_idle = c->idle;
	err = add_as(&a, c->filter);
	/* Somebody else has it. */
	if (err == -EEXIST)
		err = tasking_number(&last, &x->t->filters, add_as, &a);
	if (err)
		exchange_kernel_refused(x, "add a filter");
	if (err == -EIO)
		take_back(x->t, a.f.id);
	x->broken = is_broken(err);
	if (err)
		return x->e.code;
	if (a.f.id == c->filter)
		return 0;
	keep_no_criterion(x->t, c);
	table_del(&x->t->filters, &c->by_filter);
	c->filter = a.f.id;
	table_add(&x->t->filters, &c->by_filter, c->filter);
	return 0;
}

void tasking_add_undo(struct exchange *x)
{
	struct criterion *c = criterion_by_filter(x->t, x->t->last_filter);

	take_back(x->t, c->filter);
	x->source->added--;
	criterion_del(x->t, c);
}

unsigned int tasking_add(struct exchange *x)
{
	struct target to[DTCP_CDESTS_MAX];
	struct devices at;
	unsigned int code = check_done(x);

	if (!code)
		code = resolve_all(x, to);
	if (!code)
		code = devices_resolve(&at, x);
	if (!code)
		code = check_quota(x);
	if (!code)
		code = check_kept(x);
	return code ? code : add(x, to, &at);
}
