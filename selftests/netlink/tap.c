// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tap.h"

static unsigned int planned, made, failed;

static void begin(void)
{
	/* A child that dies must not take lines with it, nor repeat them. */
	setvbuf(stdout, NULL, _IOLBF, 0);
	puts("TAP version 13");
}

void tap_plan(unsigned int count)
{
	planned = count;
	begin();
	printf("1..%u\n", count);
}

void tap_result(bool ok, const char *name)
{
	made++;
	failed += !ok;
	printf("%s %u - %s\n", ok ? "ok" : "not ok", made, name);
}

void tap_note(const char *format, ...)
{
	va_list args;

	fputs("# ", stdout);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	putchar('\n');
}

bool tap_differs(const char *file, int line, const char *what,
		 uint64_t expected, uint64_t actual)
{
	if (expected == actual)
		return false;
	tap_note("%s:%d: %s is %" PRIu64 ", expected was %" PRIu64, file, line,
		 what, actual, expected);
	return true;
}

int tap_skip(const char *reason)
{
	const char *forbidden = getenv("DFC_NO_SKIP");

	begin();
	if (forbidden && !strcmp(forbidden, "1")) {
		puts("1..1");
		tap_note("skipped, and DFC_NO_SKIP=1 forbids it: %s", reason);
		tap_result(false, "the test can run");
		return 1;
	}
	printf("1..0 # SKIP %s\n", reason);
	return TAP_SKIP;
}

int tap_end(void)
{
	if (made != planned)
		tap_note("planned %u checks, made %u", planned, made);
	return made == planned && !failed ? 0 : 1;
}
