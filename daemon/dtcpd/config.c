// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dtcpd/config-association.h"
#include "dtcpd/config-build.h"
#include "dtcpd/config-check.h"
#include "dtcpd/config-limit.h"
#include "dtcpd/config-text.h"

#define ERROR_MAX 1024
#define LISTEN "{\"0.0.0.0\", \"::\"}"

static cfg_opt_t ssh_opts[] = {
	CFG_STR_LIST_CB("listen", LISTEN, CFGF_NONE, config_check_listen),
	CFG_INT_CB("port", 32001, CFGF_NONE, config_check_number),
	CFG_PTR_LIST_CB("host-key", NULL, CFGF_NODEFAULT,
			config_check_host_key, free),
	CFG_INT_CB("connection-limit", 75, CFGF_NONE, config_check_number),
	CFG_INT_CB("rate-limit", 150, CFGF_NONE, config_check_number),
	CFG_INT_CB("lockout-attempts", 20, CFGF_NONE, config_check_number),
	CFG_INT_CB("lockout-period", 600, CFGF_NONE, config_check_number),
	CFG_BOOL_CB("legacy-algorithms", cfg_false, CFGF_NONE,
		    config_check_bool),
	CFG_END()
};

static cfg_opt_t udp_opts[] = {
	CFG_STR_LIST_CB("listen", LISTEN, CFGF_NONE, config_check_listen),
	CFG_END()
};

static cfg_opt_t flow_tap_dtcp_opts[] = {
	CFG_SEC("ssh", ssh_opts, CFGF_NONE),
	CFG_SEC("udp", udp_opts, CFGF_NONE),
	CFG_END()
};

static cfg_opt_t dest_opts[] = {
	CFG_INT_LIST_CB(CONFIG_LINE, "{0}", CFGF_NONE, config_check_line),
	CFG_STR_CB("address", NULL, CFGF_NODEFAULT, config_check_address),
	CFG_INT_CB("port", 0, CFGF_NODEFAULT, config_check_number),
	CFG_INT_CB("ttl", 255, CFGF_NONE, config_check_number),
	CFG_STR_CB("source-address", NULL, CFGF_NODEFAULT,
		   config_check_address),
	CFG_INT_CB("source-port", 0, CFGF_NONE, config_check_number),
	CFG_STR_CB("security", "required", CFGF_NONE, config_check_security),
	CFG_STR("security-association", NULL, CFGF_NODEFAULT),
	CFG_STR_CB("format", "ip-udp", CFGF_NONE, config_check_format),
	CFG_INT_CB("dscp", 0, CFGF_NONE, config_check_number),
	CFG_INT_CB("queue-limit", DFC_DEST_QUEUE_DEFAULT, CFGF_NONE,
		   config_check_number),
	CFG_INT_CB("soft-limit", 0, CFGF_NONE, config_check_number),
	CFG_INT_CB("soft-limit-clear", 0, CFGF_NONE, config_check_number),
	CFG_INT_CB("hard-limit", 0, CFGF_NONE, config_check_number),
	CFG_INT_CB("hard-limit-target", 0, CFGF_NONE, config_check_number),
	CFG_END()
};

