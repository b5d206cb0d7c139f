// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project
//
// The SSH server: answers that wait for the journal.

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "server_client.h"

static unsigned char carried_out(void)
{
	return (unsigned char)order('C');
}

/* An answer to @c that was not held would come before that to @side. */
static void assert_held(ssh_channel c, ssh_channel side, unsigned char until)
{
	while (carried_out() != until)
		;
	send_text(side, REQUEST);
	read_answer(side);
	assert_int_equal(ssh_channel_poll(c, 0), 0);
}

/* Held, and what comes behind it on this channel, but on no other. */
static void held(void **state)
{
	ssh_session s = login();
	ssh_channel c = open_subsystem(s), side = open_subsystem(s);
	unsigned char n = carried_out();
	unsigned int number;

	send_text(c, KEPT_REQUEST);
	assert_held(c, side, n + 1);
	send_text(c, REQUEST);
	assert_held(c, side, n + 3);
	assert_int_equal(order('j'), 'j');
	number = read_part(c);
	assert_int_equal(read_part(c), number + 2);
	send_text(c, REQUEST);
	read_answer(c);
	disconnect(s);
}

/* Notifications stay where they are between answers. */
static void notices(void **state)
{
	ssh_session s = login();
	ssh_channel c = open_subsystem(s), side = open_subsystem(s);
	unsigned int number;
	unsigned char n;

	send_text(c, ASKING_REQUEST);
	number = read_part(c);
	read_notice(c);
	n = carried_out();
	send_text(c, KEPT_REQUEST);
	while (carried_out() != (unsigned char)(n + 1))
		;
	assert_int_equal(order('n'), 'n');
	send_text(c, REQUEST);
	assert_held(c, side, n + 2);
	assert_int_equal(order('j'), 'j');
	assert_int_equal(read_part(c), number + 1);
	read_notice(c);
	read_notice(c);
	assert_int_equal(read_part(c), number + 2);
	read_notice(c);
	/* Of the request on the other channel. */
	read_notice(c);
	disconnect(s);
}

/* Many are carried out before the first is on the disk, but not without end. */
static void pipelined(void **state)
{
	const unsigned int all = 8000;
	ssh_session s = login();
	ssh_channel c = open_subsystem(s);
	unsigned int i, number, last = 0;

	for (i = 0; i < all; i++)
		send_text(c, KEPT_REQUEST);
	while (order('N') == 'w')
		;
	assert_int_equal(order('N'), 'y');
	assert_works();
	assert_int_equal(order('N'), 'y');
	for (i = 0; i < all; i++) {
		while (!ssh_channel_poll(c, 0))
			order('j');
		number = read_part(c);
		assert_true(number > last);
		last = number;
	}
	disconnect(s);
}

/* The end of input does not take the answers away. */
static void end_of_input(void **state)
{
	ssh_session s = login();
	ssh_channel c = open_subsystem(s), side = open_subsystem(s);
	unsigned char n = carried_out();

	send_text(c, KEPT_REQUEST);
	assert_int_equal(ssh_channel_send_eof(c), SSH_OK);
	assert_held(c, side, n + 1);
	assert_int_equal(order('j'), 'j');
	read_part(c);
	assert_int_equal(ssh_channel_read_timeout(c, &n, 1, 0, 20000), 0);
	assert_true(ssh_channel_is_eof(c));
	disconnect(s);
}

/* What is wrong behind a request comes after its answer. */
static void broken(void **state)
{
	static char line[20000];
	ssh_session s = login();
	ssh_channel c = open_subsystem(s), side = open_subsystem(s);
	unsigned char n = carried_out();

	memset(line, 'x', sizeof(line) - 1);
	send_text(c, KEPT_REQUEST);
	send_text(c, line);
	assert_held(c, side, n + 1);
	assert_int_equal(order('j'), 'j');
	read_part(c);
	assert_over(s);
	ssh_free(s);
}

/* What the disk does not get in time is never told. */
static void not_kept(void **state)
{
	ssh_session s = login();
	ssh_channel c = open_subsystem(s), side = open_subsystem(s);
	unsigned char n = carried_out();

	send_text(c, KEPT_REQUEST);
	assert_held(c, side, n + 1);
	assert_int_equal(order('K'), '0');
	assert_int_equal(order('p'), 'p');
	while (order('K') != '1')
		;
	assert_over(s);
	assert_int_equal(ssh_channel_poll(c, 0) > 0, 0);
	ssh_free(s);
	assert_works();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pipelined),
		cmocka_unit_test(held),
		cmocka_unit_test(notices),
		cmocka_unit_test(end_of_input),
		cmocka_unit_test(broken),
		cmocka_unit_test(not_kept),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
