/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DFC_NETLINK_STAMP_H
#define DFC_NETLINK_STAMP_H

#include <jansson.h>

/**
 * dfc_stamp_now() - the time as text
 *
 * Return: a JSON string owned by the caller: ISO 8601 with milliseconds and
 * offset, which sorts and names its zone.
 */
json_t *dfc_stamp_now(void);

#endif
