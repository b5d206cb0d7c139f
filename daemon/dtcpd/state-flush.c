// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <errno.h>
#include <signal.h>
#include <unistd.h>

#include "dtcpd/state-flush.h"

void state_flush_init(struct state_flush *f, int fd)
{
	f->fd = fd;
	f->sync = fdatasync;
	f->started = false;
	f->stage = STATE_FLUSH_IDLE;
	f->err = 0;
	pthread_mutex_init(&f->lock, NULL);
	pthread_cond_init(&f->wake, NULL);
}

static void *run(void *arg)
{
	struct state_flush *f = arg;
	int err;

	pthread_mutex_lock(&f->lock);
	while (f->stage != STATE_FLUSH_STOP) {
		if (f->stage != STATE_FLUSH_BUSY) {
			pthread_cond_wait(&f->wake, &f->lock);
			continue;
		}
		pthread_mutex_unlock(&f->lock);
		err = f->sync(f->fd) ? errno : 0;
		pthread_mutex_lock(&f->lock);
		f->err = err;
		f->stage = STATE_FLUSH_DONE;
		pthread_cond_broadcast(&f->wake);
	}
	pthread_mutex_unlock(&f->lock);
	return NULL;
}

/* Signals are the loop's; none may be handled in the thread. */
static bool start_thread(struct state_flush *f)
{
	sigset_t all, old;

	if (f->started)
		return true;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	f->started = !pthread_create(&f->thread, NULL, run, f);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	return f->started;
}

static void set_stage(struct state_flush *f, enum state_flush_stage stage)
{
	pthread_mutex_lock(&f->lock);
	f->stage = stage;
	pthread_cond_broadcast(&f->wake);
	pthread_mutex_unlock(&f->lock);
}

void state_flush_start(struct state_flush *f)
{
	if (start_thread(f)) {
		set_stage(f, STATE_FLUSH_BUSY);
		return;
	}
	f->err = f->sync(f->fd) ? errno : 0;
	f->stage = STATE_FLUSH_DONE;
}

enum state_flush_stage state_flush_poll(struct state_flush *f, int *err)
{
	enum state_flush_stage stage;

	pthread_mutex_lock(&f->lock);
	stage = f->stage;
	if (stage == STATE_FLUSH_DONE) {
		*err = f->err;
		f->stage = STATE_FLUSH_IDLE;
	}
	pthread_mutex_unlock(&f->lock);
	return stage;
}

void state_flush_wait(struct state_flush *f)
{
	pthread_mutex_lock(&f->lock);
	while (f->stage == STATE_FLUSH_BUSY)
		pthread_cond_wait(&f->wake, &f->lock);
	pthread_mutex_unlock(&f->lock);
}

void state_flush_fini(struct state_flush *f)
{
	state_flush_wait(f);
	if (f->started) {
		set_stage(f, STATE_FLUSH_STOP);
		pthread_join(f->thread, NULL);
	}
	pthread_cond_destroy(&f->wake);
	pthread_mutex_destroy(&f->lock);
}
