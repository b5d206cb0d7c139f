/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DFCRECV_USER_H
#define DFCRECV_USER_H

/**
 * user_become() - give root up for good
 * @name: user; takes over its groups too
 *
 * Return: 0 or a negative errno; -ENOENT: there is no such user.
 */
int user_become(const char *name);

#endif
