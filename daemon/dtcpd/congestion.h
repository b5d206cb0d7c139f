/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DTCPD_CONGESTION_H
#define DTCPD_CONGESTION_H

#include <stdbool.h>
#include <stdint.h>

#include "dtcpd/config.h"

struct destination;
struct tasking;

/**
 * struct congestion - how much a destination is sent
 * @load: bit/s, average of the last 10 s, with that of destinations that count
 *	as this one
 * @soft: it is above soft-limit, or has not fallen below soft-limit-clear since
 * @gone: bit/s of @load that are known to have no criterion any more
 * @gone_at: when that was found, ms of a clock that is never set
 * @notices: notifications 580 sent
 * @delete_notices: notifications 680 sent
 */
struct congestion {
	uint64_t load;
	bool soft;
	uint64_t gone;
	int64_t gone_at;
	uint64_t notices;
	uint64_t delete_notices;
};

/**
 * congestion_limit() - give a destination the limits of a new configuration
 * @d: configured destination
 * @limit: copied
 *
 * They are looked at by the next congestion_tick().
 */
void congestion_limit(struct destination *d, const struct config_limit *limit);

/**
 * congestion_tick() - hold what destinations are sent against their limits
 * @t: tasking, whose destinations know what the kernel tells of them
 * @clock: milliseconds of a clock that is never set
 *
 * Above soft-limit, all sources with criteria to the destination are told, once
 * until it is below soft-limit-clear. Above hard-limit, criteria are deleted
 * until the others are below hard-limit-target: the least important first,
 * among those the one with the most traffic, then the newest. One that had no
 * traffic stays, since its end would help nobody. Their owners are told.
 */
void congestion_tick(struct tasking *t, int64_t clock);

#endif
