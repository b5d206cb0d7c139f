/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DFCRECV_ORIGIN_H
#define DFCRECV_ORIGIN_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dfcrecv/numbering.h"
#include "dfcrecv/receive.h"

/*
 * Outer source addresses, ports and ids can be forged: what is beyond this
 * many is counted together, so that nobody can fill the memory.
 */
#define ORIGINS_MAX	16384

/* Room for the longest name, with its terminator. */
#define ORIGIN_NAME_MAX	(INET6_ADDRSTRLEN + 64)

/**
 * struct origin - a criterion of a router, as far as copies tell it
 * @router: the outer source address as text, `other` beyond ORIGINS_MAX
 * @name: unique: with the ids, as in `203.0.113.1 5/7`, or without them with
 *	the ports, as in `203.0.113.1.9000 > 7890`; with numbers, the ports
 *	and the filter, and the ids if it has any:
 *	`203.0.113.1.9000 > 7890 filter 3 5/7`
 * @has_ids: @intercept and @session are what tells it from others; else, or
 *	with @has_numbers as well, the ports are
 * @has_numbers: its copies have numbers; @filter tells it from others, too
 * @filter: id of the filter
 * @intercept: id of the intercept
 * @session: id of the session
 * @source_port: of the outer UDP header; 0: there is none
 * @port: the port it is received at; 0: there is none
 * @index: 0, 1, ... in the order of appearance
 * @packets: packets and frames
 * @frames: frames among them
 * @bytes: their bytes, from IP or Ethernet header on
 * @malformed: datagrams that held neither
 * @numbering: what the numbers tell
 * @old_packets: @packets at the time that rates are taken from
 * @old_bytes: the same of @bytes
 * @last: when the last one came, nanoseconds since the epoch
 * @file: the capture file that has its interfaces, 0: none yet
 * @file_packets: packets and frames in that file
 * @lost_told: of the copies lost, those that files tell of already
 * @next: another one that has interfaces in that file, or NULL
 * @interface: their numbers, for packets and for frames (enum content_kind),
 *	-1: none yet
 */
struct origin {
	char router[INET6_ADDRSTRLEN];
	char name[ORIGIN_NAME_MAX];
	bool has_ids;
	bool has_numbers;
	uint32_t filter;
	uint32_t intercept;
	uint32_t session;
	uint16_t source_port;
	uint16_t port;
	size_t index;
	uint64_t packets;
	uint64_t frames;
	uint64_t bytes;
	uint64_t malformed;
	struct numbering numbering;
	uint64_t old_packets;
	uint64_t old_bytes;
	uint64_t last;
	uint64_t file;
	uint64_t file_packets;
	uint64_t lost_told;
	struct origin *next;
	int interface[2];
};

struct origins;

/**
 * origins_alloc() - start with none
 *
 * Return: freed by origins_free(); NULL when out of memory.
 */
struct origins *origins_alloc(void);

/**
 * origins_free() - free all
 * @o: origins or NULL
 */
void origins_free(struct origins *o);

/**
 * origins_find() - look an origin up, and remember it if it is new
 * @o: origins
 * @copy: its outer source (IPv4, IPv6, or IPv4 mapped into IPv6), its port,
 *	its filter if it has a number, and its ids are what counts
 *
 * Return: owned by @o, never NULL.
 */
struct origin *origins_find(struct origins *o, const struct copy *copy);

/**
 * origins_count() - the number of origins seen
 * @o: origins
 *
 * Return: 0..ORIGINS_MAX + 1.
 */
size_t origins_count(const struct origins *o);

/**
 * origins_mark() - take rates from now on
 * @o: origins
 */
void origins_mark(struct origins *o);

/**
 * origins_get() - an origin by its index
 * @o: origins
 * @index: below origins_count()
 *
 * Return: owned by @o.
 */
const struct origin *origins_get(const struct origins *o, size_t index);

#endif
