// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

/*
 * What the classifier costs, compiled as in the kernel but run in user space:
 * nanoseconds for a lookup, by number of filters and of masks, with a flow
 * cache that knows all flows or none; changes a second; bytes a filter.
 * Usage: bench [FILE.json [FILTERS-AT-MOST]]
 */

#include <jansson.h>
#include <time.h>

#include "classifier.h"
#include "crowd.h"
#include "flowcache.h"
#include "random.h"
#include "table.h"

#define KEYS		(1U << 18)
#define FLOWS		1000
#define REPETITIONS	5

/* Fields of the rest that a filter may fix. */
#define PROTOCOL	1
#define SRC_PORT	2
#define DST_PORT	4

struct shape {
	u8 src;
	u8 dst;
	u8 rest;
};

struct shapes {
	unsigned int n;
	struct shape shape[1024];
};

u64 random_state = 4711;

static struct dfc_classifier c;
static struct dfc_node *nodes;
static struct dfc_key *filter_key, *filter_mask;
static struct dfc_key keys[KEYS];
static u64 found;
static unsigned int times_cached = KEYS / FLOWS;

/* Of the processor, for others may be using it too. */
static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return t.tv_sec * 1e9 + t.tv_nsec;
}

/*
 * What one access to memory that no cache has costs on this machine at this
 * moment, as a measure for the rest.
 */
static double access_ns(void)
{
	const u32 n = 1U << 24;
	u32 *next = malloc(n * sizeof(*next)), i, j, swap;
	const u32 steps = 1U << 20;
	double start;

	for (i = 0; i < n; i++)
		next[i] = i;
	/* One cycle through all of it. */
	for (i = n - 1; i; i--) {
		j = random_below(i);
		swap = next[i];
		next[i] = next[j];
		next[j] = swap;
	}
	start = now();
	for (i = j = 0; i < steps; i++)
		j = next[j];
	start = (now() - start) / steps;
	found += j;
	free(next);
	return start;
}

static void shape_add(struct shapes *s, u8 src, u8 dst, u8 rest)
{
	s->shape[s->n++] = (struct shape){ src, dst, rest };
}

/* What lawful interception asks for: hosts and subnets, some with ports. */
static void shapes_usual(struct shapes *s, unsigned int n)
{
	static const struct shape usual[] = {
		{ 32, 32, 7 }, { 32, 32, 5 }, { 32, 32, 0 }, { 32, 0, 0 },
		{ 0, 32, 0 }, { 32, 0, 5 }, { 0, 32, 5 }, { 24, 32, 0 },
		{ 32, 24, 0 }, { 24, 24, 5 }, { 28, 32, 0 }, { 32, 28, 1 },
		{ 24, 0, 7 }, { 0, 24, 7 }, { 20, 32, 5 },
	};

	memcpy(s->shape, usual, n * sizeof(*usual));
	s->n = n;
}

/* Every pair of some lengths; where that is not much, ports as well. */
static void shapes_pairs(struct shapes *s, const u8 *lengths, unsigned int n)
{
	unsigned int i, j;

	for (i = 0; i < n; i++)
		for (j = 0; j < n; j++)
			shape_add(s, lengths[i], lengths[j],
				  lengths[i] + lengths[j] < 36 ?
				  PROTOCOL | DST_PORT : 0);
}

static void shapes_make(struct shapes *s, unsigned int masks)
{
	static const u8 eight[] = { 12, 16, 20, 22, 24, 28, 30, 32 };
	u8 all[25];
	unsigned int i;

	s->n = 0;
	switch (masks) {
	case 64:
		shapes_pairs(s, eight, sizeof(eight));
		break;
	case 628:
		for (i = 0; i < sizeof(all); i++)
			all[i] = 8 + i;
		shapes_pairs(s, all, sizeof(all));
		shape_add(s, 32, 32, 7);
		shape_add(s, 32, 0, 0);
		shape_add(s, 0, 32, 0);
		break;
	default:
		shapes_usual(s, masks);
	}
}

