/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

/*
 * DTCP over UDP on real sockets of the loopback device, with a stand-in for
 * tasking behind it that checks digests, and a send buffer that can be full.
 * Included by one test each, after cmocka.h.
 */

#ifndef UDP_SUBJECT_H
#define UDP_SUBJECT_H


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
static struct holding *held;	/* what answers wait for */
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

static inline uint16_t bound_port(int fd)
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

static inline void write_part(struct dtcp_writer *w, const struct tasking_origin *o,
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

/* NOOP has one short answer, LIST a long one, ADD a huge one; KEEP's waits. */
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
	if (dtcp_text_is(m.method, "KEEP"))
		assert_true(journal_put(held->journal, JOURNAL_CRITERION,
					carried_out, "", 0) > 0);
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

static inline uint16_t free_port(void)
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
static inline struct client open_client(const char *address, uint16_t to)
{
	struct client c;
	int room = 4 << 20;

	endpoint_parse(&c.to, address, to);
	c.fd = socket(c.to.any.sa_family, SOCK_DGRAM, 0);
	setsockopt(c.fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof(room));
	assert_int_equal(connect(c.fd, &c.to.any, c.to.len), 0);
	return c;
}

static inline bool is_readable(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	return poll(&p, 1, 0) > 0;
}

struct wait {
	int fd;
	int64_t due;
	struct loop_task task;
};

static inline void look(void *arg)
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
static inline void serve_until(int fd)
{
	struct wait w = { fd, loop_now() + DEADLINE, { .fn = look } };

	w.task.arg = &w;
	loop.stopped = is_readable(fd);
	loop_post(&loop, &w.task);
	loop_run(&loop);
	loop_cancel(&loop, &w.task);
	assert_true(is_readable(fd));
}

static inline size_t make_request(char *text, const char *method,
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

static inline void send_to(struct client *c, const char *text, size_t len)
{
	assert_int_equal(send(c->fd, text, len, 0), len);
}

static inline void ask(struct client *c, const char *method)
{
	char text[512];

	send_to(c, text, make_request(text, method, "Seq: 1\r\n"));
}

/* The next datagram, whose digest is right. */
static inline const char *hear(struct client *c)
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

static inline void assert_header(const char *text, const char *line)
{
	if (!strstr(text, line))
		fail_msg("no %s in %s", line, text);
}

static inline void assert_noop(struct client *c)
{
	ask(c, "NOOP");
	assert_header(hear(c), "\r\nPart: 1/1\r\n");
	assert_false(is_readable(c->fd));
}

/* All parts, once each and in order. */
static inline void assert_list(struct client *c)
{
	unsigned int i;
	char line[32];

	for (i = 1; i <= LONG_LIST; i++) {
		snprintf(line, sizeof(line), "Part: %u/%u\r\n", i, LONG_LIST);
		assert_header(hear(c), line);
	}
}

static inline long counter(const char *name, const char *drop)
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

static inline void take(void)
{
	struct udp_change *change = udp_prepare(udp, &config);

	assert_non_null(change);
	udp_commit(change);
}

static inline int setup(void **state)
{
	if (loop_init(&loop))
		return -1;
	port = free_port();
	source[0].service_port = port;
	source[1].service_port = port;
	source[2].service_port = 0;
	carried_out = seen = most = 0;
	cost = spent = 0;
	udp = udp_alloc(&loop, NULL, held);
	take();
	return 0;
}

static inline int teardown(void **state)
{
	udp_free(udp);
	loop_fini(&loop);
	return 0;
}

/* Serves until so many datagrams were looked at. */
static inline void serve_received(long n)
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

static inline void assert_peer(struct client *c, const char *text)
{
	struct endpoint me = { .len = sizeof(me.in6) };
	char address[ENDPOINT_TEXT], line[128];

	assert_int_equal(getsockname(c->fd, &me.any, &me.len), 0);
	endpoint_text(&me, address);
	snprintf(line, sizeof(line), "\r\nPeer: %s %u\r\n", address,
		 ntohs(c->to.in.sin_port));
	assert_header(text, line);
}

#endif
