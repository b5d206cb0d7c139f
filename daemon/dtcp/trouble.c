// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <stdarg.h>
#include <stdio.h>

#include "dtcp/trouble.h"

int trouble_set(struct trouble *t, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(t->text, sizeof(t->text), fmt, args);
	va_end(args);
	return -1;
}

int trouble_say(const struct trouble *t)
{
	fprintf(stderr, "dtcp: %s\n", t->text);
	return TROUBLE_FAILED;
}
