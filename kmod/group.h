/* SPDX-License-Identifier: GPL-2.0 */
/* Copyright (C) 2026 the dfc project */

#ifndef _DFC_GROUP_H
#define _DFC_GROUP_H

#include <linux/dfc.h>
#include <linux/rcupdate.h>
#include <linux/types.h>

#include "quota.h"

struct dfc_net;
struct dfc_owner;

/**
 * struct dfc_group - where the filters of a capture group see packets
 * @id: names it
 * @flags: DFC_GROUP_F_*; changed under the lock of the namespace, read by
 *	packets
 * @mode: active or passive
 * @users: filters that are in it; under the lock of the namespace
 * @quota: of the masks that these have; same
 * @owner: socket that owns it, or NULL; same
 * @rcu: freed by RCU
 */
struct dfc_group {
	u32 id;
	u32 flags;
	enum dfc_mode mode;
	unsigned int users;
	struct dfc_quota quota;
	struct dfc_owner *owner;
	struct rcu_head rcu;
};

/**
 * dfc_group_is_local() - whether packets to and from this machine count
 * @group: of a filter, or NULL
 *
 * Context: any.
 * Return: false where there is no group.
 */
static inline bool dfc_group_is_local(const struct dfc_group *group)
{
	return group && READ_ONCE(group->flags) & DFC_GROUP_F_LOCAL;
}

/**
 * dfc_group_quota() - what the mask of a filter counts against
 * @group: of the filter, or NULL
 *
 * Return: NULL where there is no group.
 */
static inline struct dfc_quota *dfc_group_quota(struct dfc_group *group)
{
	return group ? &group->quota : NULL;
}

#endif /* _DFC_GROUP_H */
