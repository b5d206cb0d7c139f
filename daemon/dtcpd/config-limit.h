/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DTCPD_CONFIG_LIMIT_H
#define DTCPD_CONFIG_LIMIT_H

#include <confuse.h>

#include "dtcpd/config.h"

/* Parse callback, as those of config-check.h: the format of copies. */
int config_check_format(cfg_t *cfg, cfg_opt_t *opt, const char *value,
			void *out);

/**
 * config_format() - the format of copies, as people type it
 * @name: what config_check_format() has taken
 *
 * Return: &enum dfc_format.
 */
enum dfc_format config_format(const char *name);

/**
 * config_check_limits() - hold the limits of a destination against each other
 * @sec: content-destination, closed
 *
 * Return: 0, or -1 after a report: a limit without its companion, or two in
 * the wrong order.
 */
int config_check_limits(cfg_t *sec);

/**
 * config_build_limits() - read the limits of a destination
 * @l: filled in
 * @sec: content-destination, checked
 */
void config_build_limits(struct config_limit *l, cfg_t *sec);

#endif
