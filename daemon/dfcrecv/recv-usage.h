/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DFCRECV_RECV_USAGE_H
#define DFCRECV_RECV_USAGE_H

#include <stdio.h>

/**
 * recv_usage_print() - write what -h tells
 * @out: stream
 */
void recv_usage_print(FILE *out);

#endif
