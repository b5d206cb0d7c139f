// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <errno.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "dtcpd/journal-writer.h"

/*
 * A change that comes alone is written at once. One that comes right behind
 * others waits a moment for more, as a transaction costs as much as a hundred
 * rows.
 */
#define GATHER		3000	/* us at most */
#define ENOUGH		100	/* rows */
#define BUSY		20000	/* us since the last transaction */
#define RETRY		1000000	/* us between tries to write */
#define REST		1000000	/* us without changes, then a checkpoint */
#define FRAMES_MAX	4096	/* pages in the WAL, then one at once */

static void init_condition(pthread_cond_t *c)
{
	pthread_condattr_t attr;

	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(c, &attr);
	pthread_condattr_destroy(&attr);
}

static void fini_conditions(struct journal_writer *w)
{
	pthread_cond_destroy(&w->wake);
	pthread_cond_destroy(&w->hurry);
	pthread_cond_destroy(&w->done);
	pthread_mutex_destroy(&w->lock);
}

int journal_writer_init(struct journal_writer *w)
{
	w->fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (w->fd < 0)
		return -errno;
	if (journal_queue_init(&w->queue))
		goto close_fd;
	if (journal_queue_init(&w->batch))
		goto fini_queue;
	pthread_mutex_init(&w->lock, NULL);
	init_condition(&w->wake);
	init_condition(&w->hurry);
	init_condition(&w->done);
	return 0;

fini_queue:
	journal_queue_fini(&w->queue);
close_fd:
	close(w->fd);
	return -ENOMEM;
}

static struct timespec in_us(long us)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	t.tv_sec += us / 1000000;
	t.tv_nsec += us % 1000000 * 1000;
	if (t.tv_nsec >= 1000000000) {
		t.tv_sec++;
		t.tv_nsec -= 1000000000;
	}
	return t;
}

static bool is_before(const struct timespec *t)
{
	struct timespec now = in_us(0);

	return now.tv_sec < t->tv_sec ||
	       (now.tv_sec == t->tv_sec && now.tv_nsec < t->tv_nsec);
}

static void tell(struct journal_writer *w)
{
	uint64_t one = 1;

	pthread_cond_broadcast(&w->done);
	/* It cannot fail but for a counter that is full, and so readable. */
	if (write(w->fd, &one, sizeof(one)) < 0)
		return;
}

/*
 * Takes what is there and writes it; the lock is given up meanwhile. What could
 * not be written stays in the batch, and what came later is put to it before
 * the next try, so that a deletion can take the place of what it deletes.
 */
static void write_batch(struct journal_writer *w)
{
	int64_t position = w->position;
	int code, err;

	w->hasty = false;
	journal_queue_move(&w->batch, &w->queue);
	pthread_mutex_unlock(&w->lock);
	code = journal_db_apply(&w->db, &w->batch);
	err = w->db.err;
	if (!code)
		journal_queue_clear(&w->batch);
	pthread_mutex_lock(&w->lock);
	if (!code)
		w->committed = position;
	else if (code == w->code && err == w->err)
		return;
	w->code = code;
	w->err = err;
	tell(w);
}

/* Returns whether it is over; else there is something to do, or nothing yet. */
static bool rest(struct journal_writer *w)
{
	struct timespec end = in_us(REST);
	int err = 0;

	w->idle = true;
	while (!err && !w->stop && !journal_queue_count(&w->queue))
		err = w->db.frames ?
		      pthread_cond_timedwait(&w->wake, &w->lock, &end) :
		      pthread_cond_wait(&w->wake, &w->lock);
	w->idle = false;
	return err == ETIMEDOUT;
}

/* Returns once it is time, or there is haste, if that counts, or the end. */
static void wait_for_more(struct journal_writer *w, long us, bool haste)
{
	struct timespec end = in_us(us);
	int err = 0;

	while (!err && !w->stop && !(haste && w->hasty))
		err = pthread_cond_timedwait(&w->hurry, &w->lock, &end);
}

static void copy(struct journal_writer *w)
{
	pthread_mutex_unlock(&w->lock);
	journal_db_checkpoint(&w->db);
	pthread_mutex_lock(&w->lock);
}

static void *run(void *arg)
{
	struct journal_writer *w = arg;
	struct timespec busy = in_us(0);

	pthread_mutex_lock(&w->lock);
	for (;;) {
		if (w->code) {
			if (w->stop)
				break;
			wait_for_more(w, RETRY, false);
		} else if (!journal_queue_count(&w->queue)) {
			if (w->stop)
				break;
			if (rest(w))
				copy(w);
			continue;
		} else if (is_before(&busy)) {
			wait_for_more(w, GATHER, true);
		}
		write_batch(w);
		busy = in_us(BUSY);
		if (!w->code && w->db.frames > FRAMES_MAX)
			copy(w);
	}
	pthread_mutex_unlock(&w->lock);
	return NULL;
}

/* Signals are the loop's; none may be handled in the thread. */
int journal_writer_start(struct journal_writer *w)
{
	sigset_t all, old;
	int err;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	err = pthread_create(&w->thread, NULL, run, w);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	w->started = !err;
	return -err;
}

static void stop(struct journal_writer *w)
{
	pthread_mutex_lock(&w->lock);
	w->stop = true;
	pthread_cond_broadcast(&w->wake);
	pthread_cond_broadcast(&w->hurry);
	pthread_mutex_unlock(&w->lock);
	pthread_join(w->thread, NULL);
	w->started = false;
}

size_t journal_writer_fini(struct journal_writer *w)
{
	size_t left;

	if (w->started)
		stop(w);
	journal_writer_wait(w);
	left = journal_queue_count(&w->batch) + journal_queue_count(&w->queue);
	journal_db_close(&w->db);
	journal_queue_fini(&w->batch);
	journal_queue_fini(&w->queue);
	fini_conditions(w);
	close(w->fd);
	return left;
}

static void hurry(struct journal_writer *w)
{
	w->hasty = true;
	pthread_cond_signal(&w->hurry);
}

int64_t journal_writer_add(struct journal_writer *w, int64_t id,
			   const void *data, size_t len)
{
	int64_t position;

	pthread_mutex_lock(&w->lock);
	if (data && w->code)
		position = -EAGAIN;
	else
		position = journal_queue_add(&w->queue, id, data, len);
	if (!position) {
		position = ++w->position;
		if (w->idle)
			pthread_cond_signal(&w->wake);
		if (journal_queue_count(&w->queue) == ENOUGH)
			hurry(w);
	}
	pthread_mutex_unlock(&w->lock);
	return position;
}

int journal_writer_wait(struct journal_writer *w)
{
	int64_t position;
	int code;

	pthread_mutex_lock(&w->lock);
	position = w->position;
	if (!w->started && w->committed < position)
		write_batch(w);
	hurry(w);
	while (w->committed < position && !w->code)
		pthread_cond_wait(&w->done, &w->lock);
	code = w->code;
	pthread_mutex_unlock(&w->lock);
	return code ? -EIO : 0;
}
