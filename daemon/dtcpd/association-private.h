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
 * @taken: an earlier dtcpd has installed it
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
	bool taken;
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
 * @keep: it stays in the kernel when dtcpd ends
 * @left: what an earlier dtcpd has left there was not looked at yet
 */
struct associations {
	struct esp_numbers *numbers;
	struct xfrm *x;
	struct association_set now;
	bool keep;
	bool left;
};

/**
 * association_connect() - have a connection to the kernel
 * @as: associations
 *
 * Return: whether there is one; else it was logged.
 */
bool association_connect(struct associations *as);

/**
 * association_save() - have the numbers on the disk
 * @as: associations
 *
 * Return: whether they are; else it was logged.
 */
bool association_save(struct associations *as);

/**
 * association_remove() - remove a state and its policies from the kernel
 * @as: associations, connected
 * @name: for the log
 * @r: its record
 */
void association_remove(struct associations *as, const char *name,
			struct esp_number *r);

/**
 * association_take() - take over what an earlier dtcpd has left in the kernel
 * @as: associations
 * @next: set of the first configuration; what it does not have is removed
 *
 * Return: whether all is well; else it was logged.
 */
bool association_take(struct associations *as, struct association_set *next);

/**
 * association_take_policies() - make the policies of one that was taken over
 *	those of the configuration
 * @as: associations
 * @a: association
 *
 * Return: whether all is well; else it was logged.
 */
bool association_take_policies(struct associations *as, struct association *a);

/**
 * association_leave() - note how far the numbers are, and leave all installed
 * @as: associations
 */
void association_leave(struct associations *as);

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
