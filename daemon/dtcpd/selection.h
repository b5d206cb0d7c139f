/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DTCPD_SELECTION_H
#define DTCPD_SELECTION_H

#include "dtcpd/criterion.h"
#include "dtcpd/tasking.h"

/* The criteria that a request names, ascending and each once. */
struct selection {
	struct criterion **c;
	size_t n;
	size_t room;
};

/**
 * selection_fini() - free a selection, not its criteria
 * @sel: selection; filled or all zero
 */
void selection_fini(struct selection *sel);

/**
 * selection_add() - add a criterion
 * @sel: selection
 * @c: criterion
 *
 * Return: 0 or -ENOMEM.
 */
int selection_add(struct selection *sel, struct criterion *c);

/**
 * selection_fill() - collect what a request names
 * @sel: selection, empty
 * @s: whose criteria
 * @r: its Criteria-ID or Cdest-ID; neither: all criteria
 *
 * Costs as much as it finds, ids and Cdest-IDs are looked up; or with ranges
 * that are wide, one walk over the criteria of @s, however many ranges.
 *
 * Return: 0; -ENOENT if a single id (not a range) is unknown, the rest is
 * collected all the same; -ENOMEM.
 */
int selection_fill(struct selection *sel, const struct source *s,
		   const struct dtcp_request *r);

/**
 * selection_fill_dest() - collect what is copied to a destination
 * @sel: selection, empty; in no order
 * @t: tasking
 * @d: destination
 * @all: also what goes to those that count as @d, see destination_counts_as()
 *
 * Criteria that block have no copies: they are left out.
 *
 * Return: 0 or -ENOMEM.
 */
int selection_fill_dest(struct selection *sel, const struct tasking *t,
			const struct destination *d, bool all);

/**
 * selection_drop_static() - leave static criteria out
 * @sel: selection
 */
void selection_drop_static(struct selection *sel);

/**
 * selection_filters() - the kernel filters of a selection
 * @sel: selection
 *
 * Return: an array freed by the caller, NULL when out of memory.
 */
uint32_t *selection_filters(const struct selection *sel);

/**
 * selection_counters() - read the counters of a selection from the kernel
 * @sel: selection; criteria whose filter is gone already are left out
 * @t: tasking
 * @r: as in selection_fill(), or NULL
 * @counters: filled with an array freed by the caller, in the order of @sel,
 *	unless NULL
 *
 * A filter that has expired is gone although its event may not have been
 * read yet: to a request it does not exist.
 *
 * Return: 0; -ENOENT if one that is gone was named as a single id; -ENOMEM;
 * what the kernel answered.
 */
int selection_counters(struct selection *sel, struct tasking *t,
		       const struct dtcp_request *r,
		       struct tasking_counters **counters);

/**
 * selection_refresh() - replace limits of the filters of a selection
 * @sel: selection; criteria whose filter is gone already are left out
 * @t: tasking
 * @r: as in selection_counters()
 * @limits: those that are not 0 are replaced, of all filters or of none; see
 *	&struct tasking_ops for more than one message holds
 *
 * Return: as selection_counters().
 */
int selection_refresh(struct selection *sel, struct tasking *t,
		      const struct dtcp_request *r,
		      const struct tasking_filter *limits);

/**
 * selection_kill() - delete the filters of a selection, all or none
 * @sel: selection; criteria whose filter is gone already are left out
 * @t: tasking
 * @r: as in selection_counters()
 *
 * The criteria stay for the caller to delete. See &struct tasking_ops for what
 * a failure leaves of more filters than one message holds.
 *
 * Return: as selection_counters().
 */
int selection_kill(struct selection *sel, struct tasking *t,
		   const struct dtcp_request *r);

#endif
