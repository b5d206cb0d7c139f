// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "dtcpd/endpoint.h"
#include "dtcpd/notifier.h"

#define KEY "secret"

static struct notifier *notifier;
static struct config_source source;
static struct dtcp_writer text;
static int fails;	/* errno of the next sendto() */
static unsigned int failures;

/* In place of libc's. */
ssize_t sendto(int fd, const void *buf, size_t len, int flags,
	       const struct sockaddr *to, socklen_t to_len)
{
	if (failures) {
		failures--;
		errno = fails;
		return -1;
	}
	return syscall(SYS_sendto, fd, buf, len, flags, to, to_len);
}

static void add_notification(unsigned int code)
{
	dtcp_writer_status(&text, (struct dtcp_version){ 0, 7 }, code);
	dtcp_writer_header(&text, "Timestamp", "2011-02-13 16:00:02.802");
	assert_int_equal(dtcp_writer_sign(&text, KEY, strlen(KEY)), 0);
}

static int setup(void **state)
{
	memset(&source, 0, sizeof(source));
	source.name = "a";
	failures = 0;
	dtcp_writer_init(&text, false);
	notifier = notifier_alloc();
	return notifier ? 0 : -1;
}

static int teardown(void **state)
{
	dtcp_writer_fini(&text);
	notifier_free(notifier);
	return 0;
}

/* A socket that is a target of the source from now on. */
static int add_target(const char *address)
{
	struct config_target *t = &source.target[source.ntarget++];
	struct endpoint e;
	int fd;

	assert_int_equal(endpoint_parse(&e, address, 0), 0);
	fd = socket(e.any.sa_family, SOCK_DGRAM, 0);
	assert_int_equal(bind(fd, &e.any, e.len), 0);
	assert_int_equal(getsockname(fd, &e.any, &e.len), 0);
	endpoint_address(&e, &t->addr);
	t->port = ntohs(e.in.sin_port);
	return fd;
}

static void assert_hears(int fd, const char *first)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	char buf[2048];
	struct dtcp_message m;
	ssize_t len;

	assert_int_equal(poll(&p, 1, 20000), 1);
	len = recv(fd, buf, sizeof(buf), 0);
	assert_true(len > 0);
	assert_memory_equal(buf, first, strlen(first));
	assert_int_equal(dtcp_message_parse(&m, buf, (size_t)len), 0);
	assert_true(dtcp_message_verify(&m, buf, KEY, strlen(KEY)));
}

static void assert_counts(json_int_t sent, json_int_t lost)
{
	json_t *o = notifier_show(notifier);
	json_t *n = json_object_get(o, "notifications");

	assert_int_equal(json_integer_value(json_object_get(n, "sent")), sent);
	assert_int_equal(json_integer_value(json_object_get(n, "lost")), lost);
	json_decref(o);
}

static void all_targets(void **state)
{
	int v4 = add_target("127.0.0.1"), other = add_target("127.0.0.2");
	int v6 = add_target("::1");

	add_notification(131);
	notifier_send(notifier, &source, &text);
	assert_hears(v4, "DTCP/0.7 131 NoOp Notification\r\nTimestamp: ");
	assert_hears(other, "DTCP/0.7 131 ");
	assert_hears(v6, "DTCP/0.7 131 ");
	assert_counts(3, 0);
	source.ntarget = 0;
	notifier_send(notifier, &source, &text);
	assert_counts(3, 0);
	close(v4);
	close(other);
	close(v6);
}

static void one_datagram_each(void **state)
{
	int fd = add_target("127.0.0.1");

	add_notification(131);
	add_notification(390);
	notifier_send(notifier, &source, &text);
	assert_hears(fd, "DTCP/0.7 131 ");
	assert_hears(fd, "DTCP/0.7 390 ");
	assert_counts(2, 0);
	close(fd);
}

/* A target that is gone, or cannot be reached now, costs the others nothing. */
static void trouble(void **state)
{
	int gone = add_target("127.0.0.1"), fd = add_target("127.0.0.1"), i;

	close(gone);
	add_notification(390);
	for (i = 0; i < 3; i++)
		notifier_send(notifier, &source, &text);
	for (i = 0; i < 3; i++)
		assert_hears(fd, "DTCP/0.7 390 ");
	fails = ENETUNREACH;
	failures = 1;
	notifier_send(notifier, &source, &text);
	assert_hears(fd, "DTCP/0.7 390 ");
	assert_counts(7, 1);
	fails = EAGAIN;
	failures = 2;
	notifier_send(notifier, &source, &text);
	assert_counts(7, 3);
	fails = ECONNREFUSED;
	failures = 1;
	notifier_send(notifier, &source, &text);
	assert_hears(fd, "DTCP/0.7 390 ");
	assert_counts(9, 3);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
		TEST(all_targets),
		TEST(one_datagram_each),
		TEST(trouble),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
