// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "act.h"
#include "packets.h"

#define MANY 997

static bool site_same(const struct site *a, const struct site *b)
{
	CHECK_EQUAL(a->id, b->id);
	CHECK_EQUAL(a->flags, b->flags);
	CHECK_EQUAL(a->mode, b->mode);
	CHECK_EQUAL(a->masks_max, b->masks_max);
	CHECK_EQUAL(a->duplicates_max, b->duplicates_max);
	CHECK_EQUAL(a->tag, b->tag);
	CHECK_EQUAL(a->ndevices, b->ndevices);
	CHECK(!memcmp(a->device, b->device, sizeof(a->device)));
	return true;
}

static bool kept(struct wire *w, const struct site *site)
{
	static struct site found;

	return act_site_get(w, site->id, &found) && site_same(site, &found);
}

static bool as_told(struct wire *w)
{
	static struct site all = {
		.id = UINT32_MAX, .flags = DFC_GROUP_F_ALL, .masks_max = 1,
		.duplicates_max = 64, .tag = UINT32_MAX,
		.ndevices = DFC_GROUP_DEVICES_MAX,
	};
	static const struct site passive = {
		.id = 1, .mode = DFC_MODE_PASSIVE, .masks_max = 1024,
		.ndevices = 2, .device = { "dev0", "no-such-device1" },
	};
	unsigned int i;

	for (i = 0; i < DFC_GROUP_DEVICES_MAX; i++)
		snprintf(all.device[i], IFNAMSIZ, "dev%u", i);
	CHECK(act_site_add(w, &all) && kept(w, &all));
	CHECK(act_site_add(w, &passive) && kept(w, &passive));
	CHECK(kept(w, &all));
	CHECK(act_site_del(w, 1) && act_site_del(w, UINT32_MAX));
	return act_site_add(w, &passive) && kept(w, &passive);
}

static bool defaults(struct wire *w)
{
	const struct site plain = { .id = 7, .masks_max = 1024 };
	const struct site other = {
		.id = 7, .flags = DFC_GROUP_F_LOCAL, .masks_max = 3,
		.duplicates_max = 1,
		.ndevices = 1, .device = { "lo" },
	};
	const struct site id = { .id = 7 };

	CHECK(act_site_add(w, &id) && kept(w, &plain));
	CHECK(act_site_set(w, &other) && kept(w, &other));
	return act_site_set(w, &id) && kept(w, &plain);
}

/* A device that one passive group gives up is there for another. */
static bool passive_devices(struct wire *w)
{
	struct site one = { .id = 1, .mode = DFC_MODE_PASSIVE,
			    .masks_max = 1024, .ndevices = 2,
			    .device = { "a", "b" } };
	struct site two = { .id = 2, .mode = DFC_MODE_PASSIVE,
			    .masks_max = 1024, .ndevices = 1,
			    .device = { "c" } };
	struct site active = { .id = 3, .masks_max = 1024, .ndevices = 3,
			       .device = { "c", "b", "a" } };

	CHECK(act_site_add(w, &one) && act_site_add(w, &two));
	CHECK(act_site_add(w, &active));
	one.ndevices = 1;
	one.mode = 0;
	memset(one.device[1], 0, IFNAMSIZ);
	CHECK(act_site_set(w, &one));
	strcpy(two.device[1], "b");
	two.ndevices = 2;
	two.mode = 0;
	CHECK(act_site_set(w, &two));
	two.mode = one.mode = DFC_MODE_PASSIVE;
	CHECK(kept(w, &one) && kept(w, &two) && kept(w, &active));
	CHECK(act_site_del(w, 1));
	one.id = 4;
	return act_site_add(w, &one) && kept(w, &one);
}

static bool counts_filters(struct wire *w)
{
	struct rule rule = { .id = 1, .group = 5, .ndests = 1, .dest = { 1 } };
	const struct site site = { .id = 5, .masks_max = 1024 };
	static struct site found;
	static struct filter f;
	struct stats s;

	CHECK(act_dest_any(w, 1) && act_site_add(w, &site));
	CHECK(act_rule_add(w, &rule));
	rule.id = 2;
	CHECK(act_rule_add(w, &rule) && act_rule_any(w, 3, 1));
	CHECK(act_filter_get(w, 2, &f) && rule_same(&rule, &f.rule));
	CHECK(act_filter_get(w, 3, &f));
	CHECK_EQUAL(0, f.rule.group);
	CHECK(act_site_get(w, 5, &found));
	CHECK_EQUAL(2, found.filters);
	CHECK_EQUAL(1, found.masks);
	CHECK(act_stats_get(w, &s));
	CHECK_EQUAL(1, s.groups);
	CHECK(act_filter_del(w, 1) && act_site_get(w, 5, &found));
	CHECK_EQUAL(1, found.filters);
	CHECK(act_flush(w) && act_site_del(w, 5));
	CHECK(act_stats_get(w, &s));
	CHECK_EQUAL(0, s.groups);
	return true;
}

static bool matched(struct wire *w, uint32_t id, uint64_t packets)
{
	struct filter f;

	CHECK(act_filter_get(w, id, &f));
	return packets_counted(&f.counters, packets, 2 * packets);
}

