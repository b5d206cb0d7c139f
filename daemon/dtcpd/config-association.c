// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "dtcpd/config-address.h"
#include "dtcpd/config-association.h"
#include "dtcpd/config-check.h"

int config_check_esp_mode(cfg_t *cfg, cfg_opt_t *opt, const char *value,
			  void *out)
{
	if (!strcmp(value, "tunnel") || !strcmp(value, "transport"))
		return config_take(value, out);
	cfg_error(cfg, "%s is \"%s\", expected tunnel or transport", opt->name,
		  value);
	return -1;
}

/* Decimal, or with 0x as `ip xfrm` prints it; 0 if it is none. */
static uint32_t parse_spi(const char *text)
{
	bool hex = !strncmp(text, "0x", 2);
	const char *digits = text + (hex ? 2 : 0);
	size_t len = strspn(digits, hex ? "0123456789abcdefABCDEF" :
			    "0123456789");
	unsigned long long n;

	if (!len || digits[len])
		return 0;
	errno = 0;
	n = strtoull(digits, NULL, hex ? 16 : 10);
	return errno || n < CONFIG_SPI_MIN || n > UINT32_MAX ? 0 : (uint32_t)n;
}

int config_check_spi(cfg_t *cfg, cfg_opt_t *opt, const char *value, void *out)
{
	if (parse_spi(value))
		return config_take(value, out);
	cfg_error(cfg, "%s is \"%s\", expected a number from %d to %u",
		  opt->name, value, CONFIG_SPI_MIN, UINT32_MAX);
	return -1;
}

int config_check_algorithm(cfg_t *cfg, cfg_opt_t *opt, const char *value,
			   void *out)
{
	if (esp_algorithm_find(value))
		return config_take(value, out);
	cfg_error(cfg, "%s is \"%s\", expected " ESP_ALGORITHMS, opt->name,
		  value);
	return -1;
}

static int refuse_missing(cfg_t *sec, const char *name, const char *expected)
{
	cfg_error(sec, "security-association \"%s\" has no %s, expected %s",
		  cfg_title(sec), name, expected);
	return -1;
}

static int check_families(cfg_t *sec)
{
	const char *local = cfg_getstr(sec, "local");
	const char *remote = cfg_getstr(sec, "remote");
	struct dtcp_outer_addr from, to;

	if (!local || !remote)
		return 0;
	config_address(local, &from);
	config_address(remote, &to);
	if (from.family == to.family)
		return 0;
	cfg_error(sec,
		  "security-association \"%s\" has local and remote of different families, expected both IPv4 or both IPv6",
		  cfg_title(sec));
	return -1;
}

static int try_key(cfg_t *sec)
{
	const struct config_trials *t = config_check_trials;
	const char *path = cfg_getstr(sec, "key-file");
	char why[256];

	if (!t || t->key(path, esp_algorithm_find(cfg_getstr(sec, "algorithm")),
			 why, sizeof(why)))
		return 0;
	cfg_error(sec, "key-file is \"%s\": %s", path, why);
	return -1;
}

int config_check_association(cfg_t *cfg, cfg_opt_t *opt)
{
	cfg_t *sec = cfg_opt_getnsec(opt, cfg_opt_size(opt) - 1);

	sec->line = cfg_getint(sec, CONFIG_LINE);
	if (!config_is_name(cfg_title(sec), CONFIG_ASSOCIATION_NAME_MAX) ||
	    strchr(cfg_title(sec), ' ')) {
		cfg_error(sec,
			  "security-association \"%s\" has a bad name, expected 1 to %d printable characters without blanks",
			  cfg_title(sec), CONFIG_ASSOCIATION_NAME_MAX);
		return -1;
	}
	if (cfg_opt_size(opt) > CONFIG_ASSOCIATIONS_MAX) {
		cfg_error(sec,
			  "security-association \"%s\" is one too many, expected at most %d",
			  cfg_title(sec), CONFIG_ASSOCIATIONS_MAX);
		return -1;
	}
	if (!cfg_getstr(sec, "spi"))
		return refuse_missing(sec, "spi", "spi = 256 to 4294967295");
	if (!cfg_getstr(sec, "key-file"))
		return refuse_missing(sec, "key-file", "key-file = ...");
	return check_families(sec) || try_key(sec) ? -1 : 0;
}

static bool build(struct config_association *a, cfg_t *sec)
{
	const char *local = cfg_getstr(sec, "local");
	const char *remote = cfg_getstr(sec, "remote");

	if (local)
		config_address(local, &a->local);
	if (remote)
		config_address(remote, &a->remote);
	a->transport = !strcmp(cfg_getstr(sec, "mode"), "transport");
	a->spi = parse_spi(cfg_getstr(sec, "spi"));
	a->algorithm = esp_algorithm_find(cfg_getstr(sec, "algorithm"));
	a->esn = cfg_getbool(sec, "extended-sequence-numbers");
	a->name = strdup(cfg_title(sec));
	a->key_file = strdup(cfg_getstr(sec, "key-file"));
	return a->name && a->key_file;
}

bool config_associations_build(struct config *c, cfg_t *cfg)
{
	unsigned int n = cfg_size(cfg, "security-association");

	c->association = calloc(n + 1, sizeof(*c->association));
	if (!c->association)
		return false;
	while (c->nassociation < n) {
		cfg_t *sec = cfg_getnsec(cfg, "security-association",
					 c->nassociation);

		if (!build(&c->association[c->nassociation++], sec))
			return false;
	}
	return true;
}

