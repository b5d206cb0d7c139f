// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "dtcpd/log.h"
#include "dtcpd/loop.h"

int loop_init(struct loop *l)
{
	memset(l, 0, sizeof(*l));
	l->last = &l->first;
	l->epoll = epoll_create1(EPOLL_CLOEXEC);
	return l->epoll < 0 ? -errno : 0;
}

void loop_fini(struct loop *l)
{
	close(l->epoll);
	l->epoll = -1;
}

int loop_add(struct loop *l, struct loop_watch *w, uint32_t events)
{
	struct epoll_event e = { .events = events, .data.ptr = w };

	w->events = events;
	return epoll_ctl(l->epoll, EPOLL_CTL_ADD, w->fd, &e) ? -errno : 0;
}

void loop_set(struct loop *l, struct loop_watch *w, uint32_t events)
{
	struct epoll_event e = { .events = events, .data.ptr = w };

	if (w->events == events)
		return;
	w->events = events;
	epoll_ctl(l->epoll, EPOLL_CTL_MOD, w->fd, &e);
}

void loop_del(struct loop *l, struct loop_watch *w)
{
	epoll_ctl(l->epoll, EPOLL_CTL_DEL, w->fd, NULL);
}

void loop_post(struct loop *l, struct loop_task *t)
{
	if (t->queued)
		return;
	t->queued = true;
	t->next = NULL;
	*l->last = t;
	l->last = &t->next;
}

void loop_cancel(struct loop *l, struct loop_task *t)
{
	struct loop_task **at;

	if (!t->queued)
		return;
	for (at = &l->first; *at != t; at = &(*at)->next)
		;
	*at = t->next;
	if (!*at)
		l->last = at;
	t->queued = false;
}

static void run_task(struct loop *l)
{
	struct loop_task *t = l->first;

	if (!t)
		return;
	loop_cancel(l, t);
	l->began = loop_now();
	t->fn(t->arg);
}

/*
 * One event is fetched at a time, so a callback may free any watch without
 * leaving a stale event behind. epoll hands out what is ready in turns.
 */
int loop_run(struct loop *l)
{
	struct loop_watch *w;
	struct epoll_event e;
	int n;

	while (!l->stopped) {
		n = epoll_wait(l->epoll, &e, 1, l->first ? 0 : -1);
		if (n < 0 && errno != EINTR) {
			log_msg(LOG_ERR, "epoll: %s", strerror(errno));
			return 1;
		}
		if (n > 0) {
			w = e.data.ptr;
			l->began = loop_now();
			w->fn(w->arg, e.events);
		}
		run_task(l);
	}
	return l->status;
}

void loop_stop(struct loop *l, int status)
{
	l->stopped = true;
	if (status > l->status)
		l->status = status;
}

bool loop_turn_is_over(const struct loop *l)
{
	return loop_now() - l->began >= LOOP_TURN;
}

int64_t loop_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}
