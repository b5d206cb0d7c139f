// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dfcctl/command.h"
#include "dfcctl/complete.h"
#include "dfcctl/error.h"

static void words_are_found(void **state)
{
	assert_string_equal(command_find(command_table, "filter")->name,
			    "filter");
	assert_string_equal(command_find(command_table, "f")->name, "filter");
	assert_string_equal(command_find(command_table, "stat")->name,
			    "statistics");
	assert_string_equal(command_find(filter_commands, "del")->name,
			    "delete");
	assert_string_equal(command_find(command_table, "complete")->name,
			    "complete");
}

static void words_are_not_found(void **state)
{
	assert_null(command_find(command_table, "nonsense"));
	assert_int_equal(errno, ENOENT);
	assert_null(command_find(command_table, ""));
	assert_int_equal(errno, ENOENT);
	assert_null(command_find(command_table, "s"));
	assert_int_equal(errno, EBUSY);
	assert_null(command_find(command_table, "filters"));
	assert_int_equal(errno, ENOENT);
	assert_null(command_find(command_table, "comp"));
	assert_int_equal(errno, ENOENT);
}

/* Every error below comes before the kernel is asked for anything. */
static void assert_refused(char **words, const char *expected)
{
	struct ctl ctl = { .control = "/nonexistent" };
	FILE *usual = stderr;
	int status, n = 0;
	char *said;
	size_t len;

	while (words[n])
		n++;
	stderr = open_memstream(&said, &len);
	status = command_run(&ctl, command_table, n, words);
	fclose(stderr);
	stderr = usual;
	ctl_close(&ctl);
	assert_int_equal(status, ERROR_USAGE);
	if (!strstr(said, expected)) {
		print_error("%s", said);
		fail();
	}
	free(said);
}

#define WORDS(...) ((char *[]){ __VA_ARGS__, NULL })

static void bad_commands(void **state)
{
	assert_refused(WORDS("nonsense"), "unknown command 'nonsense', "
		       "expected one of summary, filter");
	assert_refused(WORDS("filter", "x"), "unknown command 'x', expected "
		       "one of show, add, set, delete, flush");
	assert_refused(WORDS("s"), "'s' may stand for summary, statistics\n");
	assert_refused(WORDS("statistics", "x"), "unexpected word 'x'");
	assert_refused(WORDS("monitor", "x"), "unexpected word 'x'");
	assert_refused(WORDS("control-source", "x"), "dtcpd does not answer");
	assert_refused(WORDS("summary", "x"), "unexpected word 'x'");
	assert_refused(WORDS("filter", "delete"), "needs an id");
	assert_refused(WORDS("filter", "flush", "x"), "unknown word 'x'");
	assert_refused(WORDS("filter", "flush", "destination"), "needs its");
	assert_refused(WORDS("filter", "flush", "destination", "1", "y"),
		       "unexpected word 'y'");
	assert_refused(WORDS("clear"), "needs a control source");
	assert_refused(WORDS("clear", "x"), "unknown command 'x', expected "
		       "one of sequence-number");
	assert_refused(WORDS("clear", "sequence-number", "u", "v"),
		       "unexpected word 'v'");
	assert_refused(WORDS("clear", "sequence-number", "u\nv"),
		       "is no name of a control source");
	assert_refused(WORDS("clear", "sequence-number", "a-name-that-is-one-"
			     "character-longer-than-it-can-be-1"),
		       "is no name of a control source");
	assert_refused(WORDS("clear", "sequence-number", "u"),
		       "dtcpd does not answer on /nonexistent: No such file");
	assert_refused(WORDS("destination", "delete"), "needs one id");
	assert_refused(WORDS("help", "x"), "unknown command 'x'");
	assert_refused(WORDS("filter", "show", "1", "x"), "id 'x': expected a "
		       "number, 1..");
	assert_refused(WORDS("filter", "delete", "1", "x"), "id 'x'");
	assert_refused(WORDS("filter", "flush", "destination", "x"), "id 'x'");
	assert_refused(WORDS("filter", "add", "id", "1", "foo", "2"),
		       "unknown word 'foo', expected one of id, ");
	assert_refused(WORDS("filter", "add", "id", "1", "destination"),
		       "'destination' needs a value");
	assert_refused(WORDS("filter", "set"), "'id' is missing");
	assert_refused(WORDS("destination", "show", "x"), "id 'x'");
	assert_refused(WORDS("destination", "add", "id", "1", "port", "x"),
		       "port 'x'");
	assert_refused(WORDS("destination", "delete", "x"), "id 'x'");
	assert_refused(WORDS("group", "add"), "'id' is missing");
	assert_refused(WORDS("group", "set", "id", "1", "mode", "passive"),
		       "unknown word 'mode', expected one of id, device, ");
	assert_refused(WORDS("group", "delete"), "needs one id");
	assert_refused(WORDS("group", "delete", "1", "2"), "needs one id");
	assert_refused(WORDS("group", "delete", "x"), "id 'x'");
	assert_refused(WORDS("group", "x"), "unknown command 'x', expected "
		       "one of show, add, set, delete\n");
}

