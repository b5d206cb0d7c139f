// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <linux/bottom_half.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/netlink.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "model.h"
#include "property.h"
#include "table.h"

#define SIDES 2

/* One kind of trial. */
struct trial {
	const char *name;
	struct shape shape;
	unsigned int rules;	/* at a time, on each side */
	unsigned int adds;	/* percentage of additions among changes */
	unsigned int again;	/* one in so many additions is a repetition */
	unsigned int packets;	/* looked up after each change; 0: after 200 */
	unsigned int changes;	/* in a round; 0: ten times the rules */
	unsigned int quota;	/* masks of the filters in a group; 0: many */
	bool failures;		/* memory runs out now and then */
	unsigned long percent;	/* of all cases */
};

struct side {
	struct dfc_classifier c;
	struct dfc_quota quota;
	struct rule **rule;
	unsigned int n;
};

static struct side sides[SIDES];
static const struct trial *trial;
static u64 number, cases, matched, idle, refused, relaxed, largest;

static void publish(struct side *s)
{
	unsigned int i;

	if (trial->failures && random_one_in(2))
		shim_fail_at = 1;
	dfc_classifier_publish(&s->c);
	shim_fail_at = 0;
	for (i = s->n; i-- && !s->rule[i]->published;)
		s->rule[i]->published = true;
}

/* The different masks of the filters in the group, counted one by one. */
static unsigned int count_masks(const struct side *s)
{
	unsigned int i, j, n = 0;

	for (i = 0; i < s->n; i++) {
		for (j = 0; j < i; j++) {
			if (s->rule[j]->quota &&
			    s->rule[j]->node.mask == s->rule[i]->node.mask)
				break;
		}
		n += s->rule[i]->quota && i == j;
	}
	return n;
}

static bool quota_holds(struct side *s, unsigned int before)
{
	if (!trial->quota)
		return true;
	if (s->quota.n != count_masks(s) ||
	    (s->quota.n > before && s->quota.n > s->quota.max))
		return false;
	if (random_one_in(20))
		s->quota.max = 1 + random_below(trial->quota);
	return true;
}

/* What is refused for the quota has a reason, and would be so again. */
static bool was_right(const struct side *s, const struct rule *r, int err,
		      const char *text)
{
	if (err == -ENOMEM)
		return trial->failures;
	if (err != -ENOSPC || !text)
		return false;
	return !strstr(text, "group") ||
	       (r->quota && s->quota.n >= s->quota.max);
}

static bool add(struct side *s, struct rule *r)
{
	struct netlink_ext_ack extack = { ._msg = NULL };
	unsigned int masks = s->c.masks.n, charged = s->quota.n;
	bool exact, right;
	int err;

	r->number = number++;
	r->published = false;
	r->node.priority = r->priority;
	r->quota = random_one_in(3) ? NULL : &s->quota;
	if (trial->failures && random_one_in(4))
		shim_fail_at = 1 + random_below(3);
	err = dfc_classifier_add(&s->c, &r->node, r->quota, &extack);
	shim_fail_at = 0;
	if (!err) {
		exact = r->src.n <= 1 && r->dst.n <= 1 && !trial->shape.lists;
		relaxed += exact && r->node.match;
		if (!r->node.match) {
			kfree(r->match);
			r->match = NULL;
		}
		s->rule[s->n++] = r;
		largest = max(largest, (u64)s->c.masks.n);
		return quota_holds(s, charged);
	}
	right = was_right(s, r, err, extack._msg);
	rule_free(r);
	refused++;
	return right && s->c.masks.n == masks && s->quota.n == charged;
}

static void del(struct side *s, unsigned int i)
{
	struct rule *r = s->rule[i];

	if (trial->failures)
		shim_fail_at = 1;
	dfc_classifier_del(&s->c, &r->node, r->quota);
	shim_fail_at = 0;
	/* In the order of age, so that the last ones are not published. */
	memmove(s->rule + i, s->rule + i + 1,
		(--s->n - i) * sizeof(*s->rule));
	rule_free(r);
}

static bool change(struct side *s)
{
	unsigned int count = random_one_in(4) ? 1 + random_below(8) : 1;

	while (count--) {
		if (s->n && random_below(100) >= trial->adds) {
			del(s, random_below(s->n));
		} else if (s->n < trial->rules) {
			struct rule *r = s->n && trial->again &&
					 random_one_in(trial->again) ?
				rule_again(s->rule[random_below(s->n)]) :
				rule_make(&trial->shape);

			if (!r) {
				pr_err("no memory for a filter\n");
				return false;
			}
			if (!add(s, r)) {
				pr_err("a filter was refused wrongly\n");
				return false;
			}
		}
	}
	/* Now and then, some wait for the next time. */
	if (!random_one_in(8))
		publish(s);
	return true;
}

