/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DFCRECV_SUMMARY_H
#define DFCRECV_SUMMARY_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "dfcrecv/origin.h"

/**
 * summary_write() - write what came in all and of each criterion
 * @out: stream
 * @json: a JSON object instead of text
 * @origins: origins
 * @dropped: datagrams that the kernel dropped
 */
void summary_write(FILE *out, bool json, const struct origins *origins,
		   uint64_t dropped);

#endif
