/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DTCPD_GROUP_H
#define DTCPD_GROUP_H

#include "dtcpd/config.h"
#include "dtcpd/table.h"
#include "dtcpd/threshold.h"

struct tasking;

/**
 * struct group - a capture group that the kernel has
 * @node: in the groups of struct tasking, by name
 * @config: what it was made of, or set to last and for good; of the
 *	configuration in force
 * @next: what it is set to while a configuration is being taken; NULL: it goes
 * @id: its name in the kernel
 * @fresh: it belongs to a configuration that is just being taken
 * @touched: the kernel may have something else than @config
 * @rate: what is said of input-packet-rate-threshold
 * @memory: what is said of pic-memory-threshold
 * @quiet: seconds until 598 may be sent again
 * @told: 598 was looked for in this second
 */
struct group {
	struct table_node node;
	const struct config_group *config;
	const struct config_group *next;
	uint32_t id;
	bool fresh;
	bool touched;
	struct threshold_rate rate;
	struct threshold memory;
	uint32_t quiet;
	bool told;
};

/**
 * group_id() - the kernel group of a capture group
 * @t: tasking
 * @config: capture group of the configuration in force
 *
 * Return: its kernel id.
 */
uint32_t group_id(const struct tasking *t, const struct config_group *config);

/**
 * group_lookup() - find a capture group
 * @t: tasking
 * @name: its name
 *
 * Return: group or NULL; one that is just being taken is not found.
 */
struct group *group_lookup(const struct tasking *t, const char *name);

/**
 * group_by_id() - find a capture group by what the kernel calls it
 * @t: tasking
 * @id: kernel id
 *
 * Return: group or NULL.
 */
struct group *group_by_id(const struct tasking *t, uint32_t id);

/**
 * group_restore() - take over a group that the kernel may have
 * @t: tasking
 * @id: its name in the kernel
 * @config: what is known of it; name, mode and devices count. Kept by
 *	reference until group_commit()
 *
 * Return: 0, -EEXIST (there is one of that name) or -ENOMEM.
 */
int group_restore(struct tasking *t, uint32_t id,
		  const struct config_group *config);

/**
 * group_again() - make a group in the kernel that has lost it
 * @t: tasking
 * @g: of group_restore(); gets another id where somebody has its own
 *
 * Return: 0 or a negative errno.
 */
int group_again(struct tasking *t, struct group *g);

/**
 * group_stage() - give the kernel the capture groups of a new configuration
 * @t: tasking
 * @c: configuration
 *
 * Makes those that are new, or have another mode, and changes the others but
 * for what would take a criterion its place, see group_commit(). A device that
 * goes over from one passive group to another leaves the first one before.
 *
 * Return: 0, or a negative errno after logging why; then group_unstage().
 */
int group_stage(struct tasking *t, const struct config *c);

/**
 * group_unstage() - take back what group_stage() did
 * @t: tasking
 */
void group_unstage(struct tasking *t);

/**
 * group_commit() - delete the capture groups that are gone
 * @t: tasking; its criteria have been held against the new configuration
 *
 * What the kernel says against it is logged: then filters of somebody else are
 * in one.
 */
void group_commit(struct tasking *t);

/**
 * group_forget_all() - free all groups, not the kernel's
 * @t: tasking
 */
void group_forget_all(struct tasking *t);

#endif
