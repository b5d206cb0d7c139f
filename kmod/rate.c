// SPDX-License-Identifier: GPL-2.0
// Copyright (C) 2026 the dfc project

#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/string.h>

#include "rate.h"

#define RATE_WINDOW	10			/* seconds */
#define RATE_SLOT	(2 * HZ)		/* jiffies */
#define RATE_FULL	(DFC_RATE_SLOTS - 1)	/* slots of a window */
#define SHIFT_MAX	31

static void coarsen(struct dfc_rate *rate)
{
	unsigned int i;

	for (i = 0; i < DFC_RATE_SLOTS; i++)
		rate->slot[i] = (rate->slot[i] + 1U) / 2;
	rate->shift++;
}

/* When there was much traffic and it is gone, small numbers count again. */
static void refine(struct dfc_rate *rate)
{
	unsigned int i, most = 0, by;

	for (i = 0; i < DFC_RATE_SLOTS; i++)
		most |= rate->slot[i];
	by = min_t(unsigned int, rate->shift, 16 - fls(most));
	for (i = 0; i < DFC_RATE_SLOTS; i++)
		rate->slot[i] <<= by;
	rate->shift -= by;
}

static void advance(struct dfc_rate *rate, u32 epoch)
{
	u32 passed = min_t(u32, epoch - rate->epoch, DFC_RATE_SLOTS);

	if (!passed)
		return;
	for (; passed; passed--)
		rate->slot[(epoch - passed + 1) % DFC_RATE_SLOTS] = 0;
	rate->epoch = epoch;
	rate->rest = 0;
	refine(rate);
}

void dfc_rate_add(struct dfc_rate *rate, unsigned int bytes)
{
	u32 epoch = div_u64(get_jiffies_64(), RATE_SLOT);
	u16 *slot = &rate->slot[epoch % DFC_RATE_SLOTS];
	u64 sum;

	advance(rate, epoch);
	sum = ((u64)*slot << rate->shift) + rate->rest + bytes;
	while (sum >> rate->shift > U16_MAX && rate->shift < SHIFT_MAX)
		coarsen(rate);
	*slot = min_t(u64, sum >> rate->shift, U16_MAX);
	rate->rest = sum & ((1U << rate->shift) - 1);
}

/*
 * The window slides smoothly: of the oldest slot only the part counts that
 * the slot being filled has not replaced yet.
 */
u64 dfc_rate_read(const struct dfc_rate *rate)
{
	u32 into, epoch = div_u64_rem(get_jiffies_64(), RATE_SLOT, &into);
	u32 last = rate->epoch;
	u64 bytes = 0;
	int age;

	for (age = 0; age <= RATE_FULL; age++) {
		u32 e = epoch - age;
		u64 slot;

		if (e > last || e + DFC_RATE_SLOTS <= last)
			continue;
		slot = rate->slot[e % DFC_RATE_SLOTS];
		slot <<= rate->shift;
		if (e == last)
			slot += rate->rest;
		if (age == RATE_FULL)
			slot = mul_u64_u32_div(slot, RATE_SLOT - into,
					       RATE_SLOT);
		bytes += slot;
	}
	return div_u64(bytes * BITS_PER_BYTE, RATE_WINDOW);
}
