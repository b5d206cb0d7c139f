/* SPDX-License-Identifier: GPL-2.0 */
/* Copyright (C) 2026 the dfc project */

#ifndef _DFC_COUNTERS_H
#define _DFC_COUNTERS_H

#include <linux/dfc.h>
#include <linux/seqlock.h>
#include <linux/types.h>
#include <linux/u64_stats_sync.h>

#include "rate.h"

/**
 * struct dfc_counters - what became of packets, on one CPU
 * @syncp: makes 64-bit reads whole on 32-bit machines
 * @seen_packets: packets looked up (namespace only)
 * @malformed_packets: packets without usable headers (namespace only)
 * @lost_fragments: later fragments whose ports stayed unknown (namespace only)
 * @lost_pending: packets of which it did not turn out whether they were
 *	forwarded (namespace only)
 * @matched_packets: see &enum dfc_counters_attr
 * @matched_bytes: same
 * @copies: same
 * @sent_packets: same
 * @sent_bytes: same
 * @drop: copies dropped, by cause
 * @drop_bytes: the same in bytes of the inner packets
 * @rate_seq: makes reads of @rate whole
 * @rate: matched bytes
 *
 * Written with bottom halves disabled, on its own CPU only.
 */
struct dfc_counters {
	struct u64_stats_sync syncp;
	u64_stats_t seen_packets;
	u64_stats_t malformed_packets;
	u64_stats_t lost_fragments;
	u64_stats_t lost_pending;
	u64_stats_t matched_packets;
	u64_stats_t matched_bytes;
	u64_stats_t copies;
	u64_stats_t sent_packets;
	u64_stats_t sent_bytes;
	u64_stats_t drop[__DFC_DROP_LAST];
	u64_stats_t drop_bytes[__DFC_DROP_LAST];
	seqcount_t rate_seq;
	struct dfc_rate rate;
};

/**
 * struct dfc_drops - copies dropped, by cause
 * @packets: number of them
 * @bytes: of the inner packets
 */
struct dfc_drops {
	u64 packets[__DFC_DROP_LAST];
	u64 bytes[__DFC_DROP_LAST];
};

/* Plain sums, as they are reported. */
struct dfc_totals {
	u64 seen_packets;
	u64 malformed_packets;
	u64 lost_fragments;
	u64 lost_pending;
	u64 matched_packets;
	u64 matched_bytes;
	u64 copies;
	u64 sent_packets;
	u64 sent_bytes;
	u64 dropped_packets;
	struct dfc_drops drops;
	u64 bandwidth;
};

/**
 * dfc_counters_alloc() - allocate counters for all CPUs
 *
 * Context: may sleep.
 * Return: freed by free_percpu(), or NULL.
 */
struct dfc_counters __percpu *dfc_counters_alloc(void);

/**
 * dfc_counters_seen() - count a packet that was looked up
 * @counters: of the namespace
 * @malformed: it had no usable headers
 *
 * Context: bottom halves disabled.
 */
void dfc_counters_seen(struct dfc_counters __percpu *counters,
		       bool malformed);

/**
 * dfc_counters_fragment_lost() - count a fragment that no filter could judge
 * @counters: of the namespace
 *
 * Context: bottom halves disabled.
 */
void dfc_counters_fragment_lost(struct dfc_counters __percpu *counters);

/**
 * dfc_counters_pending_lost() - count packets that were perhaps forwarded
 * @counters: of the namespace
 * @packets: number of them
 *
 * Context: bottom halves disabled.
 */
void dfc_counters_pending_lost(struct dfc_counters __percpu *counters,
			       unsigned int packets);

/**
 * dfc_counters_matched() - count a packet that matched
 * @counters: where
 * @bytes: of the packet, from the IP header on
 * @copies: copies that are due
 *
 * Context: bottom halves disabled.
 */
void dfc_counters_matched(struct dfc_counters __percpu *counters,
			  unsigned int bytes, unsigned int copies);

/**
 * dfc_counters_sent() - count a copy that was sent
 * @counters: where
 * @bytes: of the inner packet
 *
 * Context: bottom halves disabled.
 */
void dfc_counters_sent(struct dfc_counters __percpu *counters,
		       unsigned int bytes);

/**
 * dfc_counters_dropped() - count a copy that was dropped
 * @counters: where
 * @cause: why
 * @bytes: of the inner packet
 *
 * Context: bottom halves disabled.
 */
void dfc_counters_dropped(struct dfc_counters __percpu *counters,
			  enum dfc_drop cause, unsigned int bytes);

/**
 * dfc_counters_sum() - add up all CPUs
 * @totals: filled in
 * @counters: read
 */
void dfc_counters_sum(struct dfc_totals *totals,
		      struct dfc_counters __percpu *counters);

#endif /* _DFC_COUNTERS_H */
