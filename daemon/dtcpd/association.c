// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#include "dtcpd/association-private.h"
#include "dtcpd/config-address.h"
#include "dtcpd/log.h"

struct associations_change {
	struct associations *as;
	struct association_set next;
};

/* Without an association the kernel need not know IPsec. */
bool association_connect(struct associations *as)
{
	char why[256];

	if (!as->x)
		as->x = xfrm_open(why, sizeof(why));
	if (!as->x)
		log_msg(LOG_ERR, "IPsec of the kernel: %s", why);
	return as->x;
}

bool association_save(struct associations *as)
{
	int err = esp_numbers_write(as->numbers);

	if (err)
		log_limited(LOG_ERR, "%s: cannot write: %s", as->numbers->path,
			    strerror(-err));
	return !err;
}

/* Policies first: without a state they would ask an IKE daemon for one. */
void association_remove(struct associations *as, const char *name,
			struct esp_number *r)
{
	uint64_t number;
	int err = xfrm_policy_del(as->x, &r->sa, NULL);

	if (err)
		log_msg(LOG_WARNING,
			"security-association %s: policies stay in the kernel: %s",
			name, xfrm_error(as->x));
	err = xfrm_state_number(as->x, &r->sa, &number);
	if (!err) {
		esp_number_follow(r, number);
		if (xfrm_state_del(as->x, &r->sa))
			log_msg(LOG_WARNING,
				"security-association %s: its state stays in the kernel: %s",
				name, xfrm_error(as->x));
	}
	esp_number_end(r, !err);
}

static bool recover(struct associations *as)
{
	struct esp_number *r;
	bool any = false;
	size_t i;

	for (i = 0; i < ESP_NUMBER_RECORDS; i++) {
		r = &as->numbers->record[i];
		if (!r->installed)
			continue;
		if (!association_connect(as))
			return false;
		association_remove(as, "of before", r);
		any = true;
	}
	return !any || association_save(as);
}

struct associations *associations_open(const char *directory, bool keep)
{
	struct associations *as = calloc(1, sizeof(*as));

	if (as)
		as->numbers = esp_numbers_open(directory);
	if (as) {
		as->keep = keep;
		as->left = keep;
	}
	if (as && as->numbers && (keep || recover(as)))
		return as;
	associations_close(as);
	return NULL;
}

static void end(struct associations *as, struct association *a)
{
	if (a->installed)
		association_remove(as, a->name, a->number);
	a->installed = false;
}

void associations_close(struct associations *as)
{
	size_t i;

	if (!as)
		return;
	if (as->keep)
		association_leave(as);
	for (i = 0; i < as->now.n && !as->keep; i++)
		end(as, &as->now.a[i]);
	if (as->now.n)
		association_save(as);
	association_set_free(&as->now);
	xfrm_close(as->x);
	esp_numbers_close(as->numbers);
	free(as);
}

static struct association *find_same(const struct association_set *s,
				     const struct association *a)
{
	size_t i;

	for (i = 0; i < s->n; i++)
		if (s->a[i].installed &&
		    s->a[i].algorithm == a->algorithm &&
		    !memcmp(s->a[i].key_id, a->key_id, ESP_KEY_ID) &&
		    association_same_sa(&s->a[i].sa, &a->sa))
			return &s->a[i];
	return NULL;
}

/* Whether one that is installed is in the way of another that is to be. */
static bool is_swap(const struct association_set *s,
		    const struct association *a)
{
	struct association *b;
	size_t i;

	for (i = 0; i < s->n; i++) {
		b = &s->a[i];
		if (b->installed &&
		    (!memcmp(b->key_id, a->key_id, ESP_KEY_ID) ||
		     (b->sa.spi == a->sa.spi &&
		      config_address_same(&b->sa.remote, &a->sa.remote))))
			return true;
	}
	return false;
}

static bool refuse_number(const struct association *a)
{
	log_msg(LOG_ERR,
		"security-association %s: the sequence numbers of its key are used up, expected a new key, at both ends",
		a->name);
	return false;
}

static bool find_number(struct associations *as, struct association *a)
{
	bool fresh;

	a->number = esp_number_get(as->numbers, a->key_id, &fresh);
	if (!a->number) {
		log_msg(LOG_ERR, "security-association %s: too many keys",
			a->name);
		return false;
	}
	if (fresh)
		log_msg(LOG_NOTICE,
			"security-association %s: a new key, its sequence numbers begin with 1; if it was ever used before, put a new one into both ends",
			a->name);
	return true;
}

/* Those that stay, and the numbers of those that are new. */
static bool match(struct associations *as, struct association_set *next)
{
	const struct association *old;
	struct association *a;
	size_t i;

	for (i = 0; i < next->n; i++) {
		a = &next->a[i];
		if (a->taken)
			continue;
		old = find_same(&as->now, a);
		a->kept = old;
		if (old) {
			a->number = old->number;
			a->warned = old->warned;
			a->installed = true;
			explicit_bzero(a->key, sizeof(a->key));
			continue;
		}
		a->swapped = is_swap(&as->now, a);
		if (!find_number(as, a))
			return false;
		if (!a->swapped && !esp_number_begin(a->number, &a->sa))
			return refuse_number(a);
	}
	return true;
}

static bool install_state(struct associations *as, struct association *a)
{
	char remote[INET6_ADDRSTRLEN];
	int err;

	err = xfrm_state_add(as->x, &a->sa, a->algorithm, a->key,
			     a->number->number);
	explicit_bzero(a->key, sizeof(a->key));
	a->installed = !err;
	if (!err)
		return true;
	association_address(&a->sa.remote, remote);
	if (err == -EEXIST)
		log_msg(LOG_ERR,
			"security-association %s: there is a state of somebody else with spi 0x%08x to %s, expected none; see: ip xfrm state",
			a->name, a->sa.spi, remote);
	else
		log_msg(LOG_ERR,
			"security-association %s: the kernel refuses the state with spi 0x%08x to %s: %s",
			a->name, a->sa.spi, remote, xfrm_error(as->x));
	return false;
}

