/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DTCPD_LOG_H
#define DTCPD_LOG_H

#include <stdbool.h>

/**
 * log_init() - choose where the log goes
 * @to_syslog: syslog (facility daemon); else standard error
 */
void log_init(bool to_syslog);

/**
 * log_msg() - log one event in one line
 * @priority: LOG_ERR .. LOG_DEBUG of syslog(3)
 * @fmt: printf format; control characters in the result are escaped, so
 *	that remote text cannot forge a line
 *
 * Secrets and addresses of targets are never logged.
 */
void log_msg(int priority, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/**
 * log_limited() - as log_msg(), at most ten lines a second in all
 * @priority: as log_msg()
 * @fmt: as log_msg()
 *
 * For what goes wrong here and may do so again and again; how many were left
 * out is said in the next line that is let through.
 */
void log_limited(int priority, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* What strangers come by. Each has a limit of its own. */
enum log_way {
	LOG_SSH,
	LOG_UDP,
	LOG_WAYS,
};

/**
 * log_stranger() - as log_limited(), for what strangers can cause
 * @way: they hide no line of others, nor of those who come by another way
 * @priority: as log_msg()
 * @fmt: as log_msg()
 */
void log_stranger(enum log_way way, int priority, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

#endif
