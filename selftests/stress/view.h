/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef VIEW_H
#define VIEW_H

#include "wire.h"

/**
 * struct view - all that a namespace has, as a number for each kind
 * @filters: of all filters, with what they say and their counters
 * @dests: of all destinations, same
 * @groups: of all groups, same
 * @stats: of the counters of the namespace
 */
struct view {
	uint64_t filters;
	uint64_t dests;
	uint64_t groups;
	uint64_t stats;
};

/**
 * view_take() - look at everything
 * @w: socket
 * @view: filled
 *
 * What goes by the clock is left out.
 *
 * Return: whether the kernel told everything as the contract has it.
 */
bool view_take(struct wire *w, struct view *view);

/**
 * view_same() - compare
 * @a: one
 * @b: other
 *
 * Return: whether they are the same.
 */
bool view_same(const struct view *a, const struct view *b);

/**
 * view_differs() - say what has changed
 * @a: one
 * @b: other
 */
void view_differs(const struct view *a, const struct view *b);

#endif /* VIEW_H */
