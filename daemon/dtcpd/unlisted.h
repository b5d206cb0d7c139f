/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DTCPD_UNLISTED_H
#define DTCPD_UNLISTED_H

#include "dtcpd/config.h"
#include "dtcpd/table.h"

/* Most of them in a capture group: so many content destinations Junos has. */
#define UNLISTED_MAX 64

/**
 * struct unlisted - a Cdest-ID with an address and port that ADD has named
 * @node: in @unlisted of struct tasking
 * @outer: name, address and port
 * @group: name of the capture group
 * @users: destinations that lead there; they may differ in their outer source
 *	or TTL
 *
 * What dtcpd.conf configures is none.
 */
struct unlisted {
	struct table_node node;
	struct config_dest outer;
	char *group;
	uint32_t users;
};

/**
 * unlisted_get() - use an endpoint, made if it is not there
 * @all: table
 * @group: name of the capture group
 * @outer: name, address and port
 * @err: filled on failure: -EDQUOT if the group has UNLISTED_MAX, -ENOMEM
 *
 * Return: released by unlisted_put(), or NULL.
 */
struct unlisted *unlisted_get(struct table *all, const char *group,
			      const struct config_dest *outer, int *err);

/**
 * unlisted_put() - use an endpoint no more; freed with its last user
 * @all: table
 * @e: endpoint or NULL
 */
void unlisted_put(struct table *all, struct unlisted *e);

#endif
