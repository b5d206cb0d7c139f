/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef PACKETS_H
#define PACKETS_H

#include "act.h"

/* Packets are UDP to this port, and of this length from the IP header on. */
#define PACKETS_PORT 4000
#define PACKETS_LENGTH 128

/* They are for this machine, which only a local group sees. */
#define PACKETS_GROUP 4000

/* Means them, and has the group and the destinations 1 and 2. */
extern const struct rule packets_rule;

/**
 * packets_wire() - lay a wire from "out" to "in", which has 192.0.2.1
 *
 * Return: whether it is done.
 */
bool packets_wire(void);

/**
 * packets_group() - add the group PACKETS_GROUP, which is local
 * @w: socket
 *
 * Return: whether it is done.
 */
bool packets_group(struct wire *w);

/**
 * packets_dests() - add the group, and two destinations
 * @w: socket
 *
 * No destination leads anywhere, since what is tried is how packets are
 * counted: 1, 203.0.113.2, has no route, 2, 192.0.2.9, demands a protection
 * that the route has not.
 *
 * Return: whether it is done.
 */
bool packets_dests(struct wire *w);

/**
 * packets_set_up() - do both
 * @w: socket
 *
 * Return: whether it is done.
 */
bool packets_set_up(struct wire *w);

/**
 * packets_send() - send packets one by one
 * @lost: how many must not arrive
 * @received: how many then must
 *
 * Return: whether it was so. If @received is 0, nothing shows what became of
 * the others.
 */
bool packets_send(unsigned int lost, unsigned int received);

/**
 * packets_counted() - compare counters, of which all copies were dropped
 * @c: counters
 * @packets: that must have matched
 * @copies: that must have been due
 *
 * Return: whether they are so.
 */
bool packets_counted(const struct counters *c, uint64_t packets,
		     uint64_t copies);

#endif /* PACKETS_H */
