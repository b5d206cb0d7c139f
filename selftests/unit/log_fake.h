/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

/* A log that is kept, in place of dtcpd/log.c. */

#ifndef LOG_FAKE_H
#define LOG_FAKE_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "dtcpd/log.h"

static char logged[1 << 20];

static void keep(const char *fmt, va_list ap)
{
	size_t len = strlen(logged);

	vsnprintf(logged + len, sizeof(logged) - len, fmt, ap);
	len = strlen(logged);
	snprintf(logged + len, sizeof(logged) - len, "\n");
}

void log_msg(int priority, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	keep(fmt, ap);
	va_end(ap);
}

void log_limited(int priority, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	keep(fmt, ap);
	va_end(ap);
}

void log_stranger(enum log_way way, int priority, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	keep(fmt, ap);
	va_end(ap);
}

__attribute__((unused))
static bool was_logged(const char *text)
{
	return strstr(logged, text);
}

#endif
