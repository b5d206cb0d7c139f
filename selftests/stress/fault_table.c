// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "act.h"
#include "faults.h"

#define DESTS	6
#define FILTERS	16
/* So many that they take several messages and tables of more than one size. */
#define MANY	300

#define MINE	1000

/* Each filter has a mask of its own. */
static void put_filter(struct request *r, uint32_t id, uint32_t flags)
{
	uint8_t bits = id % 24;
	struct rule rule = {
		.id = id, .flags = flags, .family = AF_INET6,
		.timeout_idle = 3600, .limit_packets = 1000,
		.src = ONE(.from = { 0x20, 0x01, 0x0d, 0xb8 },
			   .to = { 0x20, 0x01, 0x0d, 0xb8 }),
		.protocol = ONE(.from = IPPROTO_UDP, .to = IPPROTO_UDP),
		.dst_port = ONE(.from = 1000, .to = 1000 + bits),
		.scope = DFC_SCOPE_OUTPUT,
		.ndevices = 2, .device = { "lo", "no-such-device1" },
		.has_ids = true, .intercept = id, .group = 1,
		.ndests = DESTS, .dest = { 1, 2, 3, 4, 5, 6 },
	};

	memset(rule.src.entry[0].to + 4 + bits / 8, 0xff, 12 - bits / 8);
	rule_put(r, &rule);
}

static bool begin(struct wire *w)
{
	const struct site site = {
		.id = 1, .ndevices = 1, .device = { "lo" },
	};
	struct request *r;
	uint32_t id;

	CHECK(!system("ip link set lo up"));
	for (id = 1; id <= DESTS; id++)
		CHECK(act_dest_any(w, id));
	CHECK(act_site_add(w, &site));
	r = wire_request(w, DFC_CMD_FILTER_ADD);
	for (id = 1; id <= FILTERS; id++)
		put_filter(r, id, 0);
	return wire_done(w);
}

static bool begin_bare(struct wire *w)
{
	const struct site site = { .id = 1 };
	uint32_t id;

	for (id = 1; id <= DESTS; id++)
		CHECK(act_dest_any(w, id));
	return act_site_add(w, &site);
}

static void put_add(struct wire *w)
{
	put_filter(wire_request(w, DFC_CMD_FILTER_ADD), MINE,
		   DFC_FILTER_F_OWNED);
}

static bool undo_add(struct wire *w)
{
	return act_filter_del(w, MINE);
}

static void put_add_bulk(struct wire *w)
{
	struct request *r = wire_request(w, DFC_CMD_FILTER_ADD);
	uint32_t i;

	for (i = 0; i < FILTERS; i++)
		put_filter(r, MINE + i, 0);
}

static void put_ids(struct request *r, uint32_t first, uint32_t count)
{
	while (count--)
		rule_put_id(r, first++);
}

static bool undo_add_bulk(struct wire *w)
{
	put_ids(wire_request(w, DFC_CMD_FILTER_DEL), MINE, FILTERS);
	return wire_done(w);
}

static void put_frames(struct wire *w)
{
	const struct rule rule = {
		.id = MINE, .family = AF_PACKET, .scope = DFC_SCOPE_OUTPUT,
		.ndevices = 1, .device = { "lo" }, .ndests = 1, .dest = { 1 },
	};

	rule_put(wire_request(w, DFC_CMD_FILTER_ADD), &rule);
}

static void put_limits(struct request *r, uint32_t id, uint32_t limit)
{
	rule_put(r, &(struct rule){ .id = id, .limit_packets = limit,
				    .limit_bytes = limit * UINT64_C(1000),
				    .timeout_idle = 3600 });
}

static bool begin_set(struct wire *w)
{
	struct request *r;
	uint32_t id;

	CHECK(begin(w));
	r = wire_request(w, DFC_CMD_FILTER_SET);
	for (id = 1; id <= FILTERS; id++)
		put_limits(r, id, 1000);
	return wire_done(w);
}

static void put_set(struct wire *w)
{
	struct request *r = wire_request(w, DFC_CMD_FILTER_SET);
	uint32_t id;

	for (id = 1; id <= FILTERS; id++)
		put_limits(r, id, 2000);
}

static bool undo_set(struct wire *w)
{
	struct request *r = wire_request(w, DFC_CMD_FILTER_SET);
	uint32_t id;

	for (id = 1; id <= FILTERS; id++)
		put_limits(r, id, 1000);
	return wire_done(w);
}

static void put_del(struct wire *w)
{
	put_ids(wire_request(w, DFC_CMD_FILTER_DEL), 1, FILTERS);
}

static bool undo_del(struct wire *w)
{
	struct request *r = wire_request(w, DFC_CMD_FILTER_ADD);
	uint32_t id;

	for (id = 1; id <= FILTERS; id++)
		put_filter(r, id, 0);
	return wire_done(w);
}

static void put_flush(struct wire *w)
{
	wire_request(w, DFC_CMD_FILTER_FLUSH);
}

static void put_flush_dest(struct wire *w)
{
	struct request *r = wire_request(w, DFC_CMD_FILTER_FLUSH);
	struct nlattr *nest = nest_begin(r, DFC_A_FILTER);

	put_u32(r, DFC_FILTER_A_DEST_ID, DESTS);
	nest_end(r, nest);
}

