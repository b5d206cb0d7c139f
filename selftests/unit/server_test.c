// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project
//
// The SSH server: logins, requests and their answers, limits, reload.

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <poll.h>

#include "server_client.h"

static void one_read(void **state)
{
	ssh_session s = login();
	ssh_channel c = open_subsystem(s);
	unsigned int first;

	send_text(c, REQUEST);
	first = read_answer(c);
	send_text(c, REQUEST);
	assert_int_equal(read_answer(c), first + 1);
	disconnect(s);
}

static void cut_anywhere(void **state)
{
	ssh_session s = login();
	ssh_channel c = open_subsystem(s);
	size_t i;

	for (i = 1; i < strlen(REQUEST); i++) {
		assert_int_equal(ssh_channel_write(c, REQUEST, (uint32_t)i), i);
		send_text(c, &REQUEST[i]);
		read_answer(c);
	}
	disconnect(s);
}

/* More than is worked on in one turn, and nothing that comes after it. */
static void pipelined(void **state)
{
	static char text[500 * (sizeof(REQUEST) - 1) + 1];
	ssh_session s = login();
	ssh_channel c = open_subsystem(s);
	unsigned int first, i;

	for (i = 0; i < 500; i++)
		strcpy(text + i * strlen(REQUEST),
		       i < 499 ? SILENT_REQUEST : REQUEST);
	send_text(c, text);
	read_answer(c);
	for (i = 0; i < 500; i++)
		strcpy(text + i * strlen(REQUEST), REQUEST);
	send_text(c, text);
	first = read_part(c);
	for (i = 1; i < 500; i++)
		assert_int_equal(read_part(c), first + i);
	disconnect(s);
}

static void logins(void **state)
{
	ssh_session s = connect_as("ftap1");
	int i;

	assert_int_equal(ssh_userauth_none(s, NULL), SSH_AUTH_DENIED);
	assert_int_equal(ssh_userauth_list(s, NULL),
			 SSH_AUTH_METHOD_PUBLICKEY | SSH_AUTH_METHOD_PASSWORD);
	assert_int_equal(ssh_userauth_publickey(s, NULL, other),
			 SSH_AUTH_DENIED);
	assert_int_equal(ssh_userauth_password(s, NULL, "wrong"),
			 SSH_AUTH_DENIED);
	assert_int_equal(ssh_userauth_password(s, NULL, "ftap1123"),
			 SSH_AUTH_SUCCESS);
	disconnect(s);
	s = connect_as("nobody");
	assert_int_equal(ssh_userauth_publickey(s, NULL, mine),
			 SSH_AUTH_DENIED);
	for (i = 0; i < 4; i++)
		assert_int_equal(ssh_userauth_password(s, NULL, "ftap1123"),
				 SSH_AUTH_DENIED);
	ssh_userauth_password(s, NULL, "ftap1123");
	ssh_userauth_password(s, NULL, "ftap1123");
	assert_over(s);
	disconnect(s);
}

/* What the server refuses; the connection outlives it. */
static void nothing_else(void **state)
{
	ssh_session s = login();
	ssh_channel c = open_session(s), forward = ssh_channel_new(s);

	assert_int_equal(ssh_channel_request_exec(c, "id"), SSH_ERROR);
	assert_int_equal(ssh_channel_request_shell(c), SSH_ERROR);
	assert_int_equal(ssh_channel_request_pty(c), SSH_ERROR);
	assert_int_equal(ssh_channel_request_env(c, "A", "b"), SSH_ERROR);
	assert_int_equal(ssh_channel_request_sftp(c), SSH_ERROR);
	assert_int_equal(ssh_channel_request_x11(c, 0, NULL, NULL, 0),
			 SSH_ERROR);
	assert_int_equal(ssh_channel_open_forward(forward, "127.0.0.1", 22,
						  "127.0.0.1", 22), SSH_ERROR);
	assert_int_equal(ssh_channel_listen_forward(s, NULL, 0, NULL),
			 SSH_ERROR);
	c = open_subsystem(s);
	assert_int_equal(ssh_channel_request_subsystem(c, "flow-tap-dtcp"),
			 SSH_ERROR);
	send_text(c, REQUEST);
	read_answer(c);
	disconnect(s);
}

static void end_of_file(void **state)
{
	ssh_session s = login();
	ssh_channel c = open_subsystem(s);
	unsigned int first;
	char text[128];
	int len = 0, n;

	send_text(c, REQUEST);
	first = read_answer(c);
	send_text(c, REQUEST REQUEST REQUEST "\r\n");
	ssh_channel_send_eof(c);
	do {
		n = ssh_channel_read_timeout(c, text + len,
					     (uint32_t)(sizeof(text) - len),
					     0, 20000);
		assert_true(n >= 0);
		len += n;
	} while (n > 0);
	assert_int_equal(len, 120);
	assert_int_equal(ssh_channel_get_exit_status(c), 0);
	c = open_subsystem(s);
	send_text(c, "NOOP DTCP/0.7\r\n");
	ssh_channel_send_eof(c);
	assert_int_equal(ssh_channel_read_timeout(c, text, sizeof(text), 0,
						  20000), 0);
	assert_int_equal(ssh_channel_get_exit_status(c), 1);
	c = open_subsystem(s);
	send_text(c, REQUEST);
	assert_int_equal(read_answer(c), first + 1004);
	disconnect(s);
}

