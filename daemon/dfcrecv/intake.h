/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DFCRECV_INTAKE_H
#define DFCRECV_INTAKE_H

#include "dfcrecv/session.h"

/**
 * intake_run() - take what comes, until something ends it
 * @s: open session
 *
 * What came reaches file and lines when nothing more waits, or a thousand
 * packets at the latest.
 *
 * Return: exit status, see session_run().
 */
int intake_run(struct session *s);

#endif
