// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project
//
// DTCP over UDP on the loopback device, with tasking as it is behind it and
// notifications that leave by sockets; only the kernel is pretended.

#include "tasking_fake.h"

#include <poll.h>
#include <sys/epoll.h>

#include "dtcpd/endpoint.h"
#include "dtcpd/notifier.h"
#include "dtcpd/udp.h"

#define DEADLINE 20000	/* ms */

static struct loop loop;
static struct udp *udp;
static struct notifier *notifier;
static uint16_t port, other_port;
static int target, client;

static void notify(void *arg, const struct config_source *source,
		   const struct dtcp_writer *mixed,
		   const struct dtcp_writer *upper)
{
	notifier_send(notifier, source, mixed);
}

static const struct tasking_outlet to_sockets = { .notify = notify };

static uint16_t open_at(const char *address, int *fd)
{
	struct endpoint e;

	endpoint_parse(&e, address, 0);
	*fd = socket(e.any.sa_family, SOCK_DGRAM, 0);
	assert_int_equal(bind(*fd, &e.any, e.len), 0);
	assert_int_equal(getsockname(*fd, &e.any, &e.len), 0);
	return ntohs(e.in.sin_port);
}

static uint16_t free_port(void)
{
	int fd;
	uint16_t number = open_at("::", &fd);

	close(fd);
	return number;
}

static int setup(void **state)
{
	char groups[1024];
	struct udp_change *change;
	uint16_t notices = open_at("127.0.0.1", &target);

	port = free_port();
	other_port = free_port();
	snprintf(groups, sizeof(groups), "capture-group g {\n"
		 "content-destination cd1 { address = 203.0.113.9\n"
		 "port = 7890 security = none }\n"
		 "control-source a { shared-key = key-a service-port = %u\n"
		 "source-addresses = {\"127.0.0.1\", \"127.0.0.2\", \"::1\"}\n"
		 "notification-targets = {\"127.0.0.1:%u\"} }\n"
		 "control-source b { shared-key = key-b service-port = %u }\n"
		 "control-source c { shared-key = key-c service-port = %u }\n"
		 "}\n", port, notices, port, other_port);
	notifier = notifier_alloc();
	outlet_used = &to_sockets;
	fake_start(groups);
	if (loop_init(&loop))
		return -1;
	udp = udp_alloc(&loop, tasking, NULL);
	change = udp_prepare(udp, config);
	assert_non_null(change);
	udp_commit(change);
	open_at("127.0.0.1", &client);
	return 0;
}

static int teardown(void **state)
{
	udp_free(udp);
	notifier_free(notifier);
	loop_fini(&loop);
	fake_stop();
	close(client);
	close(target);
	return 0;
}

static bool is_readable(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	return poll(&p, 1, 0) > 0;
}

static void stop(void *arg)
{
	loop_stop(&loop, 0);
}

/* One turn of the loop, if there is something to do. */
static void turn(void)
{
	struct loop_task task = { .fn = stop };

	loop.stopped = false;
	loop_post(&loop, &task);
	loop_run(&loop);
}

static long received(void)
{
	json_t *o = udp_show(udp);
	long n = (long)json_integer_value(json_object_get(
				json_object_get(o, "udp"), "received"));

	json_decref(o);
	return n;
}

static size_t make(char *msg, const char *name, const char *method,
		   const char *headers, unsigned long long seq)
{
	char key[16];
	uint8_t digest[DTCP_DIGEST_LEN];
	size_t len, i;

	snprintf(key, sizeof(key), "key-%s", name);
	len = (size_t)sprintf(msg, "%s DTCP/0.7\r\nCsource-ID: %s\r\n%s"
			      "Seq: %llu\r\n", method, name, headers, seq);
	dtcp_hmac(key, strlen(key), msg, len, digest);
	len += (size_t)sprintf(msg + len, "Authentication-Info: ");
	for (i = 0; i < sizeof(digest); i++)
		len += (size_t)sprintf(msg + len, "%02x", digest[i]);
	return len + (size_t)sprintf(msg + len, "\r\n\r\n");
}

/* To @address, from wherever @client is; returns when it was looked at. */
static void say_to(const char *address, uint16_t to, const char *msg,
		   size_t len)
{
	int64_t due = loop_now() + DEADLINE;
	long n = received();
	struct endpoint e;

	endpoint_parse(&e, address, to);
	assert_int_equal(sendto(client, msg, len, 0, &e.any, e.len), len);
	while (received() == n) {
		assert_true(loop_now() < due);
		turn();
	}
	assert_int_equal(received(), n + 1);
}

static void say(const char *name, const char *method, const char *headers,
		unsigned long long seq)
{
	char msg[4096];

	say_to("127.0.0.1", port, msg, make(msg, name, method, headers, seq));
}

/* The next datagram at @fd, whose digest is right; of 1400 bytes at most. */
static const char *hear(int fd, const char *key)
{
	int64_t due = loop_now() + DEADLINE;
	static char text[2048];
	struct dtcp_message m;
	ssize_t len;

	while (!is_readable(fd)) {
		assert_true(loop_now() < due);
		turn();
	}
	len = recv(fd, text, sizeof(text) - 1, 0);
	assert_true(len > 0 && len <= UDP_ANSWER_MAX);
	text[len] = '\0';
	assert_int_equal(dtcp_message_parse(&m, text, (size_t)len), 0);
	assert_true(dtcp_message_verify(&m, text, key, strlen(key)));
	return text;
}

