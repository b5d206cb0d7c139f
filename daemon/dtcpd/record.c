// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <string.h>
#include <sys/socket.h>

#include "dtcpd/record.h"

#define VERSION 1

/* Families have other numbers elsewhere: the file says how many bytes. */
#define ADDRESS_NONE	0
#define ADDRESS_IPV4	4
#define ADDRESS_IPV6	16

struct out {
	uint8_t *at;
	size_t len;
	bool full;
};

struct in {
	const uint8_t *at;
	size_t left;
	bool bad;
};

static void put(struct out *o, const void *data, size_t len)
{
	if (len > RECORD_MAX - o->len) {
		o->full = true;
		return;
	}
	memcpy(o->at + o->len, data, len);
	o->len += len;
}

static void put_number(struct out *o, uint64_t n, size_t bytes)
{
	uint8_t b[8];
	size_t i;

	for (i = 0; i < bytes; i++)
		b[i] = n >> 8 * i;
	put(o, b, bytes);
}

static void put_text(struct out *o, const char *text, size_t len)
{
	put_number(o, len, 2);
	put(o, text, len);
}

static void put_string(struct out *o, const char *s)
{
	put_text(o, s, strlen(s));
}

static void put_address(struct out *o, const struct dtcp_outer_addr *a)
{
	uint8_t bytes = a->family == AF_INET ? ADDRESS_IPV4 :
			a->family == AF_INET6 ? ADDRESS_IPV6 : ADDRESS_NONE;

	put_number(o, bytes, 1);
	put(o, a->addr, bytes);
}

static size_t put_end(const struct out *o)
{
	return o->full ? 0 : o->len;
}

static const uint8_t *get(struct in *i, size_t len)
{
	const uint8_t *at = i->at;

	if (len > i->left)
		i->bad = true;
	if (i->bad)
		return NULL;
	i->at += len;
	i->left -= len;
	return at;
}

static uint64_t get_number(struct in *i, size_t bytes)
{
	const uint8_t *at = get(i, bytes);
	uint64_t n = 0;

	while (at && bytes--)
		n = n << 8 | at[bytes];
	return n;
}

/* At most @max. */
static uint64_t get_below(struct in *i, size_t bytes, uint64_t max)
{
	uint64_t n = get_number(i, bytes);

	if (n > max)
		i->bad = true;
	return i->bad ? 0 : n;
}

static bool get_bool(struct in *i)
{
	return get_below(i, 1, 1);
}

static void get_string(struct in *i, char *s, size_t max)
{
	size_t len = get_below(i, 2, max);
	const uint8_t *at = get(i, len);

	if (!len || !at || memchr(at, 0, len)) {
		i->bad = true;
		return;
	}
	memcpy(s, at, len);
	s[len] = 0;
}

static void get_address(struct in *i, struct dtcp_outer_addr *a)
{
	uint8_t bytes = get_number(i, 1);
	const uint8_t *at = get(i, bytes);

	if (bytes == ADDRESS_IPV4)
		a->family = AF_INET;
	else if (bytes == ADDRESS_IPV6)
		a->family = AF_INET6;
	else if (bytes)
		i->bad = true;
	if (at && !i->bad)
		memcpy(a->addr, at, bytes);
}

static struct in begin(const void *data, size_t len)
{
	struct in i = { .at = data, .left = len };

	if (get_number(&i, 1) != VERSION)
		i.bad = true;
	return i;
}

static bool end(const struct in *i)
{
	return !i->bad && !i->left;
}

size_t record_put_group(const struct config_group *g, void *data)
{
	struct out o = { .at = data };
	size_t i;

	put_number(&o, VERSION, 1);
	put_string(&o, g->name);
	put_number(&o, g->passive, 1);
	put_number(&o, g->local, 1);
	put_number(&o, g->mask_limit, 4);
	put_number(&o, g->max_duplicates, 4);
	put_number(&o, g->ndevice, 1);
	for (i = 0; i < g->ndevice; i++)
		put_string(&o, g->device[i]);
	return put_end(&o);
}

bool record_get_group(struct record_group *g, const void *data, size_t len)
{
	struct in i = begin(data, len);
	size_t n;

	memset(g, 0, sizeof(*g));
	get_string(&i, g->name, RECORD_GROUP_MAX);
	g->passive = get_bool(&i);
	g->local = get_bool(&i);
	g->mask_limit = get_number(&i, 4);
	g->max_duplicates = get_number(&i, 4);
	g->ndevice = get_below(&i, 1, DFC_GROUP_DEVICES_MAX);
	for (n = 0; n < g->ndevice; n++)
		get_string(&i, g->device[n], IFNAMSIZ - 1);
	return end(&i) && (g->ndevice || !g->passive);
}

