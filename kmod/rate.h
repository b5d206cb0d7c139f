/* SPDX-License-Identifier: GPL-2.0 */
/* Copyright (C) 2026 the dfc project */

#ifndef _DFC_RATE_H
#define _DFC_RATE_H

#include <linux/types.h>

/* Ten seconds in slots of two, and the slot that is being filled. */
#define DFC_RATE_SLOTS	6

/**
 * struct dfc_rate - bytes of the last ten seconds
 * @epoch: number of the slot that is being filled, since boot
 * @rest: bytes of this slot that are less than one unit
 * @slot: bytes by slot, a ring, in units of 2^@shift
 * @shift: 0 as long as no slot has more than 65535 bytes
 *
 * There is one for each filter, so it is small: it is exact to the byte for
 * little traffic, and what a slot does not show of much is less than a part in
 * 2^15 of the most that was in a slot in twenty seconds. Not locked: whoever
 * counts with it does.
 */
struct dfc_rate {
	u32 epoch;
	u32 rest;
	u16 slot[DFC_RATE_SLOTS];
	u8 shift;
};

/**
 * dfc_rate_add() - count bytes
 * @rate: locked by the caller
 * @bytes: now
 */
void dfc_rate_add(struct dfc_rate *rate, unsigned int bytes);

/**
 * dfc_rate_read() - average of the last ten seconds
 * @rate: that nobody counts with meanwhile
 *
 * Return: bit/s.
 */
u64 dfc_rate_read(const struct dfc_rate *rate);

#endif /* _DFC_RATE_H */
