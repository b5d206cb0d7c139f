// SPDX-License-Identifier: GPL-2.0
// Copyright (C) 2026 the dfc project

#include <linux/slab.h>

#include "device.h"
#include "extra.h"
#include "filter.h"

const struct dfc_extra dfc_no_extra;

/*
 * A command and a packet may want it at once. Packets read it without a lock,
 * and find all zero what is new in it.
 */
static bool install_locked(struct dfc_filter *f, struct dfc_extra *extra)
{
	lockdep_assert_held(&f->lock);
	if (f->extra != &dfc_no_extra)
		return false;
	smp_store_release(&f->extra, extra);
	return true;
}

struct dfc_extra *dfc_extra_get(struct dfc_filter *f)
{
	struct dfc_extra *extra = READ_ONCE(f->extra);
	bool installed;

	if (extra != &dfc_no_extra)
		return extra;
	extra = kzalloc(sizeof(*extra), GFP_KERNEL_ACCOUNT);
	if (!extra)
		return NULL;
	spin_lock_bh(&f->lock);
	installed = install_locked(f, extra);
	spin_unlock_bh(&f->lock);
	if (!installed)
		kfree(extra);
	return READ_ONCE(f->extra);
}

void dfc_extra_free(struct dfc_filter *f)
{
	if (f->extra == &dfc_no_extra)
		return;
	dfc_where_free(f->extra->where);
	kfree(f->extra->drops);
	kfree(f->extra);
}

static struct dfc_drops *drops_locked(struct dfc_filter *f)
{
	const gfp_t gfp = GFP_ATOMIC | __GFP_NOWARN;
	struct dfc_extra *extra = f->extra;

	if (extra->drops)
		return extra->drops;
	if (extra == &dfc_no_extra) {
		extra = kzalloc(sizeof(*extra), gfp);
		if (!extra)
			return NULL;
		install_locked(f, extra);
	}
	extra->drops = kzalloc(sizeof(*extra->drops), gfp);
	return extra->drops;
}

void dfc_filter_dropped(struct dfc_filter *f, enum dfc_drop cause,
			unsigned int bytes)
{
	struct dfc_drops *drops;

	spin_lock(&f->lock);
	f->dropped_packets++;
	f->dropped_bytes += bytes;
	drops = drops_locked(f);
	if (drops) {
		drops->packets[cause]++;
		drops->bytes[cause] += bytes;
	}
	spin_unlock(&f->lock);
}

void dfc_filter_drops(const struct dfc_filter *f, struct dfc_drops *drops)
{
	u64 packets = f->dropped_packets, bytes = f->dropped_bytes;
	int i;

	lockdep_assert_held(&f->lock);
	memset(drops, 0, sizeof(*drops));
	if (f->extra->drops)
		*drops = *f->extra->drops;
	for (i = 0; i < __DFC_DROP_LAST; i++) {
		packets -= drops->packets[i];
		bytes -= drops->bytes[i];
	}
	drops->packets[DFC_DROP_NO_MEMORY] += packets;
	drops->bytes[DFC_DROP_NO_MEMORY] += bytes;
}
