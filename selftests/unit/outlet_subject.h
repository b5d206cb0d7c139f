/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

/* What tasking tells of two control sources, of which one has no-syslog. */

#ifndef OUTLET_SUBJECT_H
#define OUTLET_SUBJECT_H

#include "tasking_fake_outlet.h"

#define DEST "content-destination cd { address = \"203.0.113.2\" port = 1 }\n"
#define GROUP(sources) "capture-group g { " DEST sources " }\n"
#define SOURCE(name, text) "control-source " name " { " text " }\n"
#define BOTH GROUP(SOURCE("a", "") SOURCE("quiet", "no-syslog = yes"))

#define ADD "Cdest-ID: cd\r\nTimeout-Idle: 60\r\n"

static int setup(void **state)
{
	memset(&outlet, 0, sizeof(outlet));
	outlet_start(BOTH);
	outlet.events[0] = '\0';
	outlet.audit[0] = '\0';
	return 0;
}

#endif
