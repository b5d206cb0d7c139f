/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef BENCH_UDP_CLIENT_H
#define BENCH_UDP_CLIENT_H

#include "requests.h"
#include "subject.h"

/**
 * udp_client_add() - send ADDs over UDP without waiting for each answer
 * @s: server
 * @r: ADDs
 *
 * Every answer must be there and be 200, else the program is ended with a
 * sentence on standard error.
 */
void udp_client_add(const struct subject *s, const struct requests *r);

#endif
