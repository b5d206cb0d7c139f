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
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "dtcpd/control.h"

#define BIG 3000000

static char dir[] = "/tmp/control_test.XXXXXX";
static struct sockaddr_un addr = { .sun_family = AF_UNIX };
static struct loop loop;
static struct control *control;
static int nanswers;

static json_t *reply(void *ctx, const char *request, const char *argument)
{
	char *text;
	json_t *o;

	nanswers++;
	if (!strcmp(request, "clear"))
		return json_pack("{s:s?}", "cleared", argument);
	if (!strcmp(request, "criteria"))
		return json_pack("{s:[]}", "criteria");
	if (strcmp(request, "destinations"))
		return NULL;
	text = malloc(BIG + 1);
	memset(text, 'x', BIG);
	text[BIG] = '\0';
	o = json_pack("{s:s}", "big", text);
	free(text);
	return o;
}

static int setup(void **state)
{
	if (!mkdtemp(dir) || loop_init(&loop))
		return -1;
	snprintf(addr.sun_path, sizeof(addr.sun_path), "%s/control", dir);
	return 0;
}

static int teardown(void **state)
{
	loop_fini(&loop);
	return rmdir(dir);
}

static int open_control(void **state)
{
	control = control_open(&loop, addr.sun_path, reply, NULL);
	return control ? 0 : -1;
}

static int close_control(void **state)
{
	struct stat st;

	control_close(control);
	return !lstat(addr.sun_path, &st);
}

static int connect_client(void)
{
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	assert_int_equal(connect(fd, (struct sockaddr *)&addr, sizeof(addr)),
			 0);
	return fd;
}

static void on_stop(void *arg)
{
	int *turns = arg;
	static struct loop_task again = { .fn = on_stop };

	again.arg = arg;
	if (--*turns)
		loop_post(&loop, &again);
	else
		loop_stop(&loop, 0);
}

/* Lets the loop handle what is there. */
static void serve(void)
{
	int turns = 200;
	struct loop_task stop = { .fn = on_stop, .arg = &turns };

	loop.stopped = false;
	loop_post(&loop, &stop);
	loop_run(&loop);
}

static void send_text(int fd, const char *text)
{
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
}

static void assert_answer(int fd, const char *expected)
{
	char text[256];
	ssize_t len;

	serve();
	len = recv(fd, text, sizeof(text) - 1, MSG_DONTWAIT);
	assert_true(len > 0);
	text[len] = '\0';
	assert_non_null(strstr(text, expected));
	assert_int_equal(text[len - 1], '\n');
	assert_int_equal(recv(fd, text, 1, MSG_DONTWAIT), 0);
	close(fd);
}

