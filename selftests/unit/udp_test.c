// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project
//
// DTCP over UDP: who is answered and how, full sockets, reload.

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "udp_subject.h"

/* Who is asked at one of many addresses answers from that one. */
static void asked_address_answers(void **state)
{
	static const char *const addresses[] = {
		"127.0.0.1", "127.0.0.2", "127.3.2.1", "::1"
	};
	struct client c;
	size_t i;

	for (i = 0; i < sizeof(addresses) / sizeof(addresses[0]); i++) {
		c = open_client(addresses[i], port);
		ask(&c, "NOOP");
		assert_peer(&c, hear(&c));
		close(c.fd);
	}
	assert_int_equal(counter("answered", NULL), 4);
	assert_int_equal(counter("answer-datagrams-sent", NULL), 4);
}

/* Two sources share a port, and have one socket at each address. */
static void ports(void **state)
{
	struct client a = open_client("127.0.0.1", port), c;

	assert_int_equal(counter("sockets", NULL), 2);
	source[2].service_port = free_port();
	take();
	assert_int_equal(counter("sockets", NULL), 4);
	c = open_client("::1", source[2].service_port);
	ask(&a, "NOOP");
	ask(&c, "NOOP");
	assert_peer(&c, hear(&c));
	assert_peer(&a, hear(&a));
	close(a.fd);
	close(c.fd);
}

/* Nothing at all goes to who is not authenticated. */
static void cut_anywhere(void **state)
{
	struct client c = open_client("127.0.0.1", port);
	char text[512];
	size_t len = make_request(text, "NOOP", "Seq: 1\r\n"), i;

	for (i = 0; i < len; i++) {
		send_to(&c, text, i);
		serve_received((long)i + 1);
	}
	assert_int_equal(carried_out, 0);
	assert_false(is_readable(c.fd));
	assert_int_equal(counter("dropped", "incomplete"), len);
	assert_noop(&c);
	assert_int_equal(carried_out, 1);
	close(c.fd);
}

static void forged(void **state)
{
	struct client c = open_client("::1", port);
	char text[512];
	size_t len = make_request(text, "NOOP", "Seq: 1\r\n"), i;
	long dropped;

	for (i = 0; i < len - 4; i++) {
		text[i] ^= 1;
		send_to(&c, text, len);
		text[i] ^= 1;
	}
	serve_received((long)len - 4);
	assert_int_equal(carried_out, 0);
	assert_false(is_readable(c.fd));
	dropped = counter("dropped", "not-authenticated") +
		  counter("dropped", "incomplete");
	assert_int_equal(dropped, len - 4);
	assert_int_equal(counter("answered", NULL), 0);
	assert_noop(&c);
	close(c.fd);
}

/* The same again is tasking's to judge; each datagram has its own answer. */
static void one_answer_each(void **state)
{
	struct client c = open_client("127.0.0.1", port);
	char text[1024];
	size_t len = make_request(text, "NOOP", "Seq: 1\r\n");
	int i;

	len += make_request(text + len, "NOOP", "Seq: 2\r\n");
	send_to(&c, text, len);
	assert_header(hear(&c), "Part: 1/1\r\n");
	assert_int_equal(carried_out, 1);
	for (i = 0; i < 100; i++)
		ask(&c, "NOOP");
	for (i = 0; i < 100; i++)
		assert_header(hear(&c), "Part: 1/1\r\n");
	assert_noop(&c);
	assert_int_equal(counter("answered", NULL), 102);
	close(c.fd);
}

static void sizes(void **state)
{
	struct client c = open_client("127.0.0.1", port);
	static char text[66000], headers[65000];
	size_t len, i;

	memset(text, 'A', sizeof(text));
	send_to(&c, "", 0);
	send_to(&c, text, 65507);
	for (i = 0; i < 64000; i += 1000)
		snprintf(headers + i, 1001, "X-Padding: %0987d\r\n", 1);
	len = make_request(text, "NOOP", headers);
	assert_true(len > 64000);
	send_to(&c, text, len);
	assert_header(hear(&c), "Part: 1/1\r\n");
	memset(headers, 'A', 9000);
	strcpy(headers + 9000, "\r\n");
	send_to(&c, text, make_request(text, "NOOP", headers));
	assert_noop(&c);
	assert_int_equal(counter("dropped", "too-long"), 2);
	assert_int_equal(counter("dropped", "incomplete"), 1);
	assert_int_equal(carried_out, 2);
	close(c.fd);
}

