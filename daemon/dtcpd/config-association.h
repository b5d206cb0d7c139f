/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DTCPD_CONFIG_ASSOCIATION_H
#define DTCPD_CONFIG_ASSOCIATION_H

#include <confuse.h>

#include "dtcpd/config.h"

#define CONFIG_ASSOCIATION_NAME_MAX	64
#define CONFIG_ASSOCIATIONS_MAX		256
#define CONFIG_SPI_MIN		256	/* RFC 4303 section 2.1 */

/* Parse and validate callbacks of libconfuse, as in config-check.h. */
int config_check_esp_mode(cfg_t *cfg, cfg_opt_t *opt, const char *value,
			  void *out);
int config_check_spi(cfg_t *cfg, cfg_opt_t *opt, const char *value, void *out);
int config_check_algorithm(cfg_t *cfg, cfg_opt_t *opt, const char *value,
			   void *out);
int config_check_key_file(cfg_t *cfg, cfg_opt_t *opt, const char *value,
			  void *out);
int config_check_association(cfg_t *cfg, cfg_opt_t *opt);

/**
 * config_associations_build() - take the sections security-association
 * @c: gets them
 * @cfg: the file
 *
 * Return: false when out of memory.
 */
bool config_associations_build(struct config *c, cfg_t *cfg);

/**
 * config_associate() - find the associations that destinations name
 * @c: configuration with its associations
 * @g: group, whose destinations are there; they get numbers of associations,
 *	and source addresses
 * @cfg: the file
 * @sec: section of @g
 *
 * Addresses that an association leaves open are those of the destination.
 * What is wrong is reported by cfg_error(), with the line of the destination.
 *
 * Return: whether all is well.
 */
bool config_associate(struct config *c, struct config_group *g, cfg_t *cfg,
		      cfg_t *sec);

/**
 * config_associations_check() - hold associations and destinations together
 * @c: configuration with all groups
 * @cfg: the file
 *
 * No two have the same spi and remote address, and no two destinations that
 * cannot be told apart on the wire have different ones.
 *
 * Return: whether all is well; else it is reported by cfg_error().
 */
bool config_associations_check(struct config *c, cfg_t *cfg);

/**
 * config_associations_free() - free the associations
 * @c: configuration
 */
void config_associations_free(struct config *c);

#endif
