// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <arpa/inet.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dfcrecv/router.h"

#define SLOTS (2 * ROUTERS_MAX)

struct entry {
	struct in6_addr address;
	struct router router;
};

/* Slots hold index + 1, 0 is free; there are always free ones. */
struct routers {
	size_t count;
	struct entry entry[ROUTERS_MAX + 1];
	uint16_t slot[SLOTS];
};

struct routers *routers_alloc(void)
{
	return calloc(1, sizeof(struct routers));
}

void routers_free(struct routers *r)
{
	free(r);
}

static struct in6_addr to_ipv6(const struct sockaddr_storage *address)
{
	const struct sockaddr_in *sin = (const void *)address;
	const struct sockaddr_in6 *sin6 = (const void *)address;
	struct in6_addr mapped = { .s6_addr = { [10] = 0xff, [11] = 0xff } };

	if (address->ss_family == AF_INET6)
		return sin6->sin6_addr;
	memcpy(&mapped.s6_addr[12], &sin->sin_addr, 4);
	return mapped;
}

static void set_name(struct router *router, const struct in6_addr *address)
{
	if (IN6_IS_ADDR_V4MAPPED(address))
		inet_ntop(AF_INET, &address->s6_addr[12], router->name,
			  sizeof(router->name));
	else
		inet_ntop(AF_INET6, address, router->name,
			  sizeof(router->name));
}

static size_t hash(const struct in6_addr *address)
{
	uint32_t h = 2166136261U;
	size_t i;

	for (i = 0; i < sizeof(address->s6_addr); i++)
		h = (h ^ address->s6_addr[i]) * 16777619U;
	return h % SLOTS;
}

static struct router *add(struct routers *r)
{
	struct router *router = &r->entry[r->count].router;

	router->index = r->count++;
	router->interface = -1;
	return router;
}

static struct router *find_other(struct routers *r)
{
	struct router *router = &r->entry[ROUTERS_MAX].router;

	if (r->count == ROUTERS_MAX) {
		add(r);
		snprintf(router->name, sizeof(router->name), "other");
	}
	return router;
}

struct router *routers_find(struct routers *r,
			    const struct sockaddr_storage *address)
{
	struct in6_addr key = to_ipv6(address);
	size_t i = hash(&key);
	struct router *router;
	struct entry *e;

	for (; r->slot[i]; i = (i + 1) % SLOTS) {
		e = &r->entry[r->slot[i] - 1];
		if (!memcmp(&e->address, &key, sizeof(key)))
			return &e->router;
	}
	if (r->count >= ROUTERS_MAX)
		return find_other(r);
	r->entry[r->count].address = key;
	r->slot[i] = r->count + 1;
	router = add(r);
	set_name(router, &key);
	return router;
}

size_t routers_count(const struct routers *r)
{
	return r->count;
}

const struct router *routers_get(const struct routers *r, size_t index)
{
	return &r->entry[index].router;
}
