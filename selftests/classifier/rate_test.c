// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

/*
 * Holds the bandwidth of the last ten seconds, which the module keeps in few
 * bits, against numbers of full size. Speaks TAP. SEED as in property.c.
 */

#include "random.h"
#include "rate.h"
#include "shim.h"

u64 random_state;
u64 shim_jiffies;

#define SLOT (2 * HZ)

/* All that was ever counted, by slots of two seconds since the beginning. */
static u64 *slots;
static u64 slots_n;

static u64 expected(u64 *most)
{
	u64 epoch = shim_jiffies / SLOT, into = shim_jiffies % SLOT, bytes = 0;
	unsigned int age;

	*most = 0;
	for (age = 0; age < 2 * DFC_RATE_SLOTS && age <= epoch; age++) {
		u64 slot = epoch - age < slots_n ? slots[epoch - age] : 0;

		*most = max(*most, slot);
		if (age >= DFC_RATE_SLOTS)
			continue;
		if (age == DFC_RATE_SLOTS - 1)
			slot = (__uint128_t)slot * (SLOT - into) / SLOT;
		bytes += slot;
	}
	return bytes * 8 / 10;
}

/*
 * Each slot may be wrong by a part in 2^15 of the fullest that was there with
 * it, which may have left since.
 */
static bool holds(const struct dfc_rate *rate, bool exact)
{
	u64 most, want = expected(&most), got = dfc_rate_read(rate), off;

	off = want > got ? want - got : got - want;
	if (exact ? !off : off <= (most >> 15) * 6 + 1)
		return true;
	printf("# at %lu: expected %lu bit/s, found %lu\n", shim_jiffies, want,
	       got);
	return false;
}

/* Traffic of about so many bytes a slot, which changes by powers of ten. */
static bool play(u64 most, bool exact, unsigned int steps)
{
	struct dfc_rate rate = { 0 };
	u64 size = 1;
	bool ok;

	shim_jiffies = 1000 * SLOT + random_below(SLOT);
	slots_n = 1000 + 20 + steps;
	slots = calloc(slots_n, sizeof(*slots));
	assert(slots);
	do {
		unsigned int bytes = 1 + random_below(size);

		if (random_one_in(50))
			size = 1 + random_u64() % most;
		if (random_one_in(200))
			shim_jiffies += random_below(8 * SLOT);
		shim_jiffies += random_below(SLOT / 4);
		if (shim_jiffies / SLOT >= slots_n)
			break;
		slots[shim_jiffies / SLOT] += bytes;
		dfc_rate_add(&rate, bytes);
		/* Also when nothing is added for a while. */
		ok = holds(&rate, exact);
		if (random_one_in(20)) {
			shim_jiffies += random_below(7 * SLOT);
			ok &= holds(&rate, exact);
		}
	} while (ok && steps--);
	free(slots);
	return ok;
}

/* Much at once, then little: what is little must not be lost for good. */
static bool play_burst(void)
{
	struct dfc_rate rate = { 0 };
	u64 i, want = 0;

	shim_jiffies = 77 * SLOT;
	for (i = 0; i < 10000; i++)
		dfc_rate_add(&rate, 3000000000U);
	want = 10000 * 3000000000ULL * 8 / 10;
	if (dfc_rate_read(&rate) < want - (want >> 14) ||
	    dfc_rate_read(&rate) > want + (want >> 14))
		return false;
	/* While any of it is in the window, and a window more. */
	for (i = 0; i < 12; i++) {
		shim_jiffies += SLOT;
		dfc_rate_add(&rate, 100);
	}
	return dfc_rate_read(&rate) == 600 * 8 / 10;
}

int main(void)
{
	const char *text = getenv("SEED");
	unsigned int failed = 0, n = 0;

	random_state = text ? strtoull(text, NULL, 0) : 4711;
	printf("TAP version 13\n1..3\n");
#define CHECK(ok, name) do { \
		bool good = ok; \
		failed += !good; \
		printf("%s %u - %s\n", good ? "ok" : "not ok", ++n, name); \
	} while (0)
	CHECK(play(100, true, 100000), "little traffic is exact to the byte");
	CHECK(play(4000000000U, false, 100000), "much is right but for a part in 2^15");
	CHECK(play_burst(), "little after much is not lost");
	return failed ? 1 : 0;
}
