/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DTCPD_UDP_H
#define DTCPD_UDP_H

#include <jansson.h>

#include "dtcpd/config.h"
#include "dtcpd/holding.h"
#include "dtcpd/loop.h"
#include "dtcpd/tasking.h"

#define UDP_ANSWER_MAX	1400	/* bytes of one datagram of a LIST */

struct udp;
struct udp_change;

/**
 * udp_alloc() - DTCP over UDP, without sockets yet
 * @l: the loop
 * @t: who answers requests
 * @h: what answers wait for; NULL: nothing
 *
 * Return: freed by udp_free(), or NULL.
 */
struct udp *udp_alloc(struct loop *l, struct tasking *t, struct holding *h);

/**
 * udp_free() - close all sockets; answers that wait are not sent any more
 * @u: of udp_alloc() or NULL
 */
void udp_free(struct udp *u);

/**
 * udp_prepare() - make ready for a configuration, at start or on reload
 * @u: of udp_alloc()
 * @c: configuration; only looked at in this call
 *
 * A socket is opened for each service-port at each address of `udp listen`,
 * unless there is one. They hold what arrives, but nothing of it is looked at
 * yet. An address family that the machine does not have is left out with a
 * warning unless nothing remains for a port. What is wrong is logged.
 *
 * Return: freed by udp_commit() or udp_discard(), before the next call and
 * before udp_free(); NULL if the configuration cannot be taken.
 */
struct udp_change *udp_prepare(struct udp *u, const struct config *c);

/**
 * udp_commit() - take the configuration; cannot fail
 * @change: of udp_prepare(), freed
 *
 * Sockets that are still wanted go on as they are, with the requests and
 * answers that wait there. The others are closed.
 */
void udp_commit(struct udp_change *change);

/**
 * udp_discard() - leave everything as it was
 * @change: of udp_prepare(), freed
 */
void udp_discard(struct udp_change *change);

/**
 * udp_tick() - throw away answers that the journal has not got in HOLDING_TIME
 * @u: of udp_alloc(); about once a second
 */
void udp_tick(struct udp *u);

/**
 * udp_show() - counters, for the control socket
 * @u: of udp_alloc()
 *
 * Return: {"udp":{...}} owned by the caller, NULL when out of memory.
 */
json_t *udp_show(const struct udp *u);

#endif
