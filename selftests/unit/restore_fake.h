/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

/*
 * On top of tasking_fake_outlet.h: a journal in memory, and a dtcpd that ends
 * and starts again while the pretended kernel goes on.
 */

#ifndef RESTORE_FAKE_H
#define RESTORE_FAKE_H

#include "dtcpd/restore.h"
#include "tasking_fake_outlet.h"

#define ROWS_MAX 256
#define ROW_MAX 2048
#define TAG 7

static struct {
	struct {
		enum journal_kind kind;
		uint32_t key;
		uint8_t data[ROW_MAX];
		size_t len;
	} row[ROWS_MAX];
	size_t n;
	int64_t position;
	const char *full;	/* why nothing can be written */
	int fail_put;		/* of the next one */
	bool damaged;
} rows;

static size_t row_find(enum journal_kind kind, uint32_t key)
{
	size_t i;

	for (i = 0; i < rows.n; i++)
		if (rows.row[i].kind == kind && rows.row[i].key == key)
			break;
	return i;
}

static size_t row_count(enum journal_kind kind)
{
	size_t i, n = 0;

	for (i = 0; i < rows.n; i++)
		n += rows.row[i].kind == kind;
	return n;
}

static int64_t row_put(void *arg, enum journal_kind kind, uint32_t key,
		       const void *data, size_t len)
{
	size_t i = row_find(kind, key);
	int err = rows.fail_put;

	assert_true(len && len <= ROW_MAX && i < ROWS_MAX);
	rows.fail_put = 0;
	if (err || rows.full)
		return err ? err : -EAGAIN;
	rows.row[i].kind = kind;
	rows.row[i].key = key;
	rows.row[i].len = len;
	memcpy(rows.row[i].data, data, len);
	rows.n += i == rows.n;
	return ++rows.position;
}

static int64_t row_del(void *arg, enum journal_kind kind, uint32_t key)
{
	size_t i = row_find(kind, key);

	if (i < rows.n)
		rows.row[i] = rows.row[--rows.n];
	return ++rows.position;
}

static bool row_failed(void *arg, const char **why)
{
	*why = rows.full;
	return rows.full;
}

static const struct tasking_store row_store = {
	.put = row_put,
	.del = row_del,
	.failed = row_failed,
};

static void read_rows(struct restore *r)
{
	struct journal_row row;
	int kind;
	size_t i;

	if (rows.damaged)
		restore_damaged(r);
	for (kind = JOURNAL_META; kind <= JOURNAL_CRITERION; kind++)
		for (i = 0; i < rows.n; i++) {
			row = (struct journal_row){
				.kind = rows.row[i].kind,
				.key = rows.row[i].key,
				.data = rows.row[i].data,
				.len = rows.row[i].len,
			};
			if ((int)row.kind == kind)
				assert_true(restore_row(r, &row));
		}
}

/* Starts on what is in the kernel and, with @keep, in the journal. */
static int start_as(const char *groups, bool keep)
{
	struct restore *r;
	int err;

	logged[0] = 0;
	outlet.nnotice = 0;
	fake.tag = TAG;
	config = fake_config(groups);
	tasking = tasking_alloc(&fake_ops, NULL);
	assert_non_null(tasking);
	tasking_set_outlet(tasking, &fake_outlet, (void *)&fake_outlet);
	r = restore_begin(tasking, config);
	assert_non_null(r);
	if (keep) {
		read_rows(r);
		tasking_set_store(tasking, &row_store, NULL);
	} else {
		rows.n = 0;
	}
	err = restore_finish(r, TAG);
	restore_end(r);
	return err;
}

/* As after SIGKILL. */
static void restart_as(const char *groups)
{
	tasking_free(tasking);
	config_free(config);
	assert_int_equal(start_as(groups, true), 0);
}

/* A kernel without anything, as after the module was loaded again. */
__attribute__((unused))
static void lose_kernel(void)
{
	fake.nfilter = 0;
	fake.ndest = 0;
	fake.ngroup = 0;
	fake.instance++;
}

/* Notifications of @code that @source was sent since the last start. */
__attribute__((unused))
static size_t notices(const char *source, const char *code)
{
	size_t i, n = 0;

	for (i = 0; i < outlet.nnotice; i++)
		n += !strcmp(outlet.notice[i].source, source) &&
		     strstr(outlet.notice[i].mixed, code);
	return n;
}

#endif
