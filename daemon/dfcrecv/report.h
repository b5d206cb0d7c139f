/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DFCRECV_REPORT_H
#define DFCRECV_REPORT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "dfcrecv/packet.h"
#include "dfcrecv/receive.h"
#include "dfcrecv/router.h"

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
 * report_packet() - write the line of a packet
 * @r: report
 * @router: where it came from
 * @copy: datagram
 * @p: packet in it, NULL: it holds none
 */
void report_packet(const struct report *r, const struct router *router,
		   const struct copy *copy, const struct packet *p);

/**
 * report_summary() - write what came in all and from each router
 * @r: report
 * @routers: routers
 * @dropped: datagrams that the kernel dropped
 */
void report_summary(const struct report *r, const struct routers *routers,
		    uint64_t dropped);

#endif
