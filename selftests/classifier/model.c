// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <linux/bitops.h>
#include <linux/kernel.h>
#include <linux/slab.h>
#include <linux/socket.h>
#include <linux/string.h>

#include "model.h"

static const u16 ports[] = { 22, 25, 53, 80, 443, 5060 };
static const u16 protocols[] = { 6, 17, 1, 58 };

#define PICK(array) ((array)[random_below(ARRAY_SIZE(array))])

static bool odds(unsigned int n)
{
	return n && random_one_in(n);
}

/* Addresses are near to each other, so that prefixes overlap. */
static void addr_make(u8 *addr, u8 family, const struct shape *shape)
{
	u64 host = random_below(shape->hosts) * 0x9e3779b97f4a7c15;
	unsigned int i, bytes = family == AF_INET ? 4 : 16;

	memset(addr, 0, 16);
	for (i = 0; i < bytes; i++)
		addr[i] = host >> (i % 8 * 8) & (i < bytes / 2 ? 0x11 : 0x83);
	if (random_one_in(4))
		addr[random_below(bytes)] ^= BIT(random_below(8));
}

static unsigned int length_make(u8 family, const struct shape *shape)
{
	static const u8 usual4[] = { 8, 16, 24, 24, 32, 32, 32 };
	static const u8 usual6[] = { 32, 48, 64, 64, 128, 128, 128 };

	if (shape->lengths)
		return 1 + random_below(family == AF_INET ? 32 : 128);
	return family == AF_INET ? PICK(usual4) : PICK(usual6);
}

static void prefix_make(struct addr_range *e, u8 family,
			const struct shape *shape)
{
	unsigned int length = length_make(family, shape), i;
	unsigned int bits = family == AF_INET ? 32 : 128;

	addr_make(e->from, family, shape);
	memcpy(e->to, e->from, sizeof(e->to));
	for (i = length; i < bits; i++) {
		e->from[i / 8] &= ~(0x80 >> i % 8);
		e->to[i / 8] |= 0x80 >> i % 8;
	}
}

static void range_make(struct addr_range *e, u8 family,
		       const struct shape *shape)
{
	u8 other[16];

	addr_make(e->from, family, shape);
	addr_make(e->to, family, shape);
	if (memcmp(e->from, e->to, sizeof(e->to)) > 0) {
		memcpy(other, e->from, sizeof(other));
		memcpy(e->from, e->to, sizeof(other));
		memcpy(e->to, other, sizeof(other));
	}
}

static void addrs_make(struct addr_ranges *list, u8 family,
		       const struct shape *shape)
{
	bool plain = !odds(shape->lists);
	unsigned int i;

	if (!family || odds(shape->any))
		return;
	list->n = plain ? 1 : 1 + random_below(ENTRIES_MAX);
	for (i = 0; i < list->n; i++) {
		if (plain || random_one_in(2))
			prefix_make(&list->e[i], family, shape);
		else
			range_make(&list->e[i], family, shape);
		list->e[i].negated = !plain && random_one_in(3);
	}
}

static void nums_make(struct num_ranges *list, const u16 *values,
		      unsigned int count, const struct shape *shape)
{
	bool plain = !odds(shape->lists);
	unsigned int i;

	if (odds(shape->any))
		return;
	list->n = plain ? 1 : 1 + random_below(ENTRIES_MAX);
	for (i = 0; i < list->n; i++) {
		struct num_range *e = &list->e[i];

		e->from = e->to = values[random_below(count)];
		if (!plain && random_one_in(2))
			e->to += random_below(40);
		e->negated = !plain && random_one_in(3);
	}
}

static void fill_addrs(struct dfc_addr_list *to,
		       const struct addr_ranges *from)
{
	for (to->n = 0; to->n < from->n; to->n++) {
		struct dfc_addr_entry *e = &to->entry[to->n];

		memcpy(&e->from, from->e[to->n].from, sizeof(e->from));
		memcpy(&e->to, from->e[to->n].to, sizeof(e->to));
		e->negated = from->e[to->n].negated;
	}
}

static void fill_nums(struct dfc_num_list *to, const struct num_ranges *from)
{
	for (to->n = 0; to->n < from->n; to->n++) {
		struct dfc_num_entry *e = &to->entry[to->n];

		e->from = from->e[to->n].from;
		e->to = from->e[to->n].to;
		e->negated = from->e[to->n].negated;
	}
}

static struct rule *fill_match(struct rule *r)
{
	struct dfc_match *m;

	m = dfc_match_alloc(r->src.n + r->dst.n, r->protocol.n +
			    r->src_port.n + r->dst_port.n);
	if (!m) {
		kfree(r);
		return NULL;
	}
	m->dst.entry += r->src.n;
	m->src_port.entry += r->protocol.n;
	m->dst_port.entry += r->protocol.n + r->src_port.n;
	m->family = r->family;
	m->l4 = r->l4;
	m->point = r->point;
	fill_addrs(&m->src, &r->src);
	fill_addrs(&m->dst, &r->dst);
	fill_nums(&m->protocol, &r->protocol);
	fill_nums(&m->src_port, &r->src_port);
	fill_nums(&m->dst_port, &r->dst_port);
	r->match = m;
	r->node.match = m;
	return r;
}

