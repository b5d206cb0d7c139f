// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <inttypes.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "act.h"
#include "bulk.h"

/* As many as find room in a message that a socket sends. */
#define BULK 500

/*
 * The nth filter is about 192.0.0.0 + n, each of four kinds in turn: flows,
 * services of a host, hosts, prefixes.
 */
static void put_nth(struct request *r, uint32_t n)
{
	uint32_t host = 0xc0000000 + n;
	uint8_t a = host >> 24, b = host >> 16, c = host >> 8, d = host;
	struct rule rule = {
		.id = 1 + n,
		.family = AF_INET,
		.src = ONE(.from = { a, b, c, d }, .to = { a, b, c, d }),
		.ndests = 1,
		.dest = { 1 },
	};

	if (n % 4 == 3) {
		rule.src.entry[0].from[3] &= 0xf0;
		rule.src.entry[0].to[3] |= 0x0f;
	}
	if (n % 4 != 2) {
		rule.dst = (struct addrs)ONE(.from = { 198, 51, 100, 2 },
					     .to = { 198, 51, 100, 2 });
		rule.protocol = (struct ranges)ONE(.from = IPPROTO_UDP,
						   .to = IPPROTO_UDP);
		rule.dst_port = (struct ranges)ONE(.from = n % 60000,
						   .to = n % 60000);
	}
	if (n % 4 == 0)
		rule.src_port = (struct ranges)ONE(.from = 4000, .to = 4000);
	rule_put(r, &rule);
}

/* Every filter is a flow of its own, with all five fields. */
static struct rule flow(uint32_t n)
{
	uint32_t host = 0xc0000000 + n;
	uint8_t a = host >> 24, b = host >> 16, c = host >> 8, d = host;

	return (struct rule){
		.id = 1 + n,
		.family = AF_INET,
		.src = ONE(.from = { a, b, c, d }, .to = { a, b, c, d }),
		.dst = ONE(.from = { 198, 51, 100, 2 },
			   .to = { 198, 51, 100, 2 }),
		.protocol = ONE(.from = IPPROTO_UDP, .to = IPPROTO_UDP),
		.src_port = ONE(.from = 4000, .to = 4000),
		.dst_port = ONE(.from = n % 60000, .to = n % 60000),
		.ndests = 1,
		.dest = { 1 },
	};
}

static void put_flow(struct request *r, uint32_t n)
{
	struct rule rule = flow(n);

	rule_put(r, &rule);
}

static void put_flow6(struct request *r, uint32_t n)
{
	struct rule rule = flow(n);
	uint8_t a = n >> 24, b = n >> 16, c = n >> 8, d = n;

	rule.family = AF_INET6;
	rule.src = (struct addrs)ONE(
		.from = { 0x20, 0x01, 0x0d, 0xb8, a, b, c, d },
		.to = { 0x20, 0x01, 0x0d, 0xb8, a, b, c, d });
	rule.dst = (struct addrs)ONE(
		.from = { 0x20, 0x01, 0x0d, 0xb8, [15] = 2 },
		.to = { 0x20, 0x01, 0x0d, 0xb8, [15] = 2 });
	rule_put(r, &rule);
}

static void put_idle(struct request *r, uint32_t n)
{
	struct rule rule = flow(n);

	rule.timeout_idle = 3600;
	rule_put(r, &rule);
}

static void put_ranges(struct request *r, uint32_t n)
{
	struct rule rule = flow(n);

	rule.src.entry[0].to[3] |= 0x07;
	rule.dst_port.entry[0].to += 100;
	rule_put(r, &rule);
}

/* Long enough for the last one to be told before the first one is over. */
static void put_timeout(struct request *r, uint32_t n)
{
	struct rule rule = { .id = 1 + n, .timeout_total = 30 };

	rule_put(r, &rule);
}

static void put_id(struct request *r, uint32_t n)
{
	rule_put_id(r, 1 + n);
}

static bool each(struct wire *w, enum dfc_cmd cmd, uint32_t count,
		 void (*put_one)(struct request *r, uint32_t n))
{
	struct request *r;
	uint32_t n = 0;

	while (n < count) {
		r = wire_request(w, cmd);
		do {
			put_one(r, n++);
		} while (n < count && n % BULK);
		if (!wire_done(w))
			return false;
	}
	return true;
}

static bool dump(struct wire *w, uint32_t count)
{
	wire_dump(wire_request(w, DFC_CMD_FILTER_GET));
	CHECK(wire_done(w));
	CHECK_EQUAL(count, w->answer.objects);
	return true;
}

static double seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec + now.tv_nsec / 1e9;
}

static const struct {
	const char *what;
	enum dfc_cmd cmd;
	void (*put_one)(struct request *r, uint32_t n);
} jobs[] = {
	{ "add", DFC_CMD_FILTER_ADD, put_nth },
	{ "add-flows", DFC_CMD_FILTER_ADD, put_flow },
	{ "add-flows-ipv6", DFC_CMD_FILTER_ADD, put_flow6 },
	{ "add-idle", DFC_CMD_FILTER_ADD, put_idle },
	{ "add-ranges", DFC_CMD_FILTER_ADD, put_ranges },
	{ "set-timeout", DFC_CMD_FILTER_SET, put_timeout },
	{ "delete", DFC_CMD_FILTER_DEL, put_id },
};

int bulk(const char *what, const char *number)
{
	uint32_t count = strtoul(number, NULL, 0);
	struct wire *w = wire_open();
	double start = seconds();
	bool done = false;
	unsigned int i;

	if (!strcmp(what, "dump"))
		done = dump(w, count);
	for (i = 0; i < sizeof(jobs) / sizeof(*jobs); i++) {
		if (!strcmp(what, jobs[i].what))
			done = each(w, jobs[i].cmd, count, jobs[i].put_one);
	}
	wire_close(w);
	if (done)
		printf("%s: %" PRIu32 " filters in %.2f s\n", what, count,
		       seconds() - start);
	return done ? 0 : 1;
}
