// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project
//
// dtcp listen over UDP, with the test as the router.

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <jansson.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "dtcp/listen.h"
#include "dtcp_run.h"

static struct secret secret;
static struct trouble t;
static struct link l;
static int fd;

/* A listener at a port that the kernel chooses, and a socket to send to it. */
static int set_up(void **state)
{
	struct hostport at = { "127.0.0.1", 0 };
	struct sockaddr_in a;
	socklen_t len = sizeof(a);

	if (secret_set(&secret, KEY, "", &t) || link_listen(&l, &at, &t) ||
	    getsockname(l.datagrams.fd, (struct sockaddr *)&a, &len))
		return -1;
	fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	return connect(fd, (struct sockaddr *)&a, len);
}

static int tear_down(void **state)
{
	close(fd);
	link_close(&l);
	return 0;
}

static void notify(unsigned int code, const char *key)
{
	struct dtcp_writer w;

	run_begin(&w, code);
	dtcp_writer_header(&w, "Criteria-ID", "7");
	dtcp_writer_header(&w, "Timestamp", "now");
	assert_int_equal(dtcp_writer_sign(&w, key, strlen(key)), 0);
	assert_int_equal(send(fd, w.buf, w.len, 0), w.len);
	dtcp_writer_fini(&w);
}

/* Listens in a child to what was sent; its status is that of @run. */
static void listen_in_child(int (*run)(void), int expected)
{
	fflush(NULL);
	run_child = fork();
	if (!run_child) {
		int status;

		if (!freopen(run_path("out"), "w", stdout) ||
		    !freopen(run_path("err"), "w", stderr))
			_exit(99);
		status = run();
		fflush(NULL);
		_exit(status);
	}
	run_end(expected);
}

static int two_as_json(void)
{
	struct listener n = { .secret = &secret, .json = true, .count = 2 };

	if (listener_run(&n, &l, &t) || n.heard != 2)
		return 99;
	return (int)n.refused;
}

static void json_lines(void **state)
{
	static const int codes[] = { 390, 0, 599 };
	char *line, *rest = run_out;
	json_t *o;
	size_t i;

	notify(390, KEY);
	notify(390, "other");
	notify(599, KEY);
	notify(131, KEY);
	listen_in_child(two_as_json, 1);
	for (i = 0; i < 3; i++) {
		line = strsep(&rest, "\n");
		o = json_loads(line, 0, NULL);
		assert_non_null(o);
		assert_int_equal(json_is_true(json_object_get(o, "authentic")),
				 codes[i] != 0);
		assert_int_equal(json_integer_value(json_object_get(o,
				 "code")), codes[i]);
		assert_memory_equal(json_string_value(json_object_get(o,
				    "from")), "127.0.0.1:", 10);
		json_decref(o);
	}
	assert_string_equal(rest, "");
}

static int one_as_text(void)
{
	struct listener n = { .secret = &secret, .count = 1 };

	return listener_run(&n, &l, &t) ? 99 : (int)n.refused;
}

static void text(void **state)
{
	notify(390, "other");
	assert_int_equal(send(fd, "gar\033bage\377", 9, 0), 9);
	notify(390, KEY);
	listen_in_child(one_as_text, 2);
	run_has(run_out, "notification from 127.0.0.1:");
	run_has(run_out, ": 390 Criterion Timeout Delete\nCriteria-ID: 7\n"
		"Timestamp: now\n\n");
	assert_null(strstr(run_out, "bage"));
	run_has(run_err, "digest is wrong");
	run_has(run_err, "not an answer: 'gar?bage?'");
}

static int too_few(void)
{
	struct listener n = { .secret = &secret, .count = 2, .wait = 50 };

	return listener_run(&n, &l, &t) ? trouble_say(&t) : 99;
}

static void fewer_than_asked_for(void **state)
{
	notify(131, KEY);
	listen_in_child(too_few, TROUBLE_FAILED);
	run_has(run_err, "1 of 2 notifications came in time");
}

static int all_in_time(void)
{
	struct listener n = { .secret = &secret, .wait = 50 };

	return listener_run(&n, &l, &t) ? 99 : (int)n.heard;
}

static void time_is_over(void **state)
{
	notify(131, KEY);
	notify(131, KEY);
	listen_in_child(all_in_time, 2);
}

/* The signal waits until somebody listens. */
static int until_signal(void)
{
	struct listener n = { .secret = &secret };
	sigset_t held;

	sigemptyset(&held);
	sigaddset(&held, SIGTERM);
	sigprocmask(SIG_BLOCK, &held, NULL);
	raise(SIGTERM);
	return listener_run(&n, &l, &t) ? 99 : (int)n.heard;
}

static void a_signal_ends_it(void **state)
{
	notify(131, KEY);
	listen_in_child(until_signal, 1);
}

static void words(void **state)
{
	RUN("listen", "2400");
	run_end(2);
	run_has(run_err, "no shared key");
	RUN("--key", KEY, "listen", "-n", "0", "2400");
	run_end(2);
	run_has(run_err, "--count: '0'");
	RUN("--key", KEY, "listen", "router");
	run_end(2);
	run_has(run_err, "'router'; expected PORT");
	RUN("--key", KEY, "listen");
	run_end(2);
	run_has(run_err, "expected one [ADDRESS:]PORT");
	RUN("--key", KEY, "-u", "a@192.0.2.1:1", "listen");
	run_end(2);
	run_has(run_err, "dtcp listen [ADDRESS:]PORT");
	RUN("--key", KEY, "listen", "-w", "1", "[::1]:0");
	run_end(2);
	run_has(run_err, "port '0'");
	/* Here nothing is asked, so nothing is asked again. */
	RUN("--key", KEY, "-u", "--retries", "3", "listen", "2400");
	run_end(2);
	run_has(run_err, "--retries: without a router");
	RUN("--key", KEY, "--seq", "3", "listen", "2400");
	run_end(2);
	run_has(run_err, "--seq: without a router");
	RUN("--key", KEY, "--sequence-file", "/f", "listen", "2400");
	run_end(2);
	run_has(run_err, "--sequence-file: without a router");
	RUN("--key", KEY, "--seq", "3", "a@192.0.2.1", "raw", "/nonexistent");
	run_end(2);
	run_has(run_err, "--seq: raw sends the number that is in FILE");
	RUN("--key", KEY, "--sequence-file", "/f", "a@192.0.2.1", "raw", "-");
	run_end(2);
	run_has(run_err, "--sequence-file: raw sends");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(json_lines),
		TEST(text),
		TEST(fewer_than_asked_for),
		TEST(time_is_over),
		TEST(a_signal_ends_it),
		TEST(words),
	};

	return cmocka_run_group_tests(tests, run_set_up, run_tear_down);
}
