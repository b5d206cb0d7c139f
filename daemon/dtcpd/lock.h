/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DTCPD_LOCK_H
#define DTCPD_LOCK_H

/**
 * lock_take() - make sure that this is the only dtcpd
 * @control_socket: path of the control socket; its directory is made if it is
 *	missing, the lock is the file of that name with ".lock" behind it
 *
 * The lock goes with the process, however it ends. What is wrong is logged.
 *
 * Return: a descriptor for lock_release(), or a negative errno.
 */
int lock_take(const char *control_socket);

/**
 * lock_release() - let another dtcpd start
 * @fd: of lock_take()
 */
void lock_release(int fd);

#endif
