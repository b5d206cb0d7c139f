/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DTCPD_JOURNAL_H
#define DTCPD_JOURNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * What must survive dtcpd and the machine, and be on the disk before anybody
 * is told that it is done: rows, each a kind, a key and some bytes. It is the
 * SQLite database `journal` of state-directory, in WAL mode.
 *
 * Rows are written by a thread, many in one transaction (group commit), while
 * the caller goes on. Each change has a position, 1 and up; what has a position
 * up to journal_committed() is on the disk. An answer is held back until then.
 *
 * Each row has a checksum: one that is damaged is passed over, and counted.
 */
enum journal_kind {
	JOURNAL_META = 1,	/* key: &enum journal_meta */
	JOURNAL_GROUP,		/* key: kernel group id */
	JOURNAL_DEST,		/* key: kernel destination id */
	JOURNAL_CRITERION,	/* key: kernel filter id */
};

/* Keys of JOURNAL_META; numbers have their lowest byte first. */
enum journal_meta {
	JOURNAL_META_INSTANCE = 1,	/* u64: of the kernel, as it was met */
	JOURNAL_META_LAST_FILTER,	/* u32: no filter had a higher id */
};

/* How a journal was found. */
enum journal_found {
	JOURNAL_NEW,		/* there was none */
	JOURNAL_GOOD,
	JOURNAL_DAMAGED,	/* what could be read was taken over; the old one
				   is renamed to journal.bad */
};

struct journal;

/**
 * struct journal_row - one row as it is read
 * @kind: &enum journal_kind
 * @key: of that kind
 * @data: its bytes; the journal's, until the callback returns
 * @len: of @data
 */
struct journal_row {
	enum journal_kind kind;
	uint32_t key;
	const void *data;
	size_t len;
};

typedef bool journal_row_fn(void *arg, const struct journal_row *row);

/**
 * journal_open() - open the journal, make it if it is missing
 * @directory: state-directory, which state_open() has made, judged and locked
 * @found: how it was found; what was wrong is logged
 *
 * Makes no thread yet: until journal_start() it is read.
 *
 * Return: freed by journal_close(), or NULL (logged): nothing may be tapped
 * then, for it could not be kept.
 */
struct journal *journal_open(const char *directory, enum journal_found *found);

/**
 * journal_close() - write everything and close
 * @j: journal or NULL
 */
void journal_close(struct journal *j);

/**
 * journal_each() - read all rows of a kind, in the order of their keys
 * @j: journal; before journal_start()
 * @kind: which
 * @fn: called for each that is whole; false ends it
 * @arg: passed to @fn
 *
 * Return: rows that were damaged, or a negative errno.
 */
long journal_each(struct journal *j, enum journal_kind kind,
		  journal_row_fn *fn, void *arg);

/**
 * journal_start() - begin to write; makes the thread
 * @j: journal
 *
 * Return: 0 or a negative errno.
 */
int journal_start(struct journal *j);

/**
 * journal_fd() - becomes readable when journal_committed() or
 *	journal_failed() has changed
 * @j: journal
 *
 * Return: an eventfd owned by @j; journal_heard() makes it wait anew.
 */
int journal_fd(const struct journal *j);
void journal_heard(struct journal *j);

/**
 * journal_put() - write a row, or replace it
 * @j: journal
 * @kind: &enum journal_kind
 * @key: of that kind
 * @data: copied
 * @len: of @data, 64 KiB at most
 *
 * Does not wait. What is put before the thread has got that far is written in
 * one transaction.
 *
 * Return: its position, or a negative errno: -ENOMEM, or -EAGAIN while what was
 * put before cannot be written (the disk is full): so that little has to be
 * taken back.
 */
int64_t journal_put(struct journal *j, enum journal_kind kind, uint32_t key,
		    const void *data, size_t len);

/**
 * journal_del() - delete a row; nothing happens where there is none
 * @j: journal
 * @kind: &enum journal_kind
 * @key: of that kind
 *
 * Taken also while nothing can be written: it is tried again until it can.
 *
 * Return: its position or -ENOMEM.
 */
int64_t journal_del(struct journal *j, enum journal_kind kind, uint32_t key);

/**
 * journal_position() - of the change that was asked for last
 * @j: journal
 *
 * Return: position; 0 before the first.
 */
int64_t journal_position(const struct journal *j);

/**
 * journal_committed() - how far the disk has it
 * @j: journal
 *
 * Return: position; this and all before it will be there after a crash.
 */
int64_t journal_committed(const struct journal *j);

/**
 * journal_failed() - whether what was put cannot be written
 * @j: journal
 * @why: set to a sentence owned by @j, for the log and the answer
 *
 * Rows that were put stay queued and are tried again once a second, and so are
 * deletions; journal_put() takes no more meanwhile. The owner of a held answer
 * decides how long it waits.
 *
 * Return: whether the last try failed.
 */
bool journal_failed(const struct journal *j, const char **why);

/**
 * journal_wait() - wait until everything is written
 * @j: journal
 *
 * For the few things that must be on the disk before they are done at all,
 * such as the id of a group.
 *
 * Return: 0, or -EIO if it cannot be written now.
 */
int journal_wait(struct journal *j);

#endif
