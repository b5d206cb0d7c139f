// SPDX-License-Identifier: GPL-2.0
// Copyright (C) 2026 the dfc project

#include <linux/percpu.h>

#include "crowd.h"
#include "room.h"

static DEFINE_PER_CPU(void *, crowds);

void dfc_crowd_prepare(void)
{
	dfc_room_prepare(&crowds, sizeof(struct dfc_crowd));
}

void dfc_crowd_fini(void)
{
	dfc_room_fini(&crowds);
}

struct dfc_crowd *dfc_crowd_claim(void)
{
	struct dfc_crowd *crowd = READ_ONCE(*this_cpu_ptr(&crowds));

	if (!crowd || crowd->busy)
		return NULL;
	crowd->busy = true;
	return crowd;
}

void dfc_crowd_release(struct dfc_crowd *crowd)
{
	crowd->busy = false;
}

void dfc_crowd_clear(struct dfc_crowd *crowd)
{
	crowd->n = 0;
	crowd->more = false;
}

/* Lets @node[@i] down to where none below it is behind it, of the first @n. */
static void sift(struct dfc_node **node, unsigned int i, unsigned int n)
{
	struct dfc_node *down = node[i];
	unsigned int below;

	while ((below = 2 * i + 1) < n) {
		if (below + 1 < n &&
		    dfc_node_before(node[below], node[below + 1]))
			below++;
		if (dfc_node_before(node[below], down))
			break;
		node[i] = node[below];
		i = below;
	}
	node[i] = down;
}

static void make_heap(struct dfc_crowd *crowd)
{
	unsigned int i;

	for (i = crowd->n / 2; i--; )
		sift(crowd->node, i, crowd->n);
}

void dfc_crowd_insert(struct dfc_crowd *crowd, struct dfc_node *node)
{
	if (crowd->n < DFC_CROWD_MAX) {
		crowd->node[crowd->n++] = node;
		return;
	}
	if (!crowd->more)
		make_heap(crowd);
	crowd->more = true;
	if (!dfc_node_before(node, crowd->node[0]))
		return;
	crowd->node[0] = node;
	sift(crowd->node, 0, crowd->n);
}

void dfc_crowd_sort(struct dfc_crowd *crowd)
{
	struct dfc_node *last;
	unsigned int i;

	if (!crowd->more)
		make_heap(crowd);
	for (i = crowd->n; i-- > 1; ) {
		last = crowd->node[0];
		crowd->node[0] = crowd->node[i];
		sift(crowd->node, 0, i);
		crowd->node[i] = last;
	}
}
