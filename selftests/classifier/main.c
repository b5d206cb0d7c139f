// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

/*
 * The property test in user space. Speaks TAP. Variables: CASES, packets in
 * all (default 2000000); SEED.
 */

#include "crowd.h"
#include "flowcache.h"
#include "property.h"
#include "random.h"

u64 random_state;

int main(void)
{
	const char *text = getenv("CASES"), *name;
	unsigned long all = text ? strtoul(text, NULL, 0) : 2000000;
	unsigned int i, failed = 0;

	text = getenv("SEED");
	random_state = text ? strtoull(text, NULL, 0) : 4711;
	printf("TAP version 13\n# SEED=%llu CASES=%lu\n",
	       (unsigned long long)random_state, all);
	for (i = 0; (name = property_name(i)); i++) {
		bool ok = property_holds(i, all);

		failed += !ok;
		printf("%s %u - %s\n", ok ? "ok" : "not ok", i + 1, name);
		fflush(stdout);
	}
	printf("1..%u\n", i);
	dfc_crowd_fini();
	dfc_flowcache_fini();
	return failed ? 1 : 0;
}
