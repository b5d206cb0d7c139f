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
 * enum dfc_flow - what is known of a key
 * @DFC_FLOW_NEW: nothing
 * @DFC_FLOW_IDLE: no filter matches it
 * @DFC_FLOW_OTHER: dfc_flowcache_get() may tell, or perhaps one does
 */
enum dfc_flow {
	DFC_FLOW_NEW,
	DFC_FLOW_IDLE,
	DFC_FLOW_OTHER,
};

/**
 * dfc_flowcache_glance() - look whether a key is known to match none
 * @generation: of the classifier
 * @words: of the key
 *
 * Context: bottom halves disabled.
 * Return: for a CPU without a cache, always %DFC_FLOW_OTHER.
 */
enum dfc_flow dfc_flowcache_glance(u64 generation,
				   const struct dfc_words *words);

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
