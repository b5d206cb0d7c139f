// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project
//
// DTCP over UDP on real sockets of the loopback device, with a stand-in for
// tasking behind it that checks digests, and a send buffer that can be full.

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "dtcp-proto/hmac.h"
#include "dtcpd/endpoint.h"
#include "dtcpd/udp.h"

#define KEY	"secret"
#define DEADLINE 20000	/* ms */
#define LONG_LIST 300
#define HUGE_LIST 2000

static struct loop loop;
static struct udp *udp;
static struct config_source source[3] = { { .name = "a" }, { .name = "b" },
					  { .name = "c" } };
static struct config_group group = { .source = source, .nsource = 3 };
static struct config config = {
	.udp = { .listen = { "0.0.0.0", "::" }, .nlisten = 2 },
	.group = &group, .ngroup = 1,
};
static uint16_t port;		/* of sources a and b */
static unsigned int carried_out, seen, most;	/* most: of one turn */
static long cost, spent;	/* ms that a request pretends to take */
static int send_fails;		/* errno of sendmmsg() */
static unsigned int failures;	/* how often it fails from now on */
static uint16_t full;		/* port that nothing can be sent from */

static uint16_t bound_port(int fd)
{
	struct endpoint e = { .len = sizeof(e.in6) };

	assert_int_equal(getsockname(fd, &e.any, &e.len), 0);
	return ntohs(e.in.sin_port);
}

/* In place of libc's: sends half of what it is asked to, fails, or is full. */
int sendmmsg(int fd, struct mmsghdr *msg, unsigned int n, int flags)
{
	if (failures || bound_port(fd) == full) {
		if (failures)
			failures--;
		errno = bound_port(fd) == full ? EAGAIN : send_fails;
		return -1;
	}
	return (int)syscall(SYS_sendmmsg, fd, msg, n > 1 ? n / 2 : n, flags);
}

/* In place of libc's: requests take as long as they pretend to. */
int clock_gettime(clockid_t id, struct timespec *ts)
{
	int err = (int)syscall(SYS_clock_gettime, id, ts);

	ts->tv_sec += spent / 1000;
	ts->tv_nsec += spent % 1000 * 1000000;
	return err;
}

static void write_part(struct dtcp_writer *w, const struct tasking_origin *o,
		       unsigned int i, unsigned int n, size_t len)
{
	char filling[UDP_ANSWER_MAX] = "";

	if (len)
		memset(filling, '.', len);
	dtcp_writer_status(w, (struct dtcp_version){ 0, 7 }, 200);
	dtcp_writer_header(w, "Peer", "%s %u", o->peer, o->service_port);
	dtcp_writer_header(w, "Part", "%u/%u", i, n);
	dtcp_writer_header(w, "Filling", "%s", filling);
	assert_int_equal(dtcp_writer_sign(w, KEY, strlen(KEY)), 0);
}

/* NOOP has one short answer, LIST a long one, LIST/ADD a huge one. */
bool tasking_request(struct tasking *t, const struct tasking_origin *o,
		     const char *msg, size_t len, struct dtcp_writer *reply)
{
	unsigned int i, n;
	struct dtcp_message m;

	assert_int_equal(o->transport, TASKING_UDP);
	assert_null(o->user);
	assert_int_equal(o->address.family,
			 strchr(o->peer, ':') ? AF_INET6 : AF_INET);
	assert_false(reply->upper);
	assert_int_equal(reply->limit, 1400);
	if (dtcp_message_parse(&m, msg, len) ||
	    !dtcp_message_verify(&m, msg, KEY, strlen(KEY)))
		return false;
	carried_out++;
	spent += cost;
	n = dtcp_text_is(m.method, "LIST") ? LONG_LIST :
	    dtcp_text_is(m.method, "ADD") ? HUGE_LIST : 1;
	for (i = 1; i <= n; i++)
		write_part(reply, o, i, n, n > 1 ? 1200 : 0);
	return n == 1;
}

struct client {
	int fd;
	struct endpoint to;
};

static uint16_t free_port(void)
{
	struct endpoint e;
	uint16_t number;
	int fd = socket(AF_INET6, SOCK_DGRAM, 0);

	endpoint_parse(&e, "::", 0);
	assert_int_equal(bind(fd, &e.any, e.len), 0);
	number = bound_port(fd);
	close(fd);
	return number;
}

/* Takes answers of just the address and port that it asks at. */
static struct client open_client(const char *address, uint16_t to)
{
	struct client c;
	int room = 4 << 20;

	endpoint_parse(&c.to, address, to);
	c.fd = socket(c.to.any.sa_family, SOCK_DGRAM, 0);
	setsockopt(c.fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof(room));
	assert_int_equal(connect(c.fd, &c.to.any, c.to.len), 0);
	return c;
}

static bool is_readable(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	return poll(&p, 1, 0) > 0;
}

