/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DTCPD_CONFIG_CHECK_H
#define DTCPD_CONFIG_CHECK_H

#include <confuse.h>

#include "dtcpd/config.h"

#define CONFIG_GROUPS_MAX	16	/* as Junos */
#define CONFIG_GROUP_NAME_MAX	64	/* as Junos */
#define CONFIG_SOURCES_MAX	64	/* of a group, as Junos */
#define CONFIG_DESTS_MAX	64	/* of a group, as Junos */
#define CONFIG_ALLOWED_MAX	16	/* as Junos */
#define CONFIG_ALIASES_MAX	1024
#define CONFIG_PERMISSIONS_MAX	2

/* A word of the file and the line it stands in. */
struct config_word {
	int line;
	char text[];
};

/* What is tried beside the checks, NULL: nothing; see config_try(). */
extern const struct config_trials *config_check_trials;

/*
 * Hidden option of a section: the line that opened it. libconfuse parses its
 * default, by config_check_line(), when it opens the section.
 */
#define CONFIG_LINE "(line)"

/*
 * Parse callbacks of libconfuse: check one value where it stands and report
 * by cfg_error(). Values of passwords and keys are never repeated in a report.
 * A number is held against the range of its option (config-number.c); where
 * that is large, it may end in k, m or g (10^3, 10^6, 10^9).
 */
int config_check_line(cfg_t *cfg, cfg_opt_t *opt, const char *value, void *out);
int config_check_number(cfg_t *cfg, cfg_opt_t *opt, const char *value,
			void *out);
int config_check_bool(cfg_t *cfg, cfg_opt_t *opt, const char *value, void *out);
int config_check_address(cfg_t *cfg, cfg_opt_t *opt, const char *value,
			 void *out);
int config_check_listen(cfg_t *cfg, cfg_opt_t *opt, const char *value,
			void *out);
int config_check_file(cfg_t *cfg, cfg_opt_t *opt, const char *value, void *out);
int config_check_keys(cfg_t *cfg, cfg_opt_t *opt, const char *value, void *out);
int config_check_state(cfg_t *cfg, cfg_opt_t *opt, const char *value,
		       void *out);
int config_check_path(cfg_t *cfg, cfg_opt_t *opt, const char *value, void *out);
int config_check_audit_key(cfg_t *cfg, cfg_opt_t *opt, const char *value,
			   void *out);
int config_check_version(cfg_t *cfg, cfg_opt_t *opt, const char *value,
			 void *out);
int config_check_mode(cfg_t *cfg, cfg_opt_t *opt, const char *value, void *out);
int config_check_restart(cfg_t *cfg, cfg_opt_t *opt, const char *value,
			 void *out);
int config_check_sequence(cfg_t *cfg, cfg_opt_t *opt, const char *value,
			  void *out);
int config_check_device(cfg_t *cfg, cfg_opt_t *opt, const char *value,
			void *out);
int config_check_socket(cfg_t *cfg, cfg_opt_t *opt, const char *value,
			void *out);
int config_check_password(cfg_t *cfg, cfg_opt_t *opt, const char *value,
			  void *out);
int config_check_key(cfg_t *cfg, cfg_opt_t *opt, const char *value, void *out);
int config_check_security(cfg_t *cfg, cfg_opt_t *opt, const char *value,
			  void *out);

/*
 * The same for entries of lists: of struct config_word, config_prefix,
 * config_target and again config_word. An entry that is there twice is refused.
 */
int config_check_word(cfg_t *cfg, cfg_opt_t *opt, const char *value, void *out);
int config_check_host_key(cfg_t *cfg, cfg_opt_t *opt, const char *value,
			  void *out);
int config_check_prefix(cfg_t *cfg, cfg_opt_t *opt, const char *value,
			void *out);
int config_check_target(cfg_t *cfg, cfg_opt_t *opt, const char *value,
			void *out);
int config_check_permission(cfg_t *cfg, cfg_opt_t *opt, const char *value,
			    void *out);

/* Validate callbacks: look at a section when it is closed. */
int config_check_ssh(cfg_t *cfg, cfg_opt_t *opt);
int config_check_udp(cfg_t *cfg, cfg_opt_t *opt);
int config_check_alias(cfg_t *cfg, cfg_opt_t *opt);
int config_check_dest(cfg_t *cfg, cfg_opt_t *opt);
int config_check_source(cfg_t *cfg, cfg_opt_t *opt);
int config_check_group(cfg_t *cfg, cfg_opt_t *opt);

/**
 * config_take() - end of a parse callback: take a value as it is
 * @value: string
 * @out: of the callback
 *
 * Return: 0, for the callback to return.
 */
int config_take(const char *value, void *out);

/**
 * config_is_name() - whether a section may have this title
 * @name: title
 * @max: bytes
 *
 * Return: true for 1 to @max printable ASCII characters, no blank at either
 * end.
 */
bool config_is_name(const char *name, size_t max);

/**
 * config_readable() - open a file to see whether it can be read
 * @path: file
 *
 * Return: 0, or the errno that says why not; EINVAL for what is no file.
 */
int config_readable(const char *path);

/**
 * config_version() - parse the version of notifications
 * @text: "0.6" to "0.8"
 * @v: filled in
 *
 * Return: whether it is one.
 */
bool config_version(const char *text, struct dtcp_version *v);

#endif
