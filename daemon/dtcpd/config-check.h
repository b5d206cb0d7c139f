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

/* A word of the file and the line it stands in. */
struct config_word {
	int line;
	char text[];
};

/*
 * Hidden option of a section: the line that opened it. libconfuse parses its
 * default, by config_check_line(), when it opens the section.
 */
#define CONFIG_LINE "(line)"

/*
 * Parse callbacks of libconfuse: check one value where it stands and report
 * by cfg_error(). Values of passwords and keys are never repeated in a report.
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
int config_check_socket(cfg_t *cfg, cfg_opt_t *opt, const char *value,
			void *out);
int config_check_password(cfg_t *cfg, cfg_opt_t *opt, const char *value,
			  void *out);
int config_check_key(cfg_t *cfg, cfg_opt_t *opt, const char *value, void *out);
int config_check_security(cfg_t *cfg, cfg_opt_t *opt, const char *value,
			  void *out);
int config_check_allowed(cfg_t *cfg, cfg_opt_t *opt, const char *value,
			 void *out);

/* Validate callbacks: look at a section when it is closed. */
int config_check_ssh(cfg_t *cfg, cfg_opt_t *opt);
int config_check_dest(cfg_t *cfg, cfg_opt_t *opt);
int config_check_source(cfg_t *cfg, cfg_opt_t *opt);
int config_check_group(cfg_t *cfg, cfg_opt_t *opt);

#endif
