// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <stdlib.h>
#include <string.h>

#include "dfc-netlink/names.h"
#include "dtcpd/config-address.h"
#include "dtcpd/config-association.h"
#include "dtcpd/config-alias.h"
#include "dtcpd/config-build.h"
#include "dtcpd/config-check.h"
#include "dtcpd/config-interface.h"
#include "dtcpd/config-limit.h"

/* Copies a string that may be absent; false when out of memory. */
static bool copy(char **to, const char *from)
{
	*to = from ? strdup(from) : NULL;
	return *to || !from;
}

static bool copy_list(char **to, size_t *n, cfg_t *cfg, const char *name)
{
	unsigned int i;

	for (i = 0; i < cfg_size(cfg, name); i++, (*n)++)
		if (!copy(&to[i], cfg_getnstr(cfg, name, i)))
			return false;
	return true;
}

/* Of entries of struct config_word. */
static bool copy_words(char **to, size_t *n, cfg_t *cfg, const char *name)
{
	struct config_word *w;
	unsigned int i;

	for (i = 0; i < cfg_size(cfg, name); i++, (*n)++) {
		w = cfg_getnptr(cfg, name, i);
		if (!copy(&to[i], w->text))
			return false;
	}
	return true;
}

static bool build_ssh(struct config_ssh *s, cfg_t *cfg)
{
	s->port = cfg_getint(cfg, "port");
	s->connection_limit = cfg_getint(cfg, "connection-limit");
	s->rate_limit = cfg_getint(cfg, "rate-limit");
	s->legacy_algorithms = cfg_getbool(cfg, "legacy-algorithms");
	if (!copy_list(s->listen, &s->nlisten, cfg, "listen") ||
	    !copy_words(s->host_key, &s->nhost_key, cfg, "host-key"))
		return false;
	if (s->nhost_key)
		return true;
	s->nhost_key = 1;
	return copy(&s->host_key[0], CONFIG_HOST_KEY);
}

static bool build_dest(struct config_dest *d, cfg_t *cfg)
{
	const char *source = cfg_getstr(cfg, "source-address");

	config_address(cfg_getstr(cfg, "address"), &d->address);
	if (source)
		config_address(source, &d->source);
	d->format = config_format(cfg_getstr(cfg, "format"));
	if (d->format != DFC_FORMAT_IPIP)
		d->port = cfg_getint(cfg, "port");
	d->source_port = cfg_getint(cfg, "source-port");
	d->ttl = cfg_getint(cfg, "ttl");
	d->security_none = dfc_security_parse(cfg_getstr(cfg, "security")) ==
			   DFC_SECURITY_NONE;
	d->dscp = cfg_getint(cfg, "dscp");
	d->queue_limit = cfg_getint(cfg, "queue-limit");
	if (d->queue_limit < DFC_DEST_QUEUE_MIN)
		d->queue_limit = DFC_DEST_QUEUE_MIN;
	config_build_limits(&d->limit, cfg);
	return copy(&d->name, cfg_title(cfg));
}

static bool build_allowed(struct config_source *s, cfg_t *cfg)
{
	unsigned int n = cfg_size(cfg, "allowed-destinations");

	if (!n)
		return true;
	s->allowed = calloc(n, sizeof(*s->allowed));
	return s->allowed && copy_words(s->allowed, &s->nallowed, cfg,
					"allowed-destinations");
}

static void build_lists(struct config_source *s, cfg_t *cfg)
{
	struct config_prefix *p;
	struct config_target *t;
	struct config_word *w;
	unsigned int i;

	while (s->nsource_address < cfg_size(cfg, "source-addresses")) {
		p = cfg_getnptr(cfg, "source-addresses", s->nsource_address);
		s->source_address[s->nsource_address++] = *p;
	}
	while (s->ntarget < cfg_size(cfg, "notification-targets")) {
		t = cfg_getnptr(cfg, "notification-targets", s->ntarget);
		s->target[s->ntarget++] = *t;
	}
	for (i = 0; i < cfg_size(cfg, "permissions"); i++) {
		w = cfg_getnptr(cfg, "permissions", i);
		if (!strcmp(w->text, "action-redirect"))
			s->action_redirect = true;
		else
			s->action_block = true;
	}
}

