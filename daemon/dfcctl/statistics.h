/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DFCCTL_STATISTICS_H
#define DFCCTL_STATISTICS_H

#include "dfcctl/ctl.h"

/**
 * statistics_get() - read the counters of the network namespace
 * @ctl: run, opened
 * @record: JSON object, gets them
 *
 * Return: 0, or an exit status after saying what is wrong.
 */
int statistics_get(struct ctl *ctl, json_t *record);

#endif