static void assert_completed(char **words, const char *expected)
{
	struct ctl ctl = { 0 };
	char *text = NULL;
	size_t len;
	int n = 0;
	FILE *out = open_memstream(&text, &len);

	while (words[n])
		n++;
	complete_print(out, &ctl, n, words);
	fclose(out);
	assert_string_equal(text, expected);
	free(text);
	ctl_close(&ctl);
}

static void completions(void **state)
{
	assert_completed(WORDS(""), "summary\nfilter\ndestination\n"
			 "group\nstatistics\ncontrol-source\naudit\nclear\n"
			 "monitor\nhelp\n");
	assert_completed(WORDS("s"), "summary\nstatistics\n");
	assert_completed(WORDS("filter", ""),
			 "show\nadd\nset\ndelete\nflush\n");
	assert_completed(WORDS("f", "d"), "delete\n");
	assert_completed(WORDS("filter", "set", ""), "id\ntimeout-total\n"
			 "timeout-idle\nlimit-packets\nlimit-bytes\n");
	assert_completed(WORDS("filter", "add", "id", "1", "dest"),
			 "dest-port\ndestination\n");
	assert_completed(WORDS("filter", "add", "family", ""),
			 "inet\ninet6\nccc\n");
	assert_completed(WORDS("group", "set", ""),
			 "id\ndevice\nlocal\nduplicates-max\nmasks-max\n");
	assert_completed(WORDS("group", "add", "mode", "p"), "passive\n");
	assert_completed(WORDS("group", "add", "device", "lo"), "lo\n");
	assert_completed(WORDS("group", "add", "local", ""), "no\nyes\n");
	assert_completed(WORDS("filter", "add", "id", ""), "");
	assert_completed(WORDS("filter", "add", "protocol", "u"),
			 "udp\nudplite\n");
	assert_completed(WORDS("filter", "add", "action", ""),
			 "copy\nredirect\nblock\n");
	assert_completed(WORDS("filter", "add", "output", "lo"), "lo\n");
	assert_completed(WORDS("filter", "add", "vrf", "no-such-device"), "");
	assert_completed(WORDS("filter", "flush", ""), "destination\n");
	assert_completed(WORDS("destination", "add", "security", ""),
			 "required\nnone\n");
	assert_completed(WORDS("destination", "add", "format", ""),
			 "udp\nipip\ndfc\n");
	assert_completed(WORDS("help", "de"), "destination\n");
	assert_completed(WORDS("audit", ""), "show\nverify\nhead\n");
	assert_completed(WORDS("clear", ""), "sequence-number\n");
	assert_completed(WORDS("statistics", ""), "");
	assert_completed(WORDS("nonsense", ""), "");
}

/* Nothing is done at all by what cannot be repeated. */
static void repeated(void **state)
{
	static char *const once[][4] = {
		{ "monitor" }, { "control-source" }, { "filter", "flush" },
		{ "destination", "delete", "1" }, { "help" },
	};
	struct ctl ctl = { .control = "/nonexistent", .interval = 1 };
	FILE *usual = stderr;
	char *said;
	size_t i, len;
	int n;

	for (i = 0; i < sizeof(once) / sizeof(once[0]); i++) {
		for (n = 0; once[i][n]; n++)
			;
		stderr = open_memstream(&said, &len);
		assert_int_equal(command_run(&ctl, command_table, n,
					     (char **)once[i]), ERROR_USAGE);
		fclose(stderr);
		stderr = usual;
		assert_non_null(strstr(said, "-i goes with summary"));
		free(said);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_are_found),
		cmocka_unit_test(words_are_not_found),
		cmocka_unit_test(bad_commands),
		cmocka_unit_test(completions),
		cmocka_unit_test(repeated),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
