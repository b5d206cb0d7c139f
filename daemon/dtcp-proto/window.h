/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DTCP_PROTO_WINDOW_H
#define DTCP_PROTO_WINDOW_H

#include <stdbool.h>
#include <stdint.h>

#define DTCP_WINDOW	256	/* numbers on either side of the highest one */

/**
 * struct dtcp_window - sequence numbers of a control source
 * @started: a number was accepted; all zero before
 * @max: the highest that was accepted, modulo 2^64
 * @seen: bit i of it: @max - i was accepted, i = 0..255, @max - 256 is @oldest
 * @oldest: @max - 256 was accepted
 */
struct dtcp_window {
	bool started;
	bool oldest;
	uint64_t max;
	uint64_t seen[DTCP_WINDOW / 64];
};

enum dtcp_window_verdict {
	DTCP_WINDOW_NEW,	/* accepted */
	DTCP_WINDOW_WRAPPED,	/* accepted, and numbers start again from 0 */
	DTCP_WINDOW_SEEN,	/* refused: answered before */
	DTCP_WINDOW_OUTSIDE,	/* refused: too far from the highest */
};

/**
 * dtcp_window_check() - judge a sequence number, and use nothing up
 * @w: window
 * @seq: number of an authenticated request
 *
 * Return: what dtcp_window_take() would say.
 */
enum dtcp_window_verdict dtcp_window_check(const struct dtcp_window *w,
					   uint64_t seq);

/**
 * dtcp_window_take() - judge a sequence number and note it if it is good
 * @w: window; unchanged if the number is refused
 * @seq: number of an authenticated request
 *
 * Accepted are max < seq <= max + 256, and max - 256 <= seq < max that were
 * not seen yet, modulo 2^64; a wrap only where the top byte of max is 0xff.
 * The first number of all is always accepted. Junos accepts the same. A number
 * from before a wrap is late, not a wrap.
 *
 * Return: the verdict.
 */
enum dtcp_window_verdict dtcp_window_take(struct dtcp_window *w, uint64_t seq);

/**
 * dtcp_window_follow() - note a number where numbers are not checked
 * @w: window; goes up to a higher number however far, and never down
 * @seq: number of an authenticated request
 *
 * So that nothing that was used is good again when they are checked later.
 *
 * Return: what dtcp_window_take() would say, but %DTCP_WINDOW_NEW if it is
 * higher.
 */
enum dtcp_window_verdict dtcp_window_follow(struct dtcp_window *w,
					    uint64_t seq);

/**
 * dtcp_window_reset() - forget all numbers: the next one is accepted
 * @w: window
 */
void dtcp_window_reset(struct dtcp_window *w);

#endif