/* Filters 1 and 2 see packets by the devices of their groups, 3 by its own. */
static bool devices(struct wire *w)
{
	struct site in = { .id = 1, .flags = DFC_GROUP_F_LOCAL, .ndevices = 2,
			   .device = { "x", "in" } };
	struct site out = { .id = 2, .flags = DFC_GROUP_F_LOCAL, .ndevices = 1,
			    .device = { "out" } };
	struct rule rule = packets_rule;

	CHECK(packets_set_up(w));
	CHECK(act_site_add(w, &in) && act_site_add(w, &out));
	for (rule.id = 1; rule.id <= 2; rule.id++) {
		rule.group = rule.id;
		CHECK(act_rule_add(w, &rule));
	}
	rule.scope = DFC_SCOPE_INPUT;
	rule.ndevices = 1;
	strcpy(rule.device[0], "in");
	CHECK(act_rule_add(w, &rule));
	CHECK(packets_send(0, 3));
	CHECK(matched(w, 1, 3) && matched(w, 2, 0) && matched(w, 3, 0));
	strcpy(out.device[0], "in");
	strcpy(in.device[1], "y");
	CHECK(act_site_set(w, &in) && act_site_set(w, &out));
	CHECK(packets_send(0, 2));
	CHECK(matched(w, 1, 3) && matched(w, 2, 2) && matched(w, 3, 2));
	in.ndevices = 0;
	CHECK(act_site_set(w, &in));
	CHECK(packets_send(0, 1));
	return matched(w, 1, 4) && matched(w, 2, 3) && matched(w, 3, 3);
}

static bool is_empty(struct wire *w)
{
	struct stats s;

	return act_stats_get(w, &s) && !s.filters && !s.groups;
}

/* It stays, whatever happens to objects. */
static bool instance(struct wire *w)
{
	const struct site site = { .id = 1 };
	struct stats before, after;

	CHECK(act_stats_get(w, &before) && before.instance);
	CHECK(act_site_add(w, &site) && act_site_del(w, 1));
	CHECK(act_stats_get(w, &after));
	CHECK(after.instance == before.instance);
	return true;
}

static bool owned(struct wire *w)
{
	const struct site site = { .id = 1, .flags = DFC_GROUP_F_OWNED };
	struct rule rule = { .id = 1, .group = 1, .ndests = 1, .dest = { 1 } };
	struct wire *owner = wire_open();
	static struct site found;
	struct stats s;

	CHECK(act_dest_any(w, 1));
	CHECK(act_site_add(owner, &site) && act_rule_add(w, &rule));
	wire_close(owner);
	CHECK(act_stats_get(w, &s));
	CHECK_EQUAL(1, s.groups);
	CHECK(act_filter_del(w, 1));
	CHECK(act_wait(w, is_empty));

	/* SET by another socket takes nothing over, but can let go. */
	owner = wire_open();
	CHECK(act_site_add(owner, &site) && act_site_set(w, &site));
	wire_close(owner);
	CHECK(act_wait(w, is_empty));
	owner = wire_open();
	CHECK(act_site_add(owner, &site));
	CHECK(act_site_set(w, &(struct site){ .id = 1 }));
	wire_close(owner);
	return act_site_get(w, 1, &found) && act_site_del(w, 1);
}

struct progress {
	uint32_t count;
	uint32_t last;
};

static bool read_next(const struct nlmsghdr *nlh, void *arg)
{
	struct progress *p = arg;
	static struct site site;

	CHECK(nlh->nlmsg_flags & NLM_F_MULTI);
	CHECK(site_read(nlh, &site));
	CHECK(site.id > p->last);
	p->last = site.id;
	p->count++;
	return true;
}

static bool dumped(struct wire *w)
{
	static struct site site = { .ndevices = DFC_GROUP_DEVICES_MAX };
	struct wire *other = wire_open();
	struct progress p = { 0 };
	unsigned int i;

	for (i = 0; i < DFC_GROUP_DEVICES_MAX; i++)
		snprintf(site.device[i], IFNAMSIZ, "dev%u", i);
	for (i = 0; i < MANY; i++) {
		site.id = 1 + (i * UINT64_C(2741) + 17) % MANY * 1000000;
		CHECK(act_site_add(w, &site));
	}
	wire_dump(wire_request(w, DFC_CMD_GROUP_GET));
	CHECK(wire_call(w, read_next, &p));
	CHECK_EQUAL(MANY, p.count);
	CHECK(w->answer.parts > 10 && !w->answer.interrupted);

	p = (struct progress){ 0 };
	wire_dump(wire_request(w, DFC_CMD_GROUP_GET));
	wire_send(w);
	CHECK(wire_receive(w, read_next, &p));
	CHECK(act_site_del(other, 1));
	while (!w->answer.over)
		CHECK(wire_receive(w, read_next, &p));
	CHECK(w->answer.interrupted);
	CHECK_EQUAL(MANY, p.count);
	wire_close(other);
	return true;
}

static const struct test tests[] = {
	{ "a group is as user space said", as_told },
	{ "SET replaces all of a group but its mode", defaults },
	{ "passive groups give up devices for others", passive_devices },
	{ "a group counts its filters", counts_filters },
	{ "a filter sees packets by the devices of its group", devices },
	{ "a group goes with its owner, after the last filter", owned },
	{ "the namespace keeps its instance", instance },
	{ "many groups are dumped in the order of ids", dumped },
};

GROUP(site, tests);
