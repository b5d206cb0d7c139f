/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DFCRECV_REPORT_H
#define DFCRECV_REPORT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "dfcrecv/content.h"
#include "dfcrecv/origin.h"
#include "dfcrecv/receive.h"

/* Room for a time, with its terminator. */
#define REPORT_TIME_MAX		40

/**
 * struct report - what is told of packets, and where
 * @lines: stream for a line a packet
 * @summary: stream for the summary
 * @quiet: no line a packet
 * @json: JSON objects instead of text
 */
struct report {
	FILE *lines;
	FILE *summary;
	bool quiet;
	bool json;
};

/**
 * report_packet() - write the line of a packet or frame
 * @r: report
 * @origin: where it came from
 * @copy: datagram
 * @c: what is in it
 */
void report_packet(const struct report *r, const struct origin *origin,
		   const struct copy *copy, const struct content *c);

/**
 * report_time() - write a time as JSON has it
 * @ns: nanoseconds since the epoch
 * @out: filled with, for instance, `2026-11-22T12:00:01.123456789Z`
 */
void report_time(uint64_t ns, char out[REPORT_TIME_MAX]);

#endif
