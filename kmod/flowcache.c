// SPDX-License-Identifier: GPL-2.0
// Copyright (C) 2026 the dfc project

#include <linux/cache.h>
#include <linux/cpumask.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/percpu.h>
#include <linux/random.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/topology.h>

#include "flowcache.h"

#define WAYS	4
#define SETS	1024

/* So that an entry fills two lines, one if nothing matched. */
#define NODES_MAX	10

struct entry {
	struct dfc_key key;
	u64 n;
	struct dfc_node *node[NODES_MAX];
} ____cacheline_aligned;

/* All that is looked at in vain: a line. */
struct set {
	u64 generation[WAYS];
	u32 tag[WAYS];
	u32 next;
} ____cacheline_aligned;

struct cache {
	struct set set[SETS];
	struct entry entry[SETS][WAYS];
};

static DEFINE_PER_CPU(struct cache *, caches);
static struct dfc_seed seed;
static u64 salt[2];

void dfc_flowcache_prepare(void)
{
	static DEFINE_MUTEX(lock);
	struct cache *cache;
	int cpu;

	mutex_lock(&lock);
	if (!salt[0]) {
		get_random_bytes(&seed, sizeof(seed));
		get_random_bytes(salt, sizeof(salt));
		salt[0] |= 1;
	}
	for_each_online_cpu(cpu) {
		if (per_cpu(caches, cpu))
			continue;
		cache = kvzalloc_node(sizeof(*cache), GFP_KERNEL,
				      cpu_to_node(cpu));
		smp_store_release(per_cpu_ptr(&caches, cpu), cache);
	}
	mutex_unlock(&lock);
}

void dfc_flowcache_fini(void)
{
	int cpu;

	for_each_possible_cpu(cpu) {
		kvfree(per_cpu(caches, cpu));
		per_cpu(caches, cpu) = NULL;
	}
}

u64 dfc_flowcache_hash(const struct dfc_words *words)
{
	return dfc_hash(&seed, 0, words->src[0], words->src[1]) +
	       dfc_hash(&seed, salt[0], words->dst[0], words->dst[1]) +
	       dfc_hash(&seed, salt[1], words->rest[0], words->rest[1]);
}

static struct set *set_of(struct cache *cache, u64 hash)
{
	return &cache->set[hash % SETS];
}

bool dfc_flowcache_get(u64 generation, const struct dfc_key *key, u64 hash,
		       struct dfc_matches *matches)
{
	struct cache *cache = READ_ONCE(*this_cpu_ptr(&caches));
	const struct entry *entry;
	const struct set *set;
	unsigned int i;

	if (!cache)
		return false;
	set = set_of(cache, hash);
	for (i = 0; i < WAYS; i++) {
		if (set->tag[i] != hash >> 32 ||
		    set->generation[i] != generation)
			continue;
		entry = &cache->entry[hash % SETS][i];
		if (memcmp(&entry->key, key, sizeof(*key)))
			continue;
		matches->n = entry->n;
		matches->more = false;
		memcpy(matches->node, entry->node,
		       entry->n * sizeof(*entry->node));
		return true;
	}
	return false;
}

/* One of another generation is of no use, else they go in turn. */
static unsigned int choose_way(struct set *set, u64 generation)
{
	unsigned int i;

	for (i = 0; i < WAYS; i++) {
		if (set->generation[i] != generation)
			return i;
	}
	return set->next++ % WAYS;
}

void dfc_flowcache_put(u64 generation, const struct dfc_key *key, u64 hash,
		       const struct dfc_matches *matches)
{
	struct cache *cache = READ_ONCE(*this_cpu_ptr(&caches));
	struct entry *entry;
	struct set *set;
	unsigned int i;

	if (!cache || matches->n > NODES_MAX)
		return;
	set = set_of(cache, hash);
	i = choose_way(set, generation);
	entry = &cache->entry[hash % SETS][i];
	set->tag[i] = hash >> 32;
	set->generation[i] = generation;
	entry->key = *key;
	entry->n = matches->n;
	memcpy(entry->node, matches->node,
	       matches->n * sizeof(*entry->node));
}