static cfg_opt_t source_opts[] = {
	CFG_INT_LIST_CB(CONFIG_LINE, "{0}", CFGF_NONE, config_check_line),
	CFG_STR_CB("password", NULL, CFGF_NODEFAULT, config_check_password),
	CFG_STR_CB("authorized-keys", NULL, CFGF_NODEFAULT, config_check_keys),
	CFG_STR_CB("shared-key", "Juniper", CFGF_NONE, config_check_key),
	CFG_PTR_LIST_CB("allowed-destinations", NULL, CFGF_NODEFAULT,
			config_check_word, free),
	CFG_INT_CB("minimum-priority", 0, CFGF_NONE, config_check_number),
	CFG_BOOL_CB("dynamic-destinations", cfg_false, CFGF_NONE,
		    config_check_bool),
	CFG_INT_CB("max-criteria", 0, CFGF_NONE, config_check_number),
	CFG_INT_CB("service-port", 0, CFGF_NONE, config_check_number),
	CFG_PTR_LIST_CB("source-addresses", NULL, CFGF_NODEFAULT,
			config_check_prefix, free),
	CFG_PTR_LIST_CB("notification-targets", NULL, CFGF_NODEFAULT,
			config_check_target, free),
	CFG_STR_CB("notification-version", NULL, CFGF_NODEFAULT,
		   config_check_version),
	CFG_STR_CB("sequence-check", NULL, CFGF_NODEFAULT,
		   config_check_sequence),
	CFG_BOOL_CB("ssh-notifications", cfg_false, CFGF_NONE,
		    config_check_bool),
	CFG_BOOL_CB("no-syslog", cfg_false, CFGF_NONE, config_check_bool),
	CFG_INT_CB("rate-limit", 10000, CFGF_NONE, config_check_number),
	CFG_PTR_LIST_CB("permissions", NULL, CFGF_NODEFAULT,
			config_check_permission, free),
	CFG_END()
};

static cfg_opt_t group_opts[] = {
	CFG_INT_LIST_CB(CONFIG_LINE, "{0}", CFGF_NONE, config_check_line),
	CFG_STR_CB("mode", "active", CFGF_NONE, config_check_mode),
	CFG_PTR_LIST_CB("interfaces", NULL, CFGF_NODEFAULT,
			config_check_word, free),
	CFG_BOOL_CB("capture-local", cfg_false, CFGF_NONE, config_check_bool),
	CFG_INT_CB("mask-limit", CONFIG_MASKS_MAX, CFGF_NONE,
		   config_check_number),
	CFG_INT_CB("max-duplicates", 0, CFGF_NONE, config_check_number),
	CFG_INT_CB("duplicates-dropped-periodicity", 0, CFGF_NONE,
		   config_check_number),
	CFG_INT_CB("input-packet-rate-threshold", 0, CFGF_NONE,
		   config_check_number),
	CFG_INT_CB("pic-memory-threshold", -1, CFGF_NONE, config_check_number),
	CFG_SEC("content-destination", dest_opts,
		CFGF_MULTI | CFGF_TITLE | CFGF_NO_TITLE_DUPES),
	CFG_SEC("control-source", source_opts,
		CFGF_MULTI | CFGF_TITLE | CFGF_NO_TITLE_DUPES),
	CFG_END()
};

static cfg_opt_t alias_opts[] = {
	CFG_INT_LIST_CB(CONFIG_LINE, "{0}", CFGF_NONE, config_check_line),
	CFG_STR_CB("device", NULL, CFGF_NODEFAULT, config_check_device),
	CFG_END()
};

static cfg_opt_t association_opts[] = {
	CFG_INT_LIST_CB(CONFIG_LINE, "{0}", CFGF_NONE, config_check_line),
	CFG_STR_CB("mode", "tunnel", CFGF_NONE, config_check_esp_mode),
	CFG_STR_CB("local", NULL, CFGF_NODEFAULT, config_check_address),
	CFG_STR_CB("remote", NULL, CFGF_NODEFAULT, config_check_address),
	CFG_STR_CB("spi", NULL, CFGF_NODEFAULT, config_check_spi),
	CFG_STR_CB("algorithm", "aes-256-gcm", CFGF_NONE,
		   config_check_algorithm),
	CFG_STR_CB("key-file", NULL, CFGF_NODEFAULT, config_check_path),
	CFG_BOOL_CB("extended-sequence-numbers", cfg_true, CFGF_NONE,
		    config_check_bool),
	CFG_END()
};

