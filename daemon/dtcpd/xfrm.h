/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DTCPD_XFRM_H
#define DTCPD_XFRM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dtcp-proto/request.h"
#include "dtcpd/esp-key.h"

/*
 * States and policies of IPsec in the kernel, in the network namespace of the
 * process. Needs CAP_NET_ADMIN. All functions wait for the kernel's answer and
 * return 0 or a negative errno; xfrm_error() is what the kernel says about it.
 */

#define XFRM_REQID	0xdfc00000U	/* upper bits of reqids of ours */

/**
 * struct xfrm_sa - an ESP state, without its key
 * @local: its source
 * @remote: its destination, of the same family
 * @spi: with @remote, what it is known by
 * @transport: its mode; else it is tunnel
 * @esn: it has extended sequence numbers
 */
struct xfrm_sa {
	struct dtcp_outer_addr local;
	struct dtcp_outer_addr remote;
	uint32_t spi;
	bool transport;
	bool esn;
};

/**
 * struct xfrm_flow - packets that a policy is for
 * @src: source address, without prefix
 * @dst: destination address, of the same family
 * @proto: of the layer above
 * @sport: source port; 0, with @dport: any, or there are none
 * @dport: destination port
 */
struct xfrm_flow {
	struct dtcp_outer_addr src;
	struct dtcp_outer_addr dst;
	uint8_t proto;
	uint16_t sport;
	uint16_t dport;
};

struct xfrm;

/**
 * xfrm_open() - connect to the kernel
 * @why: filled with what is wrong
 * @room: bytes in @why
 *
 * Return: freed by xfrm_close(), or NULL.
 */
struct xfrm *xfrm_open(char *why, size_t room);

/**
 * xfrm_close() - disconnect; what was installed stays
 * @x: of xfrm_open(), or NULL
 */
void xfrm_close(struct xfrm *x);

/**
 * xfrm_error() - why the last function failed
 * @x: connection
 *
 * Return: text of the kernel, good until the next call.
 */
const char *xfrm_error(const struct xfrm *x);

/**
 * xfrm_state_add() - install a state for what goes out
 * @x: connection
 * @sa: what is installed
 * @algorithm: its algorithm
 * @key: its key; no copy of it is left in this process
 * @number: last sequence number that is used up; below 2^32 without @sa->esn
 *
 * Return: 0; -EEXIST: there is one with its remote and spi.
 */
int xfrm_state_add(struct xfrm *x, const struct xfrm_sa *sa,
		   const struct esp_algorithm *algorithm, const uint8_t *key,
		   uint64_t number);

/**
 * xfrm_state_del() - remove a state
 * @x: connection
 * @sa: state; must be ours, see xfrm_state_number()
 *
 * Return: 0; -ESRCH: there is none.
 */
int xfrm_state_del(struct xfrm *x, const struct xfrm_sa *sa);

/**
 * xfrm_state_number() - read the last sequence number that was used
 * @x: connection
 * @sa: state
 * @number: filled in
 *
 * Return: 0; -ESRCH: there is no such state; -EEXIST: there is one that is not
 * ours.
 */
int xfrm_state_number(struct xfrm *x, const struct xfrm_sa *sa,
		      uint64_t *number);

/**
 * xfrm_policy_add() - have packets go through a state
 * @x: connection
 * @sa: state
 * @flow: packets
 *
 * Return: 0; -EEXIST: there is a policy for the same packets.
 */
int xfrm_policy_add(struct xfrm *x, const struct xfrm_sa *sa,
		    const struct xfrm_flow *flow);

/**
 * xfrm_policy_replace() - have packets go through another state
 * @x: connection
 * @sa: state
 * @flow: packets; the policy for them is ours
 *
 * At no moment is there no policy.
 *
 * Return: 0 or a negative errno.
 */
int xfrm_policy_replace(struct xfrm *x, const struct xfrm_sa *sa,
			const struct xfrm_flow *flow);

/**
 * xfrm_policy_del() - remove policies of ours
 * @x: connection
 * @sa: those that lead to this state
 * @flow: the one for these packets; NULL: all
 *
 * A policy that somebody else has put in its place stays.
 *
 * Return: 0, also if there is none.
 */
int xfrm_policy_del(struct xfrm *x, const struct xfrm_sa *sa,
		    const struct xfrm_flow *flow);

/**
 * xfrm_policy_prune() - remove policies of ours but for some
 * @x: connection
 * @sa: those that lead to this state
 * @flow: the ones for these packets stay
 * @n: number of @flow
 *
 * Return: as xfrm_policy_del().
 */
int xfrm_policy_prune(struct xfrm *x, const struct xfrm_sa *sa,
		      const struct xfrm_flow *flow, size_t n);

#endif
