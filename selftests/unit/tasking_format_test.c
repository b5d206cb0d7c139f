// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project
//
// What copies look like: by the configuration, and by what ADD names.

#include "tasking_fake.h"

#define GROUPS "capture-group g1 {\n" \
	" content-destination cd1 { address = \"203.0.113.1\" port = 7\n" \
	"  format = dfc dscp = 5 queue-limit = 1m\n" \
	"  soft-limit = 2 soft-limit-clear = 1 }\n" \
	" content-destination cd2 { address = \"203.0.113.2\"\n" \
	"  format = ip-ip }\n" \
	" control-source u { dynamic-destinations = yes\n" \
	"  permissions = {action-block} }\n" \
	" control-source v { }\n}\n"

#define CD1 "Cdest-ID: cd1\r\n"
#define CD2 "Cdest-ID: cd2\r\n"
#define STATIC "Flags: Static\r\n"
#define ID "X-MD-Intercept-Id: 01020304\r\n"
#define TO(address) "X-JTap-Cdest-Dest-Address: " address "\r\n"
#define PORTS "X-JTap-Cdest-Dest-Port: 9\r\nX-JTap-Cdest-Source-Port: 9\r\n"
#define FROM "X-JTap-Cdest-Source-Address: 203.0.113.9\r\n"

/* The destination of the filter that an ADD of these makes. */
static const struct config_dest *added(const char *user, const char *headers)
{
	size_t n = fake.nfilter;

	assert_non_null(strstr(ask(user, "ADD", headers), "200 OK"));
	assert_int_equal(fake.nfilter, n + 1);
	return &fake_dest(fake.filter[n].dest[0])->outer;
}

static void configured(void **state)
{
	const struct config_dest *d = added("v", CD1 STATIC ID);

	assert_int_equal(d->format, DFC_FORMAT_DFC);
	assert_int_equal(d->dscp, 5);
	assert_int_equal(d->queue_limit, 1000000);
	d = added("v", CD2 STATIC);
	assert_int_equal(d->format, DFC_FORMAT_IPIP);
	assert_int_equal(d->queue_limit, 4194304);
	assert_int_equal(fake.ndest, 2);
}

/* IP in IP has no place for ids; what is blocked needs none. */
static void intercept(void **state)
{
	asks("u", "ADD", CD2 STATIC ID, HEAD("901 JTap-Failure")
	     "X-MD-INTERCEPT-ID: 01020304\r\n" TAIL);
	asks("u", "ADD", "Cdest-ID: cd1, cd2\r\n" STATIC ID,
	     HEAD("901 JTap-Failure") "X-MD-INTERCEPT-ID: 01020304\r\n" TAIL);
	asks("u", "ADD", CD2 STATIC ID TO("203.0.113.8"),
	     HEAD("901 JTap-Failure") "X-MD-INTERCEPT-ID: 01020304\r\n" TAIL);
	assert_int_equal(fake.nfilter, 0);
	assert_int_equal(fake.ndest, 2);
	assert_non_null(strstr(ask("u", "ADD", CD2 STATIC ID
				   "Action: Block\r\n"), "200 OK"));
}

/* Ports mean nothing there: so they name no other endpoint. */
static void ports(void **state)
{
	const struct config_dest *d = added("v", CD2 STATIC PORTS);

	assert_int_equal(d->port, 0);
	assert_int_equal(d->source_port, 0);
	assert_int_equal(fake.ndest, 2);
	d = added("u", CD2 STATIC PORTS TO("203.0.113.8"));
	assert_int_equal(d->port, 0);
	assert_int_equal(d->format, DFC_FORMAT_IPIP);
	assert_int_equal(fake.ndest, 3);
}

/* What was written for an address holds only there, but for the format. */
static void dynamic(void **state)
{
	const struct config_dest *d;

	d = added("u", CD1 STATIC "X-JTap-Cdest-TTL: 9\r\n");
	assert_int_equal(d->ttl, 9);
	assert_int_equal(d->format, DFC_FORMAT_DFC);
	assert_int_equal(d->dscp, 5);
	assert_int_equal(d->queue_limit, 1000000);
	assert_int_equal(d->limit.soft, 0);
	d = added("u", CD1 STATIC TO("203.0.113.8"));
	assert_int_equal(d->format, DFC_FORMAT_DFC);
	assert_int_equal(d->dscp, 0);
	assert_int_equal(d->queue_limit, 4194304);
	assert_int_equal(d->limit.soft, 0);
	d = added("u", "Cdest-ID: cd9\r\n" STATIC TO("203.0.113.8") PORTS FROM);
	assert_int_equal(d->format, DFC_FORMAT_UDP);
	assert_int_equal(d->dscp, 0);
	assert_int_equal(d->queue_limit, 4194304);
}

/* Each group its own number of copies of a packet. */
static void max_duplicates(void **state)
{
	assert_int_equal(fake.group[0].max_duplicates, 3);
	assert_int_equal(reconfigure("g-max-duplicates = 9\n" GROUPS), 0);
	assert_int_equal(fake.group[0].max_duplicates, 9);
	assert_int_equal(reconfigure("g-max-duplicates = 9\n" GROUPS), 0);
	assert_int_equal(fake.group_sets, 1);
}

#define TEST(name) FAKE_TEST(name, GROUPS)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(configured),
		TEST(intercept),
		TEST(ports),
		TEST(dynamic),
		TEST(max_duplicates),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
