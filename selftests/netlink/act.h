/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef ACT_H
#define ACT_H

#include "object.h"
#include "tap.h"

/**
 * struct test - something to try
 * @name: what holds if it succeeds
 * @run: tries it in a network namespace of its own, with a socket of its own
 */
struct test {
	const char *name;
	bool (*run)(struct wire *w);
};

/**
 * struct group - tests that belong together
 * @count: how many results they give
 * @run: runs them all
 */
struct group {
	unsigned int (*count)(void);
	void (*run)(void);
};

extern const struct group filter_group, lists_group, limits_group, dest_group;
extern const struct group refuse_filter_group, refuse_command_group;
extern const struct group refuse_message_group, refuse_dest_group;
extern const struct group refuse_where_group, device_group;
extern const struct group dump_group, event_group;
extern const struct group site_group, refuse_site_group;
extern const struct group traffic_group, owner_group, access_group, fuzz_group;

/* Defines a group of everything in an array of tests. */
#define GROUP(name, tests) \
	static unsigned int name##_count(void) \
	{ \
		return sizeof(tests) / sizeof(*(tests)); \
	} \
	static void name##_run(void) \
	{ \
		act_tests(tests, name##_count()); \
	} \
	const struct group name##_group = { \
		.count = name##_count, \
		.run = name##_run, \
	}

/**
 * act_tests() - run tests
 * @tests: the tests
 * @count: their number
 */
void act_tests(const struct test *tests, unsigned int count);

/**
 * act_namespace() - go into a new network namespace
 *
 * The process ends if there is none to be had. Sockets that are open stay
 * where they are.
 */
void act_namespace(void);

/**
 * act_child() - try something in a child process
 * @run: returns whether it succeeded
 *
 * Return: whether it did.
 */
bool act_child(bool (*run)(void));

/**
 * act_event() - wait for the end of a filter
 * @w: socket that has joined the group
 * @event: filled
 *
 * Return: whether one came, and was as the contract has it.
 */
static inline bool act_event(struct wire *w, struct event *event)
{
	return wire_event(w, DFC_CMD_FILTER_DEL_NTF, event_read, event);
}

/**
 * act_wait() - wait until something holds
 * @w: socket
 * @holds: asks the kernel
 *
 * Return: whether it holds.
 */
bool act_wait(struct wire *w, bool (*holds)(struct wire *w));

/* Each of these makes one request that must succeed, and says if it does. */
bool act_rule_add(struct wire *w, const struct rule *rule);
bool act_rule_set(struct wire *w, const struct rule *rule);
bool act_filter_get(struct wire *w, uint32_t id, struct filter *f);
bool act_filter_del(struct wire *w, uint32_t id);
bool act_flush(struct wire *w);
bool act_flush_dest(struct wire *w, uint32_t dest);
bool act_dest_add(struct wire *w, const struct dest *dest);
bool act_dest_get(struct wire *w, uint32_t id, struct dest *d);
bool act_dest_del(struct wire *w, uint32_t id);
bool act_site_add(struct wire *w, const struct site *site);
bool act_site_set(struct wire *w, const struct site *site);
bool act_site_get(struct wire *w, uint32_t id, struct site *site);
bool act_site_del(struct wire *w, uint32_t id);
bool act_stats_get(struct wire *w, struct stats *s);

/**
 * act_dest_any() - add a destination of which only the id matters
 * @w: socket
 * @id: id
 *
 * Return: whether it was added.
 */
bool act_dest_any(struct wire *w, uint32_t id);

/**
 * act_rule_any() - add a filter of which only id and destination matter
 * @w: socket
 * @id: id
 * @dest: destination
 *
 * Return: whether it was added.
 */
bool act_rule_any(struct wire *w, uint32_t id, uint32_t dest);

/**
 * act_holds() - ask how many objects there are
 * @w: socket
 * @filters: how many filters there must be
 * @dests: how many destinations there must be
 *
 * Return: whether the numbers are so.
 */
bool act_holds(struct wire *w, unsigned int filters, unsigned int dests);

/**
 * act_no_filter() - ask for a filter that must not be there
 * @w: socket
 * @id: id
 *
 * Return: whether it is not.
 */
bool act_no_filter(struct wire *w, uint32_t id);

/**
 * rule_same() - compare what user space says of a filter
 * @expected: one
 * @actual: other
 *
 * Return: whether they are the same; if not, it was noted.
 */
bool rule_same(const struct rule *expected, const struct rule *actual);

/**
 * random_below() - the next number of a repeatable series
 * @limit: it is below; not 0
 *
 * Return: the number.
 */
uint32_t random_below(uint32_t limit);

/**
 * random_seed() - begin a series anew
 * @seed: not 0; the same seed gives the same series
 */
void random_seed(uint64_t seed);

#endif /* ACT_H */
