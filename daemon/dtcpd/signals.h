/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DTCPD_SIGNALS_H
#define DTCPD_SIGNALS_H

#include "dtcpd/loop.h"

/* Signals, as events of the loop. */
struct signals {
	struct loop *loop;
	struct loop_watch watch;
	void (*hangup)(void *ctx);
	void *ctx;
};

/**
 * signals_open() - SIGTERM and SIGINT stop the loop with status 0
 * @s: filled
 * @l: the loop
 * @hangup: called for SIGHUP
 * @ctx: passed to @hangup
 *
 * Return: 0 or a negative errno, which is logged.
 */
int signals_open(struct signals *s, struct loop *l,
		 void (*hangup)(void *ctx), void *ctx);

/**
 * signals_close() - look at signals no longer; they stay blocked
 * @s: of signals_open()
 */
void signals_close(struct signals *s);

#endif
