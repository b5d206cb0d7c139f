/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DTCPD_JOURNAL_WRITER_H
#define DTCPD_JOURNAL_WRITER_H

#include <pthread.h>

#include "dtcpd/journal-db.h"
#include "dtcpd/journal-queue.h"

/**
 * struct journal_writer - writes changes, in a thread
 * @db: database; of the thread, once it runs
 * @batch: what is being written; as @db
 * @thread: the thread, if @started
 * @why: memory for journal_failed(); its callers'
 * @fd: eventfd that tells of changes of @committed and @code
 * @lock: guards what follows
 * @wake: the thread has something to do
 * @hurry: it must not wait for more
 * @done: @committed or @code has changed
 * @queue: what it takes next
 * @position: of the last change
 * @committed: up to here all is on the disk
 * @code: of SQLite, why the last try failed; SQLITE_OK: it did not
 * @err: the errno behind it, or 0
 * @hasty: somebody waits in journal_wait(), or there is much to do
 * @idle: the thread waits for @wake
 * @stop: it shall end
 */
struct journal_writer {
	struct journal_db db;
	struct journal_queue batch;
	pthread_t thread;
	bool started;
	char why[128];
	int fd;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	pthread_cond_t hurry;
	pthread_cond_t done;
	struct journal_queue queue;
	int64_t position;
	int64_t committed;
	int code;
	int err;
	bool hasty;
	bool idle;
	bool stop;
};

/**
 * journal_writer_init() - make ready, without a thread
 * @w: all zero but for db, which is taken over
 *
 * Return: 0 or a negative errno, then db is still the caller's.
 */
int journal_writer_init(struct journal_writer *w);

/**
 * journal_writer_start() - make the thread
 * @w: writer
 *
 * Return: 0 or a negative errno.
 */
int journal_writer_start(struct journal_writer *w);

/**
 * journal_writer_fini() - write everything, end the thread, close the database
 * @w: writer
 *
 * Return: how many changes could not be written.
 */
size_t journal_writer_fini(struct journal_writer *w);

/**
 * journal_writer_add() - have a row changed
 * @w: writer
 * @id: row
 * @data: copied; NULL: it is deleted
 * @len: of @data
 *
 * Return: position, or a negative errno as journal_put().
 */
int64_t journal_writer_add(struct journal_writer *w, int64_t id,
			   const void *data, size_t len);

/**
 * journal_writer_wait() - wait until everything is written
 * @w: writer
 *
 * Without a thread, it is written here.
 *
 * Return: 0 or -EIO.
 */
int journal_writer_wait(struct journal_writer *w);

#endif
