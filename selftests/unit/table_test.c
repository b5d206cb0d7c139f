// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "dtcpd/table.h"

#define N 1000

struct item {
	int key;
	struct table_node node;
};

static struct item items[N];

/* Ten keys of each hash, so that chains are long and keys decide. */
static uint32_t hash_of(int key)
{
	return key / 10;
}

static struct item *lookup(const struct table *t, int key)
{
	struct table_node *n = table_find(t, hash_of(key));

	for (; n; n = table_find_next(n))
		if (table_entry(n, struct item, node)->key == key)
			return table_entry(n, struct item, node);
	return NULL;
}

static void fill(struct table *t)
{
	int i;

	assert_int_equal(table_init(t), 0);
	for (i = 0; i < N; i++) {
		items[i].key = i;
		table_add(t, &items[i].node, hash_of(i));
	}
}

static void test_find(void **state)
{
	struct table t;
	int i;

	fill(&t);
	assert_int_equal(t.count, N);
	assert_true(t.nbuckets >= N);
	for (i = 0; i < N; i++)
		assert_ptr_equal(lookup(&t, i), &items[i]);
	assert_null(lookup(&t, N));
	for (i = 0; i < N; i += 2)
		table_del(&t, &items[i].node);
	for (i = 0; i < N; i++)
		assert_ptr_equal(lookup(&t, i), i % 2 ? &items[i] : NULL);
	assert_int_equal(t.count, N / 2);
	table_fini(&t);
	table_fini(&t);
}

static void test_walk(void **state)
{
	struct table_node *n, *next;
	char seen[N] = { 0 };
	struct table t;
	int i;

	fill(&t);
	for (n = table_first(&t); n; n = next) {
		next = table_next(&t, n);
		seen[table_entry(n, struct item, node)->key]++;
		table_del(&t, n);
	}
	for (i = 0; i < N; i++)
		assert_int_equal(seen[i], 1);
	assert_null(table_first(&t));
	table_fini(&t);
}

static void test_hash(void **state)
{
	uint32_t ab = table_hash(0, "ab", 2);

	assert_int_equal(ab, table_hash(0, "ab", 2));
	assert_int_not_equal(ab, table_hash(0, "ba", 2));
	assert_int_not_equal(ab, table_hash(1, "ab", 2));
	assert_int_not_equal(ab, table_hash(0, "ab", 3));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_find),
		cmocka_unit_test(test_walk),
		cmocka_unit_test(test_hash),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