static u8 family_make(const struct shape *shape)
{
	static const u8 families[] = { AF_INET, AF_INET6, 0 };
	unsigned int i;

	do {
		i = random_below(3);
	} while (!(shape->families & BIT(i)));
	return families[i];
}

struct rule *rule_make(const struct shape *shape)
{
	struct rule *r = kzalloc(sizeof(*r), GFP_KERNEL);

	if (!r)
		return NULL;
	r->family = family_make(shape);
	addrs_make(&r->src, r->family, shape);
	addrs_make(&r->dst, r->family, shape);
	nums_make(&r->protocol, protocols, 4, shape);
	nums_make(&r->src_port, ports, 6, shape);
	nums_make(&r->dst_port, ports, 6, shape);
	if (r->src_port.n || r->dst_port.n)
		r->l4 = random_one_in(4) ? DFC_L4_ICMP : DFC_L4_PORTS;
	r->point = random_one_in(8) ? DFC_POINT_OUT : DFC_POINT_IN;
	r->priority = random_below(3);
	return fill_match(r);
}

struct rule *rule_again(const struct rule *other)
{
	struct rule *r = kzalloc(sizeof(*r), GFP_KERNEL);

	if (!r)
		return NULL;
	*r = *other;
	memset(&r->node, 0, sizeof(r->node));
	r->priority = random_below(3);
	return fill_match(r);
}

void rule_free(struct rule *rule)
{
	kfree(rule->match);
	kfree(rule);
}

static void near(union dfc_addr *addr, const struct addr_ranges *list)
{
	const struct addr_range *e;

	if (!list->n || random_one_in(4))
		return;
	e = &list->e[random_below(list->n)];
	memcpy(addr, random_one_in(2) ? e->from : e->to, sizeof(*addr));
}

static void near_number(u16 *number, const struct num_ranges *list)
{
	if (list->n && !random_one_in(4))
		*number = list->e[random_below(list->n)].from;
}

void key_make(struct dfc_key *key, const struct shape *shape,
	      const struct rule *rule)
{
	u16 protocol = PICK(protocols);

	memset(key, 0, sizeof(*key));
	key->family = random_one_in(2) ? AF_INET : AF_INET6;
	if (rule && rule->family)
		key->family = rule->family;
	addr_make(key->src.bytes, key->family, shape);
	addr_make(key->dst.bytes, key->family, shape);
	key->src_port = PICK(ports);
	key->dst_port = PICK(ports);
	key->l4 = random_one_in(2) ? DFC_L4_PORTS : random_below(3);
	key->point = random_one_in(8);
	if (rule) {
		near(&key->src, &rule->src);
		near(&key->dst, &rule->dst);
		near_number(&protocol, &rule->protocol);
		near_number(&key->src_port, &rule->src_port);
		near_number(&key->dst_port, &rule->dst_port);
		if (rule->l4 && !random_one_in(4))
			key->l4 = rule->l4;
		key->point = rule->point ^ random_one_in(8);
	}
	key->protocol = protocol;
	if (!key->l4)
		key->src_port = key->dst_port = 0;
}

static bool addrs_hold(const struct addr_ranges *list, const u8 *addr)
{
	bool wanted = true, found = false;
	unsigned int i;

	for (i = 0; i < list->n; i++) {
		const struct addr_range *e = &list->e[i];
		bool in = memcmp(e->from, addr, 16) <= 0 &&
			  memcmp(addr, e->to, 16) <= 0;

		if (e->negated && in)
			return false;
		if (!e->negated) {
			wanted = false;
			found |= in;
		}
	}
	return wanted || found;
}

static bool nums_hold(const struct num_ranges *list, u16 value)
{
	bool wanted = true, found = false;
	unsigned int i;

	for (i = 0; i < list->n; i++) {
		const struct num_range *e = &list->e[i];
		bool in = e->from <= value && value <= e->to;

		if (e->negated && in)
			return false;
		if (!e->negated) {
			wanted = false;
			found |= in;
		}
	}
	return wanted || found;
}

bool rule_holds(const struct rule *rule, const struct dfc_key *key)
{
	if (rule->family && rule->family != key->family)
		return false;
	if (rule->point != key->point)
		return false;
	if ((rule->src_port.n || rule->dst_port.n) && key->l4 != rule->l4)
		return false;
	return nums_hold(&rule->protocol, key->protocol) &&
	       nums_hold(&rule->src_port, key->src_port) &&
	       nums_hold(&rule->dst_port, key->dst_port) &&
	       addrs_hold(&rule->src, key->src.bytes) &&
	       addrs_hold(&rule->dst, key->dst.bytes);
}