/* What the classifier found so far, and must go on with. */
struct hits {
	struct side *side;
	unsigned int unwanted;	/* a quarter of all rules; 0: none */
	unsigned int n;
	const struct rule *last;
	u64 marks;
	bool sorted;
};

static void on_nothing(struct dfc_node *node __always_unused,
		       void *arg __always_unused)
{
}

/* As devices are, which are no part of the key. */
static bool is_wanted(const struct rule *r, const struct hits *hits)
{
	return !hits->unwanted || r->number % 4 != hits->unwanted;
}

static bool wants(const struct dfc_node *node, void *arg)
{
	return is_wanted(container_of(node, const struct rule, node), arg);
}

static void on_match(struct dfc_node *node, void *arg)
{
	const struct rule *r = container_of(node, struct rule, node);
	struct hits *hits = arg;
	struct dfc_key other;

	if (!is_wanted(r, hits))
		return;

	if (hits->last && (r->priority < hits->last->priority ||
			   (r->priority == hits->last->priority &&
			    r->number <= hits->last->number)))
		hits->sorted = false;
	hits->last = r;
	hits->marks += random_state ^ r->number * 0x9e3779b97f4a7c15;
	hits->n++;
	/* A copy may be looked up itself while the original is. */
	if (r->number % 16 == 0) {
		u64 state = random_state;

		key_make(&other, &trial->shape, r);
		dfc_classifier_match(&hits->side->c, &other, NULL, on_nothing,
				     NULL);
		random_state = state;
	}
}

/* The hooks ask this first, and nothing else if the answer is yes. */
static bool is_idle(const struct side *s, const struct dfc_key *key)
{
	bool said;

	if (random_one_in(2))
		return false;
	local_bh_disable();
	rcu_read_lock();
	said = dfc_classifier_is_idle(&s->c, key);
	rcu_read_unlock();
	local_bh_enable();
	idle += said;
	return said;
}

static bool look_up(struct side *s, const struct dfc_key *key)
{
	struct hits hits = { .side = s, .sorted = true,
			     .unwanted = random_below(4) };
	bool none = is_idle(s, key);
	unsigned int i, n = 0;
	u64 marks = 0;

	local_bh_disable();
	rcu_read_lock();
	dfc_classifier_match(&s->c, key, wants, on_match, &hits);
	rcu_read_unlock();
	local_bh_enable();
	for (i = 0; i < s->n; i++) {
		const struct rule *r = s->rule[i];

		if (!r->published || !rule_holds(r, key))
			continue;
		if (none) {
			pr_err("a packet was idle that a filter wants\n");
			return false;
		}
		if (is_wanted(r, &hits)) {
			marks += random_state ^
				 r->number * 0x9e3779b97f4a7c15;
			n++;
		}
	}
	cases++;
	matched += !!n;
	if (hits.sorted && hits.n == n && hits.marks == marks)
		return true;
	pr_err("expected %u filters, found %u%s\n", n, hits.n,
	       hits.sorted ? "" : ", out of order");
	return false;
}

/* Often one that was looked up before, when there were other filters. */
static void key_choose(struct dfc_key *key, const struct side *s)
{
	static struct dfc_key recent[16];
	unsigned int i = random_below(16);

	if (recent[i].family && random_one_in(3)) {
		*key = recent[i];
		return;
	}
	key_make(key, &trial->shape, s->n && !random_one_in(4) ?
		 s->rule[random_below(s->n)] : NULL);
	recent[i] = *key;
}

static bool look_up_some(unsigned int count)
{
	struct dfc_key key;
	struct side *s;

	while (count--) {
		s = &sides[random_below(SIDES)];
		key_choose(&key, s);
		if (!look_up(s, &key))
			return false;
		/* Now from the flow cache, and for the other side. */
		if (random_one_in(2) &&
		    (!look_up(s, &key) ||
		     !look_up(&sides[s == sides], &key)))
			return false;
	}
	return true;
}

static bool empty(struct side *s)
{
	const struct dfc_table *table;

	while (s->n)
		del(s, random_below(s->n));
	table = rcu_dereference_protected(s->c.table, true);
	return !s->c.masks.n && !s->c.masks.bare && !s->quota.n &&
	       (!table || !table->chains);
}

