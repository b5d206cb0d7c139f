// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <string.h>
#include <sys/socket.h>
#include <linux/dfc.h>

#include "dtcpd/config-address.h"
#include "dtcpd/config-alias.h"
#include "dtcpd/config-check.h"
#include "dtcpd/config-limit.h"

/* The section that was just closed, with its line set back to its opening. */
static cfg_t *closed(cfg_opt_t *opt)
{
	cfg_t *sec = cfg_opt_getnsec(opt, cfg_opt_size(opt) - 1);

	sec->line = cfg_getint(sec, CONFIG_LINE);
	return sec;
}

static int check_title(cfg_t *sec, size_t max)
{
	const char *name = cfg_title(sec);
	struct dtcp_outer_addr a;

	if (config_is_name(name, max) && !config_address(name, &a))
		return 0;
	cfg_error(sec,
		  "%s \"%s\" has a bad name, expected 1 to %zu printable characters that are no IP address",
		  cfg_name(sec), name, max);
	return -1;
}

static int check_count(cfg_t *sec, cfg_opt_t *opt, unsigned int max)
{
	if (cfg_opt_size(opt) <= max)
		return 0;
	cfg_error(sec, "%s \"%s\" is one too many, expected at most %u",
		  cfg_name(sec), cfg_title(sec), max);
	return -1;
}

/* A list that is there has entries: an empty one must not mean "default". */
static int check_list(cfg_t *sec, const char *name, unsigned int max)
{
	cfg_opt_t *opt = cfg_getopt(sec, name);
	unsigned int n = cfg_opt_size(opt);

	if (!(opt->flags & CFGF_MODIFIED) || (n && n <= max))
		return 0;
	cfg_error(sec, "%s has %u entries, expected 1 to %u", name, n, max);
	return -1;
}

/* The value stands before the end of its section: that is its line. */
static int refuse_host_key(cfg_t *sec, const struct config_word *w,
			   const char *why)
{
	sec->line = w->line;
	cfg_error(sec, "host-key is \"%s\": %s", w->text, why);
	return -1;
}

/* The server has one key of a type: which one would a second be? */
static int try_host_keys(cfg_t *sec, const struct config_trials *t)
{
	const char *type[CONFIG_HOST_KEYS_MAX];
	struct config_word *w;
	unsigned int i, j;
	char why[256];

	for (i = 0; i < cfg_size(sec, "host-key"); i++) {
		w = cfg_getnptr(sec, "host-key", i);
		if (!t->host_key(w->text, &type[i], why, sizeof(why)))
			return refuse_host_key(sec, w, why);
		for (j = 0; j < i; j++)
			if (!strcmp(type[i], type[j]))
				return refuse_host_key(sec, w,
					"there is a key of that type already, expected one of each");
	}
	return 0;
}

int config_check_ssh(cfg_t *cfg, cfg_opt_t *opt)
{
	cfg_t *sec = cfg_opt_getnsec(opt, 0);

	if (check_list(sec, "listen", CONFIG_LISTEN_MAX) ||
	    check_list(sec, "host-key", CONFIG_HOST_KEYS_MAX))
		return -1;
	return config_check_trials ? try_host_keys(sec, config_check_trials) :
	       0;
}

int config_check_udp(cfg_t *cfg, cfg_opt_t *opt)
{
	return check_list(cfg_opt_getnsec(opt, 0), "listen",
			  CONFIG_LISTEN_MAX);
}

/* The alias before @n that is @full, perhaps with its unit 0 left out. */
static cfg_t *find_alias(cfg_opt_t *opt, unsigned int n, const char *full)
{
	const char *title;
	size_t len;

	while (n) {
		title = cfg_title(cfg_opt_getnsec(opt, --n));
		len = strlen(title);
		if (!strncmp(title, full, len) &&
		    (!full[len] || !strcmp(full + len, ".0")))
			return cfg_opt_getnsec(opt, n);
	}
	return NULL;
}

int config_check_alias(cfg_t *cfg, cfg_opt_t *opt)
{
	cfg_t *sec = closed(opt), *other;
	char full[CONFIG_ALIAS_NAME];

	if (check_count(sec, opt, CONFIG_ALIASES_MAX))
		return -1;
	if (!config_alias_name(cfg_title(sec), full)) {
		cfg_error(sec,
			  "interface-alias \"%s\" has a bad name, expected one of Junos such as ge-1/3/5.0",
			  cfg_title(sec));
		return -1;
	}
	other = find_alias(opt, cfg_opt_size(opt) - 1, full);
	if (other) {
		cfg_error(sec,
			  "interface-alias \"%s\" is the same as \"%s\", expected a name used once",
			  cfg_title(sec), cfg_title(other));
		return -1;
	}
	if (cfg_getstr(sec, "device"))
		return 0;
	cfg_error(sec, "interface-alias \"%s\" has no device, expected device = ...",
		  cfg_title(sec));
	return -1;
}

static int check_families(cfg_t *sec)
{
	const char *source = cfg_getstr(sec, "source-address");
	struct dtcp_outer_addr to, from;

	if (!source)
		return 0;
	config_address(cfg_getstr(sec, "address"), &to);
	config_address(source, &from);
	if (to.family == from.family)
		return 0;
	cfg_error(sec,
		  "%s \"%s\" has a source-address of another family, expected an IPv%d address",
		  cfg_name(sec), cfg_title(sec), to.family == AF_INET ? 4 : 6);
	return -1;
}

