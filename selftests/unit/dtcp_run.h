/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DTCP_RUN_H
#define DTCP_RUN_H

/*
 * Runs all of dtcp but main() in a child, with what it prints in files: the
 * test is the router meanwhile. Included by one test each, after cmocka.h.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <signal.h>
#include <unistd.h>

#include "dtcp-proto/message.h"
#include "dtcp-proto/writer.h"
#include "dtcp/command.h"

#define KEY	"secret"
#define USER	"csrc_a"
#define WORDS	24

static char run_dir[] = "/tmp/dtcp_run.XXXXXX";
static char run_out[65536], run_err[8192];
static pid_t run_child;

static const char *run_path(const char *name)
{
	static char path[64];

	snprintf(path, sizeof(path), "%s/%s", run_dir, name);
	return path;
}

static int run_set_up(void **state)
{
	if (!mkdtemp(run_dir))
		return -1;
	setenv("XDG_STATE_HOME", run_dir, 1);
	unsetenv("DTCP_KEY");
	return 0;
}

static int run_tear_down(void **state)
{
	char command[64];

	snprintf(command, sizeof(command), "rm -r %s", run_dir);
	return system(command);
}

/* The child: what main() does. */
static void run_words(const char *const word[])
{
	struct trouble t = { "" };
	struct options o;
	char *argv[WORDS];
	int argc = 0, n;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (!freopen(run_path("out"), "w", stdout) ||
	    !freopen(run_path("err"), "w", stderr))
		_exit(99);
	for (; word[argc]; argc++)
		argv[argc] = strdup(word[argc]);
	argv[argc] = NULL;
	n = dtcp_options_parse(&o, argc, argv, &t);
	n = n < 0 ? trouble_say(&t) : dtcp_command_run(&o, argc - n, argv + n);
	fflush(NULL);
	_exit(n);
}

static void run_start(const char *const word[])
{
	fflush(NULL);
	run_child = fork();
	if (!run_child)
		run_words(word);
}

#define RUN(...) run_start((const char *const[]){ "dtcp", __VA_ARGS__, NULL })

static void run_read(const char *name, char *text, size_t room)
{
	FILE *f = fopen(run_path(name), "r");

	assert_non_null(f);
	text[fread(text, 1, room - 1, f)] = '\0';
	fclose(f);
}

/* Waits for the end of the child. */
static void run_end(int expected)
{
	int status;

	assert_int_equal(waitpid(run_child, &status, 0), run_child);
	run_read("out", run_out, sizeof(run_out));
	run_read("err", run_err, sizeof(run_err));
	if (!WIFEXITED(status) || WEXITSTATUS(status) != expected)
		print_error("out: %s\nerr: %s\n", run_out, run_err);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), expected);
}

static void run_has(const char *text, const char *expected)
{
	if (!strstr(text, expected))
		print_error("%s\nhas no %s\n", text, expected);
	assert_non_null(strstr(text, expected));
}

static inline void run_begin(struct dtcp_writer *w, unsigned int code)
{
	struct dtcp_version version = { 0, 7 };

	dtcp_writer_init(w, false);
	dtcp_writer_status(w, version, code);
}

#endif
