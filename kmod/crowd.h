/* SPDX-License-Identifier: GPL-2.0 */
/* Copyright (C) 2026 the dfc project */

#ifndef _DFC_CROWD_H
#define _DFC_CROWD_H

#include "node.h"

/* So many matches of a packet are put in order at once. */
#define DFC_CROWD_MAX 1024

/**
 * struct dfc_crowd - the filters of a packet, where there are many
 * @n: how many
 * @more: there are others, all behind these
 * @busy: somebody has claimed it
 * @node: a heap with the last one on top once @more; in order once sorted
 */
struct dfc_crowd {
	unsigned int n;
	bool more;
	bool busy;
	struct dfc_node *node[DFC_CROWD_MAX];
};

/**
 * dfc_crowd_prepare() - see to it that CPUs have one
 *
 * A CPU that there is no memory for gets none; the next call tries again.
 *
 * Context: may sleep.
 */
void dfc_crowd_prepare(void);

/**
 * dfc_crowd_fini() - free all of them
 *
 * Context: may sleep; nobody looks anything up any more.
 */
void dfc_crowd_fini(void);

/**
 * dfc_crowd_claim() - take that of this CPU
 *
 * Context: bottom halves disabled, until it is released.
 * Return: it, to be cleared; or NULL if there is none, or a search has it within
 * which this one is made.
 */
struct dfc_crowd *dfc_crowd_claim(void);

/**
 * dfc_crowd_release() - give it back
 * @crowd: claimed
 */
void dfc_crowd_release(struct dfc_crowd *crowd);

/**
 * dfc_crowd_clear() - begin anew
 * @crowd: claimed
 */
void dfc_crowd_clear(struct dfc_crowd *crowd);

/**
 * dfc_crowd_insert() - put a filter to the others
 * @crowd: claimed, and not sorted since it was empty
 * @node: filter
 *
 * If there is no room, the last one in order is left out.
 */
void dfc_crowd_insert(struct dfc_crowd *crowd, struct dfc_node *node);

/**
 * dfc_crowd_sort() - put them in order
 * @crowd: claimed
 */
void dfc_crowd_sort(struct dfc_crowd *crowd);

#endif /* _DFC_CROWD_H */
