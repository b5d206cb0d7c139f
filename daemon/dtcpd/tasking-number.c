// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <errno.h>

#include "dtcpd/tasking-private.h"

#define IDS_TRIED 64	/* ids that somebody else may have taken */

static uint32_t next_id(uint32_t last, const struct table *ours)
{
	do {
		last++;
	} while (!last || (ours && table_find(ours, last)));
	return last;
}

int tasking_number(uint32_t *last, const struct table *ours,
		   tasking_number_fn *add, void *arg)
{
	int tries, err = -EEXIST;

	for (tries = 0; tries < IDS_TRIED && err == -EEXIST; tries++) {
		*last = next_id(*last, ours);
		err = add(arg, *last);
	}
	return err;
}
