// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <stdarg.h>
#include <stdio.h>

#include "dtcp/trouble.h"

int trouble_set(struct trouble *t, const char *fmt, ...)
{
	va_list args;
	char *c;

	va_start(args, fmt);
	vsnprintf(t->text, sizeof(t->text), fmt, args);
	va_end(args);
	/* What others wrote may be in it, and must not drive the terminal. */
	for (c = t->text; *c; c++) {
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			*c = '?';
	}
	return -1;
}

int trouble_say(const struct trouble *t)
{
	fprintf(stderr, "dtcp: %s\n", t->text);
	return TROUBLE_FAILED;
}