static void too_long(void **state)
{
	ssh_session s = login();
	ssh_channel c = open_subsystem(s);
	char line[9001];

	memset(line, 'A', sizeof(line));
	line[sizeof(line) - 1] = '\0';
	send_text(c, line);
	assert_over(s);
	disconnect(s);
}

/* More silent strangers than there may be connections. */
static void stalled_clients(void **state)
{
	static const char half[] = "SSH-2.0-x\r\n\0\0\1\0\4\x14";
	struct timeval patience = { 10, 0 };
	int fd[3 * LIMIT], i;
	char text[64];

	for (i = 0; i < 3 * LIMIT; i += 3) {
		fd[i] = connect_raw("", 0);
		fd[i + 1] = connect_raw("SSH-2", 5);
		fd[i + 2] = connect_raw(half, sizeof(half) - 1);
		assert_works();
	}
	/* The oldest ones had to make room. */
	setsockopt(fd[0], SOL_SOCKET, SO_RCVTIMEO, &patience,
		   sizeof(patience));
	while (read(fd[0], text, sizeof(text)) > 0)
		;
	assert_int_equal(read(fd[0], text, sizeof(text)), 0);
	for (i = 0; i < 3 * LIMIT; i++)
		close(fd[i]);
}

/* Sends far more than all buffers hold, reads nothing, then all of it. */
static void reader_that_stops(void **state)
{
	ssh_session s = login();
	ssh_channel c = open_subsystem(s);
	size_t sent = 2000, total = sent * BIG, got = 0, i;
	static char text[65536];
	int n;

	for (i = 0; i < sent; i++)
		send_text(c, BIG_REQUEST);
	assert_works();
	assert_works();
	while (got < total) {
		n = ssh_channel_read_timeout(c, text, sizeof(text), 0, 20000);
		assert_true(n > 0);
		got += (size_t)n;
	}
	assert_int_equal(got, total);
	send_text(c, REQUEST);
	read_answer(c);
	disconnect(s);
}

static void assert_no_room(void)
{
	int fd = connect_raw("", 0);
	char c;

	assert_true(read(fd, &c, 1) <= 0);
	close(fd);
}

/* Comes back when the server has seen it: then it closes its end. */
static void disconnect_seen(ssh_session s)
{
	struct pollfd end = { .fd = dup(ssh_get_fd(s)), .events = POLLIN };
	char text[256];

	assert_true(end.fd >= 0);
	disconnect(s);
	do
		assert_int_equal(poll(&end, 1, 60000), 1);
	while (read(end.fd, text, sizeof(text)) > 0);
	close(end.fd);
}

/* One host gets three quarters; for another there is still room. */
static void connection_limit(void **state)
{
	ssh_session s[LIMIT];
	char address[32];
	int i;

	for (i = 0; i < LIMIT; i++) {
		if (i == LIMIT * 3 / 4)
			assert_no_room();
		if (i >= LIMIT * 3 / 4) {
			snprintf(address, sizeof(address), "127.0.0.%d", i);
			my_address = address;
		}
		s[i] = login();
	}
	my_address = NULL;
	assert_no_room();
	disconnect_seen(s[0]);
	my_address = "127.0.0.99";
	assert_works();
	my_address = NULL;
	for (i = 1; i < LIMIT; i++)
		disconnect(s[i]);
}

/* Until a configuration is committed, nothing of it counts. */
static void reload(void **state)
{
	ssh_session s = login();
	ssh_channel c = open_subsystem(s);

	assert_int_equal(order('b'), 'n');
	assert_int_equal(order('o'), 'y');
	assert_int_equal(order('d'), 'd');
	send_text(c, REQUEST);
	read_answer(c);
	assert_works();
	assert_int_equal(order('r'), 'y');
	assert_int_equal(order('c'), 'c');
	send_text(c, REQUEST);
	read_answer(c);
	assert_works();
	assert_int_equal(order('o'), 'y');
	assert_int_equal(order('c'), 'c');
	assert_over(s);
	disconnect(s);
	s = connect_as("ftap1");
	assert_int_equal(ssh_userauth_publickey(s, NULL, mine),
			 SSH_AUTH_DENIED);
	disconnect(s);
	assert_int_equal(order('r'), 'y');
	assert_int_equal(order('c'), 'c');
	assert_works();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_read),
		cmocka_unit_test(cut_anywhere),
		cmocka_unit_test(pipelined),
		cmocka_unit_test(logins),
		cmocka_unit_test(nothing_else),
		cmocka_unit_test(end_of_file),
		cmocka_unit_test(too_long),
		cmocka_unit_test(stalled_clients),
		cmocka_unit_test(reader_that_stops),
		cmocka_unit_test(connection_limit),
		cmocka_unit_test(reload),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
