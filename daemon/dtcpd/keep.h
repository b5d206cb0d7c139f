/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DTCPD_KEEP_H
#define DTCPD_KEEP_H

#include "dtcpd/criterion.h"
#include "dtcpd/destination.h"
#include "dtcpd/group.h"

/*
 * What tasking has written down of what the kernel has, so that the next dtcpd
 * can take it over. The kernel comes first, then the row, then, when the row is
 * on the disk, the answer: a filter without a row was never acknowledged, and a
 * row without its filter is of one that has ended.
 *
 * Without a store, see tasking_set_store(), all of these do nothing.
 */

/**
 * keep_full() - ask whether anything can be written down now
 * @t: tasking
 * @why: set to a sentence if not
 *
 * Return: false if it can.
 */
bool keep_full(const struct tasking *t, const char **why);

/**
 * keep_group() - write down a group, new or changed
 * @t: tasking
 * @id: its name in the kernel
 * @g: what it was made of
 *
 * Return: 0 or a negative errno, see journal_put().
 */
int keep_group(struct tasking *t, uint32_t id, const struct config_group *g);
int keep_dest(struct tasking *t, const struct destination *d);
int keep_criterion(struct tasking *t, const struct criterion *c);

/**
 * keep_no_group() - note that the kernel has it no more
 * @t: tasking
 * @id: its name in the kernel
 *
 * What cannot be noted for want of memory is logged; the next start finds out.
 */
void keep_no_group(struct tasking *t, uint32_t id);
void keep_no_dest(struct tasking *t, const struct destination *d);
void keep_no_criterion(struct tasking *t, const struct criterion *c);

/**
 * keep_instance() - note which instance of the kernel module has all of it
 * @t: tasking
 * @instance: %DFC_STATS_A_INSTANCE
 *
 * Return: as keep_group().
 */
int keep_instance(struct tasking *t, uint64_t instance);

/**
 * keep_filter_id() - note that the kernel was given the filter t->last_filter
 * @t: tasking
 *
 * The next dtcpd begins above it, for the event of a filter that has ended may
 * come when another one has its id.
 */
void keep_filter_id(struct tasking *t);

#endif
