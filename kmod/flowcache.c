// SPDX-License-Identifier: GPL-2.0
// Copyright (C) 2026 the dfc project

#include <linux/cache.h>
#include <linux/mutex.h>
#include <linux/percpu.h>
#include <linux/random.h>
#include <linux/socket.h>
#include <linux/string.h>

#include "flowcache.h"
#include "room.h"

#define WAYS	4
#define SETS	1024
#define IDLE_WAYS	3
#define IDLE_SETS	2048

/* So that an entry fills two lines. */
#define NODES_MAX	10

struct entry {
	u64 word[5];
	u64 n;
	struct dfc_node *node[NODES_MAX];
} ____cacheline_aligned;

/* What is looked at in vain is a line; the rest is near it. */
struct set {
	u64 generation[WAYS];
	u32 tag[WAYS];
	u32 next;
	struct entry entry[WAYS];
} ____cacheline_aligned;

/*
 * Of most packets no filter wants anything, and most are of IPv4. So little is
 * needed to know such a key again that three find room in a line, together with
 * the generation that they have in common: it is all that has to be read.
 * No key is 0.
 */
struct idle {
	u64 generation;
	u64 key[IDLE_WAYS][2];
	u64 next;
} ____cacheline_aligned;

struct cache {
	struct idle idle[IDLE_SETS];
	struct set set[SETS];
};

static DEFINE_PER_CPU(void *, caches);
static struct dfc_seed seed;
static u64 salt[2];

void dfc_flowcache_prepare(void)
{
	static DEFINE_MUTEX(lock);

	mutex_lock(&lock);
	if (!salt[0]) {
		get_random_bytes(&seed, sizeof(seed));
		get_random_bytes(salt, sizeof(salt));
		salt[0] |= 1;
	}
	mutex_unlock(&lock);
	dfc_room_prepare(&caches, sizeof(struct cache));
}

void dfc_flowcache_fini(void)
{
	dfc_room_fini(&caches);
}

static u64 hash_of(const struct dfc_words *words)
{
	return dfc_hash(&seed, 0, words->src[0], words->src[1]) +
	       dfc_hash(&seed, salt[0], words->dst[0], words->dst[1]) +
	       dfc_hash(&seed, salt[1], words->rest[0], words->rest[1]);
}

static struct set *set_of(struct cache *cache, u64 hash)
{
	return &cache->set[hash % SETS];
}

static bool is_for(const struct entry *entry, const struct dfc_words *words)
{
	return !((entry->word[0] ^ words->src[0]) |
		 (entry->word[1] ^ words->src[1]) |
		 (entry->word[2] ^ words->dst[0]) |
		 (entry->word[3] ^ words->dst[1]) |
		 (entry->word[4] ^ words->rest[0]));
}

static void take(struct dfc_matches *matches, const struct entry *entry)
{
	unsigned int i;

	matches->n = entry->n;
	matches->more = false;
	for (i = 0; i < matches->n; i++)
		matches->node[i] = entry->node[i];
}

static bool can_be_idle(const struct dfc_words *words)
{
	const union dfc_rest rest = { .word = words->rest[0] };

	return rest.family == AF_INET;
}

static u64 pair_of(const struct dfc_words *words)
{
	return dfc_key_pair(words->src[0], words->dst[0]);
}

static struct idle *idle_of(struct cache *cache, u64 pair, u64 rest)
{
	return &cache->idle[dfc_hash(&seed, 0, pair, rest) % IDLE_SETS];
}

static bool is_idle(struct cache *cache, u64 generation, u64 pair, u64 rest)
{
	const struct idle *idle = idle_of(cache, pair, rest);
	unsigned int i;

	if (idle->generation != generation)
		return false;
	for (i = 0; i < IDLE_WAYS; i++) {
		if (idle->key[i][0] == pair && idle->key[i][1] == rest)
			return true;
	}
	return false;
}

bool dfc_flowcache_is_idle(u64 generation, u64 pair, u64 rest)
{
	struct cache *cache = READ_ONCE(*this_cpu_ptr(&caches));

	return cache && is_idle(cache, generation, pair, rest);
}

static void put_idle(struct cache *cache, u64 generation, u64 pair, u64 rest)
{
	struct idle *idle = idle_of(cache, pair, rest);
	u64 *key;

	if (idle->generation != generation) {
		memset(idle, 0, sizeof(*idle));
		idle->generation = generation;
	}
	key = idle->key[idle->next++ % IDLE_WAYS];
	key[0] = pair;
	key[1] = rest;
}

bool dfc_flowcache_get(u64 generation, const struct dfc_words *words,
		       struct dfc_matches *matches)
{
	struct cache *cache = READ_ONCE(*this_cpu_ptr(&caches));
	const struct entry *entry;
	const struct set *set;
	unsigned int i;
	u64 hash;

	if (!cache)
		return false;
	if (can_be_idle(words) &&
	    is_idle(cache, generation, pair_of(words), words->rest[0])) {
		matches->n = 0;
		matches->more = false;
		return true;
	}
	hash = hash_of(words);
	set = set_of(cache, hash);
	for (i = 0; i < WAYS; i++) {
		if (set->tag[i] != hash >> 32 ||
		    set->generation[i] != generation)
			continue;
		entry = &set->entry[i];
		if (!is_for(entry, words))
			continue;
		take(matches, entry);
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

void dfc_flowcache_put(u64 generation, const struct dfc_words *words,
		       const struct dfc_matches *matches)
{
	struct cache *cache = READ_ONCE(*this_cpu_ptr(&caches));
	struct entry *entry;
	struct set *set;
	unsigned int i, j;
	u64 hash;

	if (!cache || matches->n > NODES_MAX)
		return;
	if (!matches->n && can_be_idle(words)) {
		put_idle(cache, generation, pair_of(words), words->rest[0]);
		return;
	}
	hash = hash_of(words);
	set = set_of(cache, hash);
	i = choose_way(set, generation);
	entry = &set->entry[i];
	set->tag[i] = hash >> 32;
	set->generation[i] = generation;
	entry->word[0] = words->src[0];
	entry->word[1] = words->src[1];
	entry->word[2] = words->dst[0];
	entry->word[3] = words->dst[1];
	entry->word[4] = words->rest[0];
	entry->n = matches->n;
	for (j = 0; j < matches->n; j++)
		entry->node[j] = matches->node[j];
}
