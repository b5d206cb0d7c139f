/* SPDX-License-Identifier: GPL-2.0 */
/* Copyright (C) 2026 the dfc project */

#ifndef _DFC_TALLY_H
#define _DFC_TALLY_H

#include <linux/percpu.h>
#include <linux/types.h>

/**
 * struct dfc_tally - copies of the packet in hand, on one CPU
 * @serial: number of that packet among those of the CPU
 * @copies: that were made of it
 */
struct dfc_tally {
	u64 serial;
	unsigned int copies;
};

/**
 * dfc_tally_alloc() - allocate tallies for all CPUs
 *
 * Context: may sleep.
 * Return: freed by free_percpu(), or NULL.
 */
struct dfc_tally __percpu *dfc_tally_alloc(void);

/**
 * dfc_tally_take() - take what is left of the copies of a packet
 * @tally: of those who share a limit
 * @serial: of the packet; 0 before the first call for it, anywhere
 * @max: the limit
 * @want: copies to take
 *
 * A packet is in the hands of one CPU from the first to the last filter that
 * it matches.
 *
 * Context: bottom halves disabled.
 * Return: how many may be made, at most @want.
 */
unsigned int dfc_tally_take(struct dfc_tally __percpu *tally, u64 *serial,
			    unsigned int max, unsigned int want);

#endif /* _DFC_TALLY_H */
