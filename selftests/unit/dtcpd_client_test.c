// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "dfcctl/command.h"
#include "dfcctl/complete.h"
#include "dfcctl/dtcpd.h"
#include "dfcctl/error.h"

static struct sockaddr_un address = { .sun_family = AF_UNIX };
static pid_t server;

static int start(void **state)
{
	snprintf(address.sun_path, sizeof(address.sun_path),
		 "/tmp/dtcpd_test.%d", (int)getpid());
	unlink(address.sun_path);
	return 0;
}

/*
 * Answers @requests times, each as dtcpd would: a line in, JSON out, close.
 * Without @question any question will do.
 */
static void serve(const char *question, const char *answer, int requests)
{
	int fd = socket(AF_UNIX, SOCK_STREAM, 0), client;
	char line[64];
	ssize_t n;

	assert_int_equal(bind(fd, (void *)&address, sizeof(address)), 0);
	assert_int_equal(listen(fd, 5), 0);
	server = fork();
	if (server) {
		close(fd);
		return;
	}
	while (requests--) {
		client = accept(fd, NULL, NULL);
		n = read(client, line, sizeof(line) - 1);
		line[n > 0 ? n : 0] = '\0';
		if (question && strcmp(line, question))
			answer = "{\"error\":\"unknown question\"}";
		if (write(client, answer, strlen(answer)) < 0)
			_exit(1);
		close(client);
	}
	_exit(0);
}

static int stop(void **state)
{
	if (server > 0) {
		kill(server, SIGKILL);
		waitpid(server, NULL, 0);
	}
	server = 0;
	unlink(address.sun_path);
	return 0;
}

static void an_answer(void **state)
{
	json_t *answer;

	serve("criteria\n", "{\"criteria\":[]}", 2);
	answer = dtcpd_ask(address.sun_path, "criteria");
	assert_true(json_is_array(json_object_get(answer, "criteria")));
	json_decref(answer);
	answer = dtcpd_ask(address.sun_path, "nonsense");
	assert_string_equal(json_string_value(json_object_get(answer,
							      "error")),
			    "unknown question");
	json_decref(answer);
}

static void no_daemon(void **state)
{
	assert_null(dtcpd_ask(address.sun_path, "criteria"));
	assert_int_equal(errno, ENOENT);
	assert_null(dtcpd_ask("/a/path/that/is/so/long/that/it/does/not/fit/"
			      "into/the/address/of/a/socket/whatever/one/"
			      "does/to/it/and/that/must/be/told", "criteria"));
	assert_int_equal(errno, ENAMETOOLONG);
}

static void no_json(void **state)
{
	serve("criteria\n", "{\"criteria\":[", 1);
	assert_null(dtcpd_ask(address.sun_path, "criteria"));
	assert_int_equal(errno, EPROTO);
}

static void no_object(void **state)
{
	serve("criteria\n", "[1]", 1);
	assert_null(dtcpd_ask(address.sun_path, "criteria"));
	assert_int_equal(errno, EPROTO);
}

static void a_daemon_that_hangs(void **state)
{
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	assert_int_equal(bind(fd, (void *)&address, sizeof(address)), 0);
	assert_int_equal(listen(fd, 5), 0);
	assert_null(dtcpd_ask(address.sun_path, "criteria"));
	assert_int_equal(errno, EAGAIN);
	close(fd);
}

static void assert_joined(json_t *rows, const char *expected)
{
	json_t *wanted = json_loads(expected, 0, NULL);

	assert_true(json_equal(rows, wanted));
	json_decref(wanted);
	json_decref(rows);
}

static void names_are_joined(void **state)
{
	json_t *rows = json_loads("[{\"id\":1},{\"id\":2},{\"id\":3}]", 0,
				  NULL);

	serve("criteria\n", "{\"criteria\":["
	      "{\"filter\":3,\"control-source\":\"ftap1\",\"criteria-id\":7,"
	      "\"content-destinations\":[\"cd1\"]},"
	      "{\"filter\":9,\"control-source\":\"ftap2\"},"
	      "{\"filter\":1,\"id\":99,\"control-source\":\"ftap3\"}]}", 1);
	dtcpd_join_filters(address.sun_path, rows);
	assert_joined(rows, "["
		      "{\"id\":1,\"control-source\":\"ftap3\"},{\"id\":2},"
		      "{\"id\":3,\"control-source\":\"ftap1\","
		      "\"criteria-id\":7,\"content-destinations\":[\"cd1\"]}"
		      "]");
}

static void destinations_are_joined(void **state)
{
	json_t *rows = json_loads("[{\"id\":1},{\"id\":2}]", 0, NULL);

	serve("destinations\n", "{\"destinations\":[{\"destination\":2,"
	      "\"name\":\"cd1\",\"capture-group\":\"g1\"}]}", 1);
	dtcpd_join_destinations(address.sun_path, rows);
	assert_joined(rows, "[{\"id\":1},{\"id\":2,\"name\":\"cd1\","
		      "\"capture-group\":\"g1\"}]");
}

static void groups_are_joined(void **state)
{
	json_t *rows = json_loads("[{\"id\":1},{\"id\":2}]", 0, NULL);

	serve("groups\n", "{\"groups\":[{\"group\":2,"
	      "\"capture-group\":\"span\"}]}", 1);
	dtcpd_join_groups(address.sun_path, rows);
	assert_joined(rows, "[{\"id\":1},{\"id\":2,"
		      "\"capture-group\":\"span\"}]");
}

