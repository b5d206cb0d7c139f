/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DFCRECV_SUMMARY_H
#define DFCRECV_SUMMARY_H

#include <jansson.h>
#include <stdint.h>
#include <stdio.h>

#include "dfcrecv/origin.h"
#include "dfcrecv/tap.h"

/**
 * struct summary - what came in so far
 * @origins: of which criteria
 * @dropped: datagrams that the kernel dropped
 * @tap: TAP device, its fd is -1 without one
 * @seconds: since the counts that rates are taken from, 0: no rates
 */
struct summary {
	const struct origins *origins;
	uint64_t dropped;
	const struct tap *tap;
	double seconds;
};

/**
 * summary_total() - add up all criteria
 * @s: summary
 *
 * Return: its counts are the sums; it has no name. It has numbers if one of
 * them has.
 */
struct origin summary_total(const struct summary *s);

/**
 * summary_gaps() - write what numbers tell, as text
 * @origin: one of a summary, or the total
 * @out: stream; nothing is written if there are no numbers
 */
void summary_gaps(const struct origin *origin, FILE *out);

/**
 * summary_packet_rate() - packets a second
 * @s: summary
 * @origin: one of it, or the total
 *
 * Return: packets a second since the counts that rates are taken from.
 */
double summary_packet_rate(const struct summary *s,
			   const struct origin *origin);

/**
 * summary_bit_rate() - bits a second, the same way
 * @s: summary
 * @origin: one of it, or the total
 *
 * Return: bits a second.
 */
double summary_bit_rate(const struct summary *s, const struct origin *origin);

/**
 * summary_json() - write all as a JSON object on a line
 * @s: summary
 * @key: the one key that the object has
 * @out: stream
 */
void summary_json(const struct summary *s, const char *key, FILE *out);

/**
 * summary_text() - write all as text
 * @s: summary
 * @out: stream
 */
void summary_text(const struct summary *s, FILE *out);

#endif
