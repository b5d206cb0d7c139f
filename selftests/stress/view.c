// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <string.h>

#include "act.h"
#include "view.h"

/* FNV-1a, over objects that were all zero before they were read. */
static void mix(uint64_t *sum, const void *object, size_t len)
{
	const uint8_t *byte = object;

	while (len--)
		*sum = (*sum ^ *byte++) * UINT64_C(0x100000001b3);
}

static bool mix_filter(const struct nlmsghdr *nlh, void *arg)
{
	static struct filter f;

	CHECK(filter_read(nlh, &f));
	f.age = f.left_total = f.left_idle = f.counters.bandwidth = 0;
	mix(arg, &f, sizeof(f));
	return true;
}

static bool mix_dest(const struct nlmsghdr *nlh, void *arg)
{
	static struct dest d;

	CHECK(dest_read(nlh, &d));
	d.counters.bandwidth = 0;
	mix(arg, &d, sizeof(d));
	return true;
}

static bool mix_site(const struct nlmsghdr *nlh, void *arg)
{
	static struct site site;

	CHECK(site_read(nlh, &site));
	mix(arg, &site, sizeof(site));
	return true;
}

static bool dump(struct wire *w, enum dfc_cmd cmd, wire_reader reader,
		 uint64_t *sum)
{
	*sum = 0;
	wire_dump(wire_request(w, cmd));
	CHECK(wire_call(w, reader, sum));
	CHECK_EQUAL(0, w->answer.error);
	return true;
}

bool view_take(struct wire *w, struct view *view)
{
	static struct stats s;

	CHECK(dump(w, DFC_CMD_FILTER_GET, mix_filter, &view->filters));
	CHECK(dump(w, DFC_CMD_DEST_GET, mix_dest, &view->dests));
	CHECK(dump(w, DFC_CMD_GROUP_GET, mix_site, &view->groups));
	CHECK(act_stats_get(w, &s));
	/* Neighbour discovery may come by at any time. */
	s.seen_packets = 0;
	view->stats = 0;
	mix(&view->stats, &s, sizeof(s));
	return true;
}

bool view_same(const struct view *a, const struct view *b)
{
	return !memcmp(a, b, sizeof(*a));
}

void view_differs(const struct view *a, const struct view *b)
{
	if (a->filters != b->filters)
		tap_note("filters differ");
	if (a->dests != b->dests)
		tap_note("destinations differ");
	if (a->groups != b->groups)
		tap_note("groups differ");
	if (a->stats != b->stats)
		tap_note("counters of the namespace differ");
}
