// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <string.h>

#include "dfcrecv/origin.h"

static struct sockaddr_storage address(const char *text, uint16_t port)
{
	struct sockaddr_storage ss = { 0 };
	struct sockaddr_in6 *sin6 = (void *)&ss;
	struct sockaddr_in *sin = (void *)&ss;

	if (inet_pton(AF_INET, text, &sin->sin_addr) == 1) {
		ss.ss_family = AF_INET;
		sin->sin_port = htons(port);
	} else {
		assert_int_equal(inet_pton(AF_INET6, text, &sin6->sin6_addr),
				 1);
		ss.ss_family = AF_INET6;
		sin6->sin6_port = htons(port);
	}
	return ss;
}

static struct origin *find(struct origins *o, const char *text, uint16_t from,
			   uint16_t to)
{
	struct sockaddr_storage ss = address(text, from);
	struct copy copy = { .router = &ss, .port = to };

	return origins_find(o, &copy);
}

static struct origin *find_ids(struct origins *o, const char *text,
			       uint16_t from, uint32_t intercept,
			       uint32_t session)
{
	struct sockaddr_storage ss = address(text, from);
	struct copy copy = {
		.router = &ss, .port = 7890, .has_ids = true,
		.intercept = intercept, .session = session,
	};

	return origins_find(o, &copy);
}

static void addresses_and_ports_tell_them_apart(void **state)
{
	struct origins *o = origins_alloc();
	struct origin *one = find(o, "203.0.113.1", 9000, 7890);
	struct origin *two = find(o, "2001:db8:3::1", 9000, 7890);
	struct origin *three = find(o, "203.0.113.1", 9001, 7890);
	struct origin *four = find(o, "203.0.113.1", 9000, 7891);

	assert_string_equal(one->router, "203.0.113.1");
	assert_string_equal(one->name, "203.0.113.1.9000 > 7890");
	assert_string_equal(two->name, "2001:db8:3::1.9000 > 7890");
	assert_string_equal(three->name, "203.0.113.1.9001 > 7890");
	assert_string_equal(four->name, "203.0.113.1.9000 > 7891");
	assert_int_equal(one->interface[0], -1);
	assert_int_equal(one->interface[1], -1);
	assert_int_equal(two->index, 1);
	assert_ptr_equal(find(o, "203.0.113.1", 9000, 7890), one);
	assert_ptr_equal(find(o, "2001:db8:3::1", 9000, 7890), two);
	assert_int_equal(origins_count(o), 4);
	assert_ptr_equal(origins_get(o, 1), two);
	origins_free(o);
}

static void ids_tell_them_apart(void **state)
{
	struct origins *o = origins_alloc();
	struct origin *one = find_ids(o, "203.0.113.1", 9000, 5, 7);

	assert_string_equal(one->name, "203.0.113.1 5/7");
	assert_ptr_equal(find_ids(o, "203.0.113.1", 9001, 5, 7), one);
	assert_ptr_not_equal(find_ids(o, "203.0.113.1", 9000, 5, 8), one);
	assert_ptr_not_equal(find_ids(o, "203.0.113.1", 9000, 6, 7), one);
	assert_ptr_not_equal(find_ids(o, "203.0.113.2", 9000, 5, 7), one);
	/* Ids of 0 are ids. */
	assert_ptr_not_equal(find_ids(o, "203.0.113.1", 0, 0, 0),
			     find(o, "203.0.113.1", 0, 0));
	assert_int_equal(origins_count(o), 6);
	origins_free(o);
}

static struct origin *find_filter(struct origins *o, uint16_t from,
				  uint32_t filter, uint32_t intercept)
{
	struct sockaddr_storage ss = address("203.0.113.1", from);
	struct copy copy = {
		.router = &ss, .port = 7890, .has_ids = intercept,
		.intercept = intercept, .number = 1, .filter = filter,
	};

	return origins_find(o, &copy);
}

static void filters_tell_them_apart(void **state)
{
	struct origins *o = origins_alloc();
	struct origin *one = find_filter(o, 9000, 3, 0);
	struct origin *two = find_filter(o, 9000, 3, 5);

	assert_string_equal(one->name, "203.0.113.1.9000 > 7890 filter 3");
	assert_string_equal(two->name,
			    "203.0.113.1.9000 > 7890 filter 3 5/0");
	assert_true(one->has_numbers);
	assert_int_equal(one->filter, 3);
	assert_ptr_equal(find_filter(o, 9000, 3, 0), one);
	assert_ptr_not_equal(find_filter(o, 9000, 4, 0), one);
	/* Another destination has the same numbers. */
	assert_ptr_not_equal(find_filter(o, 9001, 3, 0), one);
	assert_false(find(o, "203.0.113.1", 9000, 7890)->has_numbers);
	assert_int_equal(origins_count(o), 5);
	origins_free(o);
}

static void the_longest_name_has_room(void **state)
{
	static const char name[] = "2001:db8:1111:2222:3333:4444:5555:6666"
		".65535 > 65535 filter 4294967295 4294967295/4294967295";
	struct sockaddr_storage ss =
		address("2001:db8:1111:2222:3333:4444:5555:6666", 65535);
	struct copy copy = {
		.router = &ss, .port = 65535, .has_ids = true,
		.intercept = UINT32_MAX, .session = UINT32_MAX, .number = 1,
		.filter = UINT32_MAX,
	};
	struct origins *o = origins_alloc();

	assert_string_equal(origins_find(o, &copy)->name, name);
	origins_free(o);
}

static void without_ports_there_is_the_router(void **state)
{
	struct origins *o = origins_alloc();
	struct origin *one = find(o, "203.0.113.1", 0, 0);

	assert_string_equal(one->name, "203.0.113.1");
	/* The port of a raw socket's address means nothing. */
	assert_ptr_equal(find(o, "203.0.113.1", 4, 0), one);
	origins_free(o);
}

static void mapped_is_ipv4(void **state)
{
	struct origins *o = origins_alloc();

	assert_ptr_equal(find(o, "::ffff:203.0.113.1", 1, 2),
			 find(o, "203.0.113.1", 1, 2));
	assert_string_equal(origins_get(o, 0)->router, "203.0.113.1");
	assert_int_equal(origins_count(o), 1);
	origins_free(o);
}

static void forged_ones_share_the_last(void **state)
{
	struct origins *o = origins_alloc();
	struct origin *origin;
	unsigned int i;

	for (i = 0; i < 2 * ORIGINS_MAX; i++) {
		origin = find_ids(o, "2001:db8::1", 1, i, 0);
		assert_int_equal(origin->index,
				 i < ORIGINS_MAX ? i : ORIGINS_MAX);
	}
	assert_string_equal(origin->name, "other");
	assert_string_equal(origin->router, "other");
	assert_int_equal(origins_count(o), ORIGINS_MAX + 1);
	assert_int_equal(find_ids(o, "2001:db8::1", 1, 5, 0)->index, 5);
	origins_free(o);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses_and_ports_tell_them_apart),
		cmocka_unit_test(ids_tell_them_apart),
		cmocka_unit_test(filters_tell_them_apart),
		cmocka_unit_test(the_longest_name_has_room),
		cmocka_unit_test(without_ports_there_is_the_router),
		cmocka_unit_test(mapped_is_ipv4),
		cmocka_unit_test(forged_ones_share_the_last),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
