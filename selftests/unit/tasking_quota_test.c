// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project
//
// ADD: how many criteria and destinations there may be, and what one costs.

#include "tasking_fake.h"

/* Of the runtime of AddressSanitizer, for which gcc brings no header. */
size_t __sanitizer_get_current_allocated_bytes(void);

#define GROUPS \
	"max-criteria = 4\n" \
	"capture-group g1 {\n" \
	" content-destination cd1 { address = \"203.0.113.2\" port = 7890 }\n" \
	" control-source a { }\n" \
	" control-source b { max-criteria = 2 }\n" \
	"}\n"

/* Control sources that may name destinations of their own. */
#define DYNAMIC \
	"capture-group g1 {\n" \
	" content-destination cd1 { address = \"203.0.113.2\" port = 7890 }\n" \
	" content-destination cd2 { address = \"203.0.113.3\" port = 7890 }\n" \
	" control-source a { dynamic-destinations = yes\n" \
	"  allowed-destinations = {cd1} }\n" \
	" control-source b { dynamic-destinations = yes }\n" \
	"}\n" \
	"capture-group g2 {\n" \
	" control-source e { dynamic-destinations = yes }\n" \
	"}\n"

#define IDLE "Timeout-Idle: 60\r\n"
#define CD1 "Cdest-ID: cd1\r\n"
#define OUT(what, value) "X-JTap-Cdest-" what ": " value "\r\n"
#define FULL HEAD("550 Max Criteria Limit Exceeded") TAIL
#define TOO_MANY HEAD("551 Max Content Destination Exceeded") TAIL
#define ADDED(id) HEAD("200 OK") "CRITERIA-ID: " id "\r\n" TAIL

static void test_of_a_source(void **state)
{
	asks("b", "ADD", CD1 IDLE, ADDED("1"));
	asks("b", "ADD", CD1 IDLE, ADDED("2"));
	asks("b", "ADD", CD1 IDLE, FULL);
	asks("a", "ADD", CD1 IDLE, ADDED("1"));
	tasking_filter_gone(tasking, 1, DFC_REASON_TIMEOUT_IDLE, NULL);
	asks("b", "ADD", CD1 IDLE, ADDED("3"));
	assert_int_equal(fake.nfilter, 4);
}

/* The answer is the same: it does not tell whose criteria are too many. */
static void test_of_all(void **state)
{
	asks("a", "ADD", CD1 IDLE, ADDED("1"));
	asks("a", "ADD", CD1 IDLE, ADDED("2"));
	asks("a", "ADD", CD1 IDLE, ADDED("3"));
	asks("b", "ADD", CD1 IDLE, ADDED("1"));
	asks("b", "ADD", CD1 IDLE, FULL);
	asks("a", "ADD", CD1 IDLE, FULL);
	assert_int_equal(fake.nfilter, 4);
	ask("a", "DELETE", "Criteria-ID: 2\r\n");
	asks("b", "ADD", CD1 IDLE, ADDED("2"));
	asks("a", "ADD", CD1 IDLE, FULL);
	/* What is wrong with a request is told before that. */
	asks("a", "ADD", "Cdest-ID: nope\r\n" IDLE,
	     HEAD("430 Unknown Content Destination") "CDEST-ID: nope\r\n"
	     TAIL);
}

/* Adds a criterion to @name at port @port, with further headers. */
static const char *add_to(const char *user, const char *name, int port,
			  const char *more)
{
	char headers[512];

	snprintf(headers, sizeof(headers), "Cdest-ID: %s\r\n" IDLE
		 OUT("Dest-Address", "203.0.113.7")
		 OUT("Dest-Port", "%d") OUT("Source-Address", "203.0.113.1")
		 "%s", name, port, more);
	return ask(user, "ADD", headers);
}

#define PORT OUT("Source-Port", "5")

static void fill(int n)
{
	int i;

	for (i = 1; i <= n; i++)
		assert_non_null(strstr(add_to(i % 2 ? "a" : "b", "x", i, PORT),
				       " 200 OK\r\n"));
}

