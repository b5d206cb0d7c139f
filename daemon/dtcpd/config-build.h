/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DTCPD_CONFIG_BUILD_H
#define DTCPD_CONFIG_BUILD_H

#include <confuse.h>

#include "dtcpd/config.h"

#define CONFIG_HOST_KEY "/etc/dtcpd/ssh_host_ed25519_key"
#define CONFIG_STATE_DIRECTORY "/var/lib/dtcpd"

/**
 * config_build() - make a configuration of a parsed and checked file
 * @cfg: the file; stays the caller's
 *
 * Return: freed by config_free(); NULL when out of memory.
 */
struct config *config_build(cfg_t *cfg);

/**
 * config_wipe() - wipe the secrets of a parsed file and free it
 * @cfg: the file
 */
void config_wipe(cfg_t *cfg);

#endif
