/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DTCPD_RESTORE_PRIVATE_H
#define DTCPD_RESTORE_PRIVATE_H

#include "dtcpd/restore.h"
#include "dtcpd/tasking-private.h"

/* Ids, in the order in which they were seen. */
struct restore_ids {
	uint32_t *id;
	size_t n;
	size_t room;
	bool failed;
};

/* A row that makes no sense. */
struct restore_row {
	enum journal_kind kind;
	uint32_t key;
};

/**
 * struct restore - a start that takes over what was there before
 * @t: tasking
 * @config: that it will get
 * @instance: of the kernel, as the journal has it
 * @known: it has one
 * @damaged: rows are missing
 * @renamed: groups or destinations have got other ids
 * @groups: what restored groups are made of, until the configuration is taken
 * @ngroup: number of them
 * @tag: of what is ours in the kernel
 * @has_group: kernel groups with our tag
 * @has_dest: kernel destinations with our tag
 * @bad: rows that make no sense
 * @nbad: number of them
 * @strange: filters in these groups that no row knows
 */
struct restore {
	struct tasking *t;
	const struct config *config;
	uint64_t instance;
	bool known;
	bool damaged;
	bool renamed;
	struct config_group **groups;
	size_t ngroup;
	struct restore_row *bad;
	size_t nbad;
	uint32_t tag;
	struct restore_ids has_group;
	struct restore_ids has_dest;
	struct restore_ids strange;
};

/**
 * restore_census() - see what the kernel has with our tag
 * @r: restore; filled
 * @same: it is what the rows are about
 *
 * Return: 0 or a negative errno.
 */
int restore_census(struct restore *r, bool same);

/**
 * restore_sweep() - delete what no row knows
 * @r: restore after restore_census()
 * @same: as there; else all of it goes
 *
 * Return: 0, or a negative errno (logged): a tap of nobody is there.
 */
int restore_sweep(struct restore *r, bool same);

/**
 * restore_objects() - make the groups and destinations that the kernel lacks
 * @r: restore after restore_census()
 * @same: as there; else it lacks all
 *
 * Return: 0 or a negative errno (logged).
 */
int restore_objects(struct restore *r, bool same);

/**
 * restore_criteria() - deal with criteria whose filter the kernel has not
 * @r: restore; the configuration was taken
 * @same: they have ended; else they are added once more
 *
 * Return: 0, or a negative errno where the kernel cannot do it now: the start
 * has failed then, and the rows are as they were.
 */
int restore_criteria(struct restore *r, bool same);

#endif
