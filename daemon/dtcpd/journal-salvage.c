// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dtcpd/journal-db.h"
#include "dtcpd/journal-salvage.h"

#define BATCH	1024	/* rows that are written in one transaction */

int journal_path(char path[PATH_MAX], const char *directory, const char *name)
{
	int n = snprintf(path, PATH_MAX, "%s/%s", directory, name);

	return n < 0 || n >= PATH_MAX ? -ENAMETOOLONG : 0;
}

int journal_sync(const char *directory)
{
	int fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int err = 0;

	if (fd < 0)
		return -errno;
	if (fsync(fd))
		err = -errno;
	close(fd);
	return err;
}

static int rename_in(const char *directory, const char *from, const char *to)
{
	char a[PATH_MAX], b[PATH_MAX];

	if (journal_path(a, directory, from) || journal_path(b, directory, to))
		return -ENAMETOOLONG;
	return rename(a, b) && errno != ENOENT ? -errno : 0;
}

/* SQLite has made an empty one where there was none. */
static bool is_empty(const char *directory, const char *name)
{
	char path[PATH_MAX];
	struct stat st;

	return !journal_path(path, directory, name) && !lstat(path, &st) &&
	       S_ISREG(st.st_mode) && !st.st_size;
}

static int remove_in(const char *directory, const char *name)
{
	char path[PATH_MAX];

	if (journal_path(path, directory, name))
		return -ENAMETOOLONG;
	return unlink(path) && errno != ENOENT ? -errno : 0;
}

int journal_salvage_settle(const char *directory)
{
	char path[PATH_MAX];
	int err;

	if (journal_path(path, directory, "journal.next"))
		return -ENAMETOOLONG;
	if (access(path, F_OK))
		return 0;
	err = rename_in(directory, "journal", "journal.bad");
	/* The new one must never meet the WAL of the old one. */
	if (!err)
		err = is_empty(directory, "journal-wal") ?
		      remove_in(directory, "journal-wal") :
		      rename_in(directory, "journal-wal", "journal.bad-wal");
	if (!err)
		err = journal_sync(directory);
	if (!err)
		err = rename_in(directory, "journal.next", "journal");
	if (!err)
		err = journal_sync(directory);
	return err ? err : 1;
}

/* What the disk does not give back becomes zeros. */
static int copy_blocks(int from, int to)
{
	char block[JOURNAL_PAGE];
	struct stat st;
	off_t at;
	ssize_t n;

	if (fstat(from, &st))
		return -errno;
	for (at = 0; at < st.st_size; at += JOURNAL_PAGE) {
		n = pread(from, block, sizeof(block), at);
		if (n < 0) {
			n = sizeof(block);
			memset(block, 0, sizeof(block));
		}
		if (pwrite(to, block, (size_t)n, at) != n)
			return errno ? -errno : -ENOSPC;
	}
	return 0;
}