static void to_everybody(void **state)
{
	struct client c = open_client("127.0.0.1", port);
	char text[512];
	size_t len = make_request(text, "NOOP", "Seq: 1\r\n");
	struct endpoint all;
	int on = 1;

	endpoint_parse(&all, "127.255.255.255", port);
	setsockopt(c.fd, SOL_SOCKET, SO_BROADCAST, &on, sizeof(on));
	assert_int_equal(sendto(c.fd, text, len, 0, &all.any, all.len), len);
	assert_noop(&c);
	assert_int_equal(carried_out, 1);
	assert_int_equal(counter("dropped", "unanswerable"), 1);
	close(c.fd);
}

static void long_list(void **state)
{
	struct client c = open_client("127.0.0.2", port);

	ask(&c, "LIST");
	assert_list(&c);
	ask(&c, "LIST");
	assert_list(&c);
	assert_noop(&c);
	assert_int_equal(counter("answered", NULL), 3);
	assert_int_equal(counter("answer-datagrams-sent", NULL),
			 2 * LONG_LIST + 1);
	assert_int_equal(counter("waiting-bytes", NULL), 0);
	close(c.fd);
}

/* What waits for one port holds up no other, and nothing of it is lost. */
static void full_socket(void **state)
{
	struct client a = open_client("127.0.0.1", port), c;
	int i;

	source[2].service_port = free_port();
	take();
	c = open_client("127.0.0.1", source[2].service_port);
	full = port;
	ask(&a, "LIST");
	serve_received(1);
	for (i = 0; i < 5; i++)
		assert_noop(&c);
	for (i = 0; i < 40; i++)
		ask(&a, "LIST");
	assert_noop(&c);
	assert_int_equal(counter("received", NULL), 7);
	assert_true(counter("waiting-bytes", NULL) > 1000 * LONG_LIST);
	assert_false(is_readable(a.fd));
	full = 0;
	for (i = 0; i < 41; i++)
		assert_list(&a);
	assert_int_equal(counter("waiting-bytes", NULL), 0);
	assert_int_equal(counter("answer-datagrams-lost", NULL), 0);
	close(a.fd);
	close(c.fd);
}

/* The second is begun only when enough of the first has left. */
static void flood(void **state)
{
	struct client a = open_client("127.0.0.1", port), c;
	int i;

	source[2].service_port = free_port();
	take();
	c = open_client("127.0.0.1", source[2].service_port);
	full = port;
	ask(&a, "NOOP");
	for (i = 0; i < 20; i++)
		ask(&a, "ADD");
	ask(&a, "NOOP");
	serve_received(2);
	assert_noop(&c);
	assert_noop(&c);
	assert_int_equal(carried_out, 4);
	assert_true(counter("waiting-bytes", NULL) < 3 << 20);
	full = 0;
	assert_header(hear(&a), "Part: 1/1\r\n");
	for (i = 0; i < 20 * HUGE_LIST; i++)
		assert_header(hear(&a), "/2000\r\n");
	assert_header(hear(&a), "Part: 1/1\r\n");
	assert_noop(&a);
	assert_int_equal(counter("waiting-bytes", NULL), 0);
	assert_int_equal(counter("answer-datagrams-lost", NULL), 0);
	close(a.fd);
	close(c.fd);
}

/* Others have their turn after 20 ms, and no request is lost by that. */
static void requests_that_take_long(void **state)
{
	struct client c = open_client("127.0.0.1", port);
	int i;

	/* Not on the edge, as the real clock counts too. */
	for (cost = 1000; cost >= 0; cost -= 1000) {
		for (i = 0; i < 100; i++)
			ask(&c, "NOOP");
		for (i = 0; i < 100; i++)
			assert_header(hear(&c), "Part: 1/1\r\n");
		assert_true(cost ? most == 1 : most <= 32);
	}
	assert_int_equal(carried_out, 200);
	assert_int_equal(counter("answer-datagrams-lost", NULL), 0);
	close(c.fd);
}

static void network_refuses(void **state)
{
	struct client c = open_client("127.0.0.1", port);

	send_fails = ECONNREFUSED;
	failures = 1;
	assert_noop(&c);
	assert_int_equal(counter("answer-datagrams-lost", NULL), 0);
	send_fails = ENETUNREACH;
	failures = 1;
	ask(&c, "NOOP");
	serve_received(2);
	assert_noop(&c);
	assert_int_equal(counter("answer-datagrams-lost", NULL), 1);
	close(c.fd);
}

