// SPDX-License-Identifier: GPL-2.0
// Copyright (C) 2026 the dfc project

#include <linux/cpumask.h>
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/kthread.h>
#include <linux/netlink.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include "concurrent.h"
#include "few.h"
#include "model.h"

/* Filters at a time; all of them are held against each packet. */
#define PLACES	160
#define PATTERNS 48
#define KEYS	512
#define BATCH	8

/* So many changes until another number of places is used, and back again. */
#define PHASE	24

/* Many; now more, now fewer than are held against each packet; never more. */
static const unsigned int widths[] = { PLACES, 2 * DFC_FEW_MAX, DFC_FEW_MAX };
#define ROUND	(PHASE * ARRAY_SIZE(widths))

/* A filter's life, in this order; what readers go by. */
enum stage {
	ADDED,		/* not published */
	PUBLISHING,
	LIVE,
	DYING,
	DEAD,		/* no lookup that begins now may find it */
};

/**
 * struct tap - a filter that readers may meet
 * @rule: the filter
 * @stage: enum stage
 * @batch: published together with those that have the same number
 * @rcu: freed by RCU
 */
struct tap {
	struct rule *rule;
	int stage;
	u64 batch;
	struct rcu_head rcu;
};

static struct dfc_classifier classifier;
static struct tap __rcu *places[PLACES];
static struct rule *patterns[PATTERNS];
static struct dfc_key keys[KEYS];
static atomic64_t looked_up, found_all, idle_all;
static bool broken;
static u64 number, batches;

/* Places below this are used. */
static unsigned int width;
/* Whether filters are few, and how often they became many, and few. */
static bool few = true;
static u64 became[2];

/* One reader, and what it sees while it looks a packet up. */
struct view {
	struct task_struct *task;
	unsigned int next;
	struct tap *tap[PLACES];
	u8 before[PLACES];
	bool found[PLACES];
	const struct rule *last;
	const char *wrong;
	unsigned int n;
	bool idle;
};

static struct tap *tap_of(const struct dfc_node *node)
{
	return container_of(node, const struct rule, node)->owner;
}

static void see_before(struct view *view)
{
	unsigned int i;

	view->last = NULL;
	view->wrong = NULL;
	view->n = 0;
	for (i = 0; i < PLACES; i++) {
		struct tap *tap = rcu_dereference(places[i]);

		view->tap[i] = tap;
		view->before[i] = tap ? smp_load_acquire(&tap->stage) : ADDED;
		view->found[i] = false;
	}
}

/* One that came while the packet was looked up is in no place yet. */
static void note(struct view *view, const struct tap *tap)
{
	unsigned int i;

	for (i = 0; i < PLACES; i++) {
		if (view->tap[i] != tap)
			continue;
		if (view->found[i])
			view->wrong = "a filter was found twice";
		if (view->before[i] == DEAD)
			view->wrong = "a filter was found that was gone";
		view->found[i] = true;
	}
}

static void on_match(struct dfc_node *node, void *arg)
{
	const struct rule *r = container_of(node, struct rule, node);
	struct tap *tap = tap_of(node);
	struct view *view = arg;

	if (smp_load_acquire(&tap->stage) < PUBLISHING)
		view->wrong = "a filter was found before it was published";
	if (view->last && (r->priority < view->last->priority ||
			   (r->priority == view->last->priority &&
			    r->number <= view->last->number)))
		view->wrong = "filters were found out of order";
	view->last = r;
	view->n++;
	note(view, tap);
}

/* Whether all that were published with a filter that was found were, too. */
static bool is_whole(const struct view *view, u64 batch,
		     const struct dfc_key *key)
{
	unsigned int i;

	for (i = 0; i < PLACES; i++) {
		const struct tap *tap = view->tap[i];

		if (tap && tap->batch == batch && !view->found[i] &&
		    smp_load_acquire(&tap->stage) <= LIVE &&
		    rule_holds(tap->rule, key))
			return false;
	}
	return true;
}

static void see_after(struct view *view, const struct dfc_key *key)
{
	unsigned int i;

	for (i = 0; i < PLACES && !view->wrong; i++) {
		struct tap *tap = view->tap[i];

		if (!tap)
			continue;
		if (view->found[i]) {
			if (!rule_holds(tap->rule, key))
				view->wrong = "a filter was found wrongly";
			else if (!is_whole(view, tap->batch, key))
				view->wrong = "half a batch was found";
		} else if (view->before[i] == LIVE &&
			   smp_load_acquire(&tap->stage) == LIVE &&
			   rule_holds(tap->rule, key)) {
			view->wrong = view->idle ? "idle, but a filter matches"
						 : "a filter was not found";
		}
	}
}