/* A file that is not there makes an empty copy. */
static int copy_file(const char *directory, const char *from, const char *to)
{
	char a[PATH_MAX], b[PATH_MAX];
	int in, out, err = 0;

	if (journal_path(a, directory, from) || journal_path(b, directory, to))
		return -ENAMETOOLONG;
	out = open(b, O_RDWR | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC,
		   0600);
	if (out < 0)
		return -errno;
	in = open(a, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	if (in >= 0) {
		err = copy_blocks(in, out);
		close(in);
	} else if (errno != ENOENT) {
		err = -errno;
	}
	close(out);
	return err;
}

/*
 * The first page holds the header and the schema, which are the same in all
 * journals; so that of an empty one serves. Its count of changes, at 24, is
 * made to differ from the one at 92: by that SQLite sees that it is not to be
 * believed how many pages there are.
 */
static int lend_first_page(const char *directory)
{
	char fresh[PATH_MAX], copy[PATH_MAX];
	uint8_t page[JOURNAL_PAGE];
	int in, out, err = -EIO;

	if (journal_path(fresh, directory, "journal.new") ||
	    journal_path(copy, directory, "journal.copy"))
		return -ENAMETOOLONG;
	in = open(fresh, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	out = open(copy, O_WRONLY | O_NOFOLLOW | O_CLOEXEC);
	if (in >= 0 && out >= 0 &&
	    pread(in, page, sizeof(page), 0) == sizeof(page)) {
		page[24] ^= 0x55;
		if (pwrite(out, page, sizeof(page), 0) == sizeof(page))
			err = 0;
	}
	if (in >= 0)
		close(in);
	if (out >= 0)
		close(out);
	return err;
}

/**
 * struct salvage - rows on their way from a damaged database to a new one
 * @from: the copy of the damaged one
 * @to: the new one
 * @q: rows read and not yet written
 * @read: rows that were whole
 * @next: id to go on at
 * @code: of SQLite, why no more can be written
 */
struct salvage {
	sqlite3 *from;
	struct journal_db to;
	struct journal_queue q;
	size_t read;
	int64_t next;
	int code;
};

static void write_rows(struct salvage *s)
{
	s->code = journal_db_apply(&s->to, &s->q);
	journal_queue_clear(&s->q);
}

/*
 * Whether a statement stands on a row that is whole, and not before an id: the
 * tree may be so broken that it goes in circles.
 */
static bool is_good(sqlite3_stmt *stmt, int64_t id, struct journal_row *row)
{
	return sqlite3_column_int64(stmt, 0) >= id &&
	       sqlite3_column_int64(stmt, 0) < INT64_MAX &&
	       journal_db_unpack(stmt, row);
}

/* The id of a row that is not whole says nothing, and leads nowhere. */
static bool take_row(struct salvage *s, sqlite3_stmt *stmt)
{
	struct journal_row row;
	int64_t id = sqlite3_column_int64(stmt, 0);

	if (!is_good(stmt, s->next, &row))
		return false;
	s->next = id + 1;
	if (journal_queue_add(&s->q, id, row.len ? row.data : "", row.len))
		s->code = SQLITE_NOMEM;
	s->read++;
	if (journal_queue_count(&s->q) >= BATCH)
		write_rows(s);
	return true;
}

static int prepare_from(struct salvage *s, int64_t id, sqlite3_stmt **stmt)
{
	int code = sqlite3_prepare_v2(s->from, "SELECT id, checksum, data "
				      "FROM row WHERE id >= ? ORDER BY id",
				      -1, stmt, NULL);

	return code ? code : sqlite3_bind_int64(*stmt, 1, id);
}

/* Reads on as far as it goes: until SQLITE_DONE or an error. */
static int read_on(struct salvage *s)
{
	sqlite3_stmt *stmt;
	int code;

	code = prepare_from(s, s->next, &stmt);
	if (!code)
		code = SQLITE_ROW;
	while (code == SQLITE_ROW && !s->code) {
		code = sqlite3_step(stmt);
		if (code == SQLITE_ROW && !take_row(s, stmt))
			code = SQLITE_CORRUPT;
	}
	sqlite3_finalize(stmt);
	return code;
}

/* Whether a row can be read at an id or behind, be it that there is no more. */
static bool is_readable(struct salvage *s, int64_t id)
{
	struct journal_row row;
	sqlite3_stmt *stmt;
	int code;

	code = prepare_from(s, id, &stmt);
	if (!code)
		code = sqlite3_step(stmt);
	if (code == SQLITE_ROW && !is_good(stmt, id, &row))
		code = SQLITE_CORRUPT;
	sqlite3_finalize(stmt);
	return code == SQLITE_ROW || code == SQLITE_DONE;
}

/*
 * Finds the end of a damaged place: steps that double lead behind it, and
 * halving them leads back to its end. Returns false where there is none.
 */
static bool skip_damage(struct salvage *s)
{
	int64_t bad = s->next, good, step = 1, middle;

	for (;; step *= 2) {
		if (step > INT64_MAX / 4 || bad > INT64_MAX - step)
			return false;
		good = bad + step;
		if (is_readable(s, good))
			break;
		bad = good;
	}
	while (good - bad > 1) {
		middle = bad + (good - bad) / 2;
		if (is_readable(s, middle))
			good = middle;
		else
			bad = middle;
	}
	s->next = good;
	return true;
}

static int read_all(struct salvage *s)
{
	int code;

	do
		code = read_on(s);
	while (code != SQLITE_DONE && !s->code && skip_damage(s));
	if (!s->code)
		write_rows(s);
	return s->code;
}

static int open_copy(struct salvage *s, const char *directory)
{
	char path[PATH_MAX];
	int code;

	if (journal_path(path, directory, "journal.copy"))
		return SQLITE_CANTOPEN;
	code = sqlite3_open_v2(path, &s->from, SQLITE_OPEN_READWRITE |
			       SQLITE_OPEN_NOFOLLOW | SQLITE_OPEN_PRIVATECACHE,
			       NULL);
	if (!code)
		code = sqlite3_exec(s->from, "PRAGMA locking_mode=EXCLUSIVE;"
				    "PRAGMA cell_size_check=ON", NULL, NULL,
				    NULL);
	return code;
}

static int fill(struct salvage *s, const char *directory, const char *fresh)
{
	char why[128];
	int code;

	code = journal_db_open(&s->to, fresh, why, sizeof(why));
	if (code)
		return code;
	code = open_copy(s, directory);
	if (!code && journal_queue_init(&s->q))
		code = SQLITE_NOMEM;
	if (!code) {
		code = read_all(s);
		journal_queue_fini(&s->q);
	}
	sqlite3_db_config(s->from, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
	sqlite3_close(s->from);
	journal_db_close(&s->to);
	return code;
}

static int remove_scratch(const char *directory)
{
	int err = remove_in(directory, "journal.new");

	if (!err)
		err = remove_in(directory, "journal.new-wal");
	if (!err)
		err = remove_in(directory, "journal.copy");
	if (!err)
		err = remove_in(directory, "journal.copy-wal");
	return err;
}

static int copy_and_fill(struct salvage *s, const char *directory)
{
	char fresh[PATH_MAX];
	int code;

	if (journal_path(fresh, directory, "journal.new"))
		return SQLITE_CANTOPEN;
	code = journal_db_make(fresh);
	if (code)
		return code;
	if (copy_file(directory, "journal", "journal.copy") ||
	    copy_file(directory, "journal-wal", "journal.copy-wal") ||
	    lend_first_page(directory))
		return SQLITE_IOERR;
	return fill(s, directory, fresh);
}

int journal_salvage(const char *directory, size_t *rows)
{
	struct salvage s = { .next = 0 };
	int code;

	if (remove_scratch(directory))
		return SQLITE_CANTOPEN;
	code = copy_and_fill(&s, directory);
	*rows = s.read;
	/* What an earlier damage has left is in the way of this one. */
	if (!code && (remove_in(directory, "journal.bad") ||
		      remove_in(directory, "journal.bad-wal") ||
		      rename_in(directory, "journal.new", "journal.next") ||
		      journal_sync(directory)))
		code = SQLITE_CANTOPEN;
	remove_scratch(directory);
	return code;
}
