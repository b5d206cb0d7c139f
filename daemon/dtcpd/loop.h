/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DTCPD_LOOP_H
#define DTCPD_LOOP_H

#include <stdbool.h>
#include <stdint.h>

#define LOOP_TURN	20	/* ms that who has its turn may take */

/*
 * The one event loop of dtcpd. Each SSH session has an ssh_event of its own,
 * driven from here, instead of all of them sharing one: libssh flushes by
 * polling the context of the session that writes, from inside that call. In a
 * shared context it would then run the callbacks of other sessions, and take
 * the end of another session for a failure of the one that writes.
 */
struct loop {
	int epoll;
	int64_t began;		/* loop_now() when the present turn did */
	struct loop_task *first;
	struct loop_task **last;
	bool stopped;
	int status;
};

/**
 * struct loop_watch - a descriptor that is waited for
 * @fd: owned by whoever owns the watch
 * @events: EPOLLIN, EPOLLOUT or 0, set by loop_add() and loop_set()
 * @fn: called with what is ready; may delete and free any watch, its own too
 * @arg: passed to @fn
 */
struct loop_watch {
	int fd;
	uint32_t events;
	void (*fn)(void *arg, uint32_t events);
	void *arg;
};

/* Work that is put off so that others get their turn. */
struct loop_task {
	void (*fn)(void *arg);
	void *arg;
	struct loop_task *next;
	bool queued;
};

/**
 * loop_init() - start with nothing to wait for
 * @l: loop
 *
 * Return: 0 or a negative errno.
 */
int loop_init(struct loop *l);

/**
 * loop_fini() - release the loop; watches must have been deleted
 * @l: loop
 */
void loop_fini(struct loop *l);

/**
 * loop_add() - wait for a descriptor
 * @l: loop
 * @w: watch with fd, fn and arg set; must stay where it is
 * @events: EPOLLIN, EPOLLOUT or 0 for errors only
 *
 * Return: 0 or a negative errno.
 */
int loop_add(struct loop *l, struct loop_watch *w, uint32_t events);

/**
 * loop_set() - change what a descriptor is waited for
 * @l: loop
 * @w: added watch
 * @events: as for loop_add(); nothing is done if they are the same
 */
void loop_set(struct loop *l, struct loop_watch *w, uint32_t events);

/**
 * loop_del() - wait for a descriptor no longer; before it is closed
 * @l: loop
 * @w: added watch
 */
void loop_del(struct loop *l, struct loop_watch *w);

/**
 * loop_post() - run a task once, after the next descriptor had its turn
 * @l: loop
 * @t: task with fn and arg set; nothing is done if it is queued
 */
void loop_post(struct loop *l, struct loop_task *t);

/**
 * loop_cancel() - take a task out of the queue
 * @l: loop
 * @t: task, queued or not
 */
void loop_cancel(struct loop *l, struct loop_task *t);

/**
 * loop_run() - serve until loop_stop()
 * @l: loop
 *
 * Return: the status given to loop_stop().
 */
int loop_run(struct loop *l);

/**
 * loop_stop() - make loop_run() return
 * @l: loop
 * @status: exit status; the highest one counts if it is called again
 */
void loop_stop(struct loop *l, int status);

/**
 * loop_turn_is_over() - whether who has its turn should leave it to others
 * @l: loop
 *
 * Return: whether LOOP_TURN has passed since its watch or task was called.
 */
bool loop_turn_is_over(const struct loop *l);

/**
 * loop_now() - time for deadlines
 *
 * Return: milliseconds of a clock that is never set.
 */
int64_t loop_now(void);

#endif
