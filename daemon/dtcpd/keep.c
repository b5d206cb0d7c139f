// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <errno.h>
#include <string.h>
#include <syslog.h>

#include "dtcpd/keep.h"
#include "dtcpd/log.h"
#include "dtcpd/record.h"
#include "dtcpd/tasking-private.h"

/* Filter ids that are noted at once. */
#define IDS_AHEAD 65536

bool keep_full(const struct tasking *t, const char **why)
{
	return t->store && t->store->failed(t->store_arg, why);
}

static int put(struct tasking *t, enum journal_kind kind, uint32_t key,
	       const void *data, size_t len)
{
	int64_t ret = t->store->put(t->store_arg, kind, key, data, len);

	return ret < 0 ? ret : 0;
}

static void del(struct tasking *t, enum journal_kind kind, uint32_t key)
{
	if (t->store && t->store->del(t->store_arg, kind, key) < 0)
		log_limited(LOG_ERR, "out of memory for the journal");
}

int keep_group(struct tasking *t, uint32_t id, const struct config_group *g)
{
	uint8_t data[RECORD_MAX];

	if (!t->store)
		return 0;
	return put(t, JOURNAL_GROUP, id, data, record_put_group(g, data));
}

int keep_dest(struct tasking *t, const struct destination *d)
{
	struct record_dest r = {
		.outer = d->outer, .configured = d->configured,
		.unlisted = d->unlisted,
	};
	uint8_t data[RECORD_MAX];

	if (!t->store)
		return 0;
	strncpy(r.group, d->group, sizeof(r.group) - 1);
	strncpy(r.name, d->outer.name, sizeof(r.name) - 1);
	return put(t, JOURNAL_DEST, d->id, data, record_put_dest(&r, data));
}

int keep_criterion(struct tasking *t, const struct criterion *c)
{
	struct record_criterion r;
	uint8_t data[RECORD_MAX];

	if (!t->store)
		return 0;
	criterion_save(c, &r);
	r.group = group_id(t, c->source->group);
	return put(t, JOURNAL_CRITERION, c->filter, data,
		   record_put_criterion(&r, data));
}

void keep_no_group(struct tasking *t, uint32_t id)
{
	del(t, JOURNAL_GROUP, id);
}

void keep_no_dest(struct tasking *t, const struct destination *d)
{
	del(t, JOURNAL_DEST, d->id);
}

void keep_no_criterion(struct tasking *t, const struct criterion *c)
{
	del(t, JOURNAL_CRITERION, c->filter);
}

static int put_number(struct tasking *t, enum journal_meta key, uint64_t n,
		      size_t bytes)
{
	uint8_t data[8];
	size_t i;

	for (i = 0; i < bytes; i++)
		data[i] = n >> 8 * i;
	return put(t, JOURNAL_META, key, data, bytes);
}

int keep_instance(struct tasking *t, uint64_t instance)
{
	return t->store ? put_number(t, JOURNAL_META_INSTANCE, instance, 8) : 0;
}

void keep_filter_id(struct tasking *t)
{
	uint32_t top = t->last_filter + IDS_AHEAD;

	if (!t->store || (t->ids_kept &&
			  t->ids_kept - t->last_filter - 1 < IDS_AHEAD))
		return;
	if (!put_number(t, JOURNAL_META_LAST_FILTER, top, 4))
		t->ids_kept = top;
}
