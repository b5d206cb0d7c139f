// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <stdarg.h>
#include <stdio.h>

#include "dfcctl/error.h"

int error_say(int status, const char *fmt, ...)
{
	va_list args;

	fflush(stdout);
	fputs("dfcctl: ", stderr);
	va_start(args, fmt);
	vfprintf(stderr, fmt, args);
	va_end(args);
	fputc('\n', stderr);
	return status;
}
