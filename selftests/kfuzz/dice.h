/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DICE_H
#define DICE_H

#include <stdbool.h>
#include <stdint.h>

/**
 * struct dice - random numbers that a seed repeats
 * @state: what is next
 */
struct dice {
	uint64_t state;
};

static inline uint64_t dice_next(struct dice *dice)
{
	uint64_t x = dice->state += 0x9e3779b97f4a7c15;

	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9;
	x = (x ^ x >> 27) * 0x94d049bb133111eb;
	return x ^ x >> 31;
}

/**
 * dice_for() - dice of one's own for each number of a run
 * @seed: of the run
 * @number: message or frame
 *
 * So what is drawn for one does not depend on what came before it.
 */
static inline struct dice dice_for(uint64_t seed, uint64_t number)
{
	struct dice dice = { seed * 0xd1342543de82ef95 + number };

	dice_next(&dice);
	return dice;
}

/* A number below @n, which is not 0. */
static inline uint64_t dice_below(struct dice *dice, uint64_t n)
{
	return dice_next(dice) % n;
}

/* True once in @n times. */
static inline bool dice_one_in(struct dice *dice, uint64_t n)
{
	return !dice_below(dice, n);
}

#endif /* DICE_H */
