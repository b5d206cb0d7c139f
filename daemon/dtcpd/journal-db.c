// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "dtcpd/journal-db.h"

#define APPLICATION	1684431722	/* "dfcj" */
#define FORMAT		1
#define TEXT_OF(x)	#x
#define TEXT(x)		TEXT_OF(x)

#define SCHEMA	"CREATE TABLE row(id INTEGER PRIMARY KEY, " \
		"checksum INTEGER NOT NULL, data BLOB NOT NULL)"

/* The lock mode comes first: with it, the WAL needs no shared memory. */
static const char settings[] =
	"PRAGMA locking_mode=EXCLUSIVE;"
	"PRAGMA page_size=" TEXT(JOURNAL_PAGE) ";"
	"PRAGMA journal_mode=WAL;"
	"PRAGMA synchronous=FULL;"
	"PRAGMA wal_autocheckpoint=0;"
	"PRAGMA temp_store=MEMORY;"
	"PRAGMA mmap_size=0;"
	"PRAGMA cell_size_check=ON";

bool journal_db_is_damage(int code)
{
	switch (code) {
	/* A block that the disk does not give back, or that is not there. */
	case SQLITE_IOERR_READ:
	case SQLITE_IOERR_SHORT_READ:
	case SQLITE_IOERR_CORRUPTFS:
		return true;
	}
	switch (code & 0xff) {
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
	case SQLITE_FORMAT:
	case SQLITE_SCHEMA:
	case SQLITE_ERROR:	/* no such table, version not known */
	case SQLITE_READONLY:	/* the header says so: the file is opened */
		return true;
	}
	return false;
}

static uint32_t checksum(int64_t id, const void *data, size_t len)
{
	uint64_t head[2] = { htole64(FORMAT), htole64((uint64_t)id) };
	uint32_t crc = (uint32_t)crc32(0, (const void *)head, sizeof(head));

	return len ? (uint32_t)crc32(crc, data, (uInt)len) : crc;
}

bool journal_db_unpack(sqlite3_stmt *s, struct journal_row *row)
{
	int64_t id = sqlite3_column_int64(s, 0);

	row->kind = (enum journal_kind)((uint64_t)id >> 32);
	row->key = (uint32_t)id;
	row->data = sqlite3_column_blob(s, 2);
	row->len = (size_t)sqlite3_column_bytes(s, 2);
	if (sqlite3_column_type(s, 2) != SQLITE_BLOB ||
	    sqlite3_column_type(s, 1) != SQLITE_INTEGER)
		return false;
	return sqlite3_column_int64(s, 1) == checksum(id, row->data, row->len);
}

static int execute(struct journal_db *db, const char *sql)
{
	return sqlite3_exec(db->sqlite, sql, NULL, NULL, NULL);
}

/* The first column of the first row, as text; freed by the caller. */
static int ask(struct journal_db *db, const char *sql, char **text)
{
	sqlite3_stmt *s;
	int code;

	*text = NULL;
	code = sqlite3_prepare_v2(db->sqlite, sql, -1, &s, NULL);
	if (code)
		return code;
	code = sqlite3_step(s);
	if (code == SQLITE_ROW && sqlite3_column_type(s, 0) != SQLITE_NULL)
		*text = strdup((const char *)sqlite3_column_text(s, 0));
	if (code == SQLITE_ROW || code == SQLITE_DONE)
		code = SQLITE_OK;
	sqlite3_finalize(s);
	return code;
}

/* Whether the first column of the first row is as it should be. */
static int expect(struct journal_db *db, const char *sql, const char *answer,
		  char *why, size_t room)
{
	char *text;
	int code;

	code = ask(db, sql, &text);
	if (!code && (!text || strcmp(text, answer))) {
		snprintf(why, room, "%s", text && !strchr(text, '\n') ? text :
			 "not what dtcpd writes");
		code = SQLITE_CORRUPT;
	}
	free(text);
	return code;
}

static int count_frames(void *arg, sqlite3 *sqlite, const char *name,
			int frames)
{
	struct journal_db *db = arg;

	db->frames = frames;
	return SQLITE_OK;
}

static int open_sqlite(struct journal_db *db, const char *path)
{
	int code;

	memset(db, 0, sizeof(*db));
	code = sqlite3_open_v2(path, &db->sqlite,
			       SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX |
			       SQLITE_OPEN_PRIVATECACHE | SQLITE_OPEN_NOFOLLOW,
			       NULL);
	if (code)
		return code;
	sqlite3_extended_result_codes(db->sqlite, 1);
	return execute(db, settings);
}

