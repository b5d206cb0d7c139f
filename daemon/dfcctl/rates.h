/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DFCCTL_RATES_H
#define DFCCTL_RATES_H

#include <jansson.h>

/**
 * rates_add() - add rates to counters that were read twice
 * @now: JSON object; gets a rate beside each counter that has one, in objects
 *	and arrays in it as well
 * @before: the same as it was read before
 * @seconds: between both, more than 0
 *
 * Rates are in packets/s and bit/s. Objects in an array are those of before by
 * their "id". One that was made since then ("age"), and a counter that has
 * gone back, have no rate.
 */
void rates_add(json_t *now, const json_t *before, double seconds);

#endif
