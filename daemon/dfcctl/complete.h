/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DFCCTL_COMPLETE_H
#define DFCCTL_COMPLETE_H

#include <stdio.h>

#include "dfcctl/command.h"

/**
 * complete_print() - write what the last word of a command line can be
 * @out: stream, gets one candidate a line
 * @ctl: run; asks the kernel for ids, silently when it cannot be asked
 * @argc: number of words, at least 1
 * @argv: words; the last one is as far as it is typed, perhaps empty
 */
void complete_print(FILE *out, struct ctl *ctl, int argc, char **argv);

#endif
