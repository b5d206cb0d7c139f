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
#include <unistd.h>

#include "dtcpd/log.h"

static FILE *captured;
static int real_stderr;

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
	assert_in_range(lines, 11, 12);
	assert_string_equal(line, "dtcpd: mine");
	fseek(captured, 0, SEEK_END);
	sleep(1);
	i = (int)ftell(captured);
	log_limited(LOG_NOTICE, "again");
	fseek(captured, i, SEEK_SET);
	line = next_line();
	assert_non_null(strstr(line, " lines were left out here"));
	assert_in_range(atoi(line + 7), 980, 990);
	assert_string_equal(next_line(), "dtcpd: again");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(one_line_an_event, capture,
						release),
		cmocka_unit_test_setup_teardown(strangers_are_limited,
						capture, release),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
