/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DFCCTL_STAMP_H
#define DFCCTL_STAMP_H

#include <jansson.h>

/**
 * stamp_now() - the time as text
 *
 * Return: a JSON string owned by the caller: ISO 8601 with milliseconds and
 * offset, which sorts and names its zone.
 */
json_t *stamp_now(void);

#endif