static unsigned long long number(const char *text, const char *name)
{
	const char *at = strstr(text, name);

	assert_non_null(at);
	return strtoull(at + strlen(name), NULL, 10);
}

/* Answered, in mixed case, and with this number. */
static void assert_answer(const char *name, unsigned long long seq)
{
	char key[16];
	const char *text;

	snprintf(key, sizeof(key), "key-%s", name);
	text = hear(client, key);
	assert_memory_equal(text, "DTCP/0.7 200 OK\r\nSeq: ", 22);
	assert_int_equal(number(text, "\r\nSeq: "), seq);
	assert_non_null(strstr(text, "\r\nTimestamp: 2011-02-13 16:00:02.802"));
}

static void assert_silence(void)
{
	assert_false(is_readable(client));
}

static void once_each(void **state)
{
	char msg[512];
	size_t len = make(msg, "a", "NOOP", "", 1000);
	int i;

	for (i = 0; i < 3; i++)
		say_to("127.0.0.1", port, msg, len);
	assert_answer("a", 1000);
	assert_silence();
	say("a", "NOOP", "", 1003);
	assert_answer("a", 1003);
	say("a", "NOOP", "", 1001);
	assert_answer("a", 1001);
	say("a", "NOOP", "", 1003);
	say("a", "NOOP", "", 1001);
	say("a", "NOOP", "", 1004 + 256);
	say("a", "NOOP", "", 1002 - 256);
	assert_silence();
	say("a", "NOOP", "", 1002);
	assert_answer("a", 1002);
	/* The numbers of others are others. */
	say("b", "NOOP", "", 5);
	assert_answer("b", 5);
}

static void strangers(void **state)
{
	char msg[512];
	size_t len = make(msg, "c", "NOOP", "", 1), i;

	say_to("127.0.0.1", port, msg, len);
	say_to("127.0.0.1", other_port, msg, make(msg, "a", "NOOP", "", 1));
	say_to("127.0.0.1", port, msg, make(msg, "d", "NOOP", "", 1));
	len = make(msg, "a", "NOOP", "", 7);
	for (i = 0; i < len; i++)
		say_to("127.0.0.1", port, msg, i);
	for (i = 0; i < len - 4; i++) {
		msg[i] ^= 4;
		say_to("127.0.0.1", port, msg, len);
		msg[i] ^= 4;
	}
	assert_silence();
	say_to("127.0.0.1", port, msg, len);
	assert_answer("a", 7);
	len = make(msg, "c", "NOOP", "", 1);
	say_to("127.0.0.2", other_port, msg, len);
	assert_answer("c", 1);
}

static void source_addresses(void **state)
{
	char msg[512];
	size_t len = make(msg, "a", "NOOP", "", 1);

	close(client);
	open_at("127.0.0.3", &client);
	say_to("127.0.0.1", port, msg, len);
	assert_silence();
	say("b", "NOOP", "", 1);
	assert_answer("b", 1);
	close(client);
	open_at("::1", &client);
	say_to("::1", port, msg, len);
	assert_answer("a", 1);
}

/* Each entry is there once, none is split, and all have the same Seq. */
static void list(void **state)
{
	unsigned int i, n, seen[301] = { 0 }, datagrams = 0;
	char headers[128];
	const char *text;

	for (i = 1; i <= 300; i++) {
		snprintf(headers, sizeof(headers), "Cdest-ID: cd1\r\n"
			 "Source-Address: 192.0.2.%u\r\nFlags: Static\r\n",
			 i % 250);
		say("a", "ADD", headers, i);
		assert_int_equal(number(hear(client, "key-a"),
					"\r\nCriteria-ID: "), i);
	}
	say("a", "LIST", "Flags: Both\r\n", 301);
	for (i = 0; i < 300; datagrams++) {
		text = hear(client, "key-a");
		assert_int_equal(number(text, "\r\nSeq: "), 301);
		while ((text = strstr(text, "Criteria-Num: "))) {
			n = (unsigned int)number(text, "Criteria-Num: ");
			assert_true(n >= 1 && n <= 300);
			assert_int_equal(seen[n]++, 0);
			assert_int_equal(number(text, "Criteria-Count: "),
					 300);
			text++;
			i++;
		}
	}
	assert_true(datagrams > 10 && datagrams < 300);
	say("b", "LIST", "", 1);
	text = hear(client, "key-b");
	assert_null(strstr(text, "Criteria"));
	assert_silence();
}

static void notifications(void **state)
{
	struct tasking_counters c = { .matched_packets = 3 };
	const char *text;

	say("a", "NOOP", "Flags: SendAsync\r\n", 1);
	assert_answer("a", 1);
	text = hear(target, "key-a");
	assert_memory_equal(text, "DTCP/0.7 131 NoOp Notification\r\n", 32);
	assert_null(strstr(text, "Seq"));
	say("a", "ADD", "Cdest-ID: cd1\r\nTimeout-Packets: 3\r\n"
	    "Flags: SendAsync\r\n", 2);
	assert_answer("a", 2);
	tasking_filter_gone(tasking, fake.filter[0].id,
			    DFC_REASON_LIMIT_PACKETS, &c);
	text = hear(target, "key-a");
	assert_memory_equal(text, "DTCP/0.7 390 Criterion Timeout Delete\r\n",
			    39);
	assert_int_equal(number(text, "\r\nCriteria-ID: "), 1);
	assert_silence();
	assert_false(is_readable(target));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
		TEST(once_each),
		TEST(strangers),
		TEST(source_addresses),
		TEST(list),
		TEST(notifications),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
