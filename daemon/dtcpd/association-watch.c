// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <errno.h>
#include <string.h>
#include <syslog.h>

#include "dtcpd/association-private.h"
#include "dtcpd/log.h"

static bool is_used_up(const struct association *a)
{
	return a->number->number == ESP_NUMBER_MAX(a->sa.esn);
}

/* A quarter is left: time enough to put in a new key. */
static void warn(struct association *a)
{
	uint64_t max = ESP_NUMBER_MAX(a->sa.esn);

	if (is_used_up(a))
		log_limited(LOG_ERR,
			    "security-association %s: the sequence numbers of its key are used up, copies are dropped; put a new key into both ends",
			    a->name);
	else if (!a->warned && a->number->number > max - max / 4)
		log_msg(LOG_WARNING,
			"security-association %s: three quarters of the sequence numbers of its key are used; put a new key into both ends",
			a->name);
	else
		return;
	a->warned = true;
}

/* No number above what is on the disk may be used: then rather none. */
static void withdraw(struct associations *as, struct association *a,
		     uint64_t ceiling)
{
	log_msg(LOG_ERR,
		"security-association %s: the file of sequence numbers cannot be written; copies are dropped until the configuration is reloaded",
		a->name);
	xfrm_policy_del(as->x, &a->sa, NULL);
	xfrm_state_del(as->x, &a->sa);
	a->installed = false;
	a->number->ceiling = ceiling;
	esp_number_end(a->number, false);
}

/* The ceiling that is on the disk stays until a higher one is. */
static void follow(struct associations *as, struct association *a)
{
	uint64_t number, ceiling = a->number->ceiling;
	int err = xfrm_state_number(as->x, &a->sa, &number);

	if (err == -ESRCH || err == -EEXIST) {
		log_msg(LOG_ERR,
			"security-association %s: somebody has removed its state; copies are dropped until the configuration is reloaded",
			a->name);
		xfrm_policy_del(as->x, &a->sa, NULL);
		a->installed = false;
		esp_number_end(a->number, false);
		esp_numbers_write(as->numbers);
		return;
	}
	if (err) {
		log_limited(LOG_WARNING, "security-association %s: %s",
			    a->name, xfrm_error(as->x));
		return;
	}
	if (esp_number_follow(a->number, number) &&
	    esp_numbers_write(as->numbers)) {
		a->number->ceiling = ceiling;
		if (number >= ceiling ||
		    ceiling - number < ESP_NUMBER_MARGIN / 4)
			withdraw(as, a, ceiling);
	}
	warn(a);
}

void associations_tick(struct associations *as)
{
	size_t i;

	for (i = 0; i < as->now.n; i++)
		if (as->now.a[i].installed)
			follow(as, &as->now.a[i]);
}

static const struct config_dest *find_dest(const struct config *c,
					   const char *group, const char *name)
{
	const struct config_group *g;
	size_t i, d;

	for (i = 0; i < c->ngroup; i++) {
		g = &c->group[i];
		for (d = 0; d < g->ndest; d++)
			if (!strcmp(g->name, group) &&
			    !strcmp(g->dest[d].name, name))
				return &g->dest[d];
	}
	return NULL;
}

static const char *state_of(const struct associations *as, const char *name)
{
	const struct association *a;
	size_t i;

	for (i = 0; i < as->now.n; i++) {
		a = &as->now.a[i];
		if (strcmp(a->name, name) || !a->installed)
			continue;
		return is_used_up(a) ? "used-up" : "installed";
	}
	return "missing";
}

static const char *text_of(const json_t *o, const char *key)
{
	const char *text = json_string_value(json_object_get(o, key));

	return text ? text : "";
}

void associations_show(const struct associations *as, const struct config *c,
		       json_t *answer)
{
	const struct config_dest *d;
	const char *name;
	json_t *o;
	size_t i;

	json_array_foreach(json_object_get(answer, "destinations"), i, o) {
		if (json_is_true(json_object_get(o, "dynamic")))
			continue;
		d = find_dest(c, text_of(o, "capture-group"),
			      text_of(o, "name"));
		if (!d || !d->association)
			continue;
		name = c->association[d->association - 1].name;
		json_object_set_new(o, "security-association",
				    json_string(name));
		json_object_set_new(o, "association-state",
				    json_string(state_of(as, name)));
	}
}
