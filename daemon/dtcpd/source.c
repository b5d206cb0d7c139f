// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "dtcpd/source.h"

static uint32_t name_hash(const char *name)
{
	return table_hash(0, name, strlen(name));
}

struct source *source_add(struct table *sources, const char *name)
{
	struct source *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	TAILQ_INIT(&s->criteria);
	s->name = strdup(name);
	if (!s->name || table_init(&s->by_id) || table_init(&s->cdests)) {
		table_fini(&s->by_id);
		free(s->name);
		free(s);
		return NULL;
	}
	table_add(sources, &s->node, name_hash(name));
	return s;
}

void source_del(struct table *sources, struct source *s)
{
	table_del(sources, &s->node);
	table_fini(&s->by_id);
	table_fini(&s->cdests);
	dtcp_hmac_fini(&s->hmac);
	free(s->name);
	free(s);
}

struct dtcp_hmac *source_hmac(struct source *s)
{
	/* Done here, not on reload: a key that stays the same stays ready. */
	dtcp_hmac_key(&s->hmac, s->config->key, s->config->key_len);
	return &s->hmac;
}

struct source *source_lookup(const struct table *sources, const char *name)
{
	struct table_node *n = table_find(sources, name_hash(name));
	struct source *s;

	for (; n; n = table_find_next(n)) {
		s = table_entry(n, struct source, node);
		if (!strcmp(s->name, name))
			return s;
	}
	return NULL;
}

uint32_t source_new_id(struct source *s)
{
	do {
		s->last_id++;
	} while (!s->last_id || table_find(&s->by_id, s->last_id));
	return s->last_id;
}

struct source_cdest *source_cdest_lookup(const struct source *s,
					 const char *name)
{
	struct table_node *n = table_find(&s->cdests, name_hash(name));
	struct source_cdest *c;

	for (; n; n = table_find_next(n)) {
		c = table_entry(n, struct source_cdest, node);
		if (!strcmp(c->name, name))
			return c;
	}
	return NULL;
}

struct source_cdest *source_cdest_get(struct source *s, const char *name)
{
	struct source_cdest *c = source_cdest_lookup(s, name);

	if (c)
		return c;
	c = calloc(1, sizeof(*c));
	if (!c)
		return NULL;
	TAILQ_INIT(&c->legs);
	strncpy(c->name, name, DTCP_NAME_MAX);
	table_add(&s->cdests, &c->node, name_hash(name));
	return c;
}

void source_cdest_put(struct source *s, struct source_cdest *c)
{
	if (!c || !TAILQ_EMPTY(&c->legs))
		return;
	table_del(&s->cdests, &c->node);
	free(c);
}

static bool is_allowed(const struct config_source *source, const char *name)
{
	size_t i;

	for (i = 0; i < source->nallowed; i++)
		if (!strcmp(source->allowed[i], name))
			return true;
	return !source->allowed;
}

const struct config_dest *source_dest(const struct config_group *group,
				      const struct config_source *source,
				      const char *name)
{
	size_t i;

	for (i = 0; i < group->ndest; i++)
		if (!strcmp(group->dest[i].name, name))
			return is_allowed(source, name) ? &group->dest[i] :
				NULL;
	return NULL;
}

static bool has_prefix(const struct dtcp_outer_addr *address,
		       const struct config_prefix *p)
{
	size_t bytes = p->len / 8, bits = p->len % 8;
	uint8_t mask = 0xff00 >> bits;

	if (address->family != p->addr.family ||
	    memcmp(address->addr, p->addr.addr, bytes))
		return false;
	return !bits ||
	       !((address->addr[bytes] ^ p->addr.addr[bytes]) & mask);
}

bool source_address_allowed(const struct config_source *source,
			    const struct dtcp_outer_addr *address)
{
	size_t i;

	if (!source->nsource_address || address->family == AF_UNSPEC)
		return true;
	for (i = 0; i < source->nsource_address; i++)
		if (has_prefix(address, &source->source_address[i]))
			return true;
	return false;
}

void source_lose(struct source *s, uint32_t id, const char *why)
{
	s->lost++;
	s->lost_id = id;
	s->lost_why = why;
}
