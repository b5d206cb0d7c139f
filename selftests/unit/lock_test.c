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
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "dtcpd/lock.h"

static char dir[] = "/tmp/lock_test.XXXXXX";
static char path[64], file[80];

static int setup(void **state)
{
	if (!mkdtemp(dir))
		return -1;
	snprintf(path, sizeof(path), "%s/run/control", dir);
	snprintf(file, sizeof(file), "%s.lock", path);
	return 0;
}

static int teardown(void **state)
{
	unlink(file);
	snprintf(path, sizeof(path), "%s/run", dir);
	rmdir(path);
	rmdir(dir);
	return 0;
}

static void only_one(void **state)
{
	char pid[16] = "", expected[16];
	int fd = lock_take(path);
	struct stat st;
	FILE *f;

	assert_true(fd >= 0);
	f = fopen(file, "r");
	assert_non_null(fgets(pid, sizeof(pid), f));
	fclose(f);
	snprintf(expected, sizeof(expected), "%d\n", (int)getpid());
	assert_string_equal(pid, expected);
	assert_int_equal(stat(file, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(lock_take(path), -EWOULDBLOCK);
	lock_release(fd);
	fd = lock_take(path);
	assert_true(fd >= 0);
	lock_release(fd);
}

/* A dtcpd that is killed leaves a file behind, but no lock. */
static void after_a_crash(void **state)
{
	pid_t child = fork();
	int status, fd;

	if (!child) {
		lock_take(path);
		_exit(0);
	}
	waitpid(child, &status, 0);
	fd = lock_take(path);
	assert_true(fd >= 0);
	lock_release(fd);
}

static void no_directory(void **state)
{
	assert_int_equal(lock_take("/nonexistent/run/control"), -ENOENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_one),
		cmocka_unit_test(after_a_crash),
		cmocka_unit_test(no_directory),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
