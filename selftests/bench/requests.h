/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef BENCH_REQUESTS_H
#define BENCH_REQUESTS_H

#include <stddef.h>
#include <stdint.h>

/**
 * struct requests - signed requests, one after another
 * @text: all of them; owned
 * @end: where each ends in @text; owned
 * @n: number of them
 */
struct requests {
	char *text;
	size_t *end;
	size_t n;
};

/**
 * requests_add() - make ADDs, each with a filter of its own
 * @r: filled, freed by requests_free()
 * @n: number of them
 * @seq: sequence number of the first
 *
 * This and the next end the program where they cannot.
 */
void requests_add(struct requests *r, size_t n, uint64_t seq);

/**
 * requests_list() - make a LIST of everything
 * @r: filled with one request, freed by requests_free()
 * @flags: Criteria, Stats or Both
 * @seq: sequence number
 */
void requests_list(struct requests *r, const char *flags, uint64_t seq);

/**
 * requests_free() - free requests
 * @r: filled
 */
void requests_free(struct requests *r);

#endif