size_t record_put_dest(const struct record_dest *d, void *data)
{
	struct out o = { .at = data };

	put_number(&o, VERSION, 1);
	put_string(&o, d->group);
	put_string(&o, d->name);
	put_address(&o, &d->outer.address);
	put_address(&o, &d->outer.source);
	put_number(&o, d->outer.port, 2);
	put_number(&o, d->outer.source_port, 2);
	put_number(&o, d->outer.ttl, 1);
	put_number(&o, d->outer.security_none, 1);
	put_number(&o, d->outer.format, 1);
	put_number(&o, d->outer.dscp, 1);
	put_number(&o, d->outer.queue_limit, 4);
	put_number(&o, d->configured, 1);
	put_number(&o, d->unlisted, 1);
	return put_end(&o);
}

bool record_get_dest(struct record_dest *d, const void *data, size_t len)
{
	struct in i = begin(data, len);

	memset(d, 0, sizeof(*d));
	get_string(&i, d->group, RECORD_GROUP_MAX);
	get_string(&i, d->name, DTCP_NAME_MAX);
	get_address(&i, &d->outer.address);
	get_address(&i, &d->outer.source);
	d->outer.port = get_number(&i, 2);
	d->outer.source_port = get_number(&i, 2);
	d->outer.ttl = get_number(&i, 1);
	d->outer.security_none = get_bool(&i);
	d->outer.format = get_below(&i, 1, DFC_FORMAT_MAX);
	d->outer.dscp = get_below(&i, 1, 63);
	d->outer.queue_limit = get_number(&i, 4);
	d->configured = get_bool(&i);
	d->unlisted = get_bool(&i);
	return end(&i) && d->outer.address.family != AF_UNSPEC &&
	       d->outer.ttl && !(d->configured && d->unlisted);
}

size_t record_put_criterion(const struct record_criterion *c, void *data)
{
	struct out o = { .at = data };
	size_t i;

	put_number(&o, VERSION, 1);
	put_string(&o, c->source);
	put_number(&o, c->group, 4);
	put_number(&o, c->ndest, 1);
	for (i = 0; i < c->ndest; i++)
		put_number(&o, c->dest[i], 4);
	put_number(&o, c->listed, 1);
	put_number(&o, c->id, 4);
	put_number(&o, c->priority, 2);
	put_number(&o, c->action, 1);
	put_number(&o, c->limits, 1);
	put_number(&o, c->of_group, 1);
	put_number(&o, c->is_static, 1);
	put_number(&o, c->send_async, 1);
	put_number(&o, c->nrefresh, 4);
	put_number(&o, c->added, 8);
	put_number(&o, c->refreshed, 8);
	put_number(&o, c->ends, 8);
	put_number(&o, c->idle, 4);
	put_text(&o, c->text, c->text_len);
	return put_end(&o);
}

static void get_legs(struct in *i, struct record_criterion *c)
{
	size_t n;

	c->ndest = get_below(i, 1, DTCP_CDESTS_MAX);
	for (n = 0; n < c->ndest; n++)
		c->dest[n] = get_number(i, 4);
	c->listed = get_below(i, 1, (1U << c->ndest) - 1);
}

bool record_get_criterion(struct record_criterion *c, const void *data,
			  size_t len)
{
	struct in i = begin(data, len);

	memset(c, 0, sizeof(*c));
	get_string(&i, c->source, DTCP_NAME_MAX);
	c->group = get_number(&i, 4);
	get_legs(&i, c);
	c->id = get_number(&i, 4);
	c->priority = get_number(&i, 2);
	c->action = get_below(&i, 1, DTCP_BLOCK);
	c->limits = get_number(&i, 1);
	c->of_group = get_bool(&i);
	c->is_static = get_bool(&i);
	c->send_async = get_bool(&i);
	c->nrefresh = get_number(&i, 4);
	c->added = get_number(&i, 8);
	c->refreshed = get_number(&i, 8);
	c->ends = get_number(&i, 8);
	c->idle = get_below(&i, 4, DTCP_DAYSEC_MAX);
	c->text_len = get_number(&i, 2);
	c->text = (const char *)get(&i, c->text_len);
	return end(&i) && c->ndest && c->id;
}
