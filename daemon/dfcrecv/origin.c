// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <arpa/inet.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "dfcrecv/origin.h"

#define SLOTS (2 * ORIGINS_MAX)

/* No holes: keys are hashed and compared as bytes. */
struct key {
	struct in6_addr address;
	uint32_t intercept;
	uint32_t session;
	uint16_t source_port;
	uint16_t port;
	uint32_t filter;
	uint16_t has_ids;
	uint16_t has_numbers;
	uint32_t zero;
};

struct entry {
	struct key key;
	struct origin origin;
};

/*
 * Slots hold index + 1, 0 is free; there are always free ones. @recent is the
 * entry found last: copies come in runs.
 */
struct origins {
	size_t count;
	uint64_t seed;
	struct entry *recent;
	struct entry entry[ORIGINS_MAX + 1];
	uint16_t slot[SLOTS];
};

_Static_assert(sizeof(struct key) == 40, "a key has no holes");
_Static_assert(ORIGINS_MAX < UINT16_MAX, "a slot holds any index");

struct origins *origins_alloc(void)
{
	struct origins *o = calloc(1, sizeof(*o));

	/* A guessable seed only makes it slower for who is attacked. */
	if (o && getrandom(&o->seed, sizeof(o->seed), GRND_NONBLOCK) < 0)
		o->seed = (uintptr_t)o;
	return o;
}

void origins_free(struct origins *o)
{
	free(o);
}

static void set_key(struct key *key, const struct copy *copy)
{
	const struct sockaddr_in *sin = (const void *)copy->router;
	const struct sockaddr_in6 *sin6 = (const void *)copy->router;
	uint16_t port;

	memset(key, 0, sizeof(*key));
	if (copy->router->ss_family == AF_INET6) {
		key->address = sin6->sin6_addr;
		port = sin6->sin6_port;
	} else {
		key->address.s6_addr[10] = 0xff;
		key->address.s6_addr[11] = 0xff;
		memcpy(&key->address.s6_addr[12], &sin->sin_addr, 4);
		port = sin->sin_port;
	}
	if (copy->has_ids) {
		key->has_ids = 1;
		key->intercept = copy->intercept;
		key->session = copy->session;
	}
	if (copy->number) {
		key->has_numbers = 1;
		key->filter = copy->filter;
	}
	/* A filter numbers what it matched, not what it sends to whom. */
	if (copy->port && (copy->number || !copy->has_ids)) {
		key->source_port = ntohs(port);
		key->port = copy->port;
	}
}

static size_t hash(const struct origins *o, const struct key *key)
{
	uint64_t h = o->seed, words[sizeof(*key) / 8];
	size_t i;

	memcpy(words, key, sizeof(words));
	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		h = (h ^ words[i]) * UINT64_C(0x9e3779b97f4a7c15);
		h ^= h >> 32;
	}
	return h % SLOTS;
}

static void set_long_name(struct origin *origin)
{
	int at = snprintf(origin->name, sizeof(origin->name),
			  "%s.%u > %u filter %" PRIu32, origin->router,
			  origin->source_port, origin->port, origin->filter);

	if (origin->has_ids)
		snprintf(origin->name + at, sizeof(origin->name) - at,
			 " %" PRIu32 "/%" PRIu32, origin->intercept,
			 origin->session);
}

static void set_name(struct origin *origin)
{
	if (origin->has_numbers)
		set_long_name(origin);
	else if (origin->has_ids)
		snprintf(origin->name, sizeof(origin->name),
			 "%s %" PRIu32 "/%" PRIu32, origin->router,
			 origin->intercept, origin->session);
	else if (origin->port)
		snprintf(origin->name, sizeof(origin->name), "%s.%u > %u",
			 origin->router, origin->source_port, origin->port);
	else
		snprintf(origin->name, sizeof(origin->name), "%s",
			 origin->router);
}

static void set_origin(struct origin *origin, const struct key *key)
{
	const struct in6_addr *address = &key->address;

	if (IN6_IS_ADDR_V4MAPPED(address))
		inet_ntop(AF_INET, &address->s6_addr[12], origin->router,
			  sizeof(origin->router));
	else
		inet_ntop(AF_INET6, address, origin->router,
			  sizeof(origin->router));
	origin->has_ids = key->has_ids;
	origin->has_numbers = key->has_numbers;
	origin->filter = key->filter;
	origin->intercept = key->intercept;
	origin->session = key->session;
	origin->source_port = key->source_port;
	origin->port = key->port;
	set_name(origin);
}

static struct entry *add(struct origins *o)
{
	struct entry *e = &o->entry[o->count];

	e->origin.index = o->count++;
	e->origin.interface[0] = -1;
	e->origin.interface[1] = -1;
	return e;
}

static struct origin *find_other(struct origins *o)
{
	struct origin *origin = &o->entry[ORIGINS_MAX].origin;

	if (o->count == ORIGINS_MAX) {
		add(o);
		snprintf(origin->router, sizeof(origin->router), "other");
		set_name(origin);
	}
	return origin;
}

struct origin *origins_find(struct origins *o, const struct copy *copy)
{
	struct entry *e = o->recent;
	struct key key;
	size_t i;

	set_key(&key, copy);
	if (e && !memcmp(&e->key, &key, sizeof(key)))
		return &e->origin;
	for (i = hash(o, &key); o->slot[i]; i = (i + 1) % SLOTS) {
		e = &o->entry[o->slot[i] - 1];
		if (!memcmp(&e->key, &key, sizeof(key))) {
			o->recent = e;
			return &e->origin;
		}
	}
	if (o->count >= ORIGINS_MAX)
		return find_other(o);
	o->slot[i] = o->count + 1;
	e = add(o);
	e->key = key;
	set_origin(&e->origin, &key);
	o->recent = e;
	return &e->origin;
}

size_t origins_count(const struct origins *o)
{
	return o->count;
}

void origins_mark(struct origins *o)
{
	struct origin *origin;
	size_t i;

	for (i = 0; i < o->count; i++) {
		origin = &o->entry[i].origin;
		origin->old_packets = origin->packets;
		origin->old_bytes = origin->bytes;
	}
}

const struct origin *origins_get(const struct origins *o, size_t index)
{
	return &o->entry[index].origin;
}
