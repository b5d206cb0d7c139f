// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "dtcp/sequence.h"

static char base[] = "/tmp/sequence_test.XXXXXX";
static char path[PATH_MAX];
static struct trouble t;

static int set_up(void **state)
{
	if (!mkdtemp(base) || setenv("XDG_STATE_HOME", base, 1))
		return -1;
	return sequence_path(path, sizeof(path), "ftap1", "router", &t);
}

static int tear_down(void **state)
{
	char dir[PATH_MAX];

	unlink(path);
	snprintf(dir, sizeof(dir), "%s/dtcp", base);
	rmdir(dir);
	return rmdir(base);
}

static void assert_next(uint64_t expected)
{
	uint64_t seq;

	assert_int_equal(sequence_next(path, 1000, &seq, &t), 0);
	assert_true(seq == expected);
}

static void put_file(const char *text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static void numbers_go_up(void **state)
{
	assert_next(1000);
	assert_next(1001);
	assert_next(1002);
	put_file("7");
	assert_next(8);
	put_file("18446744073709551615\n");
	assert_next(0);
	assert_next(1);
	put_file("");
	assert_next(1000);
}

static void broken_files_are_refused(void **state)
{
	static const char *const text[] = {
		"x", "\n", "-1", "1 2", "18446744073709551616",
		"000000000000000000000001",
	};
	uint64_t seq;
	size_t i;

	for (i = 0; i < sizeof(text) / sizeof(text[0]); i++) {
		put_file(text[i]);
		assert_int_equal(sequence_next(path, 1, &seq, &t), -1);
		assert_non_null(strstr(t.text, path));
	}
	unlink(path);
	mkdir(path, 0700);
	assert_int_equal(sequence_next(path, 1, &seq, &t), -1);
	rmdir(path);
}

/* Takes numbers in several processes; none may be taken twice. */
static void nobody_gets_the_same_number(void **state)
{
	int i, status;
	pid_t child;

	unlink(path);
	for (i = 0; i < 4; i++) {
		child = fork();
		if (child)
			continue;
		for (i = 0; i < 250; i++) {
			uint64_t seq;

			if (sequence_next(path, 1, &seq, &t))
				_exit(1);
		}
		_exit(0);
	}
	for (i = 0; i < 4; i++) {
		assert_true(wait(&status) > 0);
		assert_int_equal(status, 0);
	}
	assert_next(1001);
}

static void paths(void **state)
{
	char expected[PATH_MAX], out[PATH_MAX];

	assert_int_equal(sequence_path(out, sizeof(out), "a/../b", "::1", &t),
			 0);
	snprintf(expected, sizeof(expected), "%s/dtcp/a%%2F..%%2Fb@::1", base);
	assert_string_equal(out, expected);
	assert_int_equal(sequence_path(out, 20, "a", "r", &t), -1);
	setenv("XDG_STATE_HOME", "relative", 1);
	setenv("HOME", "/home/a", 1);
	assert_int_equal(sequence_path(out, sizeof(out), "c", "r", &t), 0);
	assert_string_equal(out, "/home/a/.local/state/dtcp/c@r");
	setenv("XDG_STATE_HOME", base, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_go_up),
		cmocka_unit_test(broken_files_are_refused),
		cmocka_unit_test(nobody_gets_the_same_number),
		cmocka_unit_test(paths),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
