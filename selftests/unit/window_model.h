/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

/*
 * The sentences on sequence numbers, as they stand: a list of all numbers that
 * were accepted, and sums of more than 64 bits. Slow, and plainly right.
 */

#ifndef WINDOW_MODEL_H
#define WINDOW_MODEL_H

#include <stddef.h>
#include <string.h>

#include "dtcp-proto/window.h"

#define MODEL_MAX 4096	/* numbers accepted in one run */

struct model {
	uint64_t accepted[MODEL_MAX];
	size_t n;
	uint64_t max;
};

static bool model_has(const struct model *m, uint64_t seq)
{
	size_t i;

	for (i = 0; i < m->n; i++)
		if (m->accepted[i] == seq)
			return true;
	return false;
}

static enum dtcp_window_verdict model_accept(struct model *m, uint64_t seq,
					     bool highest, bool wrapped)
{
	m->accepted[m->n++] = seq;
	if (highest)
		m->max = seq;
	return wrapped ? DTCP_WINDOW_WRAPPED : DTCP_WINDOW_NEW;
}

static enum dtcp_window_verdict model_take(struct model *m, uint64_t seq)
{
	const unsigned __int128 all = (unsigned __int128)1 << 64;
	unsigned __int128 max = m->max;
	unsigned int i;

	if (!m->n)
		return model_accept(m, seq, true, false);
	for (i = 1; i <= 256; i++) {
		if ((max + i) % all != seq)
			continue;
		if (max + i >= all && m->max >> 56 != 0xff)
			return DTCP_WINDOW_OUTSIDE;
		return model_accept(m, seq, true, max + i >= all);
	}
	for (i = 0; i <= 256; i++)
		if ((all + max - i) % all == seq)
			return model_has(m, seq) ? DTCP_WINDOW_SEEN :
			       model_accept(m, seq, false, false);
	return DTCP_WINDOW_OUTSIDE;
}

#endif
