/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DFCCTL_ERROR_H
#define DFCCTL_ERROR_H

/* Exit statuses; 0 is success. */
#define ERROR_REFUSED	1	/* the kernel or dtcpd said no */
#define ERROR_USAGE	2	/* bad command line, or nobody to talk to */

/**
 * error_say() - say on standard error what went wrong
 * @status: exit status that goes with it
 * @fmt: printf format of one sentence, without a newline
 *
 * Return: @status, so that a caller can say and return in one go.
 */
int error_say(int status, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

#endif
