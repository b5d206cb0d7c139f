// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "dtcpd/log.h"

static FILE *captured;
static int real_stderr;
static time_t now = 1000;

/* In place of libc's: it is when we say. */
int clock_gettime(clockid_t id, struct timespec *ts)
{
	*ts = (struct timespec){ .tv_sec = now };
	return 0;
}

static int capture(void **state)
{
	captured = tmpfile();
	real_stderr = dup(STDERR_FILENO);
	unsetenv("JOURNAL_STREAM");
	dup2(fileno(captured), STDERR_FILENO);
	log_init(false);
	return 0;
}

static int release(void **state)
{
	dup2(real_stderr, STDERR_FILENO);
	close(real_stderr);
	fclose(captured);
	return 0;
}

/* Reads the next line without its time stamp; NULL at the end. */
static const char *next_line(void)
{
	static char line[4096];

	if (!fgets(line, sizeof(line), captured))
		return NULL;
	line[strcspn(line, "\n")] = '\0';
	assert_true(strlen(line) > 24);
	assert_int_equal(line[4], '-');
	assert_int_equal(line[19], '.');
	return line + 24;
}

static void one_line_an_event(void **state)
{
	log_msg(LOG_INFO, "user \"%s\"", "x\n2026-01-01 forged");
	log_msg(LOG_DEBUG, "not shown");
	log_msg(LOG_ERR, "%5000d", 1);
	log_msg(LOG_INFO, "last");
	rewind(captured);
	assert_string_equal(next_line(),
			    "dtcpd: user \"x\\x0a2026-01-01 forged\"");
	assert_true(strlen(next_line()) < 1100);
	assert_string_equal(next_line(), "dtcpd: last");
	assert_null(next_line());
}

static void strangers_are_limited(void **state)
{
	const char *line = NULL, *next;
	int i, lines = 0;

	for (i = 0; i < 1000; i++)
		log_limited(LOG_NOTICE, "noise");
	log_msg(LOG_NOTICE, "mine");
	rewind(captured);
	while ((next = next_line())) {
		line = next;
		lines++;
	}
	assert_int_equal(lines, 11);
	assert_string_equal(line, "dtcpd: mine");
	fseek(captured, 0, SEEK_END);
	now++;
	i = (int)ftell(captured);
	log_limited(LOG_NOTICE, "again");
	fseek(captured, i, SEEK_SET);
	line = next_line();
	assert_non_null(strstr(line, " lines were left out here"));
	assert_int_equal(atoi(line + 7), 990);
	assert_string_equal(next_line(), "dtcpd: again");
}

/* Those who come by one way hide nobody else, nor what goes wrong here. */
static void limits_of_their_own(void **state)
{
	const char *next;
	int i;

	now++;
	for (i = 0; i < 1000; i++)
		log_stranger(LOG_UDP, LOG_NOTICE, "garbage");
	log_stranger(LOG_SSH, LOG_NOTICE, "refused");
	log_limited(LOG_ERR, "disk full");
	for (i = 0; i < 1000; i++)
		log_stranger(LOG_SSH, LOG_NOTICE, "refused again");
	log_limited(LOG_ERR, "disk full again");
	rewind(captured);
	for (i = 0; (next = next_line()) && strstr(next, "garbage"); i++)
		;
	assert_int_equal(i, 10);
	assert_string_equal(next, "dtcpd: refused");
	assert_string_equal(next_line(), "dtcpd: disk full");
	for (i = 0; (next = next_line()) && strstr(next, "refused again"); i++)
		;
	assert_int_equal(i, 9);
	assert_string_equal(next, "dtcpd: disk full again");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(one_line_an_event, capture,
						release),
		cmocka_unit_test_setup_teardown(strangers_are_limited,
						capture, release),
		cmocka_unit_test_setup_teardown(limits_of_their_own, capture,
						release),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
