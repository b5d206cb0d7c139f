// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <errno.h>
#include <string.h>
#include <syslog.h>

#include "dtcpd/association-private.h"
#include "dtcpd/log.h"

/* With another key or another end it is of no use any more. */
static bool take(struct associations *as, struct association *a,
		 struct esp_number *r)
{
	uint64_t number;

	if (!r->installed || memcmp(r->key_id, a->key_id, ESP_KEY_ID) ||
	    !association_same_sa(&r->sa, &a->sa) ||
	    xfrm_state_number(as->x, &r->sa, &number))
		return false;
	esp_number_follow(r, number);
	a->number = r;
	a->installed = true;
	a->taken = true;
	explicit_bzero(a->key, sizeof(a->key));
	return true;
}

static bool find_left(const struct associations *as)
{
	size_t i;

	for (i = 0; i < ESP_NUMBER_RECORDS; i++)
		if (as->numbers->record[i].installed)
			return true;
	return false;
}

static bool is_taken(const struct association_set *s,
		     const struct esp_number *r)
{
	size_t i;

	for (i = 0; i < s->n; i++)
		if (s->a[i].taken && s->a[i].number == r)
			return true;
	return false;
}

bool association_take(struct associations *as, struct association_set *next)
{
	bool left = as->left && find_left(as);
	struct esp_number *r;
	size_t i, j;

	as->left = false;
	if (!left)
		return true;
	if (!association_connect(as))
		return false;
	for (i = 0; i < next->n; i++)
		for (j = 0; j < ESP_NUMBER_RECORDS; j++)
			if (take(as, &next->a[i], &as->numbers->record[j]))
				break;
	for (j = 0; j < ESP_NUMBER_RECORDS; j++) {
		r = &as->numbers->record[j];
		if (r->installed && !is_taken(next, r))
			association_remove(as, "of before", r);
	}
	return association_save(as);
}

bool association_take_policies(struct associations *as, struct association *a)
{
	size_t i;
	int err = 0;

	for (i = 0; i < a->nflow && !err; i++) {
		err = xfrm_policy_add(as->x, &a->sa, &a->flow[i]);
		/* Most likely ours: its state is. */
		if (err == -EEXIST)
			err = xfrm_policy_replace(as->x, &a->sa, &a->flow[i]);
	}
	if (!err)
		err = xfrm_policy_prune(as->x, &a->sa, a->flow, a->nflow);
	if (err)
		log_msg(LOG_ERR,
			"security-association %s: the kernel refuses its policies: %s",
			a->name, xfrm_error(as->x));
	return !err;
}

void association_leave(struct associations *as)
{
	struct association *a;
	uint64_t number;
	size_t i;

	for (i = 0; i < as->now.n; i++) {
		a = &as->now.a[i];
		if (a->installed &&
		    !xfrm_state_number(as->x, &a->sa, &number))
			esp_number_follow(a->number, number);
	}
}
