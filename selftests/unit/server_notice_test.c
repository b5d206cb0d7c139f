// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project
//
// The SSH server: notifications, slow requests, answers that nobody reads.

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "server_client.h"

/* On channels that asked for them, after the answer to who asks. */
static void notifications(void **state)
{
	ssh_session s = login(), other_session = login();
	ssh_channel asked = open_subsystem(s), c = open_subsystem(s);
	ssh_channel too = open_subsystem(other_session);

	assert_int_equal(order('n'), 'n');
	assert_quiet(asked);
	send_text(asked, ASKING_REQUEST);
	read_part(asked);
	read_notice(asked);
	assert_int_equal(order('n'), 'n');
	assert_int_equal(order('2'), '2');
	read_notice(asked);
	assert_quiet(c);
	read_notice(asked);
	send_text(too, ASKING_REQUEST);
	read_part(too);
	read_notice(too);
	read_notice(asked);
	assert_int_equal(order('n'), 'n');
	read_notice(too);
	read_notice(asked);
	assert_int_equal(order('l'), '0');
	disconnect(s);
	disconnect(other_session);
}

static void notify_all_channels(void **state)
{
	ssh_session s = login();
	ssh_channel c = open_subsystem(s), closed = open_session(s);

	assert_int_equal(order('a'), 'a');
	assert_int_equal(order('n'), 'n');
	read_notice(c);
	send_text(c, REQUEST);
	read_part(c);
	read_notice(c);
	assert_int_equal(order('s'), 's');
	assert_int_equal(order('n'), 'n');
	assert_quiet(c);
	assert_int_equal(ssh_channel_read_nonblocking(closed, &(char){ 0 }, 1,
						      0), 0);
	disconnect(s);
}

/* Others have their turn between requests that take long. */
static void requests_that_take_long(void **state)
{
	ssh_session s = login();
	ssh_channel c = open_subsystem(s);
	unsigned int first, i;

	assert_int_equal(order('w'), 'w');
	send_text(c, REQUEST REQUEST REQUEST REQUEST REQUEST REQUEST);
	first = read_part(c);
	for (i = 1; i < 6; i++)
		assert_int_equal(read_part(c), first + i);
	assert_int_equal(order('q'), 'y');
	disconnect(s);
}

static void read_huge(ssh_channel c)
{
	static char text[1 << 20];
	size_t got = 0;
	int n;

	while (got < HUGE) {
		n = ssh_channel_read_timeout(c, text, sizeof(text), 0, 20000);
		assert_true(n > 0);
		got += (size_t)n;
	}
	assert_int_equal(got, HUGE);
	assert_int_equal(text[n - 1], '\n');
}

/* Who reads nothing stops no other control source. */
static void assert_other_works(void)
{
	ssh_session s = connect_as("ftap2");
	ssh_channel c;
	char text[64];

	assert_int_equal(ssh_userauth_password(s, NULL, "ftap2123"),
			 SSH_AUTH_SUCCESS);
	c = open_subsystem(s);
	send_text(c, REQUEST);
	assert_int_equal(ssh_channel_read_timeout(c, text, sizeof(text), 0,
						  20000), 40);
	disconnect(s);
}

/* A session has one long answer made, a control source two: then it is full. */
static void long_answers_unread(void **state)
{
	ssh_session s[3] = { login(), login(), login() };
	ssh_channel c[5];
	int i;

	for (i = 0; i < 5; i++) {
		c[i] = open_subsystem(s[i < 3 ? 0 : i - 2]);
		send_text(c[i], HUGE_REQUEST);
		assert_other_works();
	}
	assert_int_equal(order('h'), '2');
	for (i = 0; i < 5; i++)
		read_huge(c[i]);
	assert_int_equal(order('h'), '5');
	send_text(c[4], REQUEST);
	read_answer(c[4]);
	assert_int_equal(order('e'), '0');
	for (i = 0; i < 3; i++)
		disconnect(s[i]);
}

