// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <crypt.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "dtcpd/auth.h"

static struct config_source source[] = {
	{ .name = "ftap1" },
	{ .name = "ftap2" },
	{ .name = "broken", .password = "*0" },
};
static struct config_group group = { .name = "g1", .source = source,
				     .nsource = 3 };
static struct config config = { .group = &group, .ngroup = 1 };

static int setup(void **state)
{
	static struct crypt_data data;

	source[0].password = strdup(crypt_r("ftap1123", "$6$rounds=50000$x",
					    &data));
	return source[0].password[0] != '$';
}

static int teardown(void **state)
{
	free(source[0].password);
	return 0;
}

static void passwords(void **state)
{
	assert_true(auth_password(&config, "ftap1", "ftap1123"));
	assert_false(auth_password(&config, "ftap1", "ftap1124"));
	assert_false(auth_password(&config, "ftap1", ""));
	assert_false(auth_password(&config, "ftap1", source[0].password));
	assert_false(auth_password(&config, "FTAP1", "ftap1123"));
	assert_false(auth_password(&config, "ftap2", "ftap1123"));
	assert_false(auth_password(&config, "nobody", "ftap1123"));
	assert_false(auth_password(&config, "", "ftap1123"));
	assert_false(auth_password(&config, "broken", "*0"));
	assert_false(auth_password(&config, "broken", "ftap1123"));
}

static void long_password(void **state)
{
	char text[2000];

	memset(text, 'x', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	assert_false(auth_password(&config, "ftap1", text));
}

static double seconds(const char *user)
{
	struct timespec a, b;
	int i;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &a);
	for (i = 0; i < 5; i++)
		auth_password(&config, user, "wrong");
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &b);
	return (double)(b.tv_sec - a.tv_sec) +
	       (double)(b.tv_nsec - a.tv_nsec) / 1e9;
}

/* The difference that would tell is a factor of a thousand. */
static void users_cannot_be_told(void **state)
{
	double known = seconds("ftap1");

	assert_true(seconds("nobody") > known / 3);
	assert_true(seconds("ftap2") > known / 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(passwords),
		cmocka_unit_test(long_password),
		cmocka_unit_test(users_cannot_be_told),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
