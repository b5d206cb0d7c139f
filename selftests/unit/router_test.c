// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <string.h>

#include "dfcrecv/router.h"

static struct sockaddr_storage address(const char *text)
{
	struct sockaddr_storage ss = { 0 };
	struct sockaddr_in6 *sin6 = (void *)&ss;
	struct sockaddr_in *sin = (void *)&ss;

	if (inet_pton(AF_INET, text, &sin->sin_addr) == 1) {
		ss.ss_family = AF_INET;
	} else {
		assert_int_equal(inet_pton(AF_INET6, text, &sin6->sin6_addr),
				 1);
		ss.ss_family = AF_INET6;
	}
	return ss;
}

static struct router *find(struct routers *r, const char *text)
{
	struct sockaddr_storage ss = address(text);

	return routers_find(r, &ss);
}

static void they_are_told_apart(void **state)
{
	struct routers *r = routers_alloc();
	struct router *one = find(r, "203.0.113.1");
	struct router *two = find(r, "2001:db8:3::1");

	assert_string_equal(one->name, "203.0.113.1");
	assert_string_equal(two->name, "2001:db8:3::1");
	assert_int_equal(one->interface, -1);
	assert_int_equal(two->index, 1);
	assert_ptr_equal(find(r, "203.0.113.1"), one);
	assert_ptr_equal(find(r, "2001:db8:3::1"), two);
	assert_int_equal(routers_count(r), 2);
	assert_ptr_equal(routers_get(r, 1), two);
	routers_free(r);
}

static void mapped_is_ipv4(void **state)
{
	struct routers *r = routers_alloc();

	assert_ptr_equal(find(r, "::ffff:203.0.113.1"),
			 find(r, "203.0.113.1"));
	assert_string_equal(routers_get(r, 0)->name, "203.0.113.1");
	assert_int_equal(routers_count(r), 1);
	routers_free(r);
}

static void forged_ones_share_the_last(void **state)
{
	struct routers *r = routers_alloc();
	struct sockaddr_storage ss = address("2001:db8::");
	struct sockaddr_in6 *sin6 = (void *)&ss;
	struct router *router;
	unsigned int i;

	for (i = 0; i < 3 * ROUTERS_MAX; i++) {
		sin6->sin6_addr.s6_addr[14] = i >> 8;
		sin6->sin6_addr.s6_addr[15] = i;
		router = routers_find(r, &ss);
		assert_int_equal(router->index,
				 i < ROUTERS_MAX ? i : ROUTERS_MAX);
	}
	assert_string_equal(router->name, "other");
	assert_int_equal(routers_count(r), ROUTERS_MAX + 1);
	assert_int_equal(find(r, "2001:db8::5")->index, 5);
	routers_free(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(they_are_told_apart),
		cmocka_unit_test(mapped_is_ipv4),
		cmocka_unit_test(forged_ones_share_the_last),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
