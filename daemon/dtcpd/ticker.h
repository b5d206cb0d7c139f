/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DTCPD_TICKER_H
#define DTCPD_TICKER_H

#include "dtcpd/loop.h"

/* A clock that ticks once a second, for deadlines. */
struct ticker {
	struct loop *loop;
	struct loop_watch watch;
	void (*tick)(void *ctx);
	void *ctx;
};

/**
 * ticker_open() - start to tick
 * @t: filled
 * @l: the loop
 * @tick: called once a second
 * @ctx: passed to @tick
 *
 * Return: 0 or a negative errno, which is logged.
 */
int ticker_open(struct ticker *t, struct loop *l, void (*tick)(void *ctx),
		void *ctx);

/**
 * ticker_close() - stop
 * @t: of ticker_open()
 */
void ticker_close(struct ticker *t);

#endif
