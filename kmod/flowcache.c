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
#define LONE_WAYS	2
#define BUCKETS	2048

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

/* What is remembered of IPv4 by addresses and rest. No key is 0. */
struct brief {
	u64 pair;
	u64 rest;
};

/*
 * Of most packets no filter wants anything, and most are of IPv4. So little is
 * needed to know such a key again that three find room in a line, together with
 * the generation that they have in common: it is all that has to be read.
 */
struct idle {
	u64 generation;
	struct brief key[IDLE_WAYS];
	unsigned int next;
};

/* Of the others, most are wanted by one filter: the next line has some. */
struct lone {
	u64 generation;
	struct brief key[LONE_WAYS];
	struct dfc_node *node[LONE_WAYS];
	unsigned int n;
};

struct bucket {
	struct idle idle;
	struct lone lone;
} __aligned(128);

struct cache {
	struct bucket bucket[BUCKETS];
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

/* Whether the key is one of IPv4, and then what is remembered of it. */
static bool is_brief(struct brief *key, const struct dfc_words *words)
{
	const union dfc_rest rest = { .word = words->rest[0] };

	key->pair = dfc_key_pair(words->src[0], words->dst[0]);
	key->rest = rest.word;
	return rest.family == AF_INET;
}

static bool is_same(const struct brief *a, const struct brief *b)
{
	return a->pair == b->pair && a->rest == b->rest;
}

static struct bucket *bucket_of(struct cache *cache, const struct brief *key)
{
	return &cache->bucket[dfc_hash(&seed, 0, key->pair, key->rest) %
			      BUCKETS];
}

static bool is_idle(const struct idle *idle, u64 generation,
		    const struct brief *key)
{
	unsigned int i;

	if (idle->generation != generation)
		return false;
	for (i = 0; i < IDLE_WAYS; i++) {
		if (is_same(&idle->key[i], key))
			return true;
	}
	return false;
}

static void put_idle(struct idle *idle, u64 generation,
		     const struct brief *key)
{
	if (idle->generation != generation) {
		memset(idle, 0, sizeof(*idle));
		idle->generation = generation;
	}
	idle->key[idle->next++ % IDLE_WAYS] = *key;
}

static bool take_lone(struct dfc_matches *matches, const struct lone *lone,
		      u64 generation, const struct brief *key)
{
	unsigned int i;

	if (lone->generation != generation)
		return false;
	for (i = 0; i < LONE_WAYS; i++) {
		if (!is_same(&lone->key[i], key))
			continue;
		matches->n = 1;
		matches->more = false;
		matches->node[0] = lone->node[i];
		return true;
	}
	return false;
}

/* Returns whether there was room. */
static bool put_lone(struct lone *lone, u64 generation,
		     const struct brief *key, struct dfc_node *node)
{
	if (lone->generation != generation) {
		memset(lone, 0, sizeof(*lone));
		lone->generation = generation;
	}
	if (lone->n == LONE_WAYS)
		return false;
	lone->key[lone->n] = *key;
	lone->node[lone->n++] = node;
	return true;
}

static bool take_brief(struct dfc_matches *matches, struct cache *cache,
		       u64 generation, const struct brief *key)
{
	const struct bucket *bucket = bucket_of(cache, key);

	if (!is_idle(&bucket->idle, generation, key))
		return take_lone(matches, &bucket->lone, generation, key);
	matches->n = 0;
	matches->more = false;
	return true;
}

static bool put_brief(struct cache *cache, u64 generation,
		      const struct brief *key,
		      const struct dfc_matches *matches)
{
	struct bucket *bucket = bucket_of(cache, key);

	if (matches->n)
		return put_lone(&bucket->lone, generation, key,
				matches->node[0]);
	put_idle(&bucket->idle, generation, key);
	return true;
}

bool dfc_flowcache_is_idle(u64 generation, u64 pair, u64 rest)
{
	struct cache *cache = READ_ONCE(*this_cpu_ptr(&caches));
	const struct brief key = { pair, rest };

	return cache && is_idle(&bucket_of(cache, &key)->idle, generation,
				&key);
}

bool dfc_flowcache_get(u64 generation, const struct dfc_words *words,
		       struct dfc_matches *matches)
{
	struct cache *cache = READ_ONCE(*this_cpu_ptr(&caches));
	const struct entry *entry;
	const struct set *set;
	struct brief key;
	unsigned int i;
	u64 hash;

	if (!cache)
		return false;
	if (is_brief(&key, words) &&
	    take_brief(matches, cache, generation, &key))
		return true;
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

static void put(struct cache *cache, u64 generation,
		const struct dfc_words *words,
		const struct dfc_matches *matches)
{
	u64 hash = hash_of(words);
	struct set *set = set_of(cache, hash);
	unsigned int way = choose_way(set, generation), i;
	struct entry *entry = &set->entry[way];

	set->tag[way] = hash >> 32;
	set->generation[way] = generation;
	entry->word[0] = words->src[0];
	entry->word[1] = words->src[1];
	entry->word[2] = words->dst[0];
	entry->word[3] = words->dst[1];
	entry->word[4] = words->rest[0];
	entry->n = matches->n;
	for (i = 0; i < matches->n; i++)
		entry->node[i] = matches->node[i];
}

void dfc_flowcache_put(u64 generation, const struct dfc_words *words,
		       const struct dfc_matches *matches)
{
	struct cache *cache = READ_ONCE(*this_cpu_ptr(&caches));
	struct brief key;

	if (!cache || matches->n > NODES_MAX)
		return;
	if (!is_brief(&key, words) || matches->n > 1 ||
	    !put_brief(cache, generation, &key, matches))
		put(cache, generation, words, matches);
}