/* Some ask first, as hooks do; others rely on the match alone. */
static void look_up(struct view *view, const struct dfc_key *key)
{
	bool asks = view->next >> 25 & 1;

	local_bh_disable();
	rcu_read_lock();
	see_before(view);
	view->idle = asks && dfc_classifier_is_idle(&classifier, key);
	if (!view->idle)
		dfc_classifier_match(&classifier, key, NULL, on_match, view);
	/* What has not begun to go by now was there all the time. */
	smp_rmb();
	see_after(view, key);
	rcu_read_unlock();
	local_bh_enable();
}

static int reader(void *arg)
{
	struct view *view = arg;

	while (!kthread_should_stop()) {
		view->next = view->next * 1664525 + 1013904223;
		look_up(view, &keys[(view->next >> 16) % KEYS]);
		atomic64_inc(&looked_up);
		atomic64_add(view->n, &found_all);
		atomic64_add(view->idle, &idle_all);
		if (view->wrong && !xchg(&broken, true))
			pr_err("%s\n", view->wrong);
		/* Filters come and go where there is but one processor, too. */
		if (view->next >> 28 == 0)
			usleep_range(10, 50);
		cond_resched();
	}
	return 0;
}

static void free_rcu(struct rcu_head *head)
{
	struct tap *tap = container_of(head, struct tap, rcu);

	rule_free(tap->rule);
	kfree(tap);
}

/* The test changes places alone. */
static struct tap *tap_in(unsigned int place)
{
	return rcu_dereference_protected(places[place], true);
}

static void set_stage(struct tap *tap, enum stage stage)
{
	smp_store_release(&tap->stage, stage);
}

static struct tap *tap_alloc(void)
{
	struct tap *tap = kzalloc(sizeof(*tap), GFP_KERNEL);

	if (!tap)
		return NULL;
	tap->rule = rule_again(patterns[random_below(PATTERNS)]);
	if (!tap->rule) {
		kfree(tap);
		return NULL;
	}
	tap->rule->owner = tap;
	tap->rule->number = number++;
	tap->rule->node.priority = tap->rule->priority;
	tap->batch = batches;
	return tap;
}

/* One that is dead leaves its place only now, for readers to miss it. */
static int add(unsigned int place)
{
	struct tap *old = tap_in(place), *tap;
	struct netlink_ext_ack extack = { };
	int err;

	if (old && old->stage != DEAD)
		return 0;
	tap = tap_alloc();
	if (!tap)
		return -ENOMEM;
	rcu_assign_pointer(places[place], tap);
	if (old)
		call_rcu(&old->rcu, free_rcu);
	err = dfc_classifier_add(&classifier, &tap->rule->node, NULL, &extack);
	if (err)
		set_stage(tap, DEAD);
	return err;
}

/* When the classifier has decided, too. */
static void note_crossing(void)
{
	bool now = classifier.n <= DFC_FEW_MAX;

	if (now != few)
		became[now]++;
	few = now;
}

static void del(struct tap *tap)
{
	dfc_classifier_del(&classifier, &tap->rule->node, NULL);
	set_stage(tap, DEAD);
	note_crossing();
}

static void set_stage_of_batch(enum stage stage)
{
	unsigned int i;

	for (i = 0; i < PLACES; i++) {
		struct tap *tap = tap_in(i);

		if (tap && tap->batch == batches && tap->stage != DEAD)
			set_stage(tap, stage);
	}
}

static void publish(void)
{
	set_stage_of_batch(PUBLISHING);
	dfc_classifier_publish(&classifier);
	set_stage_of_batch(LIVE);
	note_crossing();
}

static void withdraw(void)
{
	unsigned int i;

	for (i = 0; i < PLACES; i++) {
		struct tap *tap = tap_in(i);

		if (tap && tap->stage == ADDED)
			del(tap);
	}
}

/*
 * Now and then readers have time: to find the same again, in the flow cache,
 * and to meet filters at every stage.
 */
static void wait_for_readers(void)
{
	s64 until = atomic64_read(&looked_up) + random_below(200);

	if (!random_one_in(4))
		return;
	while (atomic64_read(&looked_up) < until && !READ_ONCE(broken) &&
	       !fatal_signal_pending(current))
		usleep_range(50, 100);
}

