/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DTCPD_SECRET_FILE_H
#define DTCPD_SECRET_FILE_H

#include <stdbool.h>
#include <sys/stat.h>

/* The group that the systemd unit runs dtcpd in. */
#define SECRET_FILE_GROUP "dtcpd"

/**
 * secret_file_init() - look up the group that may read files of secrets
 * @group: its name; there need not be one
 *
 * Once, before sandbox_enter(): libraries are loaded for it.
 */
void secret_file_init(const char *group);

/**
 * secret_file_is_private() - whether only dtcpd and root can read a file
 * @st: of the file
 *
 * Only its owner has rights to it; or it is root's, and the group that dtcpd
 * runs in may read it, or that of secret_file_init(): what dtcpd runs as by
 * systemd can then read a file that it cannot write.
 *
 * Return: true if so.
 */
bool secret_file_is_private(const struct stat *st);

#endif
