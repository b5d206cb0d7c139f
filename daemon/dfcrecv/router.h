/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DFCRECV_ROUTER_H
#define DFCRECV_ROUTER_H

#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

/*
 * Outer source addresses can be forged: those beyond this many are counted
 * together, so that nobody can fill the memory.
 */
#define ROUTERS_MAX	1024

/**
 * struct router - an outer source address and what came from it
 * @name: the address as text, `other` for those beyond ROUTERS_MAX
 * @index: 0, 1, ... in the order of appearance
 * @packets: IP packets
 * @bytes: ... in bytes from the IP header on
 * @malformed: datagrams that held no IP packet
 * @interface: number of its interface in the capture file, -1: none yet
 */
struct router {
	char name[INET6_ADDRSTRLEN];
	size_t index;
	uint64_t packets;
	uint64_t bytes;
	uint64_t malformed;
	int interface;
};

struct routers;

/**
 * routers_alloc() - start with none
 *
 * Return: freed by routers_free(); NULL when out of memory.
 */
struct routers *routers_alloc(void);

/**
 * routers_free() - free all
 * @r: routers or NULL
 */
void routers_free(struct routers *r);

/**
 * routers_find() - look a router up, and remember it if it is new
 * @r: routers
 * @address: outer source, IPv4, IPv6 or IPv4 mapped into IPv6
 *
 * Return: owned by @r, never NULL.
 */
struct router *routers_find(struct routers *r,
			    const struct sockaddr_storage *address);

/**
 * routers_count() - the number of routers seen
 * @r: routers
 *
 * Return: 0..ROUTERS_MAX + 1.
 */
size_t routers_count(const struct routers *r);

/**
 * routers_get() - a router by its index
 * @r: routers
 * @index: below routers_count()
 *
 * Return: owned by @r.
 */
const struct router *routers_get(const struct routers *r, size_t index);

#endif
