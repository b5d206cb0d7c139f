// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <syslog.h>
#include <unistd.h>

#include "dtcpd/journal-salvage.h"
#include "dtcpd/journal-writer.h"
#include "dtcpd/log.h"

#define DATA_MAX	65536

/**
 * struct journal - the journal, as its owner has it
 * @w: what it shares with the thread; apart, as reading it takes a lock
 * @failing: it was logged that nothing can be written
 */
struct journal {
	struct journal_writer *w;
	bool failing;
};

static int fail(const char *directory, const char *why)
{
	log_msg(LOG_ERR, "journal in %s: %s", directory, why);
	return -EIO;
}

static int fail_sqlite(const char *directory, int code)
{
	return fail(directory, sqlite3_errstr(code));
}

/*
 * Looked at before SQLite opens it: closing a descriptor of the file takes the
 * locks away that SQLite has on it.
 * Returns 1: it is there, 0: it is not, or a negative errno.
 */
static int look(const char *directory, const char *name)
{
	char path[PATH_MAX];
	struct stat st;
	int fd, err = 1;

	if (journal_path(path, directory, name))
		return fail(directory, strerror(ENAMETOOLONG));
	fd = open(path, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT)
		return 0;
	if (fd < 0 || fstat(fd, &st))
		err = fail(directory, errno == ELOOP ?
			   "a symbolic link, expected a file" :
			   strerror(errno));
	else if (!S_ISREG(st.st_mode) || st.st_uid != geteuid())
		err = fail(directory, "expected a file of this user");
	else if (st.st_mode & 077 && fchmod(fd, 0600))
		err = fail(directory, strerror(errno));
	if (fd >= 0)
		close(fd);
	return err;
}

static int make(const char *directory)
{
	char fresh[PATH_MAX], path[PATH_MAX];
	int code;

	if (journal_path(fresh, directory, "journal.new") ||
	    journal_path(path, directory, "journal"))
		return fail(directory, strerror(ENAMETOOLONG));
	unlink(fresh);
	code = journal_db_make(fresh);
	if (code)
		return fail_sqlite(directory, code);
	if (rename(fresh, path) || journal_sync(directory))
		return fail(directory, strerror(errno));
	return 0;
}

static int replace(const char *directory, const char *why)
{
	size_t rows;
	int code, err;

	log_msg(LOG_ERR, "journal in %s is damaged: %s", directory, why);
	code = journal_salvage(directory, &rows);
	if (code)
		return fail_sqlite(directory, code);
	err = journal_salvage_settle(directory);
	if (err < 0)
		return fail(directory, strerror(-err));
	log_msg(LOG_ERR, "journal in %s: %zu rows could be read and are taken "
		"over; the damaged one is journal.bad", directory, rows);
	return 0;
}

/* Has a journal there, whole or not. */
static int find(const char *directory, enum journal_found *found)
{
	int settled, main, wal;

	*found = JOURNAL_GOOD;
	settled = journal_salvage_settle(directory);
	if (settled < 0)
		return fail(directory, strerror(-settled));
	main = look(directory, "journal");
	wal = look(directory, "journal-wal");
	if (main < 0 || wal < 0)
		return -EIO;
	if (main) {
		if (settled)
			*found = JOURNAL_DAMAGED;
		return 0;
	}
	*found = wal ? JOURNAL_DAMAGED : JOURNAL_NEW;
	return wal ? replace(directory, "the file journal is missing, "
			     "journal-wal is there") : make(directory);
}

static int open_db(struct journal_db *db, const char *directory,
		   enum journal_found *found)
{
	char path[PATH_MAX], why[256];
	int code, err;

	err = find(directory, found);
	if (err || journal_path(path, directory, "journal"))
		return -EIO;
	code = journal_db_open(db, path, why, sizeof(why));
	if (code == SQLITE_CORRUPT && *found == JOURNAL_GOOD) {
		*found = JOURNAL_DAMAGED;
		err = replace(directory, why);
		if (err)
			return err;
		code = journal_db_open(db, path, why, sizeof(why));
	}
	return code ? fail(directory, why) : 0;
}

static void free_journal(struct journal *j)
{
	if (j)
		free(j->w);
	free(j);
}

static int start(struct journal *j, const char *directory,
		 enum journal_found *found)
{
	int err;

	err = open_db(&j->w->db, directory, found);
	if (err)
		return err;
	err = journal_writer_init(j->w);
	if (!err)
		return 0;
	journal_db_close(&j->w->db);
	return fail(directory, strerror(-err));
}

