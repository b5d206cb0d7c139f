/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DTCPD_RESTART_H
#define DTCPD_RESTART_H

#include "dtcpd/journal.h"
#include "dtcpd/tasking.h"

/**
 * restart_tag() - what marks our groups and destinations in the kernel
 * @directory: state-directory, which is there
 *
 * By where it really is, however it is written. The same at each start, also when the journal is gone, and hardly that of
 * another dtcpd.
 *
 * Return: 1..
 */
uint32_t restart_tag(const char *directory);

/**
 * restart_tasking() - begin where an earlier dtcpd ended
 * @t: tasking with its outlet, before its first configuration
 * @j: journal, opened and not started
 * @found: how it was found
 * @c: configuration
 *
 * As `restart` of @c says: takes over what is in the journal and in the kernel,
 * and has @t write on in @j; or forgets it. Logs what is wrong.
 *
 * Return: 0 or a negative errno.
 */
int restart_tasking(struct tasking *t, struct journal *j,
		    enum journal_found found, const struct config *c);

#endif
