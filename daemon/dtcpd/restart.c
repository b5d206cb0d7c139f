// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <errno.h>
#include <string.h>
#include <syslog.h>

#include "dtcpd/log.h"
#include "dtcpd/restart.h"
#include "dtcpd/restore.h"
#include "dtcpd/table.h"

/* In the order in which one kind needs another. */
static const enum journal_kind kinds[] = {
	JOURNAL_META, JOURNAL_GROUP, JOURNAL_DEST, JOURNAL_CRITERION,
};

#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

static int64_t put(void *arg, enum journal_kind kind, uint32_t key,
		   const void *data, size_t len)
{
	return journal_put(arg, kind, key, data, len);
}

static int64_t del(void *arg, enum journal_kind kind, uint32_t key)
{
	return journal_del(arg, kind, key);
}

static bool failed(void *arg, const char **why)
{
	return journal_failed(arg, why);
}

static const struct tasking_store store = {
	.put = put,
	.del = del,
	.failed = failed,
};

uint32_t restart_tag(const char *directory)
{
	char *real = realpath(directory, NULL);
	const char *name = real ? real : directory;
	uint32_t tag = table_hash(0, name, strlen(name));

	free(real);
	return tag ? tag : 1;
}

/* Takes one row; keeps in mind that memory has run out. */
struct reader {
	struct restore *r;
	bool failed;
};

static bool take(void *arg, const struct journal_row *row)
{
	struct reader *reader = arg;

	reader->failed = !restore_row(reader->r, row);
	return !reader->failed;
}

static int read_all(struct journal *j, struct restore *r)
{
	struct reader reader = { .r = r };
	long damaged;
	size_t i;

	for (i = 0; i < KINDS && !reader.failed; i++) {
		damaged = journal_each(j, kinds[i], take, &reader);
		if (damaged < 0) {
			log_msg(LOG_ERR, "the journal cannot be read: %s",
				strerror(-damaged));
			return damaged;
		}
		if (damaged)
			restore_damaged(r);
	}
	return reader.failed ? -ENOMEM : 0;
}

static bool forget(void *arg, const struct journal_row *row)
{
	return journal_del(arg, row->kind, row->key) > 0;
}

static void forget_all(struct journal *j)
{
	size_t i;

	for (i = 0; i < KINDS; i++)
		if (journal_each(j, kinds[i], forget, j) < 0)
			log_msg(LOG_ERR, "the journal cannot be read");
}

static int begin(struct tasking *t, struct journal *j, struct restore *r,
		 const struct config *c)
{
	int err;

	if (c->restart_drop) {
		forget_all(j);
		return 0;
	}
	err = read_all(j, r);
	tasking_set_store(t, &store, j);
	return err;
}

int restart_tasking(struct tasking *t, struct journal *j,
		    enum journal_found found, const struct config *c)
{
	struct restore *r = restore_begin(t, c);
	int err = -ENOMEM;

	if (r && found == JOURNAL_DAMAGED)
		restore_damaged(r);
	if (r)
		err = begin(t, j, r, c);
	if (!err)
		err = restore_finish(r, restart_tag(c->state_directory));
	restore_end(r);
	return err;
}
