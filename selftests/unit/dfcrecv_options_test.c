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

static void files_rotate(void **state)
{
	assert_int_equal(PARSE("-w", "tap", "-C", "5", "-W", "3"), 0);
	assert_true(o.rotation.size == 5000000);
	assert_int_equal(o.rotation.seconds, 0);
	assert_int_equal(o.rotation.keep, 3);
	assert_int_equal(PARSE("-w", "tap-%T", "--rotate-time", "60",
			       "--rotate-size", "1", "--rotate-count", "9",
			       "--no-comments"), 0);
	assert_true(o.rotation.size == 1000000);
	assert_int_equal(o.rotation.seconds, 60);
	assert_int_equal(o.rotation.keep, 9);
	assert_true(o.no_comments);
}

static void tunnels_devices_and_the_screen(void **state)
{
	assert_int_equal(PARSE("--ip-ip", "any", "--ip-ip", "192.0.2.1",
			       "--tap", "dfc0", "--tap-mtu", "1500", "--top",
			       "--interval", "5"), 0);
	/* No UDP port is added to them. */
	assert_int_equal(o.ninlet, 9);
	assert_int_equal(o.inlet[7].protocol, 41);
	assert_int_equal(o.inlet[8].protocol, 97);
	assert_string_equal(o.tap, "dfc0");
	assert_int_equal(o.tap_mtu, 1500);
	assert_true(o.top);
	assert_int_equal(o.interval, 5);
	assert_int_equal(PARSE("--top"), 0);
	assert_int_equal(o.interval, 1);
	assert_int_equal(o.inlet[0].protocol, 17);
}

static void what_it_is(void **state)
{
	assert_int_equal(PARSE("-V"), 1);
	assert_string_equal(out, "dfcrecv " DFC_VERSION "\n");
	assert_int_equal(PARSE("-h"), 1);
	assert_non_null(strstr(out, "  -V, --version  "));
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
}

/* One line that names the culprit, and not all that there is. */
static void assert_says(int status, const char *line)
{
	assert_int_equal(status, -1);
	assert_string_equal(out, "");
	assert_string_equal(err, line);
}

static void unknown_ones_are_named(void **state)
{
	assert_says(PARSE("-x"), "dfcrecv: -x: unknown option; "
		    "try dfcrecv --help\n");
	assert_says(PARSE("--top", "-qxj"), "dfcrecv: -x: unknown option; "
		    "try dfcrecv --help\n");
	assert_says(PARSE("--x"), "dfcrecv: --x: unknown option; "
		    "try dfcrecv --help\n");
	assert_says(PARSE("--top=1"), "dfcrecv: --top=1: it takes no "
		    "argument; try dfcrecv --help\n");
	assert_says(PARSE("-q", "-c"), "dfcrecv: -c needs an argument; "
		    "try dfcrecv --help\n");
	assert_says(PARSE("-q", "--tap"), "dfcrecv: --tap needs an argument; "
		    "try dfcrecv --help\n");
	assert_says(PARSE("--rotate-size"), "dfcrecv: -C needs an argument; "
		    "try dfcrecv --help\n");
}

static void refused_alone(void **state)
{
	assert_refused(PARSE("-C", "1"), "-C and -G need -w");
	assert_refused(PARSE("-G", "1"), "-C and -G need -w");
	assert_refused(PARSE("-w", "x", "-W", "1"), "-W needs -C or -G");
	assert_refused(PARSE("-w", "-", "-C", "1"), "not -w -");
	assert_refused(PARSE("-w", "x%%", "-G", "1"), "-w 'x%%': -G needs");
	assert_refused(PARSE("-w", ""), "-w '': expected a file");
	assert_refused(PARSE("-w", "x", "-C", "0"), "-C '0'");
	assert_refused(PARSE("-w", "x", "-C", "1000000001"), "-C '10");
	assert_refused(PARSE("-w", "x%T", "-G", "-1"), "-G '-1'");
	assert_refused(PARSE("-w", "x", "-W", "100001"), "-W '100001'");
	assert_refused(PARSE("--no-comments"), "--no-comments needs -w");
	assert_refused(PARSE("--tap", "a b"), "--tap 'a b'");
	assert_refused(PARSE("--tap", "dfc%d"), "--tap 'dfc%d'");
	assert_refused(PARSE("--tap", "sixteencharacter"), "--tap 'six");
	assert_refused(PARSE("--tap-mtu", "1500"), "--tap-mtu needs --tap");
	assert_refused(PARSE("--tap", "x", "--tap-mtu", "67"), "68..65521");
	assert_refused(PARSE("--interval", "2"), "--interval needs --top");
	assert_refused(PARSE("--top", "--interval", "0"), "--interval '0'");
	assert_refused(PARSE("--ip-ip", "host"), "--ip-ip 'host': expected");
}

static void there_is_a_limit_of_sockets(void **state)
{
	char *argv[2 + 2 * 17] = { "dfcrecv" };
	int i;

	for (i = 1; i < 1 + 2 * 16; i += 2) {
		argv[i] = "--ip-ip";
		argv[i + 1] = "any";
	}
	assert_int_equal(parse(argv), 0);
	assert_int_equal(o.ninlet, INLETS_MAX);
	argv[i] = "-l";
	argv[i + 1] = "1";
	assert_refused(parse(argv), "-l: more than 96 sockets");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_of_them),
		cmocka_unit_test(what_copies_are),
		cmocka_unit_test(files_rotate),
		cmocka_unit_test(tunnels_devices_and_the_screen),
		cmocka_unit_test(what_it_is),
		cmocka_unit_test(refused),
		cmocka_unit_test(unknown_ones_are_named),
		cmocka_unit_test(refused_alone),
		cmocka_unit_test(there_is_a_limit_of_sockets),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	free(out);
	free(err);
	return failed;
}