static void key_any(struct dfc_key *key, u8 family)
{
	unsigned int i, words = family == AF_INET ? 1 : 4;

	memset(key, 0, sizeof(*key));
	for (i = 0; i < words; i++) {
		key->src.words[i] = random_u64();
		key->dst.words[i] = random_u64();
	}
	/* As prefixes are in use: half of an IPv6 address says little. */
	if (family == AF_INET6)
		key->src.words[0] = key->dst.words[0] = 0xb80d0120;
	key->src_port = random_u64();
	key->dst_port = random_u64();
	key->family = family;
	key->protocol = random_one_in(2) ? 6 : 17;
	key->l4 = DFC_L4_PORTS;
}

/* IPv6 prefixes are those of IPv4 behind 32 bits that all have. */
static void mask_bits(union dfc_addr *mask, unsigned int length, u8 family)
{
	unsigned int i;

	if (length && family == AF_INET6)
		length = length == 32 ? 128 : length + 32;
	for (i = 0; i < length; i++)
		mask->bytes[i / 8] |= 0x80 >> i % 8;
}

static void apply(struct dfc_key *to, const struct dfc_key *key,
		  const struct dfc_key *mask)
{
	const u32 *in = (const u32 *)key, *bits = (const u32 *)mask;
	unsigned int i;

	for (i = 0; i < sizeof(*key) / sizeof(u32); i++)
		((u32 *)to)[i] = in[i] & bits[i];
}

static void filter_make(unsigned int i, const struct shapes *s, u8 family)
{
	const struct shape *shape = &s->shape[i % s->n];
	struct dfc_key *mask = &filter_mask[i];
	struct dfc_key key;

	key_any(&key, family);
	memset(mask, 0, sizeof(*mask));
	mask_bits(&mask->src, shape->src, family);
	mask_bits(&mask->dst, shape->dst, family);
	mask->family = U8_MAX;
	mask->protocol = shape->rest & PROTOCOL ? U8_MAX : 0;
	mask->src_port = shape->rest & SRC_PORT ? U16_MAX : 0;
	mask->dst_port = shape->rest & DST_PORT ? U16_MAX : 0;
	mask->l4 = mask->src_port | mask->dst_port ? U8_MAX : 0;
	mask->point = U8_MAX;
	apply(&filter_key[i], &key, mask);
}

static void list_prefix(struct dfc_addr_list *list, const union dfc_addr *key,
			const union dfc_addr *mask)
{
	unsigned int i;

	if (!mask->bytes[0])
		return;
	list->n = 1;
	list->entry->from = *key;
	for (i = 0; i < 16; i++)
		list->entry->to.bytes[i] = key->bytes[i] | ~mask->bytes[i];
}

static void list_number(struct dfc_num_list *list, u16 key, u16 mask)
{
	if (!mask)
		return;
	list->n = 1;
	list->entry->from = list->entry->to = key;
}

static void add(unsigned int i)
{
	struct dfc_match *m = dfc_match_alloc(2, 3);
	struct dfc_key *key = &filter_key[i], *mask = &filter_mask[i];
	struct netlink_ext_ack extack;
	unsigned int byte;

	m->family = key->family;
	m->l4 = key->l4;
	m->dst.entry += 1;
	m->src_port.entry += 1;
	m->dst_port.entry += 2;
	list_prefix(&m->src, &key->src, &mask->src);
	list_prefix(&m->dst, &key->dst, &mask->dst);
	for (byte = 4; key->family == AF_INET && byte < 16; byte++) {
		m->src.entry->to.bytes[byte] = 0;
		m->dst.entry->to.bytes[byte] = 0;
	}
	list_number(&m->protocol, key->protocol, mask->protocol);
	list_number(&m->src_port, key->src_port, mask->src_port);
	list_number(&m->dst_port, key->dst_port, mask->dst_port);
	nodes[i].match = m;
	assert(!dfc_classifier_add(&c, &nodes[i], NULL, &extack));
	/* Only what is on the grid for want of room must be verified. */
	if (!nodes[i].match)
		shim_free(m);
}

