// SPDX-License-Identifier: GPL-2.0
// Copyright (C) 2026 the dfc project

/*
 * The property test in the kernel: loads if it held, and refuses to load if
 * not. No KUnit, which Debian's 6.1 has not.
 */

#include <linux/module.h>
#include <linux/random.h>
#include <linux/rcupdate.h>
#include <linux/sched/signal.h>

#include "concurrent.h"
#include "crowd.h"
#include "flowcache.h"
#include "property.h"
#include "random.h"

static unsigned long cases = 100000;
module_param(cases, ulong, 0444);
MODULE_PARM_DESC(cases, "packets to look up, as many again concurrently");

static unsigned long long seed;
module_param(seed, ullong, 0444);
MODULE_PARM_DESC(seed, "of the random series; default: another each time");

u64 random_state;
unsigned long shim_fail_at;

static int run(void)
{
	const char *name;
	unsigned int i;
	int err;

	for (i = 0; (name = property_name(i)); i++) {
		if (!property_holds(i, cases)) {
			pr_err("%s: failed\n", name);
			return fatal_signal_pending(current) ? -EINTR : -EINVAL;
		}
		pr_info("%s: holds\n", name);
	}
	err = concurrent_holds(cases);
	if (err)
		pr_err("filters that come and go while packets do: failed\n");
	else
		pr_info("filters that come and go while packets do: holds\n");
	return err;
}

static int __init test_init(void)
{
	int err;

	while (!seed)
		seed = get_random_u64();
	random_state = seed;
	err = run();
	/* What was deleted may be found in the cache until here. */
	rcu_barrier();
	dfc_crowd_fini();
	dfc_flowcache_fini();
	if (err)
		pr_err("failed with seed=%llu cases=%lu\n", seed, cases);
	else
		pr_info("passed with seed=%llu cases=%lu\n", seed, cases);
	return err;
}

static void __exit test_exit(void)
{
}

module_init(test_init);
module_exit(test_exit);

MODULE_DESCRIPTION("Holds the classifier of dfc against brute force");
MODULE_LICENSE("GPL");
