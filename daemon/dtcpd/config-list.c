// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dtcpd/config-address.h"
#include "dtcpd/config-check.h"

static const char *const permissions[] = { "action-redirect", "action-block" };

/*
 * Libconfuse has added a place for the entry that is being parsed: those
 * before it are the others.
 */
static bool is_there(cfg_opt_t *opt, const void *entry,
		     bool (*same)(const void *a, const void *b))
{
	unsigned int i;

	for (i = 0; i + 1 < cfg_opt_size(opt); i++)
		if (same(cfg_opt_getnptr(opt, i), entry))
			return true;
	return false;
}

static int refuse_twice(cfg_t *cfg, cfg_opt_t *opt, const char *value)
{
	cfg_error(cfg, "%s has \"%s\" twice, expected each entry once",
		  opt->name, value);
	return -1;
}

static int keep(cfg_t *cfg, const void *entry, size_t size, void *out)
{
	void *copy = malloc(size);

	if (!copy) {
		cfg_error(cfg, "out of memory");
		return -1;
	}
	memcpy(copy, entry, size);
	*(void **)out = copy;
	return 0;
}

static bool same_word(const void *a, const void *b)
{
	return !strcmp(((const struct config_word *)a)->text, b);
}

int config_check_word(cfg_t *cfg, cfg_opt_t *opt, const char *value, void *out)
{
	struct config_word *w;

	if (is_there(opt, value, same_word))
		return refuse_twice(cfg, opt, value);
	w = malloc(sizeof(*w) + strlen(value) + 1);
	if (!w) {
		cfg_error(cfg, "out of memory");
		return -1;
	}
	w->line = cfg->line;
	strcpy(w->text, value);
	*(void **)out = w;
	return 0;
}

int config_check_host_key(cfg_t *cfg, cfg_opt_t *opt, const char *value,
			  void *out)
{
	const char *file;

	if (config_check_file(cfg, opt, value, &file))
		return -1;
	return config_check_word(cfg, opt, value, out);
}

int config_check_permission(cfg_t *cfg, cfg_opt_t *opt, const char *value,
			    void *out)
{
	size_t i;

	for (i = 0; i < CONFIG_PERMISSIONS_MAX; i++)
		if (!strcmp(permissions[i], value))
			return config_check_word(cfg, opt, value, out);
	cfg_error(cfg, "%s has \"%s\", expected %s or %s", opt->name, value,
		  permissions[0], permissions[1]);
	return -1;
}

static bool same_listen(const char *text, const struct dtcp_outer_addr *b)
{
	struct dtcp_outer_addr a;

	return config_address(text, &a) && config_address_same(&a, b);
}

/* Any address of the machine, or all; the kernel says if it has not got it. */
int config_check_listen(cfg_t *cfg, cfg_opt_t *opt, const char *value,
			void *out)
{
	static const struct dtcp_outer_addr any[] = {
		{ .family = AF_INET }, { .family = AF_INET6 },
	};
	struct dtcp_outer_addr a;
	unsigned int i;

	if (!config_address(value, &a) || config_address_mapped(&a) ||
	    !(config_address_unicast(&a) || config_address_same(&a, &any[0]) ||
	      config_address_same(&a, &any[1]))) {
		cfg_error(cfg,
			  "%s has \"%s\", expected an IPv4 or IPv6 address of this machine, 0.0.0.0 or ::",
			  opt->name, value);
		return -1;
	}
	for (i = 0; i + 1 < cfg_opt_size(opt); i++)
		if (same_listen(cfg_opt_getnstr(opt, i), &a))
			return refuse_twice(cfg, opt, value);
	*(const char **)out = value;
	return 0;
}

/* Whether all of a prefix is multicast: no packet comes from there. */
static bool is_multicast(const struct config_prefix *p)
{
	if (p->addr.family == AF_INET)
		return p->len >= 4 && p->addr.addr[0] >> 4 == 14;
	return p->len >= 8 && p->addr.addr[0] == 0xff;
}

static int refuse_bits(cfg_t *cfg, cfg_opt_t *opt, const char *value,
		       const struct config_prefix *p)
{
	char text[INET6_ADDRSTRLEN];

	inet_ntop(p->addr.family, p->addr.addr, text, sizeof(text));
	cfg_error(cfg,
		  "%s has \"%s\" with bits set behind the prefix, expected \"%s/%u\"",
		  opt->name, value, text, p->len);
	return -1;
}

static bool same_prefix(const void *a, const void *b)
{
	const struct config_prefix *x = a, *y = b;

	return x->len == y->len && config_address_same(&x->addr, &y->addr);
}

int config_check_prefix(cfg_t *cfg, cfg_opt_t *opt, const char *value,
			void *out)
{
	struct config_prefix p;

	if (!config_prefix(value, &p) || is_multicast(&p) ||
	    (config_address_mapped(&p.addr) && p.len >= 96)) {
		cfg_error(cfg,
			  "%s has \"%s\", expected a unicast IPv4 or IPv6 address or prefix such as 192.0.2.0/24",
			  opt->name, value);
		return -1;
	}
	if (config_prefix_trim(&p))
		return refuse_bits(cfg, opt, value, &p);
	if (is_there(opt, &p, same_prefix))
		return refuse_twice(cfg, opt, value);
	return keep(cfg, &p, sizeof(p), out);
}

static bool same_target(const void *a, const void *b)
{
	const struct config_target *x = a, *y = b;

	return x->port == y->port && config_address_same(&x->addr, &y->addr);
}

int config_check_target(cfg_t *cfg, cfg_opt_t *opt, const char *value,
			void *out)
{
	struct config_target t;

	if (!config_target(value, &t) || !config_address_unicast(&t.addr) ||
	    config_address_mapped(&t.addr) ||
	    config_address_link_local(&t.addr)) {
		cfg_error(cfg,
			  "%s has \"%s\", expected a unicast address and port such as 192.0.2.9:4000 or [2001:db8::9]:4000",
			  opt->name, value);
		return -1;
	}
	if (is_there(opt, &t, same_target))
		return refuse_twice(cfg, opt, value);
	return keep(cfg, &t, sizeof(t), out);
}
