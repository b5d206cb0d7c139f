// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "dfcrecv/inlet.h"
#include "dfcrecv/receive.h"

static void assert_name(const char *text, const char *expected)
{
	struct inlet l;

	assert_int_equal(inlet_parse(text, &l), 0);
	assert_string_equal(l.name, expected);
}

static void good_addresses(void **state)
{
	assert_name("7890", "[::]:7890");
	assert_name("192.0.2.1:1", "192.0.2.1:1");
	assert_name("[2001:db8::1]:65535", "[2001:db8::1]:65535");
}

static void bad_addresses(void **state)
{
	static const char *const bad[] = {
		"", "0", "65536", "-1", "x", "7890x", ":7890", "::1",
		"[::1]", "[::1]7890", "[::1:7890", "192.0.2.1", "name:1",
		"192.0.2.1:", "[192.0.2.1]:1", "[]:1",
		"[aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		"aaaaaaaaaaaaa]:1",
	};
	struct inlet l;
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(inlet_parse(bad[i], &l), -EINVAL);
}

static void tunnels(void **state)
{
	struct inlet l[INLET_TUNNELS];

	assert_int_equal(inlet_parse_tunnel("any", l), 6);
	assert_string_equal(l[0].name, "0.0.0.0, protocol 4");
	assert_string_equal(l[1].name, "0.0.0.0, protocol 41");
	assert_string_equal(l[2].name, "0.0.0.0, protocol 97");
	assert_string_equal(l[3].name, "::, protocol 4");
	assert_string_equal(l[4].name, "::, protocol 41");
	assert_string_equal(l[5].name, "::, protocol 97");
	assert_false(l[2].optional);
	assert_true(l[3].optional);
	assert_int_equal(inlet_parse_tunnel("2001:db8::1", l), 3);
	assert_string_equal(l[0].name, "2001:db8::1, protocol 4");
	assert_int_equal(l[0].fd, -1);
	assert_int_equal(inlet_port(&l[0]), 0);
	assert_int_equal(inlet_parse_tunnel("", l), -EINVAL);
	assert_int_equal(inlet_parse_tunnel("192.0.2.1:4", l), -EINVAL);
	assert_int_equal(inlet_parse_tunnel("[2001:db8::1]", l), -EINVAL);
}

struct seen {
	int n;
	size_t len;
	uint64_t time;
	uint8_t first;
};

static void see(const struct copy *copy, void *data)
{
	struct seen *seen = data;

	seen->n++;
	seen->len += copy->len;
	seen->time = copy->time;
	seen->first = copy->len ? copy->data[0] : 0;
}

/* Any free port will do; which one, the kernel says. */
static uint16_t open_loopback(struct inlet *l)
{
	struct sockaddr_in sin;
	socklen_t len = sizeof(sin);

	assert_int_equal(inlet_parse("127.0.0.1:1", l), 0);
	((struct sockaddr_in *)&l->address)->sin_port = 0;
	assert_int_equal(inlet_open(l), 0);
	assert_int_equal(getsockname(l->fd, (void *)&sin, &len), 0);
	return sin.sin_port;
}

static void datagrams_arrive(void **state)
{
	struct sockaddr_in to = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	struct receiver *r = receiver_alloc();
	int i, fd = socket(AF_INET, SOCK_DGRAM, 0);
	static uint8_t data[16384];
	struct seen seen = { 0 };
	struct inlet l;

	to.sin_port = open_loopback(&l);
	assert_int_equal(receiver_read(r, &l, 9, see, &seen), 0);
	for (i = 0; i < 4; i++) {
		data[0] = i;
		assert_int_equal(sendto(fd, data, sizeof(data), 0,
					(void *)&to, sizeof(to)),
				 sizeof(data));
	}
	assert_int_equal(receiver_read(r, &l, 3, see, &seen), 3);
	assert_int_equal(seen.n, 3);
	assert_int_equal(seen.len, 3 * sizeof(data));
	assert_int_equal(seen.first, 2);
	assert_true(seen.time / 1000000000 > 1700000000);
	assert_int_equal(receiver_read(r, &l, UINT64_MAX, see, &seen), 1);
	assert_int_equal(inlet_dropped(&l), 0);
	inlet_close(&l);
	receiver_free(r);
	close(fd);
}

static void a_port_is_taken_once(void **state)
{
	struct inlet one, two;
	uint16_t port = open_loopback(&one);

	two = one;
	((struct sockaddr_in *)&two.address)->sin_port = port;
	assert_int_equal(inlet_open(&two), -EADDRINUSE);
	assert_int_equal(two.fd, -1);
	inlet_close(&one);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_addresses),
		cmocka_unit_test(bad_addresses),
		cmocka_unit_test(tunnels),
		cmocka_unit_test(datagrams_arrive),
		cmocka_unit_test(a_port_is_taken_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
