/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DTCPD_TABLE_H
#define DTCPD_TABLE_H

#include <stddef.h>
#include <stdint.h>

/* A hash table of nodes that live inside the objects they stand for. */
struct table_node {
	struct table_node *next;
	uint32_t hash;
};

struct table {
	struct table_node **bucket;
	size_t nbuckets;	/* a power of two */
	size_t count;
};

#define table_entry(node, type, member) \
	((type *)((char *)(node) - offsetof(type, member)))

/**
 * table_init() - start with no nodes
 * @t: table
 *
 * Return: 0 or -ENOMEM.
 */
int table_init(struct table *t);

/**
 * table_fini() - free the buckets; the nodes are the caller's
 * @t: table; initialised or all zero
 */
void table_fini(struct table *t);

/**
 * table_add() - add a node
 * @t: table
 * @n: node; must not be in a table
 * @hash: of its key
 *
 * Cannot fail: a table that cannot grow becomes slower.
 */
void table_add(struct table *t, struct table_node *n, uint32_t hash);

/**
 * table_del() - take a node out
 * @t: table
 * @n: node in @t
 */
void table_del(struct table *t, struct table_node *n);

/**
 * table_find() - the first node of a hash
 * @t: table
 * @hash: of the key that is looked for
 *
 * Return: a node of that hash, whose key the caller compares, or NULL.
 */
struct table_node *table_find(const struct table *t, uint32_t hash);

/**
 * table_find_next() - the next node of the same hash
 * @n: what table_find() or table_find_next() returned
 *
 * Return: as table_find().
 */
struct table_node *table_find_next(const struct table_node *n);

/**
 * table_first() - begin a walk over all nodes, in no order
 * @t: table
 *
 * Return: a node or NULL.
 */
struct table_node *table_first(const struct table *t);

/**
 * table_next() - go on with a walk
 * @t: table, unchanged since table_first() but for nodes walked over
 * @n: last node, still in @t
 *
 * Return: a node or NULL.
 */
struct table_node *table_next(const struct table *t,
			      const struct table_node *n);

/**
 * table_hash() - hash some bytes
 * @seed: 0, or the hash of what comes before them
 * @data: bytes
 * @len: number of them
 *
 * Return: hash.
 */
uint32_t table_hash(uint32_t seed, const void *data, size_t len);

#endif