static bool begin(void)
{
	unsigned int i;
	bool ok = true;

	for (i = 0; i < SIDES; i++) {
		dfc_classifier_init(&sides[i].c);
		dfc_quota_init(&sides[i].quota, trial->quota ?: DFC_MASKS_MAX);
		sides[i].rule = kvcalloc(trial->rules, sizeof(struct rule *),
					 GFP_KERNEL);
		sides[i].n = 0;
		ok &= !!sides[i].rule;
	}
	if (!ok)
		pr_err("no memory for a trial\n");
	return ok;
}

static bool end(bool ok)
{
	unsigned int i;

	for (i = 0; i < SIDES; i++) {
		if (!empty(&sides[i]) && ok) {
			pr_err("something is left without filters\n");
			ok = false;
		}
		dfc_quota_fini(&sides[i].quota);
		dfc_classifier_fini(&sides[i].c);
		kvfree(sides[i].rule);
	}
	return ok;
}

static bool round_of(void)
{
	unsigned int left = trial->changes ?: trial->rules * 10;
	bool ok = begin();

	while (ok && left--) {
		ok = change(&sides[random_below(SIDES)]) &&
		     look_up_some(trial->packets ?: left % 200 == 0) &&
		     !fatal_signal_pending(current);
		cond_resched();
	}
	return end(ok);
}

static const struct trial trials[] = {
	{
		.name = "few filters of every kind",
		.shape = { 7, 3, 3, false, 8 },
		.rules = 12, .adds = 55, .again = 5, .packets = 4,
		.percent = 31,
	}, {
		.name = "a group that may have few combinations",
		.shape = { 7, 3, 3, false, 8 },
		.rules = 60, .adds = 60, .again = 5, .packets = 2,
		.quota = 12, .percent = 3,
	}, {
		.name = "hundreds, plain, both families",
		.shape = { 7, 5, 0, false, 40 },
		.rules = 150, .adds = 60, .again = 8, .packets = 4,
		.percent = 20,
	}, {
		.name = "prefixes of all lengths, lists, negation",
		.shape = { 3, 5, 4, true, 16 },
		.rules = 80, .adds = 55, .again = 10, .packets = 4,
		.percent = 25,
	}, {
		.name = "more combinations than there may be",
		.shape = { 7, 3, 0, true, 4000 },
		.rules = 20000, .adds = 99, .again = 40, .packets = 0,
		.changes = 40000, .percent = 1,
	}, {
		.name = "many combinations, and some on the grid",
		.shape = { 3, 6, 0, true, 300 },
		.rules = 900, .adds = 70, .again = 20, .packets = 2,
		.changes = 4000, .percent = 3,
	}, {
		.name = "many filters of one packet",
		.shape = { 4, 1, 0, false, 2 },
		.rules = 150, .adds = 55, .again = 2, .packets = 4,
		.percent = 10,
	}, {
		.name = "more filters of one packet than are sorted at once",
		.shape = { 4, 1, 0, false, 2 },
		.rules = 1700, .adds = 97, .again = 2, .packets = 0,
		.changes = 2600, .percent = 1,
	}, {
		.name = "memory that runs out",
		.shape = { 7, 5, 4, true, 30 },
		.rules = 150, .adds = 70, .again = 8, .packets = 2,
		.changes = 3000, .failures = true, .percent = 5,
	}, {
		.name = "memory that runs out where there are few",
		.shape = { 7, 5, 4, true, 8 },
		.rules = 11, .adds = 50, .again = 8, .packets = 2,
		.changes = 3000, .failures = true, .percent = 2,
	}, {
		.name = "tables that grow and shrink",
		.shape = { 1, 6, 0, false, 1U << 31 },
		.rules = 20000, .adds = 90, .again = 100, .packets = 0,
		.changes = 60000, .percent = 1,
	},
};

static bool run(u64 limit)
{
	u64 before;

	cases = matched = idle = refused = relaxed = largest = 0;
	do {
		before = cases;
		if (!round_of())
			return false;
		if (!trial->packets)
			break;
	} while (cases < limit && cases > before);
	return true;
}

const char *property_name(unsigned int i)
{
	return i < ARRAY_SIZE(trials) ? trials[i].name : NULL;
}

bool property_holds(unsigned int i, unsigned long all)
{
	bool ok;

	trial = &trials[i];
	ok = run(all / 100 * trial->percent);
	pr_info("%llu packets, %llu matched, %llu idle; %llu masks at the most, %llu filters relaxed, %llu refused\n",
		(unsigned long long)cases, (unsigned long long)matched,
		(unsigned long long)idle, (unsigned long long)largest,
		(unsigned long long)relaxed, (unsigned long long)refused);
	return ok;
}
