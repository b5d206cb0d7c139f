/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DTCPD_MEMORY_H
#define DTCPD_MEMORY_H

/**
 * memory_used() - how much of the memory of this machine is in use
 * @path: /proc/meminfo
 *
 * Return: percent, 0..100; what could be had by giving up caches is not in
 * use. Negative if the file does not tell.
 */
int memory_used(const char *path);

#endif
