/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DTCPD_ESCAPE_H
#define DTCPD_ESCAPE_H

#include <stddef.h>

/**
 * escape_line() - make text fit for one line of a log
 * @text: terminated
 * @out: filled and terminated
 * @room: bytes in @out, at least 4
 *
 * Control characters and bytes that are not valid UTF-8 become \xHH, so that
 * text from a stranger can neither forge a line nor drive a terminal. A
 * backslash is doubled. What does not fit is cut and ends with "...".
 *
 * Return: length of @out.
 */
size_t escape_line(const char *text, char *out, size_t room);

#endif