static double add_all(unsigned int n)
{
	double start = now();
	unsigned int i;

	for (i = 0; i < n; i++)
		add(i);
	dfc_classifier_publish(&c);
	return (now() - start) / n;
}

static double del_all(unsigned int n)
{
	double start = now();
	unsigned int i;

	for (i = 0; i < n; i++)
		dfc_classifier_del(&c, &nodes[i], NULL);
	for (i = 0; i < n; i++) {
		if (nodes[i].match)
			shim_free(nodes[i].match);
	}
	return (now() - start) / n;
}

static void keys_miss(u8 family)
{
	unsigned int i;

	for (i = 0; i < KEYS; i++)
		key_any(&keys[i], family);
}

static void keys_hit(unsigned int n, u8 family)
{
	unsigned int i, j, word;

	for (i = 0; i < KEYS; i++) {
		const u32 *key, *mask;

		j = random_below(n);
		key = (const u32 *)&filter_key[j];
		mask = (const u32 *)&filter_mask[j];
		key_any(&keys[i], family);
		for (word = 0; word < sizeof(*keys) / 4; word++)
			((u32 *)&keys[i])[word] =
				key[word] |
				(((u32 *)&keys[i])[word] & ~mask[word]);
	}
}

static void on_match(struct dfc_node *node, void *arg)
{
	(void)node;
	(void)arg;
	found++;
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

/* The median of some runs, and in @*hits how many matches a packet has. */
static double measure(bool cached, double *hits)
{
	unsigned int count = cached ? FLOWS : KEYS, i, j, k;
	unsigned int times = cached ? times_cached : 1;
	double ns[REPETITIONS], start;

	for (k = 0; k < REPETITIONS; k++) {
		found = 0;
		start = now();
		for (j = 0; j < times; j++) {
			for (i = 0; i < count; i++) {
				/* As if another filter had come. */
				if (!cached)
					c.generation.counter =
						~(k * (u64)KEYS + i);
				dfc_classifier_match(&c, &keys[i], NULL,
						     on_match, NULL);
			}
		}
		ns[k] = (now() - start) / times / count;
		*hits = (double)found / times / count;
	}
	qsort(ns, REPETITIONS, sizeof(*ns), by_size);
	return ns[REPETITIONS / 2];
}

static void lookups(json_t *result, unsigned int n, u8 family)
{
	double hits, few;

	keys_hit(n, family);
	json_object_set_new(result, "ns_hit", json_real(measure(false, &hits)));
	json_object_set_new(result, "matches", json_real(hits));
	json_object_set_new(result, "ns_hit_cached",
			    json_real(measure(true, &few)));
	keys_miss(family);
	json_object_set_new(result, "ns_miss",
			    json_real(measure(false, &hits)));
	json_object_set_new(result, "matches_by_chance", json_real(hits));
	json_object_set_new(result, "ns_miss_cached",
			    json_real(measure(true, &few)));
}

static json_t *run(unsigned int n, unsigned int masks, u8 family)
{
	json_t *result = json_object();
	struct shapes shapes;
	unsigned int i;
	size_t before;

	shapes_make(&shapes, masks);
	nodes = calloc(n, sizeof(*nodes));
	filter_key = calloc(n, sizeof(*filter_key));
	filter_mask = calloc(n, sizeof(*filter_mask));
	for (i = 0; i < n; i++)
		filter_make(i, &shapes, family);
	dfc_flowcache_prepare();
	before = shim_bytes;
	dfc_classifier_init(&c);
	json_object_set_new(result, "filters", json_integer(n));
	json_object_set_new(result, "masks", json_integer(masks));
	json_object_set_new(result, "family", json_string(
			    family == AF_INET ? "inet" : "inet6"));
	json_object_set_new(result, "ns_add", json_real(add_all(n)));
	json_object_set_new(result, "bytes", json_real(
			    (double)(shim_bytes - before) / n +
			    sizeof(*nodes)));
	lookups(result, n, family);
	json_object_set_new(result, "ns_del", json_real(del_all(n)));
	dfc_classifier_fini(&c);
	free(nodes);
	free(filter_key);
	free(filter_mask);
	return result;
}

static void print_row(const json_t *r)
{
	static const char *const columns[] = {
		"ns_miss", "ns_hit", "ns_miss_cached", "ns_hit_cached",
		"ns_add", "ns_del", "bytes", "matches", "matches_by_chance",
	};
	unsigned int i;

	printf("%7lld %5lld %-5s",
	       json_integer_value(json_object_get(r, "filters")),
	       json_integer_value(json_object_get(r, "masks")),
	       json_string_value(json_object_get(r, "family")));
	for (i = 0; i < sizeof(columns) / sizeof(*columns); i++)
		printf(" %7.*f", i < 7 ? 0 : 2,
		       json_real_value(json_object_get(r, columns[i])));
	printf("\n");
	fflush(stdout);
}

/* One packet that many filters want: all that have one key, or one mask each. */
static json_t *run_crowd(unsigned int n, bool alike)
{
	json_t *result = json_object();
	struct shapes shapes;
	unsigned int i;
	double hits, ns;

	shapes_make(&shapes, alike ? 1 : 628);
	nodes = calloc(n, sizeof(*nodes));
	filter_key = calloc(n, sizeof(*filter_key));
	filter_mask = calloc(n, sizeof(*filter_mask));
	key_any(&keys[0], AF_INET);
	for (i = 0; i < n; i++) {
		filter_make(i, &shapes, AF_INET);
		apply(&filter_key[i], &keys[0], &filter_mask[i]);
		nodes[i].priority = random_below(8);
	}
	for (i = 1; i < FLOWS; i++)
		keys[i] = keys[0];
	times_cached = 1;
	dfc_classifier_init(&c);
	add_all(n);
	ns = measure(true, &hits);
	json_object_set_new(result, "filters", json_integer(n));
	json_object_set_new(result, "masks", json_integer(alike ? 1 : n));
	json_object_set_new(result, "ns_crowd", json_real(ns));
	json_object_set_new(result, "matches", json_real(hits));
	printf("a packet of %.0f filters, %s: %.0f ns, %.1f each\n", hits,
	       alike ? "one key" : "a mask each", ns, ns / hits);
	fflush(stdout);
	del_all(n);
	dfc_classifier_fini(&c);
	free(nodes);
	free(filter_key);
	free(filter_mask);
	return result;
}

static void run_crowds(json_t *results)
{
	static const unsigned int filters[] = { 10, 32, 100, 300, 1000, 5000 };
	unsigned int i;

	for (i = 0; i < sizeof(filters) / sizeof(*filters); i++) {
		json_array_append_new(results, run_crowd(filters[i], true));
		if (filters[i] < 628)
			json_array_append_new(results,
					      run_crowd(filters[i], false));
	}
}

int main(int argc, char **argv)
{
	static const unsigned int filters[] = { 1, 1000, 100000, 1000000 };
	static const unsigned int masks[] = { 1, 15, 64, 628 };
	unsigned int limit = argc > 2 ? strtoul(argv[2], NULL, 0) : 1000000;
	json_t *results = json_array(), *result;
	unsigned int i, j;
	u8 family;

	printf("an access to memory takes %.0f ns now\n", access_ns());
	printf("%7s %5s %-5s %7s %7s %7s %7s %7s %7s %7s %7s %7s\n",
	       "filters", "masks", "", "miss", "hit", "c.miss", "c.hit", "add",
	       "delete", "bytes", "matches", "chance");
	for (i = 0; i < 4; i++) {
		for (j = 0; j < 4; j++) {
			if (filters[i] < masks[j] || filters[i] > limit)
				continue;
			family = AF_INET;
			do {
				result = run(filters[i], masks[j], family);
				print_row(result);
				json_array_append_new(results, result);
				family = family == AF_INET && i >= 2 &&
					 j % 2 ? AF_INET6 : 0;
			} while (family);
		}
	}
	run_crowds(results);
	dfc_crowd_fini();
	dfc_flowcache_fini();
	return argc > 1 && json_dump_file(results, argv[1], JSON_INDENT(1) |
					  JSON_REAL_PRECISION(4)) ? 1 : 0;
}
