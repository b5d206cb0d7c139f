/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef RANDOM_H
#define RANDOM_H

#include <linux/types.h>

/* The whole state of the series, for it is to be repeatable. */
extern u64 random_state;

/**
 * random_u64() - the next number of the series
 */
static inline u64 random_u64(void)
{
	u64 z = random_state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

/**
 * random_below() - a number
 * @limit: it is below; not 0
 */
static inline u32 random_below(u32 limit)
{
	return (random_u64() >> 32) * limit >> 32;
}

/**
 * random_one_in() - throw dice
 * @n: how many sides they have
 *
 * Return: true once in @n times.
 */
static inline bool random_one_in(u32 n)
{
	return !random_below(n);
}

#endif /* RANDOM_H */