static void build_protocol(struct config_source *s, cfg_t *cfg)
{
	const char *version = cfg_getstr(cfg, "notification-version");
	const char *check = cfg_getstr(cfg, "sequence-check");

	s->service_port = cfg_getint(cfg, "service-port");
	s->rate_limit = cfg_getint(cfg, "rate-limit");
	s->ssh_notifications = cfg_getbool(cfg, "ssh-notifications");
	s->no_syslog = cfg_getbool(cfg, "no-syslog");
	if (version)
		config_version(version, &s->notification_version);
	if (check)
		s->sequence_check = strcmp(check, "on") ? CONFIG_SEQUENCE_OFF :
				    CONFIG_SEQUENCE_ON;
}

static bool build_source(struct config_source *s, cfg_t *cfg)
{
	const char *key = cfg_getstr(cfg, "shared-key");

	s->key_len = strlen(key);
	memcpy(s->key, key, s->key_len);
	s->minimum_priority = cfg_getint(cfg, "minimum-priority");
	s->dynamic_destinations = cfg_getbool(cfg, "dynamic-destinations");
	s->max_criteria = cfg_getint(cfg, "max-criteria");
	build_protocol(s, cfg);
	build_lists(s, cfg);
	return copy(&s->name, cfg_title(cfg)) &&
	       copy(&s->password, cfg_getstr(cfg, "password")) &&
	       copy(&s->authorized_keys, cfg_getstr(cfg, "authorized-keys")) &&
	       build_allowed(s, cfg);
}

/* What a group does not say is said for all of them. */
static void build_thresholds(struct config_group *g, cfg_t *cfg, cfg_t *root)
{
	g->max_duplicates = cfg_getint(cfg, "max-duplicates");
	if (!g->max_duplicates)
		g->max_duplicates = cfg_getint(root, "g-max-duplicates");
	g->duplicates_period =
		cfg_getint(cfg, "duplicates-dropped-periodicity");
	if (!g->duplicates_period)
		g->duplicates_period =
			cfg_getint(root, "g-duplicates-dropped-periodicity");
	g->packet_rate = cfg_getint(cfg, "input-packet-rate-threshold");
	g->memory = cfg_getint(cfg, "pic-memory-threshold");
}

static bool build_group(struct config_group *g, cfg_t *cfg)
{
	unsigned int ndest = cfg_size(cfg, "content-destination");
	unsigned int nsource = cfg_size(cfg, "control-source");

	g->passive = !strcmp(cfg_getstr(cfg, "mode"), "passive");
	g->local = cfg_getbool(cfg, "capture-local");
	g->mask_limit = cfg_getint(cfg, "mask-limit");
	g->dest = calloc(ndest + 1, sizeof(*g->dest));
	g->source = calloc(nsource + 1, sizeof(*g->source));
	if (!g->dest || !g->source || !copy(&g->name, cfg_title(cfg)))
		return false;
	while (g->ndest < ndest) {
		cfg_t *sec = cfg_getnsec(cfg, "content-destination", g->ndest);

		if (!build_dest(&g->dest[g->ndest++], sec))
			return false;
	}
	while (g->nsource < nsource) {
		cfg_t *sec = cfg_getnsec(cfg, "control-source", g->nsource);

		if (!build_source(&g->source[g->nsource++], sec))
			return false;
	}
	return true;
}

static bool build_groups(struct config *c, cfg_t *cfg)
{
	unsigned int n = cfg_size(cfg, "capture-group");

	c->group = calloc(n + 1, sizeof(*c->group));
	if (!c->group)
		return false;
	while (c->ngroup < n) {
		cfg_t *sec = cfg_getnsec(cfg, "capture-group", c->ngroup);

		build_thresholds(&c->group[c->ngroup], sec, cfg);
		/* What is refused has been said: NULL alone is no memory. */
		if (!build_group(&c->group[c->ngroup++], sec) ||
		    !config_interfaces(c, &c->group[c->ngroup - 1], sec) ||
		    !config_associate(c, &c->group[c->ngroup - 1], cfg, sec))
			return false;
	}
	return true;
}