static void without_a_daemon_nothing_is_joined(void **state)
{
	json_t *rows = json_loads("[{\"id\":1}]", 0, NULL);

	dtcpd_join_filters(address.sun_path, rows);
	dtcpd_join_destinations(address.sun_path, rows);
	dtcpd_join_groups(address.sun_path, rows);
	assert_joined(rows, "[{\"id\":1}]");
}

/* What a command of dfcctl prints, as @ctl wants it. */
static char *run(struct ctl *ctl, char **words, int n, int expected)
{
	FILE *out = stdout, *err = stderr;
	int status;
	char *text;
	size_t len;

	stdout = stderr = open_memstream(&text, &len);
	status = command_run(ctl, command_table, n, words);
	fclose(stdout);
	stdout = out;
	stderr = err;
	assert_int_equal(status, expected);
	return text;
}

static void said(char *text, const char *expected)
{
	assert_string_equal(text, expected);
	free(text);
}

/* Whether or not the kernel module is there. */
static void summary_of_udp(void **state)
{
	struct ctl ctl = { .control = address.sun_path };
	char *words[] = { "summary" }, *text = NULL;
	FILE *usual = stdout;
	size_t len;

	serve(NULL, "{\"criteria\":[{}],\"destinations\":[],\"udp\":{"
	      "\"sockets\":2,\"received\":41,\"answered\":37,"
	      "\"dropped\":{\"too-long\":1,\"incomplete\":3},"
	      "\"receive-buffer-full\":5}}", 9);
	stdout = open_memstream(&text, &len);
	command_run(&ctl, command_table, 1, words);
	fclose(stdout);
	stdout = usual;
	ctl_close(&ctl);
	assert_non_null(strstr(text, "\ndtcpd    running, 1 criterion\n"
			       "udp      2 sockets, 41 received, 37 answered, "
			       "9 dropped\n"));
	free(text);
}

static void a_number_is_cleared(void **state)
{
	char *words[] = { "clear", "seq", "ftap 1" };
	struct ctl ctl = { .control = address.sun_path };

	serve("clear sequence-number ftap 1\n", "{\"cleared\":\"ftap 1\"}", 3);
	said(run(&ctl, words, 3, 0), "");
	ctl.json = true;
	said(run(&ctl, words, 3, 0), "{\"cleared\": \"ftap 1\"}\n");
	words[2] = "ftap2";
	said(run(&ctl, words, 3, ERROR_REFUSED),
	     "dfcctl: dtcpd: unknown question\n");
}

#define SOURCES "{\"control-sources\":[" \
	"{\"control-source\":\"ftap1\",\"sequence-number\":7}," \
	"{\"control-source\":\"other\",\"sequence-number\":0}]," \
	"\"drops\":{\"bad-digest\":3,\"not-dtcp\":0}}"

static void control_sources(void **state)
{
	char *words[] = { "control-source" };
	struct ctl ctl = { .control = address.sun_path };
	json_t *wanted = json_loads(SOURCES, 0, NULL), *is;
	char *text;

	serve("control-source\n", SOURCES, 2);
	said(run(&ctl, words, 1, 0),
	     "control-source ftap1\n  sequence-number  7\n\n"
	     "control-source other\n  sequence-number  0\n\n"
	     "messages without an answer, strangers' too\n"
	     "  bad-digest  3\n  not-dtcp    0\n");
	ctl.json = true;
	text = run(&ctl, words, 1, 0);
	is = json_loads(text, 0, NULL);
	assert_true(json_equal(is, wanted));
	json_decref(is);
	json_decref(wanted);
	free(text);
}

static void sources_are_completed(void **state)
{
	char *words[] = { "clear", "sequence-number", "f" };
	struct ctl ctl = { .control = address.sun_path };
	char *text;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	serve("source-names\n",
	      "{\"source-names\":[\"ftap1\",\"other\",7]}", 1);
	complete_print(out, &ctl, 3, words);
	fclose(out);
	said(text, "ftap1\n");
}

static void too_long_a_question(void **state)
{
	char question[200] = "";

	memset(question, 'x', sizeof(question) - 1);
	serve("x\n", "{}", 1);
	assert_null(dtcpd_ask(address.sun_path, question));
	assert_int_equal(errno, EMSGSIZE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(an_answer, start, stop),
		cmocka_unit_test_setup_teardown(no_daemon, start, stop),
		cmocka_unit_test_setup_teardown(no_json, start, stop),
		cmocka_unit_test_setup_teardown(no_object, start, stop),
		cmocka_unit_test_setup_teardown(a_daemon_that_hangs, start,
						stop),
		cmocka_unit_test_setup_teardown(names_are_joined, start, stop),
		cmocka_unit_test_setup_teardown(groups_are_joined, start,
						stop),
		cmocka_unit_test_setup_teardown(destinations_are_joined, start,
						stop),
		cmocka_unit_test_setup_teardown(
			without_a_daemon_nothing_is_joined, start, stop),
		cmocka_unit_test_setup_teardown(summary_of_udp, start, stop),
		cmocka_unit_test_setup_teardown(a_number_is_cleared, start,
						stop),
		cmocka_unit_test_setup_teardown(control_sources, start, stop),
		cmocka_unit_test_setup_teardown(sources_are_completed, start,
						stop),
		cmocka_unit_test_setup_teardown(too_long_a_question, start,
						stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