static void test_destinations(void **state)
{
	size_t calls;

	fill(64);
	calls = fake.calls;
	assert_string_equal(add_to("a", "x", 65, PORT), TOO_MANY);
	assert_string_equal(add_to("a", "y", 1, PORT), TOO_MANY);
	assert_string_equal(add_to("a", "cd1", 1, PORT), TOO_MANY);
	assert_string_equal(add_to("b", "cd2", 1, ""), TOO_MANY);
	assert_int_equal(fake.calls, calls);
	assert_int_equal(fake.ndest, 2 + 64);
	/* The same endpoint with another source, or what is configured. */
	assert_non_null(strstr(add_to("a", "x", 64, OUT("TTL", "3") PORT),
			       " 200 OK"));
	assert_non_null(strstr(add_to("a", "x", 64,
				      OUT("Source-Port", "6")), " 200 OK"));
	assert_non_null(strstr(ask("a", "ADD", CD1 IDLE), " 200 OK"));
	assert_non_null(strstr(ask("a", "ADD", CD1 IDLE OUT("TTL", "9")),
			       " 200 OK"));
	assert_int_equal(fake.ndest, 2 + 64 + 3);
	assert_non_null(strstr(add_to("e", "x", 65, PORT), " 200 OK"));
	/* Place is made by the last that used one. */
	ask("a", "DELETE", "Criteria-ID: 1\r\n");
	assert_non_null(strstr(add_to("b", "x", 65, PORT), " 200 OK"));
	assert_string_equal(add_to("b", "x", 66, PORT), TOO_MANY);
}

/* The first of two is one too few, the second one too many. */
static void test_second_of_two(void **state)
{
	fill(63);
	asks("b", "ADD", "Cdest-ID: y, z\r\n" IDLE
	     OUT("Dest-Address", "203.0.113.7, 203.0.113.7")
	     OUT("Dest-Port", "1, 2") OUT("Source-Address", "203.0.113.1")
	     PORT, TOO_MANY);
	assert_int_equal(fake.ndest, 2 + 63);
	assert_int_equal(fake.nfilter, 63);
	asks("b", "LIST", "Cdest-ID: y\r\n", HEAD("200 OK") TAIL);
	assert_non_null(strstr(add_to("a", "x", 64, PORT), " 200 OK"));
}

/* One that the kernel refuses does not count. */
static void test_refused_do_not_count(void **state)
{
	int i;

	fake.fail_dest_add = -ENOMEM;
	for (i = 0; i < 100; i++)
		assert_non_null(strstr(add_to("a", "x", 1 + i, PORT), " 500 "));
	fake.fail_dest_add = 0;
	fake.fail_filter_add = -ENOMEM;
	for (i = 0; i < 100; i++)
		assert_non_null(strstr(add_to("a", "x", 1 + i, PORT), " 500 "));
	fake.fail_filter_add = 0;
	fill(64);
	assert_string_equal(add_to("a", "x", 65, PORT), TOO_MANY);
}

#define MANY 1000

/* What an allocation costs beyond its bytes, at most. */
#define OVERHEAD 16

/* Criteria are many: one must not need more than 600 bytes. */
static void test_memory(void **state)
{
	size_t before, bytes;
	int i;

	ask("a", "ADD", CD1 IDLE);
	before = __sanitizer_get_current_allocated_bytes();
	for (i = 0; i < MANY; i++)
		ask("a", "ADD", CD1 "Source-Address: 192.0.2.2\r\n"
		    "Dest-Address: 198.51.100.0/24\r\nProtocol: 6\r\n"
		    "Dest-Port: 80,443\r\nTimeout-Total: 3600\r\n");
	assert_int_equal(fake.nfilter, 1 + MANY);
	bytes = __sanitizer_get_current_allocated_bytes() - before;
	print_message("# %zu bytes a criterion\n", bytes / MANY + OVERHEAD);
	assert_in_range(bytes / MANY + OVERHEAD, 100, 600);
}

#define TEST(name) FAKE_TEST(name, GROUPS)
#define TEST_DYNAMIC(name) FAKE_TEST(name, DYNAMIC)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_of_a_source),
		TEST(test_of_all),
		TEST_DYNAMIC(test_destinations),
		TEST_DYNAMIC(test_second_of_two),
		TEST_DYNAMIC(test_refused_do_not_count),
		TEST_DYNAMIC(test_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