static cfg_opt_t root_opts[] = {
	CFG_SEC("flow-tap-dtcp", flow_tap_dtcp_opts, CFGF_NONE),
	CFG_STR_CB("control-socket", "/run/dtcpd/control", CFGF_NONE,
		   config_check_socket),
	CFG_STR_CB("state-directory", CONFIG_STATE_DIRECTORY, CFGF_NONE,
		   config_check_state),
	CFG_STR_CB("restart", "keep", CFGF_NONE, config_check_restart),
	CFG_STR_CB("audit-log", NULL, CFGF_NODEFAULT, config_check_path),
	CFG_STR_CB("audit-key-file", NULL, CFGF_NODEFAULT,
		   config_check_audit_key),
	CFG_INT_CB("max-criteria", 1000000, CFGF_NONE, config_check_number),
	CFG_BOOL_CB("log-criteria", cfg_false, CFGF_NONE, config_check_bool),
	CFG_INT_CB("g-max-duplicates", 3, CFGF_NONE, config_check_number),
	CFG_INT_CB("g-duplicates-dropped-periodicity", 30, CFGF_NONE,
		   config_check_number),
	CFG_SEC("interface-alias", alias_opts,
		CFGF_MULTI | CFGF_TITLE | CFGF_NO_TITLE_DUPES),
	CFG_SEC("security-association", association_opts,
		CFGF_MULTI | CFGF_TITLE | CFGF_NO_TITLE_DUPES),
	CFG_SEC("capture-group", group_opts,
		CFGF_MULTI | CFGF_TITLE | CFGF_NO_TITLE_DUPES),
	CFG_END()
};

/* What libconfuse finds wrong, and what was expected instead. */
static const struct {
	const char *what;
	const char *expected;
} hints[] = {
	{ "unexpected token", "a value, a statement or }" },
	{ "unexpected closing brace", "a statement" },
	{ "premature end of file", "} or a value" },
	{ "missing equal sign", "= and a value" },
	{ "missing opening brace", "{" },
	{ "missing title", "a name and {" },
	{ "duplicate title", "a name used once" },
	{ "attempt to append", "=" },
	{ "sub-section", "a statement of this file" },
};

/*
 * libconfuse gives its error function nothing of the caller's, and a section
 * that is its default not even a file name; one file is parsed at a time.
 */
static const char *parse_path;
static char parse_error[ERROR_MAX];

__attribute__((format(printf, 2, 0)))
static void vappend(char *line, const char *fmt, va_list ap)
{
	size_t len = strlen(line);

	vsnprintf(line + len, ERROR_MAX - len, fmt, ap);
}

__attribute__((format(printf, 2, 3)))
static void append(char *line, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vappend(line, fmt, ap);
	va_end(ap);
}

static void append_statements(char *line, const cfg_t *cfg)
{
	const char *glue = ", expected one of";
	const cfg_opt_t *o;

	for (o = cfg->opts; o->name; o++) {
		if (!strcmp(o->name, CONFIG_LINE))
			continue;
		append(line, "%s %s", glue, o->name);
		glue = ",";
	}
}

static void on_error(cfg_t *cfg, const char *fmt, va_list ap)
{
	size_t i;

	if (parse_error[0])
		return;
	append(parse_error, "%s:%d: ", parse_path, cfg->line);
	vappend(parse_error, fmt, ap);
	if (strstr(fmt, "no such option")) {
		append_statements(parse_error, cfg);
		return;
	}
	for (i = 0; i < sizeof(hints) / sizeof(hints[0]); i++)
		if (strstr(fmt, hints[i].what))
			append(parse_error, ", expected %s", hints[i].expected);
}

static cfg_t *new_parse(void)
{
	cfg_t *cfg = cfg_init(root_opts, CFGF_NONE);

	if (!cfg)
		return NULL;
	cfg_set_error_function(cfg, on_error);
	cfg_set_validate_func(cfg, "flow-tap-dtcp|ssh", config_check_ssh);
	cfg_set_validate_func(cfg, "flow-tap-dtcp|udp", config_check_udp);
	cfg_set_validate_func(cfg, "interface-alias", config_check_alias);
	cfg_set_validate_func(cfg, "security-association",
			      config_check_association);
	cfg_set_validate_func(cfg, "capture-group", config_check_group);
	cfg_set_validate_func(cfg, "capture-group|content-destination",
			      config_check_dest);
	cfg_set_validate_func(cfg, "capture-group|control-source",
			      config_check_source);
	return cfg;
}

