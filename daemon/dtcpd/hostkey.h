/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DTCPD_HOSTKEY_H
#define DTCPD_HOSTKEY_H

#include <libssh/server.h>

#include "dtcpd/config.h"

/**
 * hostkey_load() - read the host keys and fix the algorithms
 * @c: `host-key`, one file for each type of key; nobody but its owner may
 *	read it; `legacy-algorithms`
 *
 * What is wrong is logged.
 *
 * Return: what new sessions are set up from, freed by ssh_bind_free(), or NULL.
 */
ssh_bind hostkey_load(const struct config_ssh *c);

/**
 * hostkey_try() - whether hostkey_load() could read a host key
 * @path: file
 * @type: filled with a name of its type; there may be one of each
 * @why: filled with what is wrong and what was expected
 * @room: bytes in @why
 *
 * Return: whether it could.
 */
bool hostkey_try(const char *path, const char **type, char *why, size_t room);

#endif
