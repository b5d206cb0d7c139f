/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DFCCTL_MONITOR_H
#define DFCCTL_MONITOR_H

#include <jansson.h>
#include <libmnl/libmnl.h>
#include <stdio.h>

/**
 * monitor_event() - turn an event of the kernel into JSON
 * @nlh: message, genetlink header first
 *
 * Return: an object owned by the caller with `time` and `event`, and with
 * `reason` and `filter`, or with `destination`; NULL if it is no event that is
 * known here.
 */
json_t *monitor_event(const struct nlmsghdr *nlh);

/**
 * monitor_print() - write an event in one line
 * @out: stream
 * @event: object by monitor_event()
 */
void monitor_print(FILE *out, const json_t *event);

#endif