/* Its own other sessions do not wait for ever, and no more end than have to. */
static void long_answer_never_read(void **state)
{
	ssh_session s[3] = { login(), login(), login() };
	ssh_channel c[3];
	int i, n = 0;

	for (i = 0; i < 3; i++) {
		c[i] = open_subsystem(s[i]);
		send_text(c[i], i < 2 ? HUGE_REQUEST : REQUEST);
		assert_other_works();
	}
	for (i = 0; n == 0 && i < 5; i++) {
		assert_int_equal(order('p'), 'p');
		n = ssh_channel_poll_timeout(c[2], 3000, 0);
	}
	assert_int_equal(read_answer(c[2]) > 0, 1);
	assert_int_equal(order('e'), '1');
	for (i = 0; i < 3; i++)
		disconnect(s[i]);
}

/* Between answers, in one piece, also where client and server are busy. */
static void notifications_between(void **state)
{
	static char text[20 * BIG + 40 * sizeof(NOTICE)];
	size_t total = 20 * BIG + 40 + 31 * strlen(NOTICE), got = 0, at;
	unsigned int answers = 0, notices = 0, i;
	ssh_session s = login();
	ssh_channel c = open_subsystem(s);
	int n;

	send_text(c, ASKING_REQUEST);
	for (i = 0; i < 20; i++)
		send_text(c, BIG_REQUEST);
	for (i = 0; i < 10; i++)
		assert_int_equal(order('n'), 'n');
	while (got < total) {
		n = ssh_channel_read_timeout(c, text + got,
					     (uint32_t)(total - got), 0,
					     20000);
		assert_true(n > 0);
		got += (size_t)n;
	}
	for (at = 40; at < total;) {
		if (!strncmp(text + at, NOTICE, strlen(NOTICE))) {
			notices++;
			at += strlen(NOTICE);
		} else {
			assert_memory_equal(text + at, "ftap1 ", 6);
			at += BIG;
			assert_int_equal(text[at - 1], '\n');
			answers++;
		}
	}
	assert_int_equal(answers, 20);
	assert_int_equal(notices, 31);
	disconnect(s);
}

/* Reads a notice; else what is as long of an answer. */
static bool is_notice(ssh_channel c)
{
	char text[sizeof(NOTICE)] = "";
	uint32_t len = strlen(NOTICE);

	assert_int_equal(ssh_channel_read_timeout(c, text, len, 0, 20000),
			 len);
	if (!strcmp(text, NOTICE))
		return true;
	assert_memory_equal(text, "ftap1 ", 6);
	return false;
}

static void read_rest(ssh_channel c)
{
	char text[40];
	uint32_t len = 40 - strlen(NOTICE);

	assert_int_equal(ssh_channel_read_timeout(c, text, len, 0, 20000),
			 len);
	assert_int_equal(text[len - 1], '\n');
}

/* Who asks for notifications and does not read them loses them alone. */
static void notifications_unread(void **state)
{
	ssh_session s = login();
	ssh_channel c = open_subsystem(s);
	unsigned int notices = 0;

	send_text(c, ASKING_REQUEST);
	read_part(c);
	read_notice(c);
	do {
		assert_int_equal(order('m'), 'm');
		assert_works();
	} while (order('l') == '0');
	send_text(c, REQUEST);
	for (; is_notice(c); notices++)
		;
	assert_true(notices > 3000 && notices < 200000);
	read_rest(c);
	read_notice(c);
	assert_int_equal(order('n'), 'n');
	read_notice(c);
	disconnect(s);
}

/* What is told at the end is sent, though the loop has no more turns. */
static void last_words(void **state)
{
	ssh_session s = login();
	ssh_channel c[2] = { open_subsystem(s), open_subsystem(s) };
	int i;

	for (i = 0; i < 2; i++) {
		send_text(c[i], ASKING_REQUEST);
		read_part(c[i]);
		read_notice(c[i]);
	}
	read_notice(c[0]);
	assert_int_equal(write(orders, "k", 1), 1);
	read_notice(c[0]);
	read_notice(c[1]);
	disconnect(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(notifications),
		cmocka_unit_test(notify_all_channels),
		cmocka_unit_test(notifications_between),
		cmocka_unit_test(notifications_unread),
		cmocka_unit_test(requests_that_take_long),
		cmocka_unit_test(long_answers_unread),
		cmocka_unit_test(long_answer_never_read),
		cmocka_unit_test(last_words),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
