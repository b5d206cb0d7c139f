// SPDX-License-Identifier: GPL-2.0
// Copyright (C) 2026 the dfc project

#include <linux/minmax.h>

#include "tally.h"

/* Of the last packet that was counted on a CPU. */
static DEFINE_PER_CPU(u64, last_serial);

struct dfc_tally __percpu *dfc_tally_alloc(void)
{
	return alloc_percpu_gfp(struct dfc_tally,
				GFP_KERNEL_ACCOUNT | __GFP_ZERO);
}

unsigned int dfc_tally_take(struct dfc_tally __percpu *tally, u64 *serial,
			    unsigned int max, unsigned int want)
{
	struct dfc_tally *t = this_cpu_ptr(tally);

	if (!*serial)
		*serial = __this_cpu_inc_return(last_serial);
	/* A later one was looked at in between: what was counted is gone. */
	if (t->serial > *serial)
		return 0;
	if (t->serial != *serial) {
		t->serial = *serial;
		t->copies = 0;
	}
	want = min(want, max - min(max, t->copies));
	t->copies += want;
	return want;
}
