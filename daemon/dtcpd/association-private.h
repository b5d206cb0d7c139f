/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DTCPD_ASSOCIATION_PRIVATE_H
#define DTCPD_ASSOCIATION_PRIVATE_H

#include "dtcpd/association.h"
#include "dtcpd/esp-number.h"

/**
 * struct association - one that is used
 * @name: in dtcpd.conf
 * @sa: its state
 * @algorithm: its algorithm
 * @key: its key until the state is installed, then wiped
 * @key_id: what the key is known by
 * @number: its record
 * @flow: what goes into it; each is in one association only
 * @nflow: number of them
 * @added: how many of @flow a preparation has added
 * @installed: its state is in the kernel
 * @kept: it is the same as one before
 * @swapped: it takes the place of one with its spi and remote address
 * @warned: it was said that its numbers will be used up
 */
struct association {
	char *name;
	struct xfrm_sa sa;
	const struct esp_algorithm *algorithm;
	uint8_t key[ESP_KEY_MAX];
	uint8_t key_id[ESP_KEY_ID];
	struct esp_number *number;
	struct xfrm_flow *flow;
	size_t nflow;
	size_t added;
	bool installed;
	bool kept;
	bool swapped;
	bool warned;
};

struct association_set {
	struct association *a;
	size_t n;
};

/**
 * struct associations - all of dtcpd
 * @numbers: the file
 * @x: the kernel; NULL as long as there was nothing to do
 * @now: what is in use
 */
struct associations {
	struct esp_numbers *numbers;
	struct xfrm *x;
	struct association_set now;
};

/**
 * association_set_build() - take the associations that destinations use
 * @s: filled
 * @c: configuration
 *
 * Return: whether all is well: keys could be read and are different; else it
 * was logged and @s is empty.
 */
bool association_set_build(struct association_set *s, const struct config *c);

/**
 * association_set_free() - free a set, wipe its keys
 * @s: set
 */
void association_set_free(struct association_set *s);

/**
 * association_flow() - look up packets
 * @s: set
 * @flow: packets
 *
 * Return: the association that they go into, or NULL.
 */
struct association *association_flow(const struct association_set *s,
				     const struct xfrm_flow *flow);

/**
 * association_same_sa() - compare states
 * @a: one
 * @b: the other
 *
 * Return: whether all but the key is the same.
 */
bool association_same_sa(const struct xfrm_sa *a, const struct xfrm_sa *b);

/**
 * association_address() - an address as text
 * @a: address
 * @text: filled, of INET6_ADDRSTRLEN
 *
 * Return: @text.
 */
const char *association_address(const struct dtcp_outer_addr *a, char *text);

#endif
