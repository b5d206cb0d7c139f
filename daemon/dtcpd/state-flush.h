/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DTCPD_STATE_FLUSH_H
#define DTCPD_STATE_FLUSH_H

#include <pthread.h>
#include <stdbool.h>

enum state_flush_stage {
	STATE_FLUSH_IDLE,
	STATE_FLUSH_BUSY,
	STATE_FLUSH_DONE,
	STATE_FLUSH_STOP,
};

/**
 * struct state_flush - writes a file to the disk while others go on
 * @fd: the file
 * @sync: fdatasync(2); replaced by tests
 * @thread: sleeps unless it writes; started with the first flush
 * @started: @thread is there
 * @lock: guards @stage and @err
 * @wake: @stage has changed
 * @stage: what is going on
 * @err: errno of the last flush
 */
struct state_flush {
	int fd;
	int (*sync)(int fd);
	pthread_t thread;
	bool started;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	enum state_flush_stage stage;
	int err;
};

/**
 * state_flush_init() - get ready; starts nothing
 * @f: flush
 * @fd: file, stays the caller's
 */
void state_flush_init(struct state_flush *f, int fd);

/**
 * state_flush_fini() - wait for what is going on, end the thread
 * @f: flush
 */
void state_flush_fini(struct state_flush *f);

/**
 * state_flush_start() - have written what is in the file now
 * @f: flush; idle
 *
 * Where no thread can be had, it is written before this returns.
 */
void state_flush_start(struct state_flush *f);

/**
 * state_flush_poll() - see how it is going
 * @f: flush
 * @err: filled with 0 or an errno if it is done
 *
 * Return: idle, busy or, once after each start, done.
 */
enum state_flush_stage state_flush_poll(struct state_flush *f, int *err);

/**
 * state_flush_wait() - wait until it is not busy
 * @f: flush
 */
void state_flush_wait(struct state_flush *f);

#endif
