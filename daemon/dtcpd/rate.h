/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DTCPD_RATE_H
#define DTCPD_RATE_H

#include <stdbool.h>
#include <stdint.h>

/**
 * struct rate - events counted by the second; all zero at first
 * @second: since the epoch, of the last event
 * @count: events of @second that were let through
 * @before: events of the second before it
 * @peak: most events of any second
 * @refused: events that were not let through since rate_missed()
 *
 * It follows a clock that is set, back or forth: a new second is a new start.
 */
struct rate {
	int64_t second;
	uint32_t count;
	uint32_t before;
	uint32_t peak;
	uint32_t refused;
};

/**
 * rate_take() - ask whether an event may happen, and count it if so
 * @r: rate
 * @limit: events a second; 0: no limit
 * @now: milliseconds since the epoch
 *
 * Return: whether it may.
 */
bool rate_take(struct rate *r, uint32_t limit, int64_t now);

/**
 * rate_missed() - how many were refused since the last call
 * @r: rate
 *
 * Return: number of events.
 */
uint32_t rate_missed(struct rate *r);

/**
 * rate_last() - the events of the last whole second
 * @r: rate
 * @now: milliseconds since the epoch
 *
 * Return: number of events.
 */
uint32_t rate_last(const struct rate *r, int64_t now);

#endif
