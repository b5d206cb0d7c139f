// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "dfcrecv/session.h"
#include "dfcrecv/summary.h"
#include "dfcrecv/user.h"

/* Says what is wrong; returns -1. */
static int fail(int err, const char *what, const char *name)
{
	fflush(stdout);
	fprintf(stderr, "dfcrecv: %s %s: %s\n", what, name, strerror(-err));
	return -1;
}

static int open_signals(struct session *s)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	/* A reader that goes away is a write error, said like any other. */
	signal(SIGPIPE, SIG_IGN);
	s->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return s->signals < 0 ? fail(-errno, "cannot", "take signals") : 0;
}

static int open_memory(struct session *s)
{
	s->receiver = receiver_alloc();
	s->origins = origins_alloc();
	return s->receiver && s->origins ? 0 :
		fail(-ENOMEM, "cannot", "start");
}

static int open_inlets(struct options *o)
{
	size_t i;
	int err;

	for (i = 0; i < o->ninlet; i++) {
		err = inlet_open(&o->inlet[i]);
		if (err)
			return fail(err, "cannot listen on",
				    o->inlet[i].name);
	}
	return 0;
}

static int open_capture(struct session *s)
{
	const char *file = s->options->file;
	int err;

	if (!file)
		return 0;
	err = capture_open(&s->capture, file);
	return err ? fail(err, "cannot write", file) : 0;
}

static void set_report(struct session *s)
{
	const struct options *o = s->options;
	bool piped = o->file && !strcmp(o->file, "-");

	s->report.quiet = o->quiet;
	s->report.json = o->json;
	s->report.lines = piped ? stderr : stdout;
	s->report.summary = o->json ? s->report.lines : stderr;
}

int session_open(struct session *s, struct options *o)
{
	size_t i;
	int err;

	memset(s, 0, sizeof(*s));
	s->options = o;
	s->signals = -1;
	s->capture.fd = -1;
	set_report(s);
	if (open_signals(s) || open_memory(s) || open_inlets(o) ||
	    open_capture(s))
		return -1;
	if (o->user) {
		err = user_become(o->user);
		if (err == -ENOENT)
			return fail(err, "no such user as", o->user);
		if (err)
			return fail(err, "cannot become user", o->user);
	}
	for (i = 0; i < o->ninlet; i++)
		fprintf(stderr, "dfcrecv: listening on %s\n",
			o->inlet[i].name);
	return 0;
}

static void take(const struct copy *datagram, void *data)
{
	struct session *s = data;
	struct copy copy = *datagram;
	struct content content;
	struct origin *origin;

	mirror_open(s->options->format, &copy);
	origin = origins_find(s->origins, &copy);
	origin->last = copy.time;
	content_parse(s->options->rule, copy.data, copy.len, &content);
	report_packet(&s->report, origin, &copy, &content);
	if (content.kind == CONTENT_NONE) {
		origin->malformed++;
		return;
	}
	s->packets++;
	origin->packets++;
	origin->frames += content.kind == CONTENT_FRAME;
	origin->bytes += copy.len;
	if (s->capture.fd >= 0)
		capture_put(&s->capture, origin, &copy, &content);
}

static bool is_full(const struct session *s)
{
	return s->packets >= s->options->count;
}

/* The file first: a line means that the packet is in it. */
static int flush(struct session *s)
{
	int err = s->capture.fd >= 0 ? capture_flush(&s->capture) : 0;

	if (err)
		return fail(err, "cannot write", s->capture.name);
	if (fflush(s->report.lines))
		return fail(-errno, "cannot write", "lines");
	return 0;
}

/* Returns the number of datagrams, or -1 after saying what is wrong. */
static int read_socket(struct session *s, const struct inlet *l)
{
	int n = receiver_read(s->receiver, l,
			      s->options->count - s->packets, take, s);

	if (n < 0)
		return fail(n, "cannot read from", l->name);
	return n && flush(s) ? -1 : n;
}

static int read_sockets(struct session *s, const struct pollfd *fds)
{
	int n, total = 0;
	size_t i;

	for (i = 0; i < s->options->ninlet && !is_full(s); i++) {
		if (!fds[i].revents)
			continue;
		n = read_socket(s, &s->options->inlet[i]);
		if (n < 0)
			return -1;
		total += n;
	}
	return total;
}

/* What is in the queues when the end comes was captured: take it too. */
static int drain(struct session *s)
{
	struct pollfd fds[INLETS_MAX];
	int n, left = 4096;
	size_t i;

	for (i = 0; i < s->options->ninlet; i++)
		fds[i].revents = POLLIN;
	do {
		n = read_sockets(s, fds);
		left -= n;
	} while (n > 0 && left > 0);
	return n < 0 ? 1 : 0;
}

/* Returns the exit status. */
static int receive(struct session *s)
{
	size_t i, n = s->options->ninlet;
	struct pollfd fds[INLETS_MAX + 1];
	int idle = s->options->idle ? (int)s->options->idle * 1000 : -1;
	int ready;

	for (i = 0; i < n; i++)
		fds[i] = (struct pollfd) {
			.fd = s->options->inlet[i].fd, .events = POLLIN,
		};
	fds[n] = (struct pollfd) { .fd = s->signals, .events = POLLIN };
	while (!is_full(s)) {
		ready = poll(fds, n + 1, idle);
		if (ready < 0 && errno != EINTR) {
			fail(-errno, "cannot", "wait");
			return 1;
		}
		if (!ready)
			return s->options->count != UINT64_MAX;
		if (ready > 0 && fds[n].revents)
			return drain(s);
		if (ready > 0 && read_sockets(s, fds) < 0)
			return 1;
	}
	return 0;
}

int session_run(struct session *s)
{
	int status = receive(s);
	uint64_t dropped = 0;
	size_t i;

	for (i = 0; i < s->options->ninlet; i++)
		dropped += inlet_dropped(&s->options->inlet[i]);
	summary_write(s->report.summary, s->report.json, s->origins, dropped);
	if (fflush(s->report.summary) && !status) {
		fail(-errno, "cannot write", "summary");
		status = 1;
	}
	return status;
}

int session_close(struct session *s)
{
	size_t i;
	int err;

	for (i = 0; i < s->options->ninlet; i++)
		inlet_close(&s->options->inlet[i]);
	receiver_free(s->receiver);
	origins_free(s->origins);
	if (s->signals >= 0)
		close(s->signals);
	err = capture_close(&s->capture);
	if (err)
		fail(err, "cannot write", s->options->file);
	return err ? 1 : 0;
}
