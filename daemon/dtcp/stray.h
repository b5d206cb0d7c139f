/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DTCP_STRAY_H
#define DTCP_STRAY_H

#include <stddef.h>

/**
 * struct stray - datagrams that came and do not belong to the answer
 * @foreign: not from the address and port that was asked
 * @forged: no message, or its digest is missing or wrong
 * @other: authentic, but the answer to another request: a late one
 * @doubled: a part of the answer that had come before
 */
struct stray {
	unsigned long foreign;
	unsigned long forged;
	unsigned long other;
	unsigned long doubled;
};

/**
 * stray_text() - say how many there were
 * @s: counters
 * @text: filled: `3 datagrams were ignored: 2 not authentic, 1 doubled`; or
 *	empty
 * @room: bytes in @text
 */
void stray_text(const struct stray *s, char *text, size_t room);

#endif