static int judge(struct journal_db *db, char *why, size_t room)
{
	int code;

	code = expect(db, "PRAGMA journal_mode", "wal", why, room);
	if (!code)
		code = expect(db, "PRAGMA application_id", TEXT(APPLICATION),
			      why, room);
	if (!code)
		code = expect(db, "PRAGMA user_version", TEXT(FORMAT), why,
			      room);
	if (!code)
		code = expect(db, "SELECT group_concat(sql) FROM sqlite_schema",
			      SCHEMA, why, room);
	if (!code)
		code = expect(db, "PRAGMA quick_check(1)", "ok", why, room);
	/* A row that nobody asks for: its number is damaged. */
	if (!code)
		code = expect(db, "SELECT count(*) FROM row WHERE "
			      "id NOT BETWEEN 1 << 32 AND (5 << 32) - 1", "0",
			      why, room);
	if (!code && sqlite3_db_readonly(db->sqlite, "main"))
		code = SQLITE_READONLY;
	return code;
}

static int prepare(struct journal_db *db)
{
	int code;

	code = sqlite3_prepare_v3(db->sqlite,
				  "INSERT OR REPLACE INTO row VALUES(?,?,?)",
				  -1, SQLITE_PREPARE_PERSISTENT, &db->put,
				  NULL);
	if (code)
		return code;
	return sqlite3_prepare_v3(db->sqlite, "DELETE FROM row WHERE id=?", -1,
				  SQLITE_PREPARE_PERSISTENT, &db->del, NULL);
}

int journal_db_open(struct journal_db *db, const char *path, char *why,
		    size_t room)
{
	int code;

	why[0] = '\0';
	code = open_sqlite(db, path);
	if (!code)
		code = judge(db, why, room);
	if (!code)
		code = prepare(db);
	if (!code) {
		sqlite3_wal_hook(db->sqlite, count_frames, db);
		return SQLITE_OK;
	}
	if (!why[0])
		snprintf(why, room, "%s", sqlite3_errstr(code));
	/* What is damaged must not be made worse by a last checkpoint. */
	if (db->sqlite)
		sqlite3_db_config(db->sqlite, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE,
				  1, NULL);
	journal_db_close(db);
	return journal_db_is_damage(code) ? SQLITE_CORRUPT : code;
}

void journal_db_close(struct journal_db *db)
{
	sqlite3_finalize(db->put);
	sqlite3_finalize(db->del);
	sqlite3_close(db->sqlite);
	memset(db, 0, sizeof(*db));
}

int journal_db_make(const char *path)
{
	struct journal_db db;
	int code, fd;

	/* SQLite gives the WAL the mode of the database. */
	fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
		  0600);
	if (fd < 0)
		return SQLITE_CANTOPEN;
	close(fd);
	code = open_sqlite(&db, path);
	if (!code)
		code = execute(&db, "BEGIN;"
			       "PRAGMA application_id=" TEXT(APPLICATION) ";"
			       "PRAGMA user_version=" TEXT(FORMAT) ";"
			       SCHEMA ";COMMIT;"
			       "PRAGMA wal_checkpoint(TRUNCATE)");
	journal_db_close(&db);
	return code;
}

static int put(struct journal_db *db, const struct journal_change *c)
{
	sqlite3_bind_int64(db->put, 1, c->id);
	sqlite3_bind_int64(db->put, 2, checksum(c->id, c->data, c->len));
	sqlite3_bind_blob(db->put, 3, c->data, (int)c->len, SQLITE_STATIC);
	sqlite3_step(db->put);
	return sqlite3_reset(db->put);
}

static int del(struct journal_db *db, const struct journal_change *c)
{
	sqlite3_bind_int64(db->del, 1, c->id);
	sqlite3_step(db->del);
	return sqlite3_reset(db->del);
}

int journal_db_apply(struct journal_db *db, const struct journal_queue *q)
{
	const struct journal_change *c;
	int code;

	/* SQLite forgets it: sqlite3_system_errno() is 0 after a commit. */
	errno = 0;
	code = execute(db, "BEGIN");
	TAILQ_FOREACH(c, &q->changes, link) {
		if (code)
			break;
		code = c->deleted ? del(db, c) : put(db, c);
	}
	if (!code)
		code = execute(db, "COMMIT");
	db->err = code ? errno : 0;
	if (code && !sqlite3_get_autocommit(db->sqlite))
		execute(db, "ROLLBACK");
	return code;
}

void journal_db_checkpoint(struct journal_db *db)
{
	if (!sqlite3_wal_checkpoint_v2(db->sqlite, NULL,
				       SQLITE_CHECKPOINT_PASSIVE, NULL, NULL))
		db->frames = 0;
}
