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
/* A test has fewer, so that keys make way for others. */
#ifndef DFC_FLOWCACHE_SETS
#define DFC_FLOWCACHE_SETS	512
#define DFC_FLOWCACHE_BUCKETS	2048
#endif
#define SETS	DFC_FLOWCACHE_SETS
#define BUCKETS	DFC_FLOWCACHE_BUCKETS
#define IPV4_WORDS 2
#define IPV4_WAYS  3
#define WORDS	5
#define WIDE_WAYS  2

/* So that an entry fills two lines. */
#define NODES_MAX	10

/*
 * Of most packets no filter wants anything, of most others one does. Where keys
 * of these may be, the first bytes say what is there.
 */
struct head {
	u64 generation;
	u8 next;	/* way that goes next */
	u8 wanted;	/* bitmap of those whose key a filter matches */
	bool crowded;	/* there are keys that several filters match */
};

/*
 * So little is needed to know a key of IPv4 that three find room in a line,
 * together with the generation that they have in common: for a packet of
 * nobody, it is all that has to be read.
 */
struct ipv4_line {
	struct head head;
	u64 word[IPV4_WAYS][IPV4_WORDS];
} ____cacheline_aligned;

/* Any other key is longer. */
struct wide_bucket {
	struct head head;
	u64 word[WIDE_WAYS][WORDS];
	struct dfc_node *node[WIDE_WAYS];
} ____cacheline_aligned;

/* What several filters match. */
struct entry {
	u64 word[WORDS];
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

struct cache {
	struct ipv4_line ipv4[BUCKETS];
	struct dfc_node *ipv4_node[BUCKETS][IPV4_WAYS];
	struct wide_bucket wide[BUCKETS];
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

static bool is_key(const u64 *word, const struct dfc_words *words)
{
	return !((word[0] ^ words->src[0]) | (word[1] ^ words->src[1]) |
		 (word[2] ^ words->dst[0]) | (word[3] ^ words->dst[1]) |
		 (word[4] ^ words->rest[0]));
}

static void take(struct dfc_matches *matches, const struct entry *entry)
{
	unsigned int i;

	matches->n = entry->n;
	matches->more = false;
	for (i = 0; i < matches->n; i++)
		matches->node[i] = entry->node[i];
}

/**
 * struct place - where a key is, or may be put
 * @head: of its bucket
 * @node: filters of the keys there
 * @word: keys there, @words each
 * @words: of a key
 * @ways: how many keys there are
 * @way: which of them it is; -1: none
 */
struct place {
	struct head *head;
	struct dfc_node **node;
	u64 *word;
	unsigned int words;
	unsigned int ways;
	int way;
};

static bool is_ipv4(const struct dfc_words *words)
{
	const union dfc_rest rest = { .word = words->rest[0] };

	return rest.family == AF_INET;
}

static void locate_ipv4(struct place *place, struct cache *cache,
			u64 generation, const struct dfc_words *words)
{
	u64 pair = dfc_node_pair(words->src[0], words->dst[0]);
	unsigned int n = dfc_hash(&seed, 0, pair, words->rest[0]) % BUCKETS;
	struct ipv4_line *line = &cache->ipv4[n];
	unsigned int i;

	*place = (struct place){ &line->head, cache->ipv4_node[n],
				 line->word[0], IPV4_WORDS, IPV4_WAYS, -1 };
	if (line->head.generation != generation)
		return;
	for (i = 0; i < IPV4_WAYS; i++) {
		if (line->word[i][0] == pair &&
		    line->word[i][1] == words->rest[0])
			place->way = i;
	}
}

static void locate_wide(struct place *place, struct cache *cache,
			u64 generation, const struct dfc_words *words)
{
	struct wide_bucket *b = &cache->wide[hash_of(words) % BUCKETS];
	unsigned int i;

	*place = (struct place){ &b->head, b->node, b->word[0], WORDS,
				 WIDE_WAYS, -1 };
	if (b->head.generation != generation)
		return;
	for (i = 0; i < WIDE_WAYS; i++) {
		if (is_key(b->word[i], words))
			place->way = i;
	}
}

static void locate(struct place *place, struct cache *cache, u64 generation,
		   const struct dfc_words *words)
{
	if (is_ipv4(words))
		locate_ipv4(place, cache, generation, words);
	else
		locate_wide(place, cache, generation, words);
}

static bool is_crowded(const struct head *head, u64 generation)
{
	return head->generation == generation && head->crowded;
}

static bool is_wanted(const struct place *place)
{
	return place->head->wanted & BIT(place->way);
}

enum dfc_flow dfc_flowcache_glance(u64 generation,
				   const struct dfc_words *words)
{
	struct cache *cache = READ_ONCE(*this_cpu_ptr(&caches));
	struct place place;

	if (!cache)
		return DFC_FLOW_OTHER;
	locate(&place, cache, generation, words);
	if (place.way < 0)
		return is_crowded(place.head, generation) ? DFC_FLOW_OTHER :
							    DFC_FLOW_NEW;
	return is_wanted(&place) ? DFC_FLOW_OTHER : DFC_FLOW_IDLE;
}

static bool get_several(struct cache *cache, u64 generation,
			const struct dfc_words *words,
			struct dfc_matches *matches)
{
	u64 hash = hash_of(words);
	const struct set *set = set_of(cache, hash);
	const struct entry *entry;
	unsigned int i;

