/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DTCPD_DESTINATION_H
#define DTCPD_DESTINATION_H

#include "dtcpd/config.h"
#include "dtcpd/congestion.h"
#include "dtcpd/loss.h"
#include "dtcpd/table.h"
#include "dtcpd/tasking.h"
#include "dtcpd/unlisted.h"

struct record_dest;
struct tasking;

/**
 * struct destination - a destination that the kernel has
 * @node: in the destinations of struct tasking
 * @by_id: the same, by kernel id
 * @outer: where copies go; its name is the Cdest-ID
 * @group: name of the capture group
 * @id: its name in the kernel
 * @users: legs of criteria that use it
 * @configured: it is that of dtcpd.conf, not one of an ADD with outer values
 *	of its own; those are shared, and go with their last user
 * @unlisted: what it counts as in its group; NULL where dtcpd.conf has the
 *	same name, address and port for the source that asked first
 * @staged: it belongs to a configuration that is just being taken
 * @now: what the kernel told of it at the last tick
 * @congestion: how much it is sent, and what was said about that
 * @loss: what the log has said of copies to it that were dropped
 * @overload: copies of @now.drop that 598 has looked at, see
 *	tasking_is_overload()
 */
struct destination {
	struct table_node node;
	struct table_node by_id;
	struct config_dest outer;
	char *group;
	struct unlisted *unlisted;
	uint32_t id;
	uint32_t users;
	bool configured;
	bool staged;
	struct tasking_dest now;
	struct congestion congestion;
	struct loss loss;
	uint64_t overload;
};

/**
 * destination_same_endpoint() - compare where copies go
 * @a: one
 * @b: the other
 *
 * Return: whether address and port are the same.
 */
bool destination_same_endpoint(const struct config_dest *a,
			       const struct config_dest *b);

/**
 * destination_same() - compare what two destinations make of a copy
 * @a: one
 * @b: the other
 *
 * Return: whether name, addresses, ports, TTL, security, format, DSCP and
 * queue limit are the same. Limits that are dtcpd's may differ.
 */
bool destination_same(const struct config_dest *a, const struct config_dest *b);

/**
 * destination_configured() - find the destination of a configured Cdest-ID
 * @t: tasking
 * @group: name of the capture group
 * @name: Cdest-ID
 *
 * Return: destination or NULL; a staged one is not found.
 */
struct destination *destination_configured(const struct tasking *t,
					   const char *group, const char *name);

/**
 * destination_by_id() - find a destination by its kernel id
 * @t: tasking
 * @id: kernel id
 *
 * Return: destination or NULL.
 */
struct destination *destination_by_id(const struct tasking *t, uint32_t id);

/**
 * destination_counts_as() - whose limits hold for copies to a destination
 * @t: tasking
 * @d: destination
 *
 * An ADD that names another outer source or TTL makes a destination of its
 * own, but its copies go to the same place.
 *
 * Return: @d if it is configured, the configured one that @d differs from in
 * no more than that, or NULL: there are no limits.
 */
struct destination *destination_counts_as(const struct tasking *t,
					  struct destination *d);

/**
 * destination_add() - make a destination in the kernel
 * @t: tasking
 * @group: name of the capture group
 * @outer: where copies go; copied
 * @configured: as in &struct destination
 * @err: filled with a negative errno on failure
 *
 * Return: freed by destination_del(), or by destination_put() if it is not
 * configured; or NULL.
 */
struct destination *destination_add(struct tasking *t, const char *group,
				    const struct config_dest *outer,
				    bool configured, int *err);

/**
 * destination_restore() - take over a destination that the kernel may have
 * @t: tasking
 * @id: its name in the kernel
 * @r: what the journal has of it
 *
 * Return: as destination_add(), or NULL when out of memory.
 */
struct destination *destination_restore(struct tasking *t, uint32_t id,
					const struct record_dest *r);

/**
 * destination_again() - make a destination in the kernel that has lost it
 * @t: tasking
 * @d: of destination_restore(); gets another id where somebody has its own
 *
 * Return: 0 or a negative errno.
 */
int destination_again(struct tasking *t, struct destination *d);

/**
 * destination_del() - delete a destination that has no users
 * @t: tasking
 * @d: destination
 *
 * What the kernel says against it is logged: then filters of somebody else
 * use it.
 */
void destination_del(struct tasking *t, struct destination *d);

/**
 * destination_forget() - free a destination, not the kernel's
 * @t: tasking
 * @d: destination
 */
void destination_forget(struct tasking *t, struct destination *d);

/**
 * destination_get() - use a destination, made if it is not there
 * @t: tasking
 * @group: name of the capture group
 * @outer: where copies go
 * @known: its name is a configured Cdest-ID that the user may use; else the
 *	configured destination is not shared, even if it is just the same
 * @err: filled with a negative errno on failure; -EDQUOT if its group would
 *	have too many endpoints that are not configured
 *
 * Return: released by destination_put(), or NULL.
 */
struct destination *destination_get(struct tasking *t, const char *group,
				    const struct config_dest *outer,
				    bool known, int *err);

/**
 * destination_put() - use a destination no more
 * @t: tasking
 * @d: destination
 */
void destination_put(struct tasking *t, struct destination *d);

#endif
