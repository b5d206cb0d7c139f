/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef MODEL_H
#define MODEL_H

#include "classifier.h"
#include "quota.h"
#include "random.h"

#define ENTRIES_MAX 4

struct addr_range {
	u8 from[16];
	u8 to[16];
	bool negated;
};

struct num_range {
	u16 from;
	u16 to;
	bool negated;
};

struct addr_ranges {
	unsigned int n;
	struct addr_range e[ENTRIES_MAX];
};

struct num_ranges {
	unsigned int n;
	struct num_range e[ENTRIES_MAX];
};

/**
 * struct rule - a filter, as a person would think of it
 * @family: AF_INET, AF_INET6, or 0 for both
 * @l4: DFC_L4_* of the two lists of ports, 0 if there are none
 * @point: DFC_POINT_*
 * @src: source addresses, none for any
 * @dst: destination addresses
 * @protocol: same
 * @src_port: same
 * @dst_port: same
 * @priority: lower comes first
 * @node: what the classifier sees of it
 * @match: same
 * @quota: that its mask counts against, or NULL
 * @number: how many came before
 * @published: packets may match it
 */
struct rule {
	u8 family;
	u8 l4;
	u8 point;
	struct addr_ranges src;
	struct addr_ranges dst;
	struct num_ranges protocol;
	struct num_ranges src_port;
	struct num_ranges dst_port;
	u32 priority;
	struct dfc_node node;
	struct dfc_match *match;
	struct dfc_quota *quota;
	u64 number;
	bool published;
};

/**
 * struct shape - what rules and keys are made at random
 * @families: bit 0: IPv4, bit 1: IPv6, bit 2: both in one
 * @any: one in so many lists is empty; 0: none
 * @lists: one in so many has several entries, ranges or negations; 0: none
 * @lengths: prefixes of all lengths rather than of the usual ones
 * @hosts: how many addresses there are, each side
 */
struct shape {
	unsigned int families;
	unsigned int any;
	unsigned int lists;
	bool lengths;
	unsigned int hosts;
};

/**
 * rule_make() - think up a rule
 * @shape: of what kind
 *
 * Return: freed by rule_free().
 */
struct rule *rule_make(const struct shape *shape);

/**
 * rule_again() - make one like another
 * @other: all but number and priority are the same
 */
struct rule *rule_again(const struct rule *other);

void rule_free(struct rule *rule);

/**
 * key_make() - think up a packet
 * @key: filled in
 * @shape: of rules that it may meet
 * @rule: a rule that it shall be near to, or NULL
 */
void key_make(struct dfc_key *key, const struct shape *shape,
	      const struct rule *rule);

/**
 * rule_holds() - judge by definition
 * @rule: rule
 * @key: packet
 *
 * Return: whether it matches.
 */
bool rule_holds(const struct rule *rule, const struct dfc_key *key);

#endif /* MODEL_H */
