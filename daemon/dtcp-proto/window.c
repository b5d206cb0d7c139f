// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <string.h>

#include "dtcp-proto/window.h"

#define WORD	64
#define WORDS	(DTCP_WINDOW / WORD)

static bool is_set(const struct dtcp_window *w, uint64_t back)
{
	return back == DTCP_WINDOW ? w->oldest :
	       w->seen[back / WORD] >> (back % WORD) & 1;
}

static void set(struct dtcp_window *w, uint64_t back)
{
	if (back == DTCP_WINDOW)
		w->oldest = true;
	else
		w->seen[back / WORD] |= (uint64_t)1 << (back % WORD);
}

/* Makes max + @ahead the highest; all seen numbers are @ahead further back. */
static void advance(struct dtcp_window *w, uint64_t ahead)
{
	uint64_t was[WORDS];
	size_t words = ahead / WORD, bits = ahead % WORD, i;

	w->oldest = is_set(w, DTCP_WINDOW - ahead);
	memcpy(was, w->seen, sizeof(was));
	for (i = 0; i < WORDS; i++) {
		w->seen[i] = i >= words ? was[i - words] << bits : 0;
		if (bits && i > words)
			w->seen[i] |= was[i - words - 1] >> (WORD - bits);
	}
	w->max += ahead;
	set(w, 0);
}

static void start(struct dtcp_window *w, uint64_t seq)
{
	*w = (struct dtcp_window){ .started = true, .max = seq };
	set(w, 0);
}

enum dtcp_window_verdict dtcp_window_check(const struct dtcp_window *w,
					   uint64_t seq)
{
	uint64_t ahead = seq - w->max, back = w->max - seq;

	if (!w->started)
		return DTCP_WINDOW_NEW;
	/* So close to it, only a max with top byte 0xff can be wrapped. */
	if (ahead && ahead <= DTCP_WINDOW)
		return seq < ahead ? DTCP_WINDOW_WRAPPED : DTCP_WINDOW_NEW;
	if (back > DTCP_WINDOW)
		return DTCP_WINDOW_OUTSIDE;
	return is_set(w, back) ? DTCP_WINDOW_SEEN : DTCP_WINDOW_NEW;
}

enum dtcp_window_verdict dtcp_window_take(struct dtcp_window *w, uint64_t seq)
{
	enum dtcp_window_verdict verdict = dtcp_window_check(w, seq);
	uint64_t ahead = seq - w->max;

	if (verdict != DTCP_WINDOW_NEW && verdict != DTCP_WINDOW_WRAPPED)
		return verdict;
	if (!w->started)
		start(w, seq);
	else if (ahead <= DTCP_WINDOW)
		advance(w, ahead);
	else
		set(w, w->max - seq);
	return verdict;
}

enum dtcp_window_verdict dtcp_window_follow(struct dtcp_window *w,
					    uint64_t seq)
{
	enum dtcp_window_verdict verdict = dtcp_window_take(w, seq);

	if (verdict != DTCP_WINDOW_OUTSIDE || seq < w->max)
		return verdict;
	start(w, seq);
	return DTCP_WINDOW_NEW;
}

void dtcp_window_reset(struct dtcp_window *w)
{
	*w = (struct dtcp_window){ 0 };
}
