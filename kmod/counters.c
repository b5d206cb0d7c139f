// SPDX-License-Identifier: GPL-2.0
// Copyright (C) 2026 the dfc project

#include <linux/netdevice.h>
#include <linux/percpu.h>

#include "counters.h"

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

/* Who reads on another CPU waits, so nobody may wait for us on this one. */
static void rate_add(struct dfc_counters *c, unsigned int bytes)
{
	preempt_disable_nested();
	raw_write_seqcount_begin(&c->rate_seq);
	dfc_rate_add(&c->rate, bytes);
	raw_write_seqcount_end(&c->rate_seq);
	preempt_enable_nested();
}

static u64 rate_read(const struct dfc_counters *c)
{
	unsigned int start;
	u64 bandwidth;

	do {
		start = raw_read_seqcount_begin(&c->rate_seq);
		bandwidth = dfc_rate_read(&c->rate);
	} while (read_seqcount_retry(&c->rate_seq, start));
	return bandwidth;
}

void dfc_counters_matched(struct dfc_counters __percpu *counters,
			  unsigned int bytes, unsigned int copies)
{
	struct dfc_counters *c = this_cpu_ptr(counters);

	u64_stats_update_begin(&c->syncp);
	u64_stats_inc(&c->matched_packets);
	u64_stats_add(&c->matched_bytes, bytes);
	u64_stats_add(&c->copies, copies);
	u64_stats_update_end(&c->syncp);
	rate_add(c, bytes);
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
			  enum dfc_drop cause, unsigned int bytes)
{
	struct dfc_counters *c = this_cpu_ptr(counters);

	u64_stats_update_begin(&c->syncp);
	u64_stats_inc(&c->drop[cause]);
	u64_stats_add(&c->drop_bytes[cause], bytes);
	u64_stats_update_end(&c->syncp);
}

static void read_cpu(struct dfc_totals *t, const struct dfc_counters *c)
{
	struct dfc_drops *drops = &t->drops;
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
		for (i = 0; i < __DFC_DROP_LAST; i++) {
			drops->packets[i] = u64_stats_read(&c->drop[i]);
			drops->bytes[i] = u64_stats_read(&c->drop_bytes[i]);
		}
	} while (u64_stats_fetch_retry(&c->syncp, start));
	t->bandwidth = rate_read(c);
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
			totals->drops.packets[i] += t.drops.packets[i];
			totals->drops.bytes[i] += t.drops.bytes[i];
			totals->dropped_packets += t.drops.packets[i];
		}
	}
}
