// SPDX-License-Identifier: GPL-2.0
// Copyright (C) 2026 the dfc project

#include <linux/kernel.h>
#include <linux/netlink.h>
#include <linux/slab.h>

#include "quota.h"

/* A mask that filters of the group have. */
struct entry {
	struct hlist_node link;
	u32 mask;
	unsigned int users;
};

void dfc_quota_init(struct dfc_quota *quota, unsigned int max)
{
	*quota = (struct dfc_quota){ .max = max };
}

void dfc_quota_fini(struct dfc_quota *quota)
{
	WARN_ON(quota->n);
}

/* The parts of an id are six bits each. */
static struct hlist_head *bucket_of(struct dfc_quota *quota, u32 mask)
{
	return &quota->bucket[(mask ^ mask >> 6 ^ mask >> 12) %
			      DFC_QUOTA_BUCKETS];
}

static struct entry *find(struct dfc_quota *quota, u32 mask)
{
	struct entry *e;

	hlist_for_each_entry(e, bucket_of(quota, mask), link) {
		if (e->mask == mask)
			return e;
	}
	return NULL;
}

static int charge_new(struct dfc_quota *quota, u32 mask,
		      struct netlink_ext_ack *extack)
{
	struct entry *e;

	if (quota->n >= quota->max) {
		NL_SET_ERR_MSG(extack,
			       "the group has as many different combinations of fields and prefix lengths as its MASKS_MAX allows");
		return -ENOSPC;
	}
	e = kzalloc(sizeof(*e), GFP_KERNEL_ACCOUNT);
	if (!e)
		return -ENOMEM;
	e->mask = mask;
	e->users = 1;
	hlist_add_head(&e->link, bucket_of(quota, mask));
	quota->n++;
	return 0;
}

int dfc_quota_charge(struct dfc_quota *quota, u32 mask,
		     struct netlink_ext_ack *extack)
{
	struct entry *e;

	if (!quota)
		return 0;
	e = find(quota, mask);
	if (!e)
		return charge_new(quota, mask, extack);
	e->users++;
	return 0;
}

void dfc_quota_uncharge(struct dfc_quota *quota, u32 mask)
{
	struct entry *e;

	if (!quota)
		return;
	e = find(quota, mask);
	if (WARN_ON(!e) || --e->users)
		return;
	hlist_del(&e->link);
	quota->n--;
	kfree(e);
}
