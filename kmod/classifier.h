/* SPDX-License-Identifier: GPL-2.0 */
/* Copyright (C) 2026 the dfc project */

#ifndef _DFC_CLASSIFIER_H
#define _DFC_CLASSIFIER_H

#include <linux/atomic.h>
#include <linux/rcupdate.h>
#include <linux/types.h>

#include "key.h"
#include "mask.h"
#include "match.h"
#include "node.h"
#include "table.h"

struct dfc_few;
struct dfc_quota;
struct netlink_ext_ack;

/**
 * struct dfc_classifier - finds the filters of a packet
 * @masks: masks that filters have
 * @table: filters by masked key; NULL before the first
 * @few: all of them, where there are few; then packets look at nothing else
 * @n: how many there are; under the lock of the namespace
 * @added: those that are in neither yet; same
 * @age: of the youngest filter that packets may match
 * @generation: another number, unlike that of any classifier ever, whenever
 *	what packets match may have changed
 *
 * Tuple space search: filters that look at the same bits share a mask, and
 * one hash lookup for each mask finds them, however many filters there are.
 * Masks are passed over of which no filter has the packet's source prefix, or
 * its destination prefix, or its ports and protocol. What was found for a key
 * is remembered as long as no filter comes or goes. Where there are few, each
 * is simply held against the packet.
 *
 * Changed under the lock of the namespace, read under RCU.
 */
struct dfc_classifier {
	struct dfc_masks masks;
	struct dfc_table __rcu *table;
	struct dfc_few __rcu *few;
	unsigned int n;
	struct dfc_entries added;
	atomic64_t age;
	atomic64_t generation;
};

/**
 * dfc_classifier_init() - start with no filters
 * @c: filled in
 */
void dfc_classifier_init(struct dfc_classifier *c);

/**
 * dfc_classifier_fini() - free the tables
 * @c: classifier without filters that nobody reads any more
 */
void dfc_classifier_fini(struct dfc_classifier *c);

/**
 * dfc_classifier_add() - prepare a filter to be found
 * @c: classifier; the lock of the namespace is held
 * @node: with @node->match and @node->priority set
 * @quota: that its mask counts against, or NULL
 * @extack: told why not
 *
 * Packets match it after the next dfc_classifier_publish(). Until then it may
 * be taken out again by dfc_classifier_del(), and none has matched it.
 *
 * On success @node->match stays if packets must be verified against it and is
 * NULL otherwise.
 *
 * Context: may sleep.
 * Return: 0, -ENOMEM, or -ENOSPC if there are DFC_MASKS_MAX masks already, or
 * as many as @quota allows.
 */
int dfc_classifier_add(struct dfc_classifier *c, struct dfc_node *node,
		       struct dfc_quota *quota, struct netlink_ext_ack *extack);

/**
 * dfc_classifier_publish() - have packets match what was added
 * @c: classifier; the lock of the namespace is held
 *
 * All that was added since the last time is matched from the same moment on.
 *
 * Context: may sleep.
 */
void dfc_classifier_publish(struct dfc_classifier *c);

/**
 * dfc_classifier_del() - make a filter no longer findable
 * @c: classifier; the lock of the namespace is held
 * @node: a node that was added; readers may still hold it for an RCU grace
 *	period that begins after this
 * @quota: that it was added with
 *
 * Context: may sleep.
 */
void dfc_classifier_del(struct dfc_classifier *c, struct dfc_node *node,
			struct dfc_quota *quota);

/**
 * dfc_node_matches() - hold a filter against a key, by itself
 * @node: that dfc_classifier_match() has found
 * @key: of a packet
 *
 * Context: RCU read lock held.
 * Return: whether it matches.
 */
bool dfc_node_matches(const struct dfc_node *node, const struct dfc_key *key);

/**
 * dfc_classifier_is_idle() - find out whether no filter wants a packet
 * @c: classifier
 * @key: of the packet, IPv4 or IPv6
 *
 * Context: bottom halves disabled, RCU read lock held.
 * Return: false where there are some, or only dfc_classifier_match() can tell.
 */
bool dfc_classifier_is_idle(const struct dfc_classifier *c,
			    const struct dfc_key *key);

/**
 * dfc_classifier_match() - call a function for each filter of a packet
 * @c: classifier
 * @key: of the packet
 * @wants: whether to call @fn for a filter; asked where many match, and @fn must
 *	ask as well; or NULL
 * @fn: called for each, in the order of priority, then age
 * @arg: passed on
 *
 * Which filters that are depends on the key alone, or it could not be
 * remembered. What else filters may demand of a packet is up to @fn.
 *
 * Context: bottom halves disabled, RCU read lock held. @fn may send packets
 * that are looked up in turn.
 */
void dfc_classifier_match(struct dfc_classifier *c, const struct dfc_key *key,
			  bool (*wants)(const struct dfc_node *node, void *arg),
			  void (*fn)(struct dfc_node *node, void *arg),
			  void *arg);

#endif /* _DFC_CLASSIFIER_H */
