/* SPDX-License-Identifier: GPL-2.0 */
/* Copyright (C) 2026 the dfc project */

#ifndef _DFC_FLOWCACHE_H
#define _DFC_FLOWCACHE_H

#include "mask.h"
#include "node.h"

/*
 * Each CPU remembers which filters the last few thousand different keys have
 * matched, mostly none. One cache serves all namespaces: what was remembered is
 * true as long as the generation of a classifier is the one that it had then,
 * and no two generations of any classifiers are the same number.
 */

/**
 * dfc_flowcache_prepare() - see to it that CPUs have a cache
 *
 * Does without where there is no memory.
 *
 * Context: may sleep.
 */
void dfc_flowcache_prepare(void);

/**
 * dfc_flowcache_fini() - free the caches
 *
 * Nobody looks anything up any more.
 */
void dfc_flowcache_fini(void);

/**
 * dfc_flowcache_is_idle() - look whether a key of IPv4 is known to match none
 * @generation: of the classifier
 * @pair: its addresses, as dfc_key_pair() puts them
 * @rest: the rest of it, a &union dfc_rest
 *
 * Context: bottom halves disabled.
 * Return: whether it is.
 */
bool dfc_flowcache_is_idle(u64 generation, u64 pair, u64 rest);

/**
 * dfc_flowcache_get() - look whether the filters of a key are known
 * @generation: of the classifier
 * @words: of the key
 * @matches: filled in if they are
 *
 * Context: bottom halves disabled, RCU read lock held.
 * Return: whether they are.
 */
bool dfc_flowcache_get(u64 generation, const struct dfc_words *words,
		       struct dfc_matches *matches);

/**
 * dfc_flowcache_put() - remember the filters of a key
 * @generation: that the classifier had before they were looked up
 * @words: of the key
 * @matches: not remembered if there are many
 *
 * Context: bottom halves disabled.
 */
void dfc_flowcache_put(u64 generation, const struct dfc_words *words,
		       const struct dfc_matches *matches);

#endif /* _DFC_FLOWCACHE_H */
