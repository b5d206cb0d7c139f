/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DTCP_IPPROTO_H
#define DTCP_IPPROTO_H

#include <stddef.h>

#include "dtcp/trouble.h"

/**
 * ipproto_translate() - put numbers in place of the names of IP protocols
 * @list: protocol filter, such as `tcp,udp,!50-51`
 * @out: the same with numbers
 * @room: bytes in @out
 * @t: filled in on failure
 *
 * The names are built in, because /etc/protocols may be missing. Entries that
 * do not start with a letter are left to the router to judge.
 *
 * Return: 0 or -1.
 */
int ipproto_translate(const char *list, char *out, size_t room,
		      struct trouble *t);

#endif