struct wait {
	int fd;
	int64_t due;
	struct loop_task task;
};

static void look(void *arg)
{
	struct wait *w = arg;

	if (carried_out - seen > most)
		most = carried_out - seen;
	seen = carried_out;
	if (is_readable(w->fd) || loop_now() > w->due)
		loop_stop(&loop, 0);
	else
		loop_post(&loop, &w->task);
}

/* Serves until there is something to be read. */
static void serve_until(int fd)
{
	struct wait w = { fd, loop_now() + DEADLINE, { .fn = look } };

	w.task.arg = &w;
	loop.stopped = is_readable(fd);
	loop_post(&loop, &w.task);
	loop_run(&loop);
	loop_cancel(&loop, &w.task);
	assert_true(is_readable(fd));
}

static size_t make_request(char *text, const char *method,
			   const char *headers)
{
	uint8_t digest[DTCP_DIGEST_LEN];
	size_t len, i;

	len = (size_t)sprintf(text, "%s DTCP/0.7\r\n%s", method, headers);
	dtcp_hmac(KEY, strlen(KEY), text, len, digest);
	len += (size_t)sprintf(text + len, "Authentication-Info: ");
	for (i = 0; i < sizeof(digest); i++)
		len += (size_t)sprintf(text + len, "%02x", digest[i]);
	return len + (size_t)sprintf(text + len, "\r\n\r\n");
}

static void send_to(struct client *c, const char *text, size_t len)
{
	assert_int_equal(send(c->fd, text, len, 0), len);
}

static void ask(struct client *c, const char *method)
{
	char text[512];

	send_to(c, text, make_request(text, method, "Seq: 1\r\n"));
}

/* The next datagram, whose digest is right. */
static const char *hear(struct client *c)
{
	static char text[2048];
	struct dtcp_message m;
	ssize_t len;

	serve_until(c->fd);
	len = recv(c->fd, text, sizeof(text) - 1, 0);
	assert_true(len > 0 && len <= UDP_ANSWER_MAX);
	text[len] = '\0';
	assert_int_equal(dtcp_message_parse(&m, text, (size_t)len), 0);
	assert_true(dtcp_message_verify(&m, text, KEY, strlen(KEY)));
	return text;
}

static void assert_header(const char *text, const char *line)
{
	if (!strstr(text, line))
		fail_msg("no %s in %s", line, text);
}

static void assert_noop(struct client *c)
{
	ask(c, "NOOP");
	assert_header(hear(c), "\r\nPart: 1/1\r\n");
	assert_false(is_readable(c->fd));
}

/* All parts, once each and in order. */
static void assert_list(struct client *c)
{
	unsigned int i;
	char line[32];

	for (i = 1; i <= LONG_LIST; i++) {
		snprintf(line, sizeof(line), "Part: %u/%u\r\n", i, LONG_LIST);
		assert_header(hear(c), line);
	}
}

static long counter(const char *name, const char *drop)
{
	json_t *o = udp_show(udp), *at = json_object_get(o, "udp");
	long n;

	at = json_object_get(at, name);
	if (drop)
		at = json_object_get(at, drop);
	assert_true(json_is_integer(at));
	n = (long)json_integer_value(at);
	json_decref(o);
	return n;
}

static void take(void)
{
	struct udp_change *change = udp_prepare(udp, &config);

	assert_non_null(change);
	udp_commit(change);
}

static int setup(void **state)
{
	if (loop_init(&loop))
		return -1;
	port = free_port();
	source[0].service_port = port;
	source[1].service_port = port;
	source[2].service_port = 0;
	carried_out = seen = most = 0;
	cost = spent = 0;
	udp = udp_alloc(&loop, NULL);
	take();
	return 0;
}

static int teardown(void **state)
{
	udp_free(udp);
	loop_fini(&loop);
	return 0;
}

/* Serves until so many datagrams were looked at. */
static void serve_received(long n)
{
	int64_t due = loop_now() + DEADLINE;
	struct wait w = { loop.epoll, 0, { .fn = look } };

	w.task.arg = &w;
	while (counter("received", NULL) < n) {
		assert_true(loop_now() < due);
		loop.stopped = false;
		loop_post(&loop, &w.task);
		loop_run(&loop);
		loop_cancel(&loop, &w.task);
	}
	assert_int_equal(counter("received", NULL), n);
}

static void assert_peer(struct client *c, const char *text)
{
	struct endpoint me = { .len = sizeof(me.in6) };
	char address[ENDPOINT_TEXT], line[128];

	assert_int_equal(getsockname(c->fd, &me.any, &me.len), 0);
	endpoint_text(&me, address);
	snprintf(line, sizeof(line), "\r\nPeer: %s %u\r\n", address,
		 ntohs(c->to.in.sin_port));
	assert_header(text, line);
}

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
