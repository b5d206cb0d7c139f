/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DFC_NETLINK_NAMES_H
#define DFC_NETLINK_NAMES_H

#include <linux/dfc.h>

/**
 * dfc_reason_name() - why a filter is gone, as people read it
 * @reason: &enum dfc_reason
 *
 * Return: a constant string such as "timeout-idle"; "unknown" for a value
 * that this build does not know.
 */
const char *dfc_reason_name(enum dfc_reason reason);

/**
 * dfc_drop_name() - why copies were dropped, as people read it
 * @cause: &enum dfc_drop
 *
 * Return: a constant string such as "no-sa"; "unknown" for a value that this
 * build does not know.
 */
const char *dfc_drop_name(enum dfc_drop cause);

/**
 * dfc_security_parse() - the protection of a destination, as people type it
 * @name: terminated: "required" or "none"
 *
 * Return: &enum dfc_security or -EINVAL.
 */
int dfc_security_parse(const char *name);

#endif
