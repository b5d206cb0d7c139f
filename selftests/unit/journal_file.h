/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef JOURNAL_FILE_H
#define JOURNAL_FILE_H

/* A state directory with a journal, whose rows tell what they are. */

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dtcpd/journal.h"

#define ROW_MAX 2000

/* In memory, where there is a place for that: disks are slow to write through. */
static char dir[40];

static inline const char *file_in(const char *name)
{
	static char path[2][PATH_MAX];
	static int turn;

	turn = !turn;
	snprintf(path[turn], sizeof(path[turn]), "%s/%s", dir, name);
	return path[turn];
}

/* The bytes of a row follow from its key and its @version. */
static inline size_t row_data(uint32_t key, uint32_t version, uint8_t data[ROW_MAX])
{
	uint32_t n = key * 2654435761U + version * 40503U;
	size_t len = 8 + n % 300, i;

	if (key % 50 == 0)
		len = ROW_MAX;
	memcpy(data, &key, 4);
	memcpy(data + 4, &version, 4);
	for (i = 8; i < len; i++)
		data[i] = (uint8_t)(n >> (i % 24));
	return len;
}

static inline int64_t put(struct journal *j, uint32_t key, uint32_t version)
{
	uint8_t data[ROW_MAX];
	size_t len = row_data(key, version, data);

	return journal_put(j, JOURNAL_CRITERION, key, data, len);
}

/* Whether it is a row of put(), and which. */
static inline bool is_row(const struct journal_row *row, uint32_t *version)
{
	uint8_t data[ROW_MAX];
	size_t len;

	if (row->kind != JOURNAL_CRITERION || row->len < 8)
		return false;
	memcpy(version, (const char *)row->data + 4, 4);
	len = row_data(row->key, *version, data);
	return row->len == len && !memcmp(row->data, data, len);
}

static inline struct journal *open_as(enum journal_found want)
{
	enum journal_found found;
	struct journal *j = journal_open(dir, &found);

	assert_non_null(j);
	assert_int_equal(found, want);
	return j;
}

static inline bool exists(const char *name)
{
	return !access(file_in(name), F_OK);
}

static inline bool is_committed(struct journal *j, int64_t position)
{
	return journal_committed(j) >= position;
}

static inline bool is_failing(struct journal *j, int64_t unused)
{
	const char *why;

	return journal_failed(j, &why);
}

static inline bool is_well(struct journal *j, int64_t unused)
{
	return !is_failing(j, unused);
}

/* As the loop of dtcpd does; there is no end but of the condition. */
static inline void wait_until(struct journal *j,
		       bool (*is)(struct journal *j, int64_t position),
		       int64_t position)
{
	struct pollfd p = { .fd = journal_fd(j), .events = POLLIN };

	while (!is(j, position)) {
		assert_int_equal(poll(&p, 1, 60000), 1);
		journal_heard(j);
	}
}

static inline int remove_files(void **state)
{
	struct dirent *e;
	DIR *d;

	chmod(dir, 0700);
	d = opendir(dir);
	while (d && (e = readdir(d)))
		unlink(file_in(e->d_name));
	closedir(d);
	return 0;
}

static inline int make_dir(void **state)
{
	strcpy(dir, access("/dev/shm", W_OK) ? "/tmp" : "/dev/shm");
	strcat(dir, "/journal-test-XXXXXX");
	return mkdtemp(dir) ? 0 : -1;
}

static inline int remove_dir(void **state)
{
	return rmdir(dir);
}

#endif