struct journal *journal_open(const char *directory, enum journal_found *found)
{
	struct journal *j = calloc(1, sizeof(*j));
	char real[PATH_MAX];
	int err;

	if (j)
		j->w = calloc(1, sizeof(*j->w));
	if (!j || !j->w)
		err = fail(directory, strerror(ENOMEM));
	else if (!realpath(directory, real))
		err = fail(directory, strerror(errno));
	else
		err = start(j, real, found);
	if (!err)
		return j;
	free_journal(j);
	return NULL;
}

void journal_close(struct journal *j)
{
	size_t left;

	if (!j)
		return;
	left = journal_writer_fini(j->w);
	if (left)
		log_msg(LOG_ERR, "journal: %zu changes could not be written "
			"and are lost", left);
	free_journal(j);
}

/*
 * A damaged row is deleted with the next transaction, lest it be counted at
 * each start.
 */
static int read_rows(struct journal *j, sqlite3_stmt *s, journal_row_fn *fn,
		     void *arg, long *damaged)
{
	struct journal_row row;
	bool more = true;
	int code;

	while ((code = sqlite3_step(s)) == SQLITE_ROW && more) {
		if (journal_db_unpack(s, &row)) {
			more = fn(arg, &row);
			continue;
		}
		++*damaged;
		journal_writer_add(j->w, sqlite3_column_int64(s, 0), NULL, 0);
	}
	return code == SQLITE_DONE || code == SQLITE_ROW ? 0 : -EIO;
}

long journal_each(struct journal *j, enum journal_kind kind,
		  journal_row_fn *fn, void *arg)
{
	sqlite3_stmt *s;
	long damaged = 0;
	int err = -EIO;

	if (!sqlite3_prepare_v2(j->w->db.sqlite, "SELECT id, checksum, data "
				"FROM row WHERE id BETWEEN ? AND ? ORDER BY id",
				-1, &s, NULL)) {
		sqlite3_bind_int64(s, 1, journal_id(kind, 0));
		sqlite3_bind_int64(s, 2, journal_id(kind, UINT32_MAX));
		err = read_rows(j, s, fn, arg, &damaged);
		sqlite3_finalize(s);
	}
	if (damaged)
		log_msg(LOG_ERR, "journal: %ld damaged rows are passed over",
			damaged);
	return err ? err : damaged;
}

int journal_start(struct journal *j)
{
	return journal_writer_start(j->w);
}

int journal_fd(const struct journal *j)
{
	return j->w->fd;
}

void journal_heard(struct journal *j)
{
	const char *why;
	uint64_t n;

	if (read(j->w->fd, &n, sizeof(n)) < 0 && errno != EAGAIN)
		log_limited(LOG_WARNING, "eventfd: %s", strerror(errno));
	if (journal_failed(j, &why) == j->failing)
		return;
	j->failing = !j->failing;
	if (j->failing)
		log_msg(LOG_ERR, "%s; nothing new is tapped until it can", why);
	else
		log_msg(LOG_NOTICE, "the journal can be written again");
}

int64_t journal_put(struct journal *j, enum journal_kind kind, uint32_t key,
		    const void *data, size_t len)
{
	if (len > DATA_MAX)
		return -EMSGSIZE;
	return journal_writer_add(j->w, journal_id(kind, key),
				  len ? data : "", len);
}

int64_t journal_del(struct journal *j, enum journal_kind kind, uint32_t key)
{
	return journal_writer_add(j->w, journal_id(kind, key), NULL, 0);
}

int64_t journal_position(const struct journal *j)
{
	int64_t position;

	pthread_mutex_lock(&j->w->lock);
	position = j->w->position;
	pthread_mutex_unlock(&j->w->lock);
	return position;
}

int64_t journal_committed(const struct journal *j)
{
	int64_t position;

	pthread_mutex_lock(&j->w->lock);
	position = j->w->committed;
	pthread_mutex_unlock(&j->w->lock);
	return position;
}

bool journal_failed(const struct journal *j, const char **why)
{
	struct journal_writer *w = j->w;
	int code, err;

	pthread_mutex_lock(&w->lock);
	code = w->code;
	err = w->err;
	pthread_mutex_unlock(&w->lock);
	if ((code & 0xff) == SQLITE_FULL)
		err = ENOSPC;
	else if ((code & 0xff) != SQLITE_IOERR)
		err = 0;
	if (code)
		snprintf(w->why, sizeof(w->why),
			 "the journal cannot be written: %s",
			 err ? strerror(err) : sqlite3_errstr(code));
	*why = w->why;
	return code != SQLITE_OK;
}

int journal_wait(struct journal *j)
{
	return journal_writer_wait(j->w);
}
