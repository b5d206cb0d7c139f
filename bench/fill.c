// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

/*
 * Adds many filters to the dfc of this network namespace, as fast as the
 * kernel takes them, or deletes them:
 *
 *   fill add COUNT MASKS inet|inet6 [FIRST-ID]
 *   fill delete COUNT [FIRST-ID]
 *   fill pace SECONDS RATE FIRST-ID    adds so many a second
 *
 * Prints seconds, of pace the filters added a second. Messages are written
 * before the clock starts, and only the last one is answered unless the kernel
 * refuses something. Pace says "ready", waits for a line and ends with SIGTERM,
 * or when it has sent all.
 *
 * The filters are random, the same ones each time if they have the same ids, of
 * as many shapes as masks are asked for; copies go to destination 1. Shapes are
 * those of selftests/classifier/bench.c.
 */

#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "wire.h"

/* As many, of IPv6 with ports, as find room in a request. */
#define BULK 900

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

/* Messages to be sent one after the other, all but the last. */
struct ready {
	struct nlmsghdr **message;
	unsigned int n;
};

static void keep(struct ready *ready, const struct request *r)
{
	struct nlmsghdr *message = malloc(r->nlh.nlmsg_len);

	if (!message)
		abort();
	memcpy(message, &r->nlh, r->nlh.nlmsg_len);
	message->nlmsg_flags &= ~NLM_F_ACK;
	ready->message[ready->n++] = message;
}

/* The last one stays where wire_done() finds it. */
static void write_all(struct ready *ready, struct wire *w, enum dfc_cmd cmd,
		      uint32_t first, uint32_t count)
{
	struct request *r;
	uint32_t n = 0;

	state += first;
	ready->n = 0;
	ready->message = calloc(count / BULK + 1, sizeof(*ready->message));
	if (!ready->message)
		abort();
	do {
		if (n)
			keep(ready, r);
		r = wire_request(w, cmd);
		do {
			if (cmd == DFC_CMD_FILTER_ADD)
				put_filter(r, first + n++);
			else
				put_id(r, first + n++);
		} while (n < count && n % BULK);
	} while (n < count);
}

static bool send_one(struct wire *w, const struct nlmsghdr *message)
{
	return mnl_socket_sendto(w->nl, message, message->nlmsg_len) >= 0;
}

static double seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec + now.tv_nsec / 1e9;
}

static volatile sig_atomic_t over;

static void end(int number)
{
	(void)number;
	over = 1;
}

static void sleep_until(double when)
{
	time_t whole = when;
	struct timespec t = { whole, (when - whole) * 1e9 };

	clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL);
}

/* Adds as many a second as @rate says, @longest seconds at the most. */
static bool pace(struct wire *w, double longest, double rate, uint32_t first)
{
	struct ready ready;
	double start;
	unsigned int i;

	write_all(&ready, w, DFC_CMD_FILTER_ADD, first, longest * rate);
	signal(SIGTERM, end);
	printf("ready\n");
	fflush(stdout);
	if (getchar() == EOF)
		return false;
	start = seconds();
	for (i = 0; i < ready.n; i++) {
		sleep_until(start + i * BULK / rate);
		if (over)
			break;
		if (!send_one(w, ready.message[i]))
			return false;
	}
	printf("%.0f\n", i * BULK / (seconds() - start));
	return wire_done(w);
}

static bool run(struct wire *w, int argc, char **argv)
{
	uint32_t first = 1, count = atoi(argv[2]);
	bool adds = !strcmp(argv[1], "add");
	struct ready ready;
	double start;
	unsigned int i;

	if (!strcmp(argv[1], "pace"))
		return argc > 4 && shapes_make(1) &&
		       pace(w, atof(argv[2]), atof(argv[3]), atoi(argv[4]));
	if (adds) {
		ipv6 = argc > 4 && !strcmp(argv[4], "inet6");
		if (argc < 5 || !shapes_make(atoi(argv[3])))
			return false;
	}
	if (argc > (adds ? 5 : 3))
		first = atoi(argv[adds ? 5 : 3]);
	if (!count)
		return false;
	write_all(&ready, w, adds ? DFC_CMD_FILTER_ADD : DFC_CMD_FILTER_DEL,
		  first, count);
	start = seconds();
	for (i = 0; i < ready.n; i++) {
		if (!send_one(w, ready.message[i]))
			return false;
	}
	if (!wire_done(w))
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
