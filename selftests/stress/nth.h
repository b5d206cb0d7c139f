/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef NTH_H
#define NTH_H

#include <stdbool.h>

/*
 * Allocations that fail: of those that the kernel makes for this process, one
 * (/proc/self/fail-nth, Documentation/fault-injection of the kernel).
 */

/**
 * nth_init() - see to it that all kinds of allocation can fail
 *
 * Return: whether the kernel can do that.
 */
bool nth_init(void);

/**
 * nth_arm() - have an allocation fail
 * @nth: which from now on, 1..
 */
void nth_arm(unsigned int nth);

/**
 * nth_disarm() - have none fail any more
 *
 * Return: whether one has failed since nth_arm().
 */
bool nth_disarm(void);

#endif /* NTH_H */
