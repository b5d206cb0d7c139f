/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

/*
 * What the pretended kernel of tasking_fake.h counts of traffic: bandwidth,
 * copies that were dropped, packets seen. Filters and destinations without any
 * have none.
 */

#ifndef TASKING_FAKE_LOAD_H
#define TASKING_FAKE_LOAD_H

#include <assert.h>

#include "dtcpd/tasking.h"

#define LOAD_MAX 256

/* Of a filter or destination, by its kernel id. */
struct load {
	uint64_t bandwidth;
	struct tasking_drop drop[DFC_DROP_MAX + 1];
};

static struct {
	struct load filter[LOAD_MAX];
	struct load dest[LOAD_MAX];	/* what has gone still counts */
	uint64_t seen;			/* by the namespace */
	uint64_t group_seen[16];
	size_t gets;			/* filters that were asked for */
	int fail;
} load;

static void load_filter(uint32_t id, struct tasking_counters *c)
{
	int i;

	if (id >= LOAD_MAX)
		return;
	if (load.filter[id].bandwidth)
		c->bandwidth = load.filter[id].bandwidth;
	for (i = 0; i <= DFC_DROP_MAX; i++) {
		if (!tasking_is_overload(i))
			continue;
		c->overload.packets += load.filter[id].drop[i].packets;
		c->overload.bytes += load.filter[id].drop[i].bytes;
	}
}

static void load_dest(uint32_t id, struct tasking_dest *d)
{
	assert(id < LOAD_MAX);
	*d = (struct tasking_dest){
		.id = id, .bandwidth = load.dest[id].bandwidth,
		.matched_packets = 11, .matched_bytes = 1111,
	};
	memcpy(d->drop, load.dest[id].drop, sizeof(d->drop));
}

static int op_seen_get(void *ctx, uint32_t group, uint64_t *packets)
{
	*packets = group ? load.group_seen[group] : load.seen;
	return load.fail;
}

#endif
