/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef CONCURRENT_H
#define CONCURRENT_H

#include <linux/types.h>

/**
 * concurrent_holds() - look packets up while filters come and go
 * @all: packets to look up; more where these are too few for that
 *
 * Readers on all CPUs must find every filter that packets could match before
 * and after the lookup, none that was gone before it or comes after it, each
 * once and in order, and of filters that are published together all or none.
 * No packet may be called idle that a filter wants before and after.
 *
 * Filters become few, held against each packet, and many again all the time.
 *
 * On a machine with one processor and no preemption, readers run where the
 * writer lets them: where it waits for memory or a lock.
 *
 * Says what it did, and if it fails, why. Goes on from &random_state.
 *
 * Context: may sleep; a fatal signal ends it.
 * Return: 0, -EINVAL if a reader was told something wrong or filters
 * became few or many too rarely, -EINTR or -ENOMEM.
 */
int concurrent_holds(unsigned long all);

#endif /* CONCURRENT_H */