static bool refuse(cfg_t *dest, const char *name, const char *why)
{
	cfg_error(dest, "content-destination \"%s\", security-association \"%s\": %s",
		  cfg_title(dest), name, why);
	return false;
}

/* Takes what is left open from the destination, and the other way round. */
static bool join(struct config_association *a, struct config_dest *d,
		 cfg_t *sec)
{
	if (a->local.family == AF_UNSPEC)
		a->local = d->source;
	if (a->remote.family == AF_UNSPEC)
		a->remote = d->address;
	if (a->local.family == AF_UNSPEC)
		return refuse(sec, a->name,
			      "neither has the address that copies leave with, expected local = ... or source-address = ...");
	if (d->source.family == AF_UNSPEC)
		d->source = a->local;
	if (a->local.family != d->address.family ||
	    a->remote.family != d->address.family)
		return refuse(sec, a->name,
			      "address, local and remote are of different families, expected all IPv4 or all IPv6");
	return true;
}

static bool check_addresses(const struct config_association *a,
			    const struct config_dest *d, cfg_t *dest,
			    cfg_t *sec)
{
	if (a->transport && (!config_address_same(&a->local, &d->source) ||
			     !config_address_same(&a->remote, &d->address)))
		return refuse(dest, a->name,
			      "it is in transport mode and has other addresses, expected those of the destination");
	if (!cfg_getstr(sec, "remote") &&
	    !config_address_same(&a->remote, &d->address))
		return refuse(dest, a->name,
			      "another destination with another address uses it, expected remote = ... in it");
	if (!cfg_getstr(sec, "local") &&
	    !config_address_same(&a->local, &d->source))
		return refuse(dest, a->name,
			      "another destination with another source-address uses it, expected local = ... in it");
	return true;
}

static size_t find(const struct config *c, const char *name)
{
	size_t i;

	for (i = 0; i < c->nassociation; i++)
		if (!strcmp(c->association[i].name, name))
			return i + 1;
	return 0;
}

static bool associate(struct config *c, struct config_dest *d, cfg_t *cfg,
		      cfg_t *dest)
{
	const char *name = cfg_getstr(dest, "security-association");
	struct config_association *a;

	if (!name)
		return true;
	d->association = find(c, name);
	if (!d->association)
		return refuse(dest, name,
			      "there is none of that name, expected the name of a section security-association");
	if (d->security_none)
		return refuse(dest, name,
			      "it would encrypt, and security = none lets copies leave in the clear, expected one of both");
	a = &c->association[d->association - 1];
	return join(a, d, dest) &&
	       check_addresses(a, d, dest,
			       cfg_getnsec(cfg, "security-association",
					   d->association - 1));
}

bool config_associate(struct config *c, struct config_group *g, cfg_t *cfg,
		      cfg_t *sec)
{
	size_t i;

	for (i = 0; i < g->ndest; i++)
		if (!associate(c, &g->dest[i], cfg,
			       cfg_getnsec(sec, "content-destination", i)))
			return false;
	return true;
}

static bool check_spi(const struct config *c, size_t n, cfg_t *cfg)
{
	const struct config_association *a = &c->association[n], *b;
	size_t i;

	for (i = 0; i < n; i++) {
		b = &c->association[i];
		if (a->spi != b->spi || a->remote.family == AF_UNSPEC ||
		    !config_address_same(&a->remote, &b->remote))
			continue;
		cfg_error(cfg_getnsec(cfg, "security-association", n),
			  "security-association \"%s\" has spi and remote of \"%s\", expected another spi",
			  a->name, b->name);
		return false;
	}
	return true;
}

static uint16_t source_port(const struct config_dest *d)
{
	return d->source_port ? d->source_port : d->port;
}

/* Whether copies to both look the same outside. */
static bool same_outside(const struct config_dest *a,
			 const struct config_dest *b)
{
	return a->port == b->port && source_port(a) == source_port(b) &&
	       config_address_same(&a->address, &b->address) &&
	       config_address_same(&a->source, &b->source);
}

static bool check_dest(const struct config *c, const struct config_group *g,
		       size_t n, cfg_t *cfg)
{
	const struct config_dest *d = &g->dest[n], *other;
	const struct config_group *h;
	size_t i;

	for (h = c->group; d->association && h <= g; h++)
		for (i = 0; i < (h == g ? n : h->ndest); i++) {
			other = &h->dest[i];
			if (!other->association ||
			    other->association == d->association ||
			    !same_outside(other, d))
				continue;
			return refuse(cfg_getnsec(cfg_getnsec(cfg,
					"capture-group", g - c->group),
					"content-destination", n),
				c->association[d->association - 1].name,
				"a destination with the same addresses and ports has another one, expected the same");
		}
	return true;
}

bool config_associations_check(struct config *c, cfg_t *cfg)
{
	const struct config_group *g;
	size_t i, n;

	for (i = 0; i < c->nassociation; i++)
		if (!check_spi(c, i, cfg))
			return false;
	for (n = 0; n < c->ngroup; n++) {
		g = &c->group[n];
		for (i = 0; i < g->ndest; i++)
			if (!check_dest(c, g, i, cfg))
				return false;
	}
	return true;
}

void config_associations_free(struct config *c)
{
	size_t i;

	for (i = 0; i < c->nassociation; i++) {
		free(c->association[i].name);
		free(c->association[i].key_file);
	}
	free(c->association);
}
