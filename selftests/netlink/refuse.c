// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <stdio.h>
#include <stdlib.h>

#include "refuse.h"

void refuse_part(struct request *r, const struct part *part)
{
	put(r, part->type, part->len, part->value);
}

static const struct site sites[] = {
	{ .id = 1, .masks_max = 1024 },
	{ .id = 2, .masks_max = 5, .ndevices = 1, .device = { "a" } },
	{ .id = 3, .masks_max = 1024, .mode = DFC_MODE_PASSIVE,
	  .ndevices = 1, .device = { "p" } },
};

static bool add_sites(struct wire *w)
{
	unsigned int i;

	for (i = 0; i < 3; i++)
		CHECK(act_site_add(w, &sites[i]));
	return true;
}

static bool sites_unchanged(struct wire *w)
{
	static struct site site;
	unsigned int i;

	for (i = 0; i < 3; i++) {
		CHECK(act_site_get(w, sites[i].id, &site));
		CHECK_EQUAL(sites[i].flags, site.flags);
		CHECK_EQUAL(sites[i].mode, site.mode);
		CHECK_EQUAL(sites[i].masks_max, site.masks_max);
		CHECK_EQUAL(sites[i].ndevices, site.ndevices);
		CHECK_EQUAL(sites[i].device[0][0], site.device[0][0]);
		CHECK_EQUAL(0, site.filters);
	}
	return true;
}

struct wire *refuse_begin(void)
{
	struct wire *w;

	act_namespace();
	w = wire_open();
	if (act_dest_any(w, 1) && act_dest_any(w, 2) &&
	    act_rule_any(w, 1, 1) && add_sites(w))
		return w;
	tap_note("there is nothing to keep");
	exit(1);
}

static bool nothing_changed(struct wire *w)
{
	const struct rule rule = { .id = 1, .ndests = 1, .dest = { 1 } };
	struct filter f;
	struct dest d;

	CHECK(act_holds(w, 1, 2));
	CHECK(act_filter_get(w, 1, &f));
	CHECK(rule_same(&rule, &f.rule));
	CHECK(act_dest_get(w, 1, &d));
	CHECK_EQUAL(1, d.filters);
	CHECK(act_dest_get(w, 2, &d));
	CHECK_EQUAL(0, d.filters);
	return sites_unchanged(w);
}

struct wire *refuse_result(struct wire *w, const char *name, bool refused)
{
	bool ok = refused && nothing_changed(w);
	char line[128];

	snprintf(line, sizeof(line), "refused: %s", name);
	tap_result(ok, line);
	if (ok)
		return w;
	wire_close(w);
	return refuse_begin();
}

void refuse_tests(const struct test *tests, unsigned int count)
{
	struct wire *w = refuse_begin();
	unsigned int i;

	for (i = 0; i < count; i++)
		w = refuse_result(w, tests[i].name, tests[i].run(w));
	wire_close(w);
}
