// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "dtcp-proto/value.h"
#include "dtcpd/escape.h"
#include "dtcpd/log.h"
#include "dtcpd/throttle.h"

#define LINE_MAX_LEN		1024
#define LIMITED_PER_SECOND	10

static enum { TO_STDERR, TO_JOURNAL, TO_SYSLOG } target;
#define LIMITED { .limit = LIMITED_PER_SECOND, .window = 1000 }
static struct throttle limited = LIMITED;
static struct throttle strangers[LOG_WAYS] = {
	[LOG_SSH] = LIMITED,
	[LOG_UDP] = LIMITED,
};

/* systemd says by $JOURNAL_STREAM which stream is its journal's. */
static bool stderr_is_journal(void)
{
	const char *stream = getenv("JOURNAL_STREAM");
	unsigned long long device, inode;
	struct stat st;

	return stream && sscanf(stream, "%llu:%llu", &device, &inode) == 2 &&
	       !fstat(STDERR_FILENO, &st) && st.st_dev == device &&
	       st.st_ino == inode;
}

void log_init(bool to_syslog)
{
	target = to_syslog ? TO_SYSLOG :
		 stderr_is_journal() ? TO_JOURNAL : TO_STDERR;
	if (to_syslog)
		openlog("dtcpd", LOG_PID | LOG_NDELAY, LOG_DAEMON);
}

static void write_stderr(const char *line)
{
	struct timespec now;
	char stamp[24];

	clock_gettime(CLOCK_REALTIME, &now);
	dtcp_value_time((int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000,
			stamp);
	fprintf(stderr, "%s dtcpd: %s\n", stamp, line);
}

static void write_line(int priority, const char *line)
{
	switch (target) {
	case TO_SYSLOG:
		syslog(priority, "%s", line);
		/* Whoever starts it by hand must see why it does not start. */
		if (priority > LOG_ERR)
			return;
		break;
	case TO_JOURNAL:
		fprintf(stderr, "<%d>%s\n", priority, line);
		return;
	case TO_STDERR:
		if (priority == LOG_DEBUG)
			return;
		break;
	}
	write_stderr(line);
}

static void write_args(int priority, const char *fmt, va_list args)
{
	char text[LINE_MAX_LEN], line[LINE_MAX_LEN];

	vsnprintf(text, sizeof(text), fmt, args);
	escape_line(text, line, sizeof(line));
	write_line(priority, line);
}

void log_msg(int priority, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	write_args(priority, fmt, args);
	va_end(args);
}

static void write_limited(struct throttle *t, int priority, const char *fmt,
			  va_list args)
{
	unsigned long missed;
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	if (!throttle_take(t, (int64_t)now.tv_sec * 1000 +
			   now.tv_nsec / 1000000))
		return;
	missed = throttle_missed(t);
	if (missed)
		log_msg(LOG_NOTICE, "%lu lines were left out here", missed);
	write_args(priority, fmt, args);
}

void log_limited(int priority, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	write_limited(&limited, priority, fmt, args);
	va_end(args);
}

void log_stranger(enum log_way way, int priority, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	write_limited(&strangers[way], priority, fmt, args);
	va_end(args);
}
