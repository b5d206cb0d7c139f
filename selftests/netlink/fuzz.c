// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <inttypes.h>
#include <linux/genetlink.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "act.h"

/* Few ids, so that they meet. */
#define FILTERS 40
#define DESTS 8
#define GROUPS 6
#define ROUNDS 2500

static const char *const names[] = { "lo", "a", "b", "c" };

static uint32_t random_edge(uint32_t max)
{
	switch (random_below(4)) {
	case 0:
		return 0;
	case 1:
		return max;
	default:
		return random_below(max) + random_below(2);
	}
}

static void fill_addrs(struct addrs *list, uint16_t family)
{
	unsigned int i, j, len = family == AF_INET ? 4 : 16;
	struct addr *e;

	list->n = random_below(4);
	for (i = 0; i < list->n; i++) {
		e = &list->entry[i];
		for (j = 0; j < len; j++)
			e->from[j] = e->to[j] = random_edge(255);
		e->to[random_below(len)] |= random_below(256);
		e->negated = !random_below(3);
	}
}

static void fill_ranges(struct ranges *list, uint32_t max)
{
	unsigned int i;

	list->n = random_below(4);
	for (i = 0; i < list->n; i++) {
		list->entry[i].from = random_edge(max);
		list->entry[i].to = list->entry[i].from;
		if (random_below(2))
			list->entry[i].to = max;
		list->entry[i].negated = !random_below(3);
	}
}

/* Most of it goes together; a device may be there twice, or need not be. */
static void fill_where(struct rule *rule)
{
	unsigned int i;

	rule->scope = random_below(DFC_SCOPE_MAX + 1);
	rule->ndevices = 1 + random_below(2);
	if (rule->scope == DFC_SCOPE_ANY)
		rule->ndevices = !random_below(8);
	for (i = 0; i < rule->ndevices; i++)
		strcpy(rule->device[i], names[random_below(4)]);
	rule->action = random_below(DFC_ACTION_MAX + 1);
	rule->has_ids = random_below(2);
	if (rule->action == DFC_ACTION_BLOCK && random_below(8)) {
		rule->has_ids = false;
		rule->ndests = 0;
	}
}

/* Some are for frames, which have no lists; few are in a group. */
static void fill_lists(struct rule *rule)
{
	if (!random_below(8)) {
		rule->family = AF_PACKET;
		return;
	}
	fill_addrs(&rule->src, rule->family);
	fill_addrs(&rule->dst, rule->family);
	fill_ranges(&rule->protocol, 255);
	if (random_below(2)) {
		fill_ranges(&rule->src_port, 65535);
		fill_ranges(&rule->dst_port, 65535);
	} else {
		fill_ranges(&rule->icmp_type, 255);
		fill_ranges(&rule->icmp_code, 255);
	}
}

static void random_rule(struct rule *rule)
{
	unsigned int i;

	*rule = (struct rule){
		.id = 1 + random_below(FILTERS),
		.flags = random_below(2),
		.family = random_below(2) ? AF_INET : AF_INET6,
		.priority = random_below(300),
		.timeout_total = random_edge(DFC_TIMEOUT_MAX),
		.timeout_idle = random_edge(DFC_TIMEOUT_MAX),
		.limit_packets = random_edge(UINT32_MAX),
		.limit_bytes = random_edge(UINT32_MAX),
		.group = random_below(4) ? 0 : 1 + random_below(GROUPS),
		.ndests = 1 + random_below(3),
	};
	fill_lists(rule);
	fill_where(rule);
	for (i = 0; i < rule->ndests; i++)
		rule->dest[i] = 1 + (rule->id + i) % DESTS;
}

static void put_random_dest(struct request *r)
{
	struct dest d = {
		.id = 1 + random_below(DESTS),
		.flags = random_below(2),
		.family = random_below(2) ? AF_INET : AF_INET6,
		.addr = { 32, 1, 13, 184, [15] = 1 },
		.port = random_below(65536),
		.src_port = random_below(65536),
		.ttl = random_below(256),
		.security = random_below(2),
		.format = random_below(DFC_FORMAT_MAX + 1),
		.dscp = random_below(64),
	};

	dest_put(r, &d);
}

