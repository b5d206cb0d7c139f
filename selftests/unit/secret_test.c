// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project
//
// The question for a password, asked by a process on a terminal of its own.

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>
#include <utmp.h>

#include "dtcp/secret.h"

#define ROOM 8

static int terminal, master;
static pid_t child;

/* Exits with 0 if it gets the right answer, 1 if it fails and has wiped it. */
static void ask(void)
{
	static const char wiped[ROOM];
	char answer[ROOM] = "before";
	int err = secret_ask("Password: ", answer, sizeof(answer));

	if (!err)
		_exit(strcmp(answer, "ftap11") ? 2 : 0);
	_exit(memcmp(answer, wiped, ROOM) ? 3 : 1);
}

static bool has_echo(void)
{
	struct termios t;

	assert_int_equal(tcgetattr(terminal, &t), 0);
	return t.c_lflag & ECHO;
}

/* Waits for the prompt, which comes when there is no echo any more. */
static void await_prompt(void)
{
	struct pollfd p = { .fd = master, .events = POLLIN };
	char text[64];
	size_t len = 0;

	while (len < strlen("Password: ")) {
		assert_int_equal(poll(&p, 1, 10000), 1);
		len += read(master, text + len, sizeof(text) - len);
	}
	assert_memory_equal(text, "Password: ", len);
	assert_false(has_echo());
}

static int setup(void **state)
{
	if (openpty(&master, &terminal, NULL, NULL, NULL))
		return -1;
	child = fork();
	if (!child) {
		close(master);
		if (login_tty(dup(terminal)))
			_exit(4);
		signal(SIGINT, SIG_DFL);
		ask();
	}
	await_prompt();
	return 0;
}

static int teardown(void **state)
{
	close(master);
	close(terminal);
	return 0;
}

static int answer(const char *text)
{
	int status;

	assert_int_equal(write(master, text, strlen(text)), strlen(text));
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(has_echo());
	return status;
}

static void test_answer(void **state)
{
	assert_int_equal(answer("ftap11\n"), 0);
}

static void test_too_long(void **state)
{
	int status = answer("ftap1123\n");

	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 1);
}

static void test_end_of_file(void **state)
{
	int status = answer("\x04");

	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 1);
}

static void test_interrupt(void **state)
{
	int status = answer("ft\x03");

	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGINT);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_answer),
		TEST(test_too_long),
		TEST(test_end_of_file),
		TEST(test_interrupt),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
