// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <stdio.h>
#include <stdlib.h>

#include "refuse.h"

void refuse_part(struct request *r, const struct part *part)
{
	put(r, part->type, part->len, part->value);
}

struct wire *refuse_begin(void)
{
	struct wire *w;

	act_namespace();
	w = wire_open();
	if (act_dest_any(w, 1) && act_dest_any(w, 2) && act_rule_any(w, 1, 1))
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
	return true;
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