static void put_random_rule(struct request *r, enum dfc_cmd cmd)
{
	static struct rule rule;

	random_rule(&rule);
	if (cmd == DFC_CMD_FILTER_SET)
		rule = (struct rule){
			.id = rule.id,
			.timeout_total = rule.timeout_total,
			.limit_bytes = rule.limit_bytes,
		};
	rule_put(r, &rule);
}

static void put_random_ids(struct request *r)
{
	do {
		rule_put_id(r, 1 + random_below(FILTERS));
	} while (!random_below(3));
}

static void put_random_flush(struct request *r)
{
	struct nlattr *nest;

	if (!random_below(8))
		return;
	nest = nest_begin(r, DFC_A_FILTER);
	put_u32(r, DFC_FILTER_A_DEST_ID, 1 + random_below(DESTS));
	nest_end(r, nest);
}

/* Passive ones take devices from each other. */
static void put_random_site(struct request *r, enum dfc_cmd cmd)
{
	struct site site = {
		.id = 1 + random_below(GROUPS),
		.flags = random_below(DFC_GROUP_F_ALL + 1),
		.masks_max = random_edge(1024),
		.duplicates_max = random_edge(64),
		.ndevices = random_below(4),
	};
	unsigned int i;

	if (cmd == DFC_CMD_GROUP_ADD)
		site.mode = random_below(DFC_MODE_MAX + 1);
	site.tag = random_below(2);
	for (i = 0; i < site.ndevices; i++)
		strcpy(site.device[i], names[random_below(4)]);
	site_put(r, &site);
}

static void put_random(struct request *r, enum dfc_cmd cmd)
{
	switch (cmd) {
	case DFC_CMD_FILTER_ADD:
		if (!random_below(3))
			put_random_rule(r, cmd);
		put_random_rule(r, cmd);
		break;
	case DFC_CMD_FILTER_SET:
		put_random_rule(r, cmd);
		break;
	case DFC_CMD_FILTER_DEL:
	case DFC_CMD_FILTER_GET:
		put_random_ids(r);
		break;
	case DFC_CMD_FILTER_FLUSH:
		put_random_flush(r);
		break;
	case DFC_CMD_DEST_ADD:
		put_random_dest(r);
		break;
	case DFC_CMD_DEST_DEL:
	case DFC_CMD_DEST_GET:
		dest_put_id(r, 1 + random_below(DESTS));
		break;
	case DFC_CMD_GROUP_ADD:
	case DFC_CMD_GROUP_SET:
		put_random_site(r, cmd);
		break;
	case DFC_CMD_GROUP_DEL:
	case DFC_CMD_GROUP_GET:
		site_put_id(r, 1 + random_below(GROUPS));
		break;
	default:
		break;
	}
}

static void random_request(struct wire *w)
{
	static const enum dfc_cmd adds[] = {
		DFC_CMD_FILTER_ADD, DFC_CMD_FILTER_ADD, DFC_CMD_DEST_ADD,
		DFC_CMD_DEST_ADD, DFC_CMD_GROUP_ADD,
	};
	enum dfc_cmd cmd = 1 + random_below(DFC_CMD_MAX);
	struct request *r;

	if (random_below(2))
		cmd = adds[random_below(sizeof(adds) / sizeof(*adds))];
	r = wire_request(w, cmd);
	if (!random_below(8))
		wire_dump(r);
	put_random(r, cmd);
}

static uint32_t random_word(void)
{
	static const uint32_t odd[] = {
		0, 1, 4, 0x7fff, 0x8000, 0xffff, 0x10000, 0x7fffffff,
		0xffffffff, NLA_F_NESTED << 16, NLA_F_NET_BYTEORDER << 16,
	};

	if (random_below(2))
		return odd[random_below(sizeof(odd) / sizeof(*odd))];
	return random_below(UINT32_MAX);
}

/* Changes anything behind the header of netlink, or where it all ends. */
static void mutate(struct request *r)
{
	uint32_t len = r->nlh.nlmsg_len - NLMSG_HDRLEN;
	char *bytes = r->buf + NLMSG_HDRLEN;
	uint32_t word = random_word();
	uint32_t at = random_below(len);

	switch (random_below(6)) {
	case 0:
		bytes[at] ^= 1 << random_below(8);
		break;
	case 1:
		bytes[at] = word;
		break;
	case 2:
		memcpy(bytes + at / 2 * 2, &word, 2);
		break;
	case 3:
		memcpy(bytes + at / 4 * 4, &word, 4);
		break;
	case 4:
		r->nlh.nlmsg_len = NLMSG_HDRLEN + GENL_HDRLEN +
				   random_below(len);
		break;
	default:
		memmove(bytes + GENL_HDRLEN + random_below(len), bytes + at,
			len - at);
		break;
	}
}