static int parse(cfg_t *cfg, char *text)
{
	FILE *f = fmemopen(text, strlen(text), "r");
	int ret;

	if (!f)
		return -1;
	ret = cfg_parse_fp(cfg, f);
	fclose(f);
	return ret == CFG_SUCCESS ? 0 : -1;
}

/* What is in no line of the file is reported with its first. */
static int refuse_default(const char *statement, const char *value,
			  const char *why)
{
	append(parse_error,
	       "%s:1: %s is not set and its default is \"%s\": %s",
	       parse_path, statement, value, why);
	return -1;
}

static int check_default_host_key(cfg_t *cfg)
{
	cfg_t *ssh = cfg_getsec(cfg, "flow-tap-dtcp|ssh");
	const struct config_trials *t = config_check_trials;
	const char *type;
	char why[256];
	int err;

	if (cfg_size(ssh, "host-key"))
		return 0;
	err = config_readable(CONFIG_HOST_KEY);
	if (err) {
		snprintf(why, sizeof(why),
			 "%s, expected host-key in flow-tap-dtcp { ssh { } }",
			 strerror(err));
		return refuse_default("host-key", CONFIG_HOST_KEY, why);
	}
	if (t && !t->host_key(CONFIG_HOST_KEY, &type, why, sizeof(why)))
		return refuse_default("host-key", CONFIG_HOST_KEY, why);
	return 0;
}

static int try_default_state(cfg_t *cfg)
{
	const struct config_trials *t = config_check_trials;
	char why[256];

	if (!t || (cfg_getopt(cfg, "state-directory")->flags & CFGF_MODIFIED) ||
	    t->state_directory(CONFIG_STATE_DIRECTORY, why, sizeof(why)))
		return 0;
	return refuse_default("state-directory", CONFIG_STATE_DIRECTORY, why);
}

static struct config *load(const char *path)
{
	struct config *c = NULL;
	cfg_t *cfg = NULL;
	char *text;

	parse_path = path;
	parse_error[0] = 0;
	text = config_text_read(path, parse_error, ERROR_MAX);
	if (text)
		cfg = new_parse();
	if (cfg && !parse(cfg, text) && !check_default_host_key(cfg) &&
	    !try_default_state(cfg))
		c = config_build(cfg);
	if (cfg)
		config_wipe(cfg);
	config_text_free(text);
	return c;
}

/* Strings of the file are in it, and it is one line on a terminal. */
static const char *one_line(char *error)
{
	char *c;

	for (c = error; *c; c++)
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			*c = '?';
	return error;
}

struct config *config_try(const char *path, const struct config_trials *trials,
			  void (*report)(const char *line))
{
	struct config *c;

	config_check_trials = trials;
	c = load(path);
	config_check_trials = NULL;
	if (!c)
		report(parse_error[0] ? one_line(parse_error) :
		       "out of memory while reading the configuration");
	return c;
}

struct config *config_load(const char *path, void (*report)(const char *line))
{
	return config_try(path, NULL, report);
}

const struct config_source *
config_source_find(const struct config *c, const char *name,
		   const struct config_group **group)
{
	size_t g, s;

	for (g = 0; g < c->ngroup; g++)
		for (s = 0; s < c->group[g].nsource; s++) {
			if (strcmp(c->group[g].source[s].name, name))
				continue;
			if (group)
				*group = &c->group[g];
			return &c->group[g].source[s];
		}
	return NULL;
}

bool config_exposed(const char *path, const struct config *c)
{
	const struct config_source *s;
	struct stat st;
	size_t g, i;

	if (stat(path, &st) || !(st.st_mode & S_IROTH))
		return false;
	for (g = 0; g < c->ngroup; g++)
		for (i = 0; i < c->group[g].nsource; i++) {
			s = &c->group[g].source[i];
			if (s->password || s->key_len != 7 ||
			    memcmp(s->key, "Juniper", 7))
				return true;
		}
	return false;
}