static void report_policy(const struct associations *as,
			  const struct association *a,
			  const struct xfrm_flow *f, int err)
{
	char src[INET6_ADDRSTRLEN], dst[INET6_ADDRSTRLEN];
	bool there = err == -EEXIST;

	log_msg(LOG_ERR,
		"security-association %s: %s for src %s dst %s proto %u sport %u dport %u dir out%s%s",
		a->name, there ? "there is a policy of somebody else" :
		"the kernel refuses the policy", association_address(&f->src, src),
		association_address(&f->dst, dst), f->proto, f->sport, f->dport,
		there ? ", expected none; see: ip xfrm policy" : ": ",
		there ? "" : xfrm_error(as->x));
}

/* New flows of a state that is there; the others are for the commit. */
static bool install_policies(struct associations *as, struct association *a)
{
	size_t i;
	int err;

	for (i = 0; i < a->nflow; i++) {
		if (association_flow(&as->now, &a->flow[i]))
			continue;
		err = xfrm_policy_add(as->x, &a->sa, &a->flow[i]);
		if (err) {
			report_policy(as, a, &a->flow[i], err);
			return false;
		}
		a->added = i + 1;
	}
	return true;
}

static bool install(struct associations *as, struct association_set *next)
{
	size_t i;

	for (i = 0; i < next->n; i++) {
		struct association *a = &next->a[i];

		if (a->swapped)
			continue;
		if (a->taken && !association_take_policies(as, a))
			return false;
		if (a->taken)
			continue;
		if (!a->kept && !install_state(as, a))
			return false;
		if (!install_policies(as, a))
			return false;
	}
	return true;
}

void associations_discard(struct associations_change *change)
{
	struct associations *as = change->as;
	struct association *a;
	size_t i, j;

	for (i = 0; i < change->next.n; i++) {
		a = &change->next.a[i];
		for (j = 0; j < a->added; j++)
			if (!association_flow(&as->now, &a->flow[j]))
				xfrm_policy_del(as->x, &a->sa, &a->flow[j]);
		if (a->kept || a->swapped || a->taken || !a->number)
			continue;
		if (a->installed)
			end(as, a);
		else
			a->number->installed = false;
	}
	if (change->next.n)
		association_save(as);
	association_set_free(&change->next);
	free(change);
}

struct associations_change *associations_prepare(struct associations *as,
						 const struct config *c)
{
	struct associations_change *change = calloc(1, sizeof(*change));

	if (!change) {
		log_msg(LOG_ERR, "out of memory");
		return NULL;
	}
	change->as = as;
	if (!association_set_build(&change->next, c)) {
		free(change);
		return NULL;
	}
	if (!association_take(as, &change->next)) {
		associations_discard(change);
		return NULL;
	}
	if (!change->next.n)
		return change;
	if (as->numbers->damaged) {
		log_msg(LOG_ERR, "%s: damaged, see above; no security-association can be used",
			as->numbers->path);
		association_set_free(&change->next);
		free(change);
		return NULL;
	}
	if (association_connect(as) && match(as, &change->next) && association_save(as) &&
	    install(as, &change->next))
		return change;
	associations_discard(change);
	return NULL;
}

/* Between the two, copies have no state: they are dropped. */
static void swap(struct associations *as, struct association *a)
{
	struct association *b;
	size_t i;

	for (i = 0; i < as->now.n; i++) {
		b = &as->now.a[i];
		if (b->installed && is_swap(&(struct association_set){ b, 1 },
					    a))
			end(as, b);
	}
	if (!esp_number_begin(a->number, &a->sa))
		refuse_number(a);
	else if (!association_save(as) || !install_state(as, a))
		a->number->installed = false;
}

static void move_policies(struct associations *as, struct association *a)
{
	const struct association *old;
	size_t i;
	int err;

	for (i = 0; i < a->nflow; i++) {
		old = association_flow(&as->now, &a->flow[i]);
		if (old && old->installed &&
		    association_same_sa(&old->sa, &a->sa))
			continue;
		if (old && old->installed)
			err = xfrm_policy_replace(as->x, &a->sa, &a->flow[i]);
		else if (a->swapped || old)
			err = xfrm_policy_add(as->x, &a->sa, &a->flow[i]);
		else
			continue;
		if (err)
			report_policy(as, a, &a->flow[i], err);
	}
}

/* Of one that stays, flows that it has no more; else all of it. */
static void retire(struct associations *as, struct association *old,
		   const struct association_set *next)
{
	size_t i;

	if (!old->installed)
		return;
	for (i = 0; i < next->n; i++)
		if (next->a[i].kept && next->a[i].number == old->number)
			break;
	if (i == next->n) {
		end(as, old);
		return;
	}
	for (i = 0; i < old->nflow; i++)
		if (!association_flow(next, &old->flow[i]))
			xfrm_policy_del(as->x, &old->sa, &old->flow[i]);
}

void associations_commit(struct associations_change *change)
{
	struct associations *as = change->as;
	struct association_set *next = &change->next;
	size_t i;

	for (i = 0; i < next->n; i++)
		if (next->a[i].swapped)
			swap(as, &next->a[i]);
	for (i = 0; i < next->n; i++)
		if (next->a[i].installed)
			move_policies(as, &next->a[i]);
	for (i = 0; i < as->now.n; i++)
		retire(as, &as->now.a[i], next);
	if (as->now.n || next->n)
		association_save(as);
	association_set_free(&as->now);
	as->now = *next;
	free(change);
}
