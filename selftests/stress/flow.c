// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "flow.h"

/* So many may be on their way: no queue is so short. */
#define WINDOW 32
#define SIZE_MAX_SENT 8000
/* Nothing takes so long but what never comes; seconds. */
#define DEADLINE 60

static volatile sig_atomic_t told_to_end, told_to_count;

static void on_signal(int number)
{
	if (number == SIGUSR1)
		told_to_count = 1;
	else
		told_to_end = 1;
}

/* Without SA_RESTART: who waits is woken. */
static void take_signals(void)
{
	const struct sigaction action = { .sa_handler = on_signal };

	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGUSR1, &action, NULL);
}

static int die(const char *what)
{
	fprintf(stderr, "%s: %s\n", what, strerror(errno));
	return 1;
}

static int open_socket(const char *address, const char *port)
{
	const struct addrinfo hints = {
		.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV |
			    (address ? 0 : AI_PASSIVE),
		.ai_family = address ? AF_UNSPEC : AF_INET6,
		.ai_socktype = SOCK_DGRAM,
	};
	int room = 64 << 20, fd, failed;
	struct addrinfo *ai;

	if (getaddrinfo(address, port, &hints, &ai))
		return -1;
	fd = socket(ai->ai_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	failed = fd < 0 ||
		 setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &room,
			    sizeof(room)) ||
		 (address ? connect(fd, ai->ai_addr, ai->ai_addrlen) :
			    bind(fd, ai->ai_addr, ai->ai_addrlen));
	freeaddrinfo(ai);
	return failed ? -1 : fd;
}

int flow_echo(const char *port)
{
	int fd = open_socket(NULL, port);
	struct sockaddr_storage from;
	char buf[SIZE_MAX_SENT];
	socklen_t len;
	ssize_t got;

	if (fd < 0)
		return die("echo");
	take_signals();
	while (!told_to_end) {
		len = sizeof(from);
		got = recvfrom(fd, buf, sizeof(buf), 0,
			       (struct sockaddr *)&from, &len);
		if (got < 0)
			continue;
		/* Where memory fails on purpose, it may do so here. */
		while (sendto(fd, buf, got, 0, (struct sockaddr *)&from, len) <
			       0 && !told_to_end)
			usleep(100);
	}
	return 0;
}

int flow_sink(const char *port)
{
	int fd = open_socket(NULL, port);
	unsigned long count = 0;
	char buf[SIZE_MAX_SENT];

	if (fd < 0)
		return die("sink");
	take_signals();
	do {
		if (recv(fd, buf, sizeof(buf), 0) >= 0)
			count++;
		if (told_to_count) {
			while (recv(fd, buf, sizeof(buf), MSG_DONTWAIT) >= 0)
				count++;
			printf("%lu\n", count);
			fflush(stdout);
			told_to_count = 0;
		}
	} while (!told_to_end);
	printf("%lu\n", count);
	return 0;
}

/* Datagrams that have been sent, and which of them were answered. */
struct flow {
	int fd;
	size_t size;
	uint64_t sent;
	uint64_t answered;
	bool is_answered[WINDOW];
};

static size_t size_of(const struct flow *flow, uint64_t number)
{
	return sizeof(number) + number * 7919 % (flow->size - sizeof(number));
}

static bool may_send(const struct flow *flow)
{
	return !told_to_end && flow->sent - flow->answered < WINDOW;
}

static void send_next(struct flow *flow)
{
	uint64_t number = flow->sent;
	char buf[SIZE_MAX_SENT];

	memset(buf, number, sizeof(buf));
	memcpy(buf, &number, sizeof(number));
	flow->is_answered[number % WINDOW] = false;
	if (send(flow->fd, buf, size_of(flow, number), 0) >= 0)
		flow->sent++;
}

/* Each counts once; one that was never sent, or is another, is a failure. */
static bool take_answer(struct flow *flow, const char *buf, size_t len)
{
	uint64_t number;

	memcpy(&number, buf, sizeof(number));
	if (len < sizeof(number) || number < flow->answered ||
	    number >= flow->sent || len != size_of(flow, number) ||
	    (len > sizeof(number) && buf[len - 1] != (char)number) ||
	    flow->is_answered[number % WINDOW]) {
		printf("an answer is not what was sent: %llu of %zu bytes\n",
		       (unsigned long long)number, len);
		return false;
	}
	flow->is_answered[number % WINDOW] = true;
	while (flow->answered < flow->sent &&
	       flow->is_answered[flow->answered % WINDOW])
		flow->answered++;
	return true;
}

static bool take_answers(struct flow *flow)
{
	char buf[SIZE_MAX_SENT];
	ssize_t len;

	while ((len = recv(flow->fd, buf, sizeof(buf), MSG_DONTWAIT)) >= 0) {
		if (!take_answer(flow, buf, len))
			return false;
	}
	return true;
}

static bool run(struct flow *flow)
{
	struct pollfd pollfd = { .fd = flow->fd, .events = POLLIN };
	time_t last = time(NULL);
	uint64_t before;

	while (!told_to_end || flow->answered < flow->sent) {
		before = flow->answered;
		while (may_send(flow)) {
			send_next(flow);
			if (flow->sent % 8 == 0)
				break;
		}
		poll(&pollfd, 1, 20);
		if (!take_answers(flow))
			return false;
		if (flow->answered > before)
			last = time(NULL);
		if (time(NULL) > last + DEADLINE)
			return false;
	}
	return true;
}

static size_t size_from(const char *text)
{
	size_t size = strtoul(text, NULL, 0);

	return size > 2 * sizeof(uint64_t) && size <= SIZE_MAX_SENT ? size :
								    1400;
}

int flow_run(const char *address, const char *port, const char *size)
{
	struct flow flow = {
		.fd = open_socket(address, port),
		.size = size_from(size),
	};
	bool ok;

	if (flow.fd < 0)
		return die("flow");
	take_signals();
	ok = run(&flow);
	if (!ok)
		printf("%llu is missing\n", (unsigned long long)flow.answered);
	printf("%llu\n", (unsigned long long)flow.sent);
	return ok && flow.sent ? 0 : 1;
}

int flow_noise(const char *address, const char *port, const char *size)
{
	struct flow flow = { .fd = -1, .size = size_from(size) };

	take_signals();
	while (!told_to_end) {
		if (flow.fd < 0)
			flow.fd = open_socket(address, port);
		send_next(&flow);
		flow.sent += flow.sent % 2 ? 2 : 1;
		usleep(500);
	}
	return 0;
}
