/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DTCPD_SANDBOX_H
#define DTCPD_SANDBOX_H

/**
 * sandbox_enter() - leave only the system calls that dtcpd needs, for good
 *
 * For all threads, those that are made later too. Whoever makes another call
 * is killed, with the whole process, by SIGSYS, and the kernel's log
 * says which call it was. Memory that is executable is refused
 * with EPERM, a request to a device that libraries only try with ENOTTY.
 *
 * Once everything is open, before anything from outside is read. What is wrong
 * is logged; a kernel without seccomp filters is warned of and no failure.
 *
 * Return: 0 or a negative errno.
 */
int sandbox_enter(void);

#endif
