/* SPDX-License-Identifier: GPL-2.0 */
/* Copyright (C) 2026 the dfc project */

#ifndef _DFC_QUOTA_H
#define _DFC_QUOTA_H

#include <linux/list.h>
#include <linux/types.h>

struct netlink_ext_ack;

#define DFC_QUOTA_BUCKETS 16

/**
 * struct dfc_quota - how many different masks the filters of a group may have
 * @max: 1..DFC_MASKS_MAX; a lower one than there are refuses new ones only
 * @n: different masks that they have
 * @bucket: these masks, by id
 *
 * The more masks there are, the longer uncommon packets are looked up, and for
 * all there are so many only (&struct dfc_masks). A group with a quota cannot
 * use them up (CVE-2019-25076). Changed under the lock of the namespace.
 */
struct dfc_quota {
	unsigned int max;
	unsigned int n;
	struct hlist_head bucket[DFC_QUOTA_BUCKETS];
};

/**
 * dfc_quota_init() - start with no masks
 * @quota: filled in
 * @max: 1..DFC_MASKS_MAX
 */
void dfc_quota_init(struct dfc_quota *quota, unsigned int max);

/**
 * dfc_quota_fini() - end
 * @quota: without masks; nothing is left to be freed then
 */
void dfc_quota_fini(struct dfc_quota *quota);

/**
 * dfc_quota_charge() - count the mask of a filter
 * @quota: of its group, or NULL: nothing is counted
 * @mask: &dfc_mask.id, after it was relaxed
 * @extack: told why not
 *
 * Context: may sleep.
 * Return: 0, -ENOMEM, or -ENOSPC if it would be one more than @quota->max.
 */
int dfc_quota_charge(struct dfc_quota *quota, u32 mask,
		     struct netlink_ext_ack *extack);

/**
 * dfc_quota_uncharge() - a filter is gone
 * @quota: of its group, or NULL
 * @mask: as charged
 */
void dfc_quota_uncharge(struct dfc_quota *quota, u32 mask);

#endif /* _DFC_QUOTA_H */
