// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

/*
 * Adds many filters to the dfc of this network namespace, as fast as the
 * kernel takes them, or deletes them:
 *
 *   fill add COUNT MASKS inet|inet6 [FIRST-ID]
 *   fill delete COUNT [FIRST-ID]
 *   fill pace SECONDS RATE       adds so many a second
 *
 * Prints seconds, of pace the filters added a second. The filters are random,
 * the same ones each time, of as many shapes as masks are asked for; copies go
 * to destination 1. Shapes are those of selftests/classifier/bench.c.
 */

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "wire.h"

/* As many as find room in a message that a socket sends. */
#define BULK 500

#define PROTOCOL	1
#define SRC_PORT	2
#define DST_PORT	4

struct shape {
	uint8_t src;
	uint8_t dst;
	uint8_t rest;
};

static struct shape shapes[1024];
static unsigned int nshapes;
static bool ipv6;
static uint64_t state = 4711;

static uint64_t any(void)
{
	uint64_t z = state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

static void shapes_pairs(const uint8_t *lengths, unsigned int n)
{
	unsigned int i, j;

	for (i = 0; i < n; i++) {
		for (j = 0; j < n; j++) {
			bool wide = lengths[i] + lengths[j] < 36;

			shapes[nshapes++] = (struct shape){
				lengths[i], lengths[j],
				wide ? PROTOCOL | DST_PORT : 0,
			};
		}
	}
}

static bool shapes_make(unsigned int masks)
{
	static const struct shape usual[] = {
		{ 32, 32, 7 }, { 32, 32, 5 }, { 32, 32, 0 }, { 32, 0, 0 },
		{ 0, 32, 0 }, { 32, 0, 5 }, { 0, 32, 5 }, { 24, 32, 0 },
		{ 32, 24, 0 }, { 24, 24, 5 }, { 28, 32, 0 }, { 32, 28, 1 },
		{ 24, 0, 7 }, { 0, 24, 7 }, { 20, 32, 5 },
	};
	static const uint8_t eight[] = { 12, 16, 20, 22, 24, 28, 30, 32 };
	uint8_t all[25];
	unsigned int i;

	if (masks <= 15) {
		memcpy(shapes, usual, sizeof(usual));
		nshapes = masks;
	} else if (masks == 64) {
		shapes_pairs(eight, sizeof(eight));
	} else if (masks == 628) {
		for (i = 0; i < sizeof(all); i++)
			all[i] = 8 + i;
		shapes_pairs(all, sizeof(all));
		memcpy(shapes + nshapes, usual, sizeof(*usual));
		memcpy(shapes + nshapes + 1, usual + 3, 2 * sizeof(*usual));
		nshapes += 3;
	}
	return nshapes;
}

/*
 * Any address, as a prefix of so many bits of the 32 that differ: before these,
 * those of IPv6 have 32 bits in common. The 64 behind them count only if all
 * 32 do.
 */
static void put_addr(struct request *r, uint16_t type, unsigned int length)
{
	unsigned int size = ipv6 ? 16 : 4, at = ipv6 ? 4 : 0;
	uint32_t mask = htonl(length ? ~0U << (32 - length) : 0);
	uint8_t from[16] = { 0x20, 0x01, 0x0d, 0xb8 }, to[16];
	uint32_t bits = any();
	struct nlattr *nest;

	if (!length)
		return;
	memcpy(to, from, sizeof(to));
	if (ipv6 && length < 32)
		memset(to + 8, 0xff, 8);
	memcpy(from + at, &(uint32_t){ bits & mask }, 4);
	memcpy(to + at, &(uint32_t){ bits | ~mask }, 4);
	nest = nest_begin(r, type);
	put(r, DFC_ADDR_A_FROM, size, from);
	put(r, DFC_ADDR_A_TO, size, to);
	nest_end(r, nest);
}

static void put_number(struct request *r, uint16_t type, uint16_t number)
{
	struct nlattr *nest = nest_begin(r, type);

	put_u16(r, DFC_RANGE_A_FROM, number);
	nest_end(r, nest);
}

static void put_filter(struct request *r, uint32_t id)
{
	const struct shape *shape = &shapes[id % nshapes];
	struct nlattr *nest = nest_begin(r, DFC_A_FILTER);

	put_u32(r, DFC_FILTER_A_ID, id);
	put_addr(r, DFC_FILTER_A_SRC, shape->src);
	put_addr(r, DFC_FILTER_A_DST, shape->dst);
	if (shape->rest & PROTOCOL)
		put_number(r, DFC_FILTER_A_PROTOCOL, any() & 1 ? 6 : 17);
	if (shape->rest & SRC_PORT)
		put_number(r, DFC_FILTER_A_SRC_PORT, any());
	if (shape->rest & DST_PORT)
		put_number(r, DFC_FILTER_A_DST_PORT, any());
	put_u32(r, DFC_FILTER_A_DEST_ID, 1);
	nest_end(r, nest);
}

static void put_id(struct request *r, uint32_t id)
{
	struct nlattr *nest = nest_begin(r, DFC_A_FILTER);

	put_u32(r, DFC_FILTER_A_ID, id);
	nest_end(r, nest);
}

static bool each(struct wire *w, enum dfc_cmd cmd, uint32_t first,
		 uint32_t count)
{
	struct request *r;
	uint32_t n = 0;

	while (n < count) {
		r = wire_request(w, cmd);
		do {
			if (cmd == DFC_CMD_FILTER_ADD)
				put_filter(r, first + n++);
			else
				put_id(r, first + n++);
		} while (n < count && n % BULK);
		if (!wire_done(w))
			return false;
	}
	return true;
}

static double seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec + now.tv_nsec / 1e9;
}

/* Adds as many a second as @rate says, in small portions. */
static bool pace(struct wire *w, double wanted, double rate)
{
	const uint32_t first = 1U << 30;
	double start = seconds(), now = start;
	uint32_t added = 0;

	while (now < start + wanted) {
		if (added / rate > now - start) {
			usleep(1000);
		} else {
			if (!each(w, DFC_CMD_FILTER_ADD, first + added, BULK))
				return false;
			added += BULK;
		}
		now = seconds();
	}
	printf("%.0f\n", added / (now - start));
	return true;
}

static bool run(struct wire *w, int argc, char **argv)
{
	uint32_t first = 1, count = atoi(argv[2]);
	double start = seconds();
	bool adds = !strcmp(argv[1], "add");

	if (!strcmp(argv[1], "pace"))
		return argc > 3 && shapes_make(1) &&
		       pace(w, atof(argv[2]), atof(argv[3]));
	if (adds) {
		ipv6 = argc > 4 && !strcmp(argv[4], "inet6");
		if (argc < 5 || !shapes_make(atoi(argv[3])))
			return false;
	}
	if (argc > (adds ? 5 : 3))
		first = atoi(argv[adds ? 5 : 3]);
	if (!each(w, adds ? DFC_CMD_FILTER_ADD : DFC_CMD_FILTER_DEL, first,
		  count))
		return false;
	printf("%.4f\n", seconds() - start);
	return true;
}

int main(int argc, char **argv)
{
	struct wire *w;
	bool done;

	if (argc < 3 || !wire_init())
		return 1;
	w = wire_open();
	done = run(w, argc, argv);
	wire_close(w);
	return done ? 0 : 1;
}
