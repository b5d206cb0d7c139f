// SPDX-License-Identifier: GPL-2.0
// Copyright (C) 2026 the dfc project

#include <linux/jiffies.h>
#include <linux/math64.h>
#include <linux/netdevice.h>
#include <linux/percpu.h>

#include "counters.h"

#define RATE_WINDOW	10			/* seconds */
#define RATE_SLOT	(2 * HZ)		/* jiffies */
#define RATE_FULL	(DFC_RATE_SLOTS - 1)	/* slots of a window */

static unsigned int slot_of(u64 epoch)
{
	u32 slot;

	div_u64_rem(epoch, DFC_RATE_SLOTS, &slot);
	return slot;
}

void dfc_rate_add(struct dfc_rate *rate, unsigned int bytes)
{
	u64 epoch = div_u64(get_jiffies_64(), RATE_SLOT);
	u64 passed = min_t(u64, epoch - rate->epoch, DFC_RATE_SLOTS);

	for (; passed; passed--)
		rate->slot[slot_of(epoch - passed + 1)] = 0;
	rate->epoch = epoch;
	rate->slot[slot_of(epoch)] += bytes;
}

/*
 * The window slides smoothly: of the oldest slot only the part counts that
 * the slot being filled has not replaced yet.
 */
u64 dfc_rate_read(const struct dfc_rate *rate)
{
	u64 now = get_jiffies_64(), epoch, bytes = 0;
	u32 into;
	int age;

	epoch = div_u64_rem(now, RATE_SLOT, &into);
	for (age = 0; age <= RATE_FULL; age++) {
		u64 e = epoch - age;
		u64 slot;

		if (e > READ_ONCE(rate->epoch) ||
		    e + DFC_RATE_SLOTS <= READ_ONCE(rate->epoch))
			continue;
		slot = READ_ONCE(rate->slot[slot_of(e)]);
		if (age == RATE_FULL)
			slot = mul_u64_u32_div(slot, RATE_SLOT - into,
					       RATE_SLOT);
		bytes += slot;
	}
	return div_u64(bytes * BITS_PER_BYTE, RATE_WINDOW);
}

struct dfc_counters __percpu *dfc_counters_alloc(void)
{
	return __netdev_alloc_pcpu_stats(struct dfc_counters,
					 GFP_KERNEL_ACCOUNT);
}

void dfc_counters_seen(struct dfc_counters __percpu *counters, bool malformed)
{
	struct dfc_counters *c = this_cpu_ptr(counters);

	u64_stats_update_begin(&c->syncp);
	u64_stats_inc(&c->seen_packets);
	if (malformed)
		u64_stats_inc(&c->malformed_packets);
	u64_stats_update_end(&c->syncp);
}

void dfc_counters_fragment_lost(struct dfc_counters __percpu *counters)
{
	struct dfc_counters *c = this_cpu_ptr(counters);

	u64_stats_update_begin(&c->syncp);
	u64_stats_inc(&c->lost_fragments);
	u64_stats_update_end(&c->syncp);
}

void dfc_counters_pending_lost(struct dfc_counters __percpu *counters,
			       unsigned int packets)
{
	struct dfc_counters *c = this_cpu_ptr(counters);

	u64_stats_update_begin(&c->syncp);
	u64_stats_add(&c->lost_pending, packets);
	u64_stats_update_end(&c->syncp);
}

void dfc_counters_matched(struct dfc_counters __percpu *counters,
			  unsigned int bytes, unsigned int copies)
{
	struct dfc_counters *c = this_cpu_ptr(counters);

	u64_stats_update_begin(&c->syncp);
	u64_stats_inc(&c->matched_packets);
	u64_stats_add(&c->matched_bytes, bytes);
	u64_stats_add(&c->copies, copies);
	dfc_rate_add(&c->rate, bytes);
	u64_stats_update_end(&c->syncp);
}

void dfc_counters_sent(struct dfc_counters __percpu *counters,
		       unsigned int bytes)
{
	struct dfc_counters *c = this_cpu_ptr(counters);

	u64_stats_update_begin(&c->syncp);
	u64_stats_inc(&c->sent_packets);
	u64_stats_add(&c->sent_bytes, bytes);
	u64_stats_update_end(&c->syncp);
}

void dfc_counters_dropped(struct dfc_counters __percpu *counters,
			  enum dfc_drop cause)
{
	struct dfc_counters *c = this_cpu_ptr(counters);

	u64_stats_update_begin(&c->syncp);
	u64_stats_inc(&c->drop[cause]);
	u64_stats_update_end(&c->syncp);
}

static void read_cpu(struct dfc_totals *t, const struct dfc_counters *c)
{
	unsigned int start, i;

	do {
		start = u64_stats_fetch_begin(&c->syncp);
		t->seen_packets = u64_stats_read(&c->seen_packets);
		t->malformed_packets = u64_stats_read(&c->malformed_packets);
		t->lost_fragments = u64_stats_read(&c->lost_fragments);
		t->lost_pending = u64_stats_read(&c->lost_pending);
		t->matched_packets = u64_stats_read(&c->matched_packets);
		t->matched_bytes = u64_stats_read(&c->matched_bytes);
		t->copies = u64_stats_read(&c->copies);
		t->sent_packets = u64_stats_read(&c->sent_packets);
		t->sent_bytes = u64_stats_read(&c->sent_bytes);
		for (i = 0; i < __DFC_DROP_LAST; i++)
			t->drop[i] = u64_stats_read(&c->drop[i]);
		t->bandwidth = dfc_rate_read(&c->rate);
	} while (u64_stats_fetch_retry(&c->syncp, start));
}

void dfc_counters_sum(struct dfc_totals *totals,
		      struct dfc_counters __percpu *counters)
{
	struct dfc_totals t;
	int cpu, i;

	memset(totals, 0, sizeof(*totals));
	for_each_possible_cpu(cpu) {
		read_cpu(&t, per_cpu_ptr(counters, cpu));
		totals->seen_packets += t.seen_packets;
		totals->malformed_packets += t.malformed_packets;
		totals->lost_fragments += t.lost_fragments;
		totals->lost_pending += t.lost_pending;
		totals->matched_packets += t.matched_packets;
		totals->matched_bytes += t.matched_bytes;
		totals->copies += t.copies;
		totals->sent_packets += t.sent_packets;
		totals->sent_bytes += t.sent_bytes;
		totals->bandwidth += t.bandwidth;
		for (i = 0; i < __DFC_DROP_LAST; i++) {
			totals->drop[i] += t.drop[i];
			totals->dropped_packets += t.drop[i];
		}
	}
}
