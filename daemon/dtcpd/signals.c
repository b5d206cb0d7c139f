// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <syslog.h>
#include <unistd.h>

#include "dtcpd/log.h"
#include "dtcpd/signals.h"

static void on_signal(void *arg, uint32_t events)
{
	struct signalfd_siginfo info;
	struct signals *s = arg;

	while (read(s->watch.fd, &info, sizeof(info)) == sizeof(info)) {
		if (info.ssi_signo == SIGHUP) {
			s->hangup(s->ctx);
			continue;
		}
		log_msg(LOG_INFO, "stopped by SIG%s",
			sigabbrev_np((int)info.ssi_signo));
		loop_stop(s->loop, 0);
	}
}

int signals_open(struct signals *s, struct loop *l,
		 void (*hangup)(void *ctx), void *ctx)
{
	sigset_t set;
	int err;

	sigemptyset(&set);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signal(SIGPIPE, SIG_IGN);
	/* A limit of files is told by write(), as a full disk is. */
	signal(SIGXFSZ, SIG_IGN);
	s->loop = l;
	s->hangup = hangup;
	s->ctx = ctx;
	s->watch.fn = on_signal;
	s->watch.arg = s;
	s->watch.fd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
	err = s->watch.fd < 0 ? -errno : loop_add(l, &s->watch, EPOLLIN);
	if (err) {
		log_msg(LOG_ERR, "signalfd: %s", strerror(-err));
		close(s->watch.fd);
	}
	return err;
}

void signals_close(struct signals *s)
{
	loop_del(s->loop, &s->watch);
	close(s->watch.fd);
}