/* A client that is gone, to which its machine replies with an ICMP error. */
static void client_is_gone(void **state)
{
	struct client c = open_client("127.0.0.1", port);
	int i;

	for (i = 0; i < 5; i++)
		ask(&c, "NOOP");
	close(c.fd);
	serve_received(5);
	c = open_client("127.0.0.1", port);
	assert_noop(&c);
	close(c.fd);
}

static void reload(void **state)
{
	struct client a = open_client("127.0.0.1", port), c;
	struct udp_change *change;

	full = port;
	ask(&a, "LIST");
	serve_received(1);
	ask(&a, "NOOP");
	source[2].service_port = free_port();
	change = udp_prepare(udp, &config);
	assert_non_null(change);
	c = open_client("127.0.0.1", source[2].service_port);
	ask(&c, "NOOP");
	udp_commit(change);
	full = 0;
	assert_header(hear(&c), "Part: 1/1\r\n");
	serve_until(a.fd);
	take();
	ask(&a, "NOOP");
	assert_header(hear(&a), "Part: 1/300\r\n");
	source[2].service_port = 0;
	take();
	assert_int_equal(counter("sockets", NULL), 2);
	while (!strstr(hear(&a), "Part: 1/1\r\n"))
		;
	assert_header(hear(&a), "Part: 1/1\r\n");
	assert_int_equal(send(c.fd, "x", 1, 0), 1);
	assert_int_equal(send(c.fd, "x", 1, 0), -1);
	assert_int_equal(errno, ECONNREFUSED);
	assert_int_equal(counter("answer-datagrams-sent", NULL),
			 LONG_LIST + 3);
	close(a.fd);
	close(c.fd);
}

/* What cannot be taken, or is not after all, changes nothing. */
static void failed_reload(void **state)
{
	struct client a = open_client("127.0.0.1", port);
	uint16_t number = free_port();
	struct udp_change *change;
	struct endpoint e;
	int fd;

	source[2].service_port = number;
	change = udp_prepare(udp, &config);
	assert_int_equal(counter("sockets", NULL), 4);
	udp_discard(change);
	assert_int_equal(counter("sockets", NULL), 2);
	fd = socket(AF_INET6, SOCK_DGRAM, 0);
	endpoint_parse(&e, "::", number);
	assert_int_equal(bind(fd, &e.any, e.len), 0);
	assert_null(udp_prepare(udp, &config));
	assert_int_equal(counter("sockets", NULL), 2);
	assert_noop(&a);
	source[0].service_port = 0;
	source[1].service_port = 0;
	assert_null(udp_prepare(udp, &config));
	assert_noop(&a);
	close(fd);
	take();
	assert_int_equal(counter("sockets", NULL), 2);
	close(a.fd);
	a = open_client("127.0.0.1", number);
	assert_noop(&a);
	close(a.fd);
}

static void listen_on(const char *one, const char *other)
{
	config.udp.listen[0] = (char *)one;
	config.udp.listen[1] = (char *)other;
}

/* All addresses and one of them may follow each other, and be both. */
static void listen_changes(void **state)
{
	struct client c = open_client("127.0.0.2", port);
	struct endpoint e;
	int fd, on = 1;

	listen_on("127.0.0.1", "127.0.0.2");
	take();
	assert_int_equal(counter("sockets", NULL), 2);
	assert_noop(&c);
	listen_on("0.0.0.0", "127.0.0.2");
	take();
	assert_int_equal(counter("sockets", NULL), 2);
	assert_noop(&c);
	close(c.fd);
	c = open_client("127.0.0.3", port);
	assert_noop(&c);
	close(c.fd);
	endpoint_parse(&e, "127.0.0.3", port);
	fd = socket(AF_INET, SOCK_DGRAM, 0);
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	assert_int_equal(bind(fd, &e.any, e.len), -1);
	assert_int_equal(errno, EADDRINUSE);
	close(fd);
	listen_on("0.0.0.0", "::");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
		TEST(asked_address_answers),
		TEST(ports),
		TEST(cut_anywhere),
		TEST(forged),
		TEST(one_answer_each),
		TEST(sizes),
		TEST(to_everybody),
		TEST(long_list),
		TEST(full_socket),
		TEST(flood),
		TEST(requests_that_take_long),
		TEST(network_refuses),
		TEST(client_is_gone),
		TEST(reload),
		TEST(failed_reload),
		TEST(listen_changes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