static int add_some(void)
{
	unsigned int left = 1 + random_below(BATCH);
	int err = 0;

	batches++;
	while (left-- && !err)
		err = add(random_below(width));
	wait_for_readers();
	if (!err && !random_one_in(8))
		publish();
	else
		withdraw();
	return err;
}

static void del_in(unsigned int place)
{
	struct tap *tap = tap_in(place);

	if (!tap || tap->stage != LIVE)
		return;
	set_stage(tap, DYING);
	wait_for_readers();
	del(tap);
}

static void del_some(void)
{
	unsigned int left = 1 + random_below(BATCH);

	while (left--)
		del_in(random_below(width));
}

/* Filters become many and few once in each round, whatever chance does. */
static int begin_phase(unsigned int new_width)
{
	unsigned int i;
	int err = 0;

	width = new_width;
	for (i = width; i < PLACES; i++)
		del_in(i);
	if (width < PLACES)
		return 0;
	batches++;
	for (i = 0; i < width && classifier.n <= DFC_FEW_MAX && !err; i++)
		err = add(i);
	if (!err)
		publish();
	return err;
}

static int check_crossings(unsigned int rounds)
{
	if (became[true] >= rounds && became[false] >= rounds)
		return 0;
	pr_err("filters became few %llu times, many %llu times in %u rounds\n",
	       became[true], became[false], rounds);
	return -EINVAL;
}

/* One round at least, however few packets are to be looked up. */
static int change(s64 all)
{
	unsigned int i;
	int err = 0;

	for (i = 0; i < ROUND || atomic64_read(&looked_up) < all; i++) {
		if (READ_ONCE(broken))
			return -EINVAL;
		if (fatal_signal_pending(current))
			return -EINTR;
		if (i % PHASE == 0)
			err = begin_phase(widths[i % ROUND / PHASE]);
		else if (random_one_in(2))
			err = add_some();
		else
			del_some();
		if (err)
			return err;
		wait_for_readers();
		cond_resched();
	}
	return check_crossings(i / ROUND);
}

static int think_up(void)
{
	static const struct shape shapes[] = {
		{ 7, 3, 3, false, 8 },
		{ 3, 5, 4, true, 16 },
		{ 4, 1, 0, false, 2 },
	};
	const struct shape *shape;
	unsigned int i;

	for (i = 0; i < PATTERNS; i++) {
		patterns[i] = rule_make(&shapes[i % ARRAY_SIZE(shapes)]);
		if (!patterns[i])
			return -ENOMEM;
	}
	for (i = 0; i < KEYS; i++) {
		shape = &shapes[i % ARRAY_SIZE(shapes)];
		key_make(&keys[i], shape, patterns[i % PATTERNS]);
	}
	return 0;
}

static void forget(void)
{
	unsigned int i;

	for (i = 0; i < PLACES; i++) {
		struct tap *tap = tap_in(i);

		if (!tap)
			continue;
		if (tap->stage != DEAD)
			del(tap);
		RCU_INIT_POINTER(places[i], NULL);
		call_rcu(&tap->rcu, free_rcu);
	}
	for (i = 0; i < PATTERNS; i++) {
		if (patterns[i])
			rule_free(patterns[i]);
	}
	dfc_classifier_fini(&classifier);
}

static int start(struct view *view, unsigned int i)
{
	view->next = i;
	view->task = kthread_run(reader, view, "dfc_reader/%u", i);
	return PTR_ERR_OR_ZERO(view->task);
}

int concurrent_holds(unsigned long all)
{
	unsigned int n = 2 * num_online_cpus(), i;
	struct view *views;
	int err;

	dfc_classifier_init(&classifier);
	views = kvcalloc(n, sizeof(*views), GFP_KERNEL);
	err = views ? think_up() : -ENOMEM;
	for (i = 0; i < n && !err; i++)
		err = start(&views[i], i);
	if (!err)
		err = change(all);
	for (i = 0; views && i < n; i++) {
		if (!IS_ERR_OR_NULL(views[i].task))
			kthread_stop(views[i].task);
	}
	if (!err && broken)
		err = -EINVAL;
	pr_info("%lld packets, %lld idle, %lld matches, by %u readers; %llu filters, %llu batches; %llu times few, %llu times many\n",
		atomic64_read(&looked_up), atomic64_read(&idle_all),
		atomic64_read(&found_all), n, number, batches,
		became[true], became[false]);
	forget();
	kvfree(views);
	return err;
}