/* IP in IP has no ports. */
static int check_port(cfg_t *sec)
{
	const char *what = cfg_size(sec, "port") ? "port" :
		cfg_getint(sec, "source-port") ? "source-port" : NULL;

	if (config_format(cfg_getstr(sec, "format")) != DFC_FORMAT_IPIP) {
		if (cfg_size(sec, "port"))
			return 0;
		cfg_error(sec, "%s \"%s\" has no port, expected port = 1 to 65535",
			  cfg_name(sec), cfg_title(sec));
		return -1;
	}
	if (!what)
		return 0;
	cfg_error(sec,
		  "%s \"%s\" has format = ip-ip and %s, expected no %s: without UDP there is none",
		  cfg_name(sec), cfg_title(sec), what, what);
	return -1;
}

int config_check_dest(cfg_t *cfg, cfg_opt_t *opt)
{
	cfg_t *sec = closed(opt);

	if (check_title(sec, DTCP_NAME_MAX) ||
	    check_count(sec, opt, CONFIG_DESTS_MAX))
		return -1;
	if (!cfg_getstr(sec, "address")) {
		cfg_error(sec, "%s \"%s\" has no address, expected address = ...",
			  cfg_name(sec), cfg_title(sec));
		return -1;
	}
	if (check_port(sec) || check_families(sec))
		return -1;
	return config_check_limits(sec);
}

static bool is_given(cfg_t *sec, const char *name)
{
	return cfg_getopt(sec, name)->flags & CFGF_MODIFIED;
}

/* The default key is for SSH: all the world could sign datagrams with it. */
static int check_udp_key(cfg_t *sec)
{
	const char *what = is_given(sec, "service-port") ? "a service-port" :
		is_given(sec, "notification-targets") ? "notification-targets" :
		NULL;

	if (!what || is_given(sec, "shared-key"))
		return 0;
	cfg_error(sec,
		  "control-source \"%s\" has %s and no shared-key, expected shared-key = ...: the default Juniper is known to all, and over UDP nothing but the key protects",
		  cfg_title(sec), what);
	return -1;
}

int config_check_source(cfg_t *cfg, cfg_opt_t *opt)
{
	cfg_t *sec = closed(opt);

	if (check_title(sec, DTCP_NAME_MAX) ||
	    check_count(sec, opt, CONFIG_SOURCES_MAX) ||
	    check_list(sec, "allowed-destinations", CONFIG_ALLOWED_MAX) ||
	    check_list(sec, "source-addresses", CONFIG_SOURCE_ADDRESSES_MAX) ||
	    check_list(sec, "notification-targets", CONFIG_TARGETS_MAX) ||
	    check_list(sec, "permissions", CONFIG_PERMISSIONS_MAX))
		return -1;
	return check_udp_key(sec);
}

static int check_allowed(cfg_t *group, cfg_t *source)
{
	cfg_opt_t *allowed = cfg_getopt(source, "allowed-destinations");
	struct config_word *w;
	unsigned int i;

	for (i = 0; i < cfg_opt_size(allowed); i++) {
		w = cfg_opt_getnptr(allowed, i);
		if (cfg_gettsec(group, "content-destination", w->text))
			continue;
		source->line = w->line;
		cfg_error(source,
			  "allowed-destinations of \"%s\" has \"%s\", expected a content-destination of capture-group \"%s\"",
			  cfg_title(source), w->text, cfg_title(group));
		return -1;
	}
	return 0;
}

/* An SSH user has no group: its name must say which control source it is. */
static int check_unique(cfg_opt_t *groups, cfg_t *source)
{
	unsigned int i;
	cfg_t *other;

	for (i = 0; i + 1 < cfg_opt_size(groups); i++) {
		other = cfg_opt_getnsec(groups, i);
		if (!cfg_gettsec(other, "control-source", cfg_title(source)))
			continue;
		cfg_error(source,
			  "control-source \"%s\" is in capture-group \"%s\" already, expected a name used once",
			  cfg_title(source), cfg_title(other));
		return -1;
	}
	return 0;
}

static int check_mode(cfg_t *sec)
{
	if (strcmp(cfg_getstr(sec, "mode"), "passive"))
		return 0;
	if (!cfg_size(sec, "interfaces")) {
		cfg_error(sec,
			  "capture-group \"%s\" is passive and has no interfaces, expected interfaces = ...",
			  cfg_title(sec));
		return -1;
	}
	if (!cfg_getbool(sec, "capture-local"))
		return 0;
	cfg_error(sec,
		  "capture-group \"%s\" is passive and has capture-local = yes, expected mode = active: what comes in by its interfaces reaches nobody",
		  cfg_title(sec));
	return -1;
}

int config_check_group(cfg_t *cfg, cfg_opt_t *opt)
{
	cfg_t *sec = closed(opt);
	cfg_t *source;
	unsigned int i;

	if (check_title(sec, CONFIG_GROUP_NAME_MAX) ||
	    check_count(sec, opt, CONFIG_GROUPS_MAX) ||
	    check_list(sec, "interfaces", DFC_GROUP_DEVICES_MAX) ||
	    check_mode(sec))
		return -1;
	for (i = 0; i < cfg_size(sec, "control-source"); i++) {
		source = cfg_getnsec(sec, "control-source", i);
		if (check_unique(opt, source) || check_allowed(sec, source))
			return -1;
	}
	return 0;
}
