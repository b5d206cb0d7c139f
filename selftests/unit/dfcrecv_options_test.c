// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dfcrecv/options.h"

static struct options o;
static char *out, *err;

/* Reads a command line, with what it says in @out and @err. */
static int parse(char **argv)
{
	FILE *usual_out = stdout, *usual_err = stderr;
	int argc = 0, status;
	size_t len;

	while (argv[argc])
		argc++;
	free(out);
	free(err);
	stdout = open_memstream(&out, &len);
	stderr = open_memstream(&err, &len);
	optind = 0;
	status = options_parse(&o, argc, argv);
	fclose(stdout);
	fclose(stderr);
	stdout = usual_out;
	stderr = usual_err;
	return status;
}

#define PARSE(...) parse((char *[]){ "dfcrecv", __VA_ARGS__, NULL })

static void all_of_them(void **state)
{
	assert_int_equal(PARSE("-l", "7000", "-l", "192.0.2.1:7001",
			       "--format", "jmirror", "-w", "file", "-c", "3",
			       "-t", "4", "-u", "nobody", "-q", "-j"), 0);
	assert_int_equal(o.ninlet, 2);
	assert_int_equal(o.format, FORMAT_JMIRROR);
	assert_string_equal(o.file, "file");
	assert_true(o.count == 3);
	assert_int_equal(o.idle, 4);
	assert_string_equal(o.user, "nobody");
	assert_true(o.quiet);
	assert_true(o.json);
	assert_int_equal(PARSE("-q"), 0);
	assert_int_equal(o.ninlet, 1);
	assert_true(o.count == UINT64_MAX);
}

static void what_copies_are(void **state)
{
	assert_int_equal(PARSE("-q"), 0);
	assert_int_equal(o.rule, CONTENT_GUESS);
	assert_int_equal(PARSE("--packets"), 0);
	assert_int_equal(o.rule, CONTENT_PACKETS);
	assert_int_equal(PARSE("--frames", "--frames"), 0);
	assert_int_equal(o.rule, CONTENT_FRAMES);
}

static void what_it_is(void **state)
{
	assert_int_equal(PARSE("-V"), 1);
	assert_string_equal(out, "dfcrecv " DFC_VERSION "\n");
	assert_int_equal(PARSE("-h"), 1);
	assert_non_null(strstr(out, "  -V  "));
	assert_string_equal(err, "");
}

static void assert_refused(int status, const char *culprit)
{
	assert_int_equal(status, -1);
	assert_string_equal(out, "");
	if (!strstr(err, culprit))
		print_error("%s", err);
	assert_non_null(strstr(err, culprit));
}

static void refused(void **state)
{
	assert_refused(PARSE("-c", "0"), "-c '0': expected a number, 1..");
	assert_refused(PARSE("-t", "86401"), "-t '86401'");
	assert_refused(PARSE("-l", "x"), "-l 'x': expected PORT");
	assert_refused(PARSE("--format", "x"), "--format 'x'");
	assert_refused(PARSE("--frames", "--packets"),
		       "--packets and --frames exclude each other");
	assert_refused(PARSE("x"), "unexpected word 'x'");
	assert_refused(PARSE("-x"), "Usage: dfcrecv ");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_of_them),
		cmocka_unit_test(what_copies_are),
		cmocka_unit_test(what_it_is),
		cmocka_unit_test(refused),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	free(out);
	free(err);
	return failed;
}
