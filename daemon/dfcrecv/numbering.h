/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DFCRECV_NUMBERING_H
#define DFCRECV_NUMBERING_H

#include <stdbool.h>
#include <stdint.h>

/* A copy that so many numbers have overtaken is still told from a lost one. */
#define NUMBERING_WINDOW	1024
/* The highest number that is believed; no router comes that far. */
#define NUMBERING_MAX		((uint64_t)INT64_MAX)

/**
 * struct numbering - what the numbers of a criterion's copies tell
 * @first: the lowest number of this run, 0: nothing came yet
 * @highest: the highest one
 * @time: when the router matched @highest, nanoseconds
 * @arrived: different numbers of this run that came
 * @behind: copies since the last one that was not behind the window
 * @earlier: what the runs before this one lost
 * @out_of_order: copies that came after one with a higher number
 * @duplicates: copies whose number had come already
 * @restarts: how often the router began anew with 1
 * @seen: the last numbers, a bit each
 *
 * All zeros: nothing came yet.
 */
struct numbering {
	uint64_t first;
	uint64_t highest;
	uint64_t time;
	uint64_t arrived;
	uint64_t behind;
	uint64_t earlier;
	uint64_t out_of_order;
	uint64_t duplicates;
	uint64_t restarts;
	uint64_t seen[NUMBERING_WINDOW / 64];
};

/**
 * numbering_take() - take the number of a copy that came
 * @n: numbering
 * @number: 1..NUMBERING_MAX
 * @time: when the router matched it, nanoseconds since the epoch
 *
 * The run begins with the first number that comes: what was lost before it is
 * not known. A router whose filter went and came again begins with 1 anew; it
 * is known by a lower number with a later time, or, should the router's clock
 * have been set back, by many in a row that are behind the window. Then what
 * is missing from 1 on was lost.
 */
void numbering_take(struct numbering *n, uint64_t number, uint64_t time);

/**
 * numbering_lost() - copies that did not come
 * @n: numbering
 *
 * Less if some of them still come. One that comes later than the window
 * stays lost.
 *
 * Return: 0..NUMBERING_MAX, of all runs.
 */
uint64_t numbering_lost(const struct numbering *n);

/**
 * numbering_add() - add up two criteria
 * @sum: gets the counts of both; its numbers mean nothing
 * @n: what is added
 */
void numbering_add(struct numbering *sum, const struct numbering *n);

#endif
