/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DTCPD_JOURNAL_DB_H
#define DTCPD_JOURNAL_DB_H

#include <sqlite3.h>

#include "dtcpd/journal-queue.h"
#include "dtcpd/journal.h"

#define JOURNAL_PAGE	4096	/* bytes of a page of the database */

/*
 * The database: one table, whose rows have the kind and the key in one number,
 * which is the order of SQLite's tree: what is new is put at its end.
 *
 *	row(id, checksum, data)		id = kind * 2^32 + key
 *					checksum = CRC-32 of format, id, data
 *
 * It is in WAL mode: what is written goes to the end of `journal-wal`, and
 * from there to `journal` by a checkpoint. As nobody else may open it, what
 * others would share in memory is not made.
 */

/**
 * struct journal_db - the open database; one thread at a time
 * @sqlite: SQLite's; not shared, without a lock of its own
 * @put: writes a row
 * @del: deletes a row
 * @frames: pages in the WAL that no checkpoint has copied
 * @err: errno behind what journal_db_apply() returned last, or 0
 */
struct journal_db {
	sqlite3 *sqlite;
	sqlite3_stmt *put;
	sqlite3_stmt *del;
	int frames;
	int err;
};

/* Where a row is. */
static inline int64_t journal_id(enum journal_kind kind, uint32_t key)
{
	return (int64_t)kind << 32 | key;
}

/**
 * journal_db_make() - make a new database
 * @path: file that is not there yet; mode 0600
 *
 * It is on the disk afterwards, whole and closed; its name may not be.
 *
 * Return: SQLITE_OK or what went wrong.
 */
int journal_db_make(const char *path);

/**
 * journal_db_open() - open a database, and judge whether it is whole
 * @db: filled in; must stay where it is
 * @path: file that journal_db_make() has made; links are not followed
 * @why: filled with what is wrong
 * @room: bytes in @why
 *
 * Return: SQLITE_OK; SQLITE_CORRUPT where the file is damaged, whatever SQLite
 * calls it; or another code.
 */
int journal_db_open(struct journal_db *db, const char *path, char *why,
		    size_t room);

/**
 * journal_db_close() - copy what is in the WAL, remove it and close
 * @db: open, or all zero
 */
void journal_db_close(struct journal_db *db);

/**
 * journal_db_apply() - carry out changes in one transaction
 * @db: database
 * @q: changes; stay as they are
 *
 * Return: SQLITE_OK: they are on the disk. Else none is known to be.
 */
int journal_db_apply(struct journal_db *db, const struct journal_queue *q);

/**
 * journal_db_checkpoint() - copy the WAL into the database
 * @db: database
 *
 * What fails is tried again with the next, and costs nothing but space.
 */
void journal_db_checkpoint(struct journal_db *db);

/**
 * journal_db_unpack() - read a row that a statement stands on
 * @s: statement whose columns are id, checksum, data
 * @row: filled in; its bytes are the statement's
 *
 * Return: whether it is whole.
 */
bool journal_db_unpack(sqlite3_stmt *s, struct journal_row *row);

/**
 * journal_db_is_damage() - tell a damaged file from one that cannot be used now
 * @code: of SQLite, extended
 *
 * Return: whether it means that the file is not what it was.
 */
bool journal_db_is_damage(int code);

#endif
