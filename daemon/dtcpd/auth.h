/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DTCPD_AUTH_H
#define DTCPD_AUTH_H

#include <libssh/libssh.h>
#include <stdbool.h>

#include "dtcpd/config.h"

/**
 * auth_password() - check a password against the configured crypt(3) hash
 * @c: configuration
 * @user: SSH user, that is Csource-ID
 * @password: as given
 *
 * Takes as long for a user who is unknown or has no password.
 *
 * Return: whether the user may log in.
 */
bool auth_password(const struct config *c, const char *user,
		   const char *password);

/**
 * auth_key() - look for a public key in the user's authorized-keys file
 * @c: configuration
 * @user: SSH user, that is Csource-ID
 * @key: public key; its owner has still to prove that it is his
 *
 * Return: whether the user may log in with it.
 */
bool auth_key(const struct config *c, const char *user, ssh_key key);

#endif
