// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <errno.h>
#include <stdlib.h>

#include "dtcpd/table.h"

#define BUCKETS_FIRST 16

static struct table_node **slot(const struct table *t, uint32_t hash)
{
	return &t->bucket[hash & (t->nbuckets - 1)];
}

int table_init(struct table *t)
{
	t->count = 0;
	t->nbuckets = BUCKETS_FIRST;
	t->bucket = calloc(t->nbuckets, sizeof(*t->bucket));
	return t->bucket ? 0 : -ENOMEM;
}

void table_fini(struct table *t)
{
	free(t->bucket);
	*t = (struct table){ 0 };
}

static void push(struct table *t, struct table_node *n)
{
	struct table_node **head = slot(t, n->hash);

	n->next = *head;
	*head = n;
}

static void grow(struct table *t)
{
	struct table bigger = { .nbuckets = t->nbuckets * 2 };
	struct table_node *n, *next;
	size_t i;

	bigger.bucket = calloc(bigger.nbuckets, sizeof(*bigger.bucket));
	if (!bigger.bucket)
		return;
	for (i = 0; i < t->nbuckets; i++)
		for (n = t->bucket[i]; n; n = next) {
			next = n->next;
			push(&bigger, n);
		}
	free(t->bucket);
	t->bucket = bigger.bucket;
	t->nbuckets = bigger.nbuckets;
}

void table_add(struct table *t, struct table_node *n, uint32_t hash)
{
	if (t->count >= t->nbuckets)
		grow(t);
	n->hash = hash;
	push(t, n);
	t->count++;
}

void table_del(struct table *t, struct table_node *n)
{
	struct table_node **at = slot(t, n->hash);

	while (*at != n)
		at = &(*at)->next;
	*at = n->next;
	t->count--;
}

static struct table_node *same(struct table_node *n, uint32_t hash)
{
	while (n && n->hash != hash)
		n = n->next;
	return n;
}

struct table_node *table_find(const struct table *t, uint32_t hash)
{
	return same(*slot(t, hash), hash);
}

struct table_node *table_find_next(const struct table_node *n)
{
	return same(n->next, n->hash);
}

static struct table_node *first_from(const struct table *t, size_t i)
{
	while (i < t->nbuckets && !t->bucket[i])
		i++;
	return i < t->nbuckets ? t->bucket[i] : NULL;
}

struct table_node *table_first(const struct table *t)
{
	return first_from(t, 0);
}

struct table_node *table_next(const struct table *t,
			      const struct table_node *n)
{
	if (n->next)
		return n->next;
	return first_from(t, (n->hash & (t->nbuckets - 1)) + 1);
}

uint32_t table_hash(uint32_t seed, const void *data, size_t len)
{
	const uint8_t *p = data;
	uint64_t h = seed ^ 0xcbf29ce484222325;

	while (len--)
		h = (h ^ *p++) * 0x100000001b3;
	h = (h ^ h >> 32) * 0x9e3779b97f4a7c15;
	return h >> 32;
}