	for (i = 0; i < WAYS; i++) {
		if (set->tag[i] != hash >> 32 ||
		    set->generation[i] != generation)
			continue;
		entry = &set->entry[i];
		if (!is_key(entry->word, words))
			continue;
		take(matches, entry);
		return true;
	}
	return false;
}

bool dfc_flowcache_get(u64 generation, const struct dfc_words *words,
		       struct dfc_matches *matches)
{
	struct cache *cache = READ_ONCE(*this_cpu_ptr(&caches));
	struct place place;

	if (!cache)
		return false;
	locate(&place, cache, generation, words);
	if (place.way < 0)
		return is_crowded(place.head, generation) &&
		       get_several(cache, generation, words, matches);
	matches->n = 0;
	matches->more = false;
	if (is_wanted(&place))
		matches->node[matches->n++] = place.node[place.way];
	return true;
}

/* What a bucket has of another generation is of no use. */
static void renew(struct place *place, u64 generation)
{
	if (place->head->generation == generation)
		return;
	memset(place->word, 0, place->ways * place->words * sizeof(u64));
	*place->head = (struct head){ .generation = generation };
}

static void put_key(u64 *word, const struct dfc_words *words)
{
	memcpy(word, words->src, sizeof(words->src));
	memcpy(word + 2, words->dst, sizeof(words->dst));
	word[4] = words->rest[0];
}

static void put_one(const struct place *place, const struct dfc_words *words,
		    const struct dfc_matches *matches)
{
	struct head *head = place->head;
	unsigned int way = head->next++ % place->ways;
	u64 *word = place->word + way * place->words;

	if (place->words == WORDS) {
		put_key(word, words);
	} else {
		word[0] = dfc_node_pair(words->src[0], words->dst[0]);
		word[1] = words->rest[0];
	}
	head->wanted &= ~BIT(way);
	head->wanted |= matches->n << way;
	if (matches->n)
		place->node[way] = matches->node[0];
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

static void put_several(struct cache *cache, u64 generation,
			const struct dfc_words *words,
			const struct dfc_matches *matches)
{
	u64 hash = hash_of(words);
	struct set *set = set_of(cache, hash);
	unsigned int way = choose_way(set, generation), i;
	struct entry *entry = &set->entry[way];

	set->tag[way] = hash >> 32;
	set->generation[way] = generation;
	put_key(entry->word, words);
	entry->n = matches->n;
	for (i = 0; i < matches->n; i++)
		entry->node[i] = matches->node[i];
}

void dfc_flowcache_put(u64 generation, const struct dfc_words *words,
		       const struct dfc_matches *matches)
{
	struct cache *cache = READ_ONCE(*this_cpu_ptr(&caches));
	struct place place;

	if (!cache)
		return;
	locate(&place, cache, generation, words);
	renew(&place, generation);
	if (matches->n <= 1) {
		put_one(&place, words, matches);
		return;
	}
	place.head->crowded = true;
	if (matches->n <= NODES_MAX)
		put_several(cache, generation, words, matches);
}
