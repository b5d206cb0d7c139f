/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DTCPD_CONFIG_TEXT_H
#define DTCPD_CONFIG_TEXT_H

#include <stddef.h>

#define CONFIG_TEXT_MAX	(16U << 20)	/* largest file, in bytes */

/**
 * config_text_read() - read a configuration file and blank its comments
 * @path: file
 * @error: filled with `FILE:LINE: what, what was expected` on failure
 * @room: bytes in @error
 *
 * libconfuse counts the line of a comment twice, takes a section without an
 * end, and after a string without an end its next parse starts inside that
 * string. So comments become white space here, and strings, comments and
 * braces without an end are refused, before it sees the text.
 *
 * Return: terminated text, freed by config_text_free(), or NULL.
 */
char *config_text_read(const char *path, char *error, size_t room);

/**
 * config_text_free() - wipe and free what config_text_read() returned
 * @text: text or NULL
 */
void config_text_free(char *text);

#endif
