/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DTCPD_KEYFILE_H
#define DTCPD_KEYFILE_H

#include <libssh/libssh.h>
#include <stdbool.h>

/**
 * keyfile_line() - take a line of an authorized_keys file apart, see sshd(8)
 * @line: terminated; is cut up
 * @type: of the key
 * @base64: the key; points into @line
 *
 * Options about what a login may do (command=, no-pty, restrict, ...) are
 * skipped, there is nothing of that here to restrict. Options about who may
 * log in (from=, expiry-time=, cert-authority, ...) are not implemented, so a
 * line with one counts as no key rather than as an unrestricted one.
 *
 * Return: 1; 0 for an empty line or a comment; -EINVAL if it is no line of
 * such a file; -ENOTSUP for such an option or a type of key that is not
 * accepted.
 */
int keyfile_line(char *line, enum ssh_keytypes_e *type, char **base64);

/**
 * keyfile_has() - look for a key in an authorized_keys file
 * @path: file; read anew each time. One that others than its owner may write
 *	has no key at all. What is wrong is logged.
 * @key: public key
 *
 * Return: whether it is there.
 */
bool keyfile_has(const char *path, ssh_key key);

/**
 * keyfile_try() - whether an authorized_keys file lets anybody in
 * @path: file
 * @why: filled with what is wrong and what was expected
 * @room: bytes in @why
 *
 * Return: whether it can be read and has at least one key that is not passed
 * over.
 */
bool keyfile_try(const char *path, char *why, size_t room);

#endif
