/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DFCRECV_TOP_H
#define DFCRECV_TOP_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "dfcrecv/summary.h"

/* Lines above the criteria, and the one below them. */
#define TOP_FRAME	4

/**
 * top_screen() - draw all on a terminal, the busiest criteria first
 * @s: summary with rates
 * @out: the terminal, redrawn from its first line on
 * @rows: of the terminal; what has no room is counted only
 * @now: nanoseconds since the epoch
 */
void top_screen(const struct summary *s, FILE *out, unsigned int rows,
		uint64_t now);

/**
 * top_lines() - write a line for all, and one for each criterion at work
 * @s: summary with rates
 * @out: stream
 */
void top_lines(const struct summary *s, FILE *out);

/**
 * top_write() - write the summary of the moment in the way that suits
 * @s: summary with rates
 * @out: stream
 * @json: a JSON object with the key `live`, else a screen on a terminal, else
 *	lines
 */
void top_write(const struct summary *s, FILE *out, bool json);

#endif