static bool build_aliases(struct config *c, cfg_t *cfg)
{
	unsigned int n = cfg_size(cfg, "interface-alias");
	char full[CONFIG_ALIAS_NAME];
	struct config_alias *a;
	cfg_t *sec;

	c->alias = calloc(n + 1, sizeof(*c->alias));
	if (!c->alias)
		return false;
	while (c->nalias < n) {
		sec = cfg_getnsec(cfg, "interface-alias", c->nalias);
		a = &c->alias[c->nalias++];
		config_alias_name(cfg_title(sec), full);
		if (!copy(&a->name, full) ||
		    !copy(&a->device, cfg_getstr(sec, "device")))
			return false;
	}
	config_alias_sort(c);
	return true;
}

struct config *config_build(cfg_t *cfg)
{
	struct config *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	c->restart_drop = !strcmp(cfg_getstr(cfg, "restart"), "drop");
	c->max_criteria = cfg_getint(cfg, "max-criteria");
	c->log_criteria = cfg_getbool(cfg, "log-criteria");
	if (copy(&c->control_socket, cfg_getstr(cfg, "control-socket")) &&
	    copy(&c->state_directory, cfg_getstr(cfg, "state-directory")) &&
	    build_ssh(&c->ssh, cfg_getsec(cfg, "flow-tap-dtcp|ssh")) &&
	    copy_list(c->udp.listen, &c->udp.nlisten,
		      cfg_getsec(cfg, "flow-tap-dtcp|udp"), "listen") &&
	    build_aliases(c, cfg) && config_associations_build(c, cfg) &&
	    build_groups(c, cfg) && config_associations_check(c, cfg))
		return c;
	config_free(c);
	return NULL;
}

static void wipe(char *secret)
{
	if (secret)
		explicit_bzero(secret, strlen(secret));
}

void config_wipe(cfg_t *cfg)
{
	cfg_t *group, *source;
	unsigned int g, s;

	for (g = 0; g < cfg_size(cfg, "capture-group"); g++) {
		group = cfg_getnsec(cfg, "capture-group", g);
		for (s = 0; s < cfg_size(group, "control-source"); s++) {
			source = cfg_getnsec(group, "control-source", s);
			wipe(cfg_getstr(source, "password"));
			wipe(cfg_getstr(source, "shared-key"));
		}
	}
	cfg_free(cfg);
}

static void free_strings(char **s, size_t n)
{
	while (n)
		free(s[--n]);
}

static void free_source(struct config_source *s)
{
	wipe(s->password);
	explicit_bzero(s->key, sizeof(s->key));
	free(s->password);
	free(s->name);
	free(s->authorized_keys);
	free_strings(s->allowed, s->nallowed);
	free(s->allowed);
}

static void free_group(struct config_group *g)
{
	size_t i;

	for (i = 0; i < g->ndest; i++)
		free(g->dest[i].name);
	for (i = 0; i < g->nsource; i++)
		free_source(&g->source[i]);
	free_strings(g->device, g->ndevice);
	free(g->device);
	free(g->dest);
	free(g->source);
	free(g->name);
}

void config_free(struct config *c)
{
	size_t i;

	if (!c)
		return;
	free_strings(c->ssh.listen, c->ssh.nlisten);
	free_strings(c->ssh.host_key, c->ssh.nhost_key);
	free_strings(c->udp.listen, c->udp.nlisten);
	for (i = 0; i < c->nalias; i++) {
		free(c->alias[i].name);
		free(c->alias[i].device);
	}
	free(c->alias);
	config_associations_free(c);
	for (i = 0; i < c->ngroup; i++)
		free_group(&c->group[i]);
	free(c->group);
	free(c->control_socket);
	free(c->state_directory);
	free(c);
}