static bool read_any(const struct nlmsghdr *nlh, void *arg)
{
	const struct genlmsghdr *genl = mnl_nlmsg_get_payload(nlh);
	static union {
		struct filter filter;
		struct dest dest;
		struct site site;
		struct stats stats;
	} any;

	(void)arg;
	if (genl->cmd == DFC_CMD_FILTER_GET)
		return filter_read(nlh, &any);
	if (genl->cmd == DFC_CMD_DEST_GET)
		return dest_read(nlh, &any);
	if (genl->cmd == DFC_CMD_GROUP_GET)
		return site_read(nlh, &any);
	return stats_read(nlh, &any);
}

struct ids {
	unsigned int n;
	uint32_t id[4096];
};

static bool keep_id(struct ids *ids, uint32_t id)
{
	CHECK(ids->n < sizeof(ids->id) / sizeof(*ids->id));
	ids->id[ids->n++] = id;
	return true;
}

static bool read_dest_id(const struct nlmsghdr *nlh, void *arg)
{
	static struct dest d;

	return dest_read(nlh, &d) && keep_id(arg, d.id);
}

static bool read_site_id(const struct nlmsghdr *nlh, void *arg)
{
	static struct site site;

	return site_read(nlh, &site) && keep_id(arg, site.id);
}

static bool delete_all(struct wire *w, enum dfc_cmd get, wire_reader read,
		       bool (*del)(struct wire *w, uint32_t id))
{
	static struct ids ids;
	unsigned int i;

	ids.n = 0;
	wire_dump(wire_request(w, get));
	CHECK(wire_call(w, read, &ids) && !w->answer.error);
	CHECK(ids.n);
	for (i = 0; i < ids.n; i++)
		CHECK(del(w, ids.id[i]));
	return true;
}

static bool clean_up(struct wire *w)
{
	struct stats s;

	CHECK(act_flush(w));
	CHECK(delete_all(w, DFC_CMD_DEST_GET, read_dest_id, act_dest_del));
	CHECK(delete_all(w, DFC_CMD_GROUP_GET, read_site_id, act_site_del));
	CHECK(act_stats_get(w, &s));
	CHECK_EQUAL(0, s.groups);
	return act_holds(w, 0, 0);
}

static bool rounds(struct wire *w, unsigned int *accepted)
{
	struct stats s;
	unsigned int i, changes;

	for (i = 0; i < ROUNDS; i++) {
		random_request(w);
		changes = random_below(2) ? random_below(4) : 0;
		while (changes--)
			mutate(&w->request);
		CHECK(wire_call(w, read_any, NULL));
		*accepted += !w->answer.error;
		if (i % 100 == 0)
			CHECK(act_stats_get(w, &s));
	}
	return true;
}

static bool fuzz(struct wire *w, uint64_t seed)
{
	unsigned int accepted = 0;
	bool ok;

	tap_note("seed %" PRIu64, seed);
	random_seed(seed);
	ok = rounds(w, &accepted);
	tap_note("%u of %u messages were accepted", accepted, ROUNDS);
	CHECK(ok && accepted > ROUNDS / 10 && accepted < ROUNDS / 10 * 9);
	CHECK(clean_up(w));
	CHECK(act_dest_any(w, 1) && act_rule_any(w, 1, 1));
	return act_holds(w, 1, 1);
}

static bool first_seed(struct wire *w)
{
	return fuzz(w, 20041);
}

static bool second_seed(struct wire *w)
{
	return fuzz(w, 715517);
}

static bool third_seed(struct wire *w)
{
	return fuzz(w, 99990001);
}

/* Another one each time can be had with DFC_SEED. */
static bool chosen_seed(struct wire *w)
{
	const char *seed = getenv("DFC_SEED");

	return fuzz(w, seed && atoll(seed) ? atoll(seed) : 1);
}

static const struct test tests[] = {
	{ "mutated messages do no harm, first series", first_seed },
	{ "mutated messages do no harm, second series", second_seed },
	{ "mutated messages do no harm, third series", third_seed },
	{ "mutated messages do no harm, series of DFC_SEED", chosen_seed },
};

GROUP(fuzz, tests);