static bool begin_many(struct wire *w)
{
	struct rule rule = { .ndests = 1, .dest = { 1 } };
	struct request *r;

	CHECK(begin(w));
	r = wire_request(w, DFC_CMD_FILTER_ADD);
	for (rule.id = MINE; rule.id < MINE + MANY; rule.id++)
		rule_put(r, &rule);
	return wire_done(w);
}

static void put_dump(struct wire *w)
{
	wire_dump(wire_request(w, DFC_CMD_FILTER_GET));
}

static void put_get(struct wire *w)
{
	rule_put_id(wire_request(w, DFC_CMD_FILTER_GET), 1);
}

static void put_dest_add(struct wire *w)
{
	const struct dest dest = {
		.id = MINE, .flags = DFC_DEST_F_OWNED, .family = AF_INET6,
		.addr = { 0x20, 0x01, 0x0d, 0xb8, [15] = 2 }, .port = 7890,
	};

	dest_put(wire_request(w, DFC_CMD_DEST_ADD), &dest);
}

static bool undo_dest_add(struct wire *w)
{
	return act_dest_del(w, MINE);
}

static bool begin_dest_del(struct wire *w)
{
	return begin(w) && act_dest_any(w, MINE);
}

static void put_dest_del(struct wire *w)
{
	dest_put_id(wire_request(w, DFC_CMD_DEST_DEL), MINE);
}

static bool undo_dest_del(struct wire *w)
{
	return act_dest_any(w, MINE);
}

static void put_dest_get(struct wire *w)
{
	dest_put_id(wire_request(w, DFC_CMD_DEST_GET), 1);
}

static void put_dest_dump(struct wire *w)
{
	wire_dump(wire_request(w, DFC_CMD_DEST_GET));
}

/* A real device becomes passive: hooks are registered. */
static const struct site passive = {
	.id = MINE, .mode = DFC_MODE_PASSIVE, .flags = DFC_GROUP_F_OWNED,
	.duplicates_max = 3, .ndevices = 2, .device = { "port", "elsewhere" },
};

static const struct site kept = {
	.id = MINE, .mode = DFC_MODE_PASSIVE,
	.ndevices = 1, .device = { "port" },
};

static const struct site other = {
	.id = MINE, .duplicates_max = 7, .ndevices = 2,
	.device = { "elsewhere", "nowhere" },
};

static bool begin_port(struct wire *w)
{
	return begin(w) && !system("ip link add port type dummy; "
				   "ip link set port up");
}

static void put_site_add(struct wire *w)
{
	site_put(wire_request(w, DFC_CMD_GROUP_ADD), &passive);
}

static bool undo_site_add(struct wire *w)
{
	return act_site_del(w, MINE);
}

static bool begin_site(struct wire *w)
{
	return begin_port(w) && act_site_add(w, &kept);
}

static void put_site_set(struct wire *w)
{
	site_put(wire_request(w, DFC_CMD_GROUP_SET), &other);
}

static bool undo_site_set(struct wire *w)
{
	struct site site = kept;

	site.mode = 0;
	return act_site_set(w, &site);
}

static void put_site_del(struct wire *w)
{
	site_put_id(wire_request(w, DFC_CMD_GROUP_DEL), MINE);
}

static bool undo_site_del(struct wire *w)
{
	return act_site_add(w, &kept);
}

static void put_site_get(struct wire *w)
{
	site_put_id(wire_request(w, DFC_CMD_GROUP_GET), 1);
}

static void put_site_dump(struct wire *w)
{
	wire_dump(wire_request(w, DFC_CMD_GROUP_GET));
}

static void put_stats(struct wire *w)
{
	wire_request(w, DFC_CMD_STATS_GET);
}

const struct fault faults[] = {
	{ "a filter is added", begin, put_add, undo_add, false },
	{ "filters are added in bulk", begin, put_add_bulk, undo_add_bulk,
	  false },
	{ "the first filter of a namespace", begin_bare, put_add, undo_add,
	  true },
	{ "a filter of frames is added", begin, put_frames, undo_add, false },
	{ "limits are set", begin_set, put_set, undo_set, false },
	{ "filters are deleted", begin, put_del, undo_del, false },
	{ "all filters are deleted", begin, put_flush, undo_del, false },
	{ "filters of a destination are deleted", begin, put_flush_dest,
	  undo_del, false },
	{ "a filter is told", begin, put_get, NULL, false },
	{ "filters are dumped", begin_many, put_dump, NULL, false },
	{ "a destination is added", begin, put_dest_add, undo_dest_add, false },
	{ "a destination is deleted", begin_dest_del, put_dest_del,
	  undo_dest_del, false },
	{ "a destination is told", begin, put_dest_get, NULL, false },
	{ "destinations are dumped", begin, put_dest_dump, NULL, false },
	{ "a passive group is added", begin_port, put_site_add, undo_site_add,
	  false },
	{ "the first passive group of a namespace", begin_port, put_site_add,
	  undo_site_add, true },
	{ "a group is set", begin_site, put_site_set, undo_site_set, false },
	{ "a group is deleted", begin_site, put_site_del, undo_site_del,
	  false },
	{ "a group is told", begin, put_site_get, NULL, false },
	{ "groups are dumped", begin, put_site_dump, NULL, false },
	{ "counters are told", begin, put_stats, NULL, false },
};

const unsigned int faults_count = sizeof(faults) / sizeof(*faults);
