// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <syslog.h>
#include <unistd.h>

#include "dtcpd/log.h"
#include "dtcpd/ticker.h"

static void on_timer(void *arg, uint32_t events)
{
	struct ticker *t = arg;
	uint64_t missed;

	if (read(t->watch.fd, &missed, sizeof(missed)) == sizeof(missed))
		t->tick(t->ctx);
}

int ticker_open(struct ticker *t, struct loop *l, void (*tick)(void *ctx),
		void *ctx)
{
	struct itimerspec every = { { 1, 0 }, { 1, 0 } };
	int err;

	t->loop = l;
	t->tick = tick;
	t->ctx = ctx;
	t->watch.fn = on_timer;
	t->watch.arg = t;
	t->watch.fd = timerfd_create(CLOCK_MONOTONIC,
				     TFD_NONBLOCK | TFD_CLOEXEC);
	err = t->watch.fd < 0 ||
	      timerfd_settime(t->watch.fd, 0, &every, NULL) ? -errno :
	      loop_add(l, &t->watch, EPOLLIN);
	if (err) {
		log_msg(LOG_ERR, "timerfd: %s", strerror(-err));
		close(t->watch.fd);
	}
	return err;
}

void ticker_close(struct ticker *t)
{
	loop_del(t->loop, &t->watch);
	close(t->watch.fd);
}