static void questions(void **state)
{
	int a = connect_client(), b = connect_client(), c = connect_client();
	struct stat st;

	assert_int_equal(stat(addr.sun_path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	send_text(a, "crit");
	serve();
	send_text(b, "criteria\r\n");
	send_text(c, "nonsense\n");
	assert_answer(b, "{\"criteria\":[]}\n");
	assert_answer(c, "{\"error\":\"unknown request");
	send_text(a, "eria\n");
	assert_answer(a, "{\"criteria\":[]}\n");
}

static void assert_no_answer(int fd)
{
	char text[8];

	serve();
	errno = 0;
	assert_true(recv(fd, text, sizeof(text), MSG_DONTWAIT) <= 0);
	assert_int_not_equal(errno, EAGAIN);
	close(fd);
}

/* What is cut off is not taken for less than was meant. */
static void cut_off(void **state)
{
	int fd = connect_client();

	nanswers = 0;
	send_text(fd, "clear sequence-number u");
	shutdown(fd, SHUT_WR);
	assert_no_answer(fd);
	fd = connect_client();
	shutdown(fd, SHUT_WR);
	assert_no_answer(fd);
	assert_int_equal(nanswers, 0);
}

static void arguments(void **state)
{
	int a = connect_client(), b = connect_client(), c = connect_client();

	send_text(a, "clear sequence-number two  words \n");
	send_text(b, "clear\n");
	send_text(c, "clear \n");
	assert_answer(a, "{\"cleared\":\"sequence-number two  words \"}\n");
	assert_answer(b, "{\"cleared\":null}\n");
	assert_answer(c, "{\"cleared\":\"\"}\n");
}

/* Sends a line of @len bytes. */
static int send_long(size_t len)
{
	int fd = connect_client();
	char text[512];

	memset(text, 'a', len);
	memcpy(text, "clear ", strlen("clear "));
	text[len - 1] = '\n';
	text[len] = '\0';
	send_text(fd, text);
	serve();
	return fd;
}

static void too_long(void **state)
{
	char text[12] = "";
	int fd = send_long(255);

	assert_int_equal(read(fd, text, 11), 11);
	assert_string_equal(text, "{\"cleared\":");
	close(fd);
	nanswers = 0;
	assert_no_answer(send_long(256));
	assert_no_answer(send_long(300));
	assert_int_equal(nanswers, 0);
}

/* Who does not read is waited for, while others get their answers. */
static void slow_reader(void **state)
{
	static char text[BIG + 100];
	int slow = connect_client(), fd;
	size_t len = 0;
	ssize_t n;

	send_text(slow, "destinations\n");
	serve();
	fd = connect_client();
	send_text(fd, "criteria\n");
	assert_answer(fd, "{\"criteria\":[]}\n");
	do {
		n = recv(slow, text + len, sizeof(text) - len, 0);
		assert_true(n >= 0);
		len += (size_t)n;
		serve();
	} while (n > 0);
	assert_int_equal(len, BIG + strlen("{\"big\":\"\"}\n"));
	close(slow);
}

/* More clients than are served at once wait in the backlog. */
static void crowd(void **state)
{
	int idle[16], fd, i;

	for (i = 0; i < 16; i++)
		idle[i] = connect_client();
	serve();
	fd = connect_client();
	send_text(fd, "criteria\n");
	serve();
	assert_int_equal(recv(fd, &i, 1, MSG_DONTWAIT), -1);
	close(idle[0]);
	assert_answer(fd, "{\"criteria\":[]}\n");
	for (i = 1; i < 16; i++)
		close(idle[i]);
	serve();
}

static int listen_to_events(void)
{
	int fd = connect_client();

	send_text(fd, "events\n");
	serve();
	return fd;
}

static void publish(const char *what)
{
	json_t *event = json_pack("{ss}", "event", what);

	control_publish(control, event);
	json_decref(event);
}

/* Reads one line; NULL where the connection has ended or nothing is there. */
static json_t *next_event(int fd)
{
	char line[4096];
	size_t len = 0;

	while (len < sizeof(line) &&
	       recv(fd, line + len, 1, MSG_DONTWAIT) == 1)
		if (line[len++] == '\n')
			return json_loadb(line, len, 0, NULL);
	return NULL;
}

static void assert_event(int fd, const char *expected)
{
	json_t *event = next_event(fd);
	const char *time;

	assert_non_null(event);
	assert_string_equal(json_string_value(json_object_get(event, "event")),
			    expected);
	time = json_string_value(json_object_get(event, "time"));
	assert_non_null(time);
	assert_int_equal(strlen(time),
			 strlen("2026-11-22T12:00:00.000+00:00"));
	json_decref(event);
}

/* The connection stays open, and requests of others go on beside it. */
static void events(void **state)
{
	int a, b, c;

	publish("unheard");
	a = listen_to_events();
	publish("first");
	b = listen_to_events();
	publish("second");
	c = connect_client();
	send_text(c, "criteria\n");
	assert_answer(c, "{\"criteria\":[]}\n");
	assert_event(a, "listening");
	assert_event(a, "first");
	assert_event(a, "second");
	assert_event(b, "listening");
	assert_event(b, "second");
	assert_null(next_event(a));
	close(a);
	send_text(b, "what it says is passed over\n");
	serve();
	publish("third");
	assert_event(b, "third");
	close(b);
	serve();
	publish("unheard");
}

/* Who does not read is disconnected, and the others are not. */
static void slow_listener(void **state)
{
	int slow = listen_to_events(), fast = listen_to_events(), n = 0;
	char what[1024];
	json_t *event;
	int i;

	memset(what, 'x', sizeof(what) - 1);
	what[sizeof(what) - 1] = '\0';
	assert_event(fast, "listening");
	for (i = 0; i < 2000; i++) {
		publish(what);
		assert_event(fast, what);
	}
	serve();
	while ((event = next_event(slow))) {
		json_decref(event);
		n++;
	}
	assert_true(n > 10 && n < 1000);
	/* Disconnected, maybe in the middle of a line: nothing is left. */
	assert_int_equal(recv(slow, what, 1, MSG_DONTWAIT), 0);
	publish("last");
	assert_event(fast, "last");
	close(slow);
	close(fast);
	serve();
}

static void many_listeners(void **state)
{
	int fd[9], i;

	for (i = 0; i < 8; i++)
		fd[i] = listen_to_events();
	fd[8] = connect_client();
	send_text(fd[8], "events\n");
	assert_answer(fd[8], "too many listen to events already");
	close(fd[0]);
	serve();
	fd[0] = listen_to_events();
	for (i = 0; i < 8; i++) {
		assert_event(fd[i], "listening");
		close(fd[i]);
	}
	i = connect_client();
	send_text(i, "events now\n");
	assert_answer(i, "events takes no argument");
}

static void stale_socket(void **state)
{
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	FILE *f;

	assert_int_equal(bind(fd, (struct sockaddr *)&addr, sizeof(addr)), 0);
	close(fd);
	assert_int_equal(open_control(NULL), 0);
	assert_int_equal(close_control(NULL), 0);
	f = fopen(addr.sun_path, "w");
	fclose(f);
	assert_null(control_open(&loop, addr.sun_path, reply, NULL));
	assert_int_equal(unlink(addr.sun_path), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(questions, open_control,
						close_control),
		cmocka_unit_test_setup_teardown(arguments, open_control,
						close_control),
		cmocka_unit_test_setup_teardown(cut_off, open_control,
						close_control),
		cmocka_unit_test_setup_teardown(too_long, open_control,
						close_control),
		cmocka_unit_test_setup_teardown(slow_reader, open_control,
						close_control),
		cmocka_unit_test_setup_teardown(crowd, open_control,
						close_control),
		cmocka_unit_test_setup_teardown(events, open_control,
						close_control),
		cmocka_unit_test_setup_teardown(slow_listener, open_control,
						close_control),
		cmocka_unit_test_setup_teardown(many_listeners, open_control,
						close_control),
		cmocka_unit_test(stale_socket),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
