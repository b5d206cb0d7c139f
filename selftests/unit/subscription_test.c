// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "dfcctl/subscription.h"

static struct subscription subscription;
static int dtcpd;
static char heard[1024];

static int setup(void **state)
{
	int fd[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fd))
		return -1;
	subscription_init(&subscription, "/nonexistent/control");
	subscription.fd = fd[0];
	dtcpd = fd[1];
	heard[0] = '\0';
	return 0;
}

static int teardown(void **state)
{
	subscription_close(&subscription);
	return close(dtcpd);
}

static void hear(json_t *event, void *arg)
{
	const char *what = json_string_value(json_object_get(event, "event"));

	strcat(heard, what ? what : "!");
	strcat(heard, " ");
}

static void tell(const char *text)
{
	assert_int_equal(write(dtcpd, text, strlen(text)), strlen(text));
}

static int take(void)
{
	return subscription_read(&subscription, hear, NULL);
}

static void lines(void **state)
{
	tell("{\"event\":\"a\"}\n{\"event\":\"b\"}\n{\"eve");
	assert_int_equal(take(), 0);
	assert_string_equal(heard, "a b ");
	assert_true(subscription.heard);
	assert_int_equal(take(), 0);
	tell("nt\":\"c\"}");
	assert_int_equal(take(), 0);
	assert_string_equal(heard, "a b ");
	tell("\n");
	assert_int_equal(take(), 0);
	assert_string_equal(heard, "a b c ");
}

/* What was told before the end is heard; then there is no connection. */
static void the_end(void **state)
{
	tell("{\"event\":\"a\"}\n");
	shutdown(dtcpd, SHUT_WR);
	assert_int_equal(take(), 0);
	assert_string_equal(heard, "a ");
	assert_int_equal(take(), -EPIPE);
	assert_int_equal(subscription.fd, -1);
	assert_false(subscription.heard);
	assert_int_equal(subscription_connect(&subscription), -ENOENT);
}

static void refused(void **state)
{
	tell("{\"error\":\"unknown request\"}\n");
	assert_int_equal(take(), -EACCES);
	assert_string_equal(heard, "! ");
	assert_int_equal(subscription.fd, -1);
}

static void nonsense(void **state)
{
	static const char *const bad[] = {
		"nonsense\n", "[]\n", "{}\n", "{\"event\":1}\n", "\n",
	};
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		tell(bad[i]);
		assert_int_equal(take(), -EPROTO);
		assert_string_equal(heard, "");
		teardown(NULL);
		setup(NULL);
	}
}

static void too_long(void **state)
{
	static char line[SUBSCRIPTION_LINE_MAX];
	size_t sent = 0;
	ssize_t n;
	int err = 0;

	memset(line, ' ', sizeof(line));
	while (!err && sent < sizeof(line)) {
		n = write(dtcpd, line + sent, sizeof(line) - sent);
		if (n > 0)
			sent += (size_t)n;
		err = take();
	}
	while (!err)
		err = take();
	assert_int_equal(err, -EPROTO);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(lines, setup, teardown),
		cmocka_unit_test_setup_teardown(the_end, setup, teardown),
		cmocka_unit_test_setup_teardown(refused, setup, teardown),
		cmocka_unit_test_setup_teardown(nonsense, setup, teardown),
		cmocka_unit_test_setup_teardown(too_long, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
