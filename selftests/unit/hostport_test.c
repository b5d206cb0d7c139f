// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

#include "dtcp/hostport.h"

static struct trouble t;
static struct hostport e;

static void assert_parsed(const char *word, const char *host, unsigned int port)
{
	assert_int_equal(hostport_parse(&e, word, &t), 0);
	assert_string_equal(e.host, host);
	assert_int_equal(e.port, port);
}

static void words(void **state)
{
	assert_parsed("router", "router", 0);
	assert_parsed("router:1", "router", 1);
	assert_parsed("192.0.2.1:65535", "192.0.2.1", 65535);
	assert_parsed("2001:db8::1", "2001:db8::1", 0);
	assert_parsed("[2001:db8::1]", "2001:db8::1", 0);
	assert_parsed("[2001:db8::1]:2400", "2001:db8::1", 2400);
	assert_parsed("[192.0.2.1]:7", "192.0.2.1", 7);
}

static void bad_words(void **state)
{
	static const char *const bad[] = {
		"", ":1", "a:", "a:0", "a:65536", "a:x", "[", "[]", "[]:1",
		"[::1", "[::1]1", "[::1]:", "[::1]:x",
	};
	char longest[HOSTPORT_HOST_MAX + 1] = "";
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(hostport_parse(&e, bad[i], &t), -1);
	memset(longest, 'a', HOSTPORT_HOST_MAX);
	assert_int_equal(hostport_parse(&e, longest, &t), -1);
	longest[HOSTPORT_HOST_MAX - 1] = '\0';
	assert_int_equal(hostport_parse(&e, longest, &t), 0);
}

static struct sockaddr_storage make(const char *host, unsigned int port)
{
	struct sockaddr_storage s = { .ss_family = AF_INET };
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)&s;
	struct sockaddr_in *v4 = (struct sockaddr_in *)&s;

	v4->sin_port = htons((uint16_t)port);
	if (inet_pton(AF_INET, host, &v4->sin_addr) == 1)
		return s;
	v6->sin6_family = AF_INET6;
	assert_int_equal(inet_pton(AF_INET6, host, &v6->sin6_addr), 1);
	return s;
}

static void assert_text(const char *host, const char *expected)
{
	struct sockaddr_storage s = make(host, 2400);
	char text[HOSTPORT_TEXT_MAX];

	hostport_text(&s, text);
	assert_string_equal(text, expected);
}

static void texts(void **state)
{
	assert_text("192.0.2.1", "192.0.2.1:2400");
	assert_text("2001:db8::1", "[2001:db8::1]:2400");
	assert_text("::ffff:192.0.2.1", "192.0.2.1:2400");
}

static bool same(const char *a, unsigned int p, const char *b, unsigned int q)
{
	struct sockaddr_storage x = make(a, p), y = make(b, q);

	return hostport_equal(&x, &y);
}

static void equality(void **state)
{
	struct sockaddr_storage a = make("fe80::1", 1), b = a;

	assert_true(same("192.0.2.1", 1, "192.0.2.1", 1));
	assert_false(same("192.0.2.1", 1, "192.0.2.1", 2));
	assert_false(same("192.0.2.1", 1, "192.0.2.2", 1));
	assert_true(same("2001:db8::1", 1, "2001:db8::1", 1));
	assert_false(same("2001:db8::1", 1, "2001:db8::1", 2));
	assert_false(same("2001:db8::1", 1, "2001:db8::2", 1));
	assert_false(same("2001:db8::1", 1, "192.0.2.1", 1));
	((struct sockaddr_in6 *)&a)->sin6_scope_id = 1;
	assert_true(hostport_equal(&a, &b));
	((struct sockaddr_in6 *)&b)->sin6_scope_id = 2;
	assert_false(hostport_equal(&a, &b));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words),
		cmocka_unit_test(bad_words),
		cmocka_unit_test(texts),
		cmocka_unit_test(equality),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
