// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "dfcrecv/intake.h"
#include "dfcrecv/mirror.h"
#include "dfcrecv/top.h"

/* Batches of one socket before the others and the signals are looked at. */
#define BATCHES_MAX	16
/* Datagrams that are still taken when a signal ends it. */
#define DRAIN_MAX	(1 << 20)
/* Drops of the kernel are told of so often, in milliseconds. */
#define DROPS_INTERVAL	1000

/**
 * struct watch - what time it is, in milliseconds of the monotonic clock
 * @now: now
 * @last: when something came
 * @tick: when the last tick was
 * @interval: between ticks
 * @news: something came since the last tick
 */
struct watch {
	int64_t now;
	int64_t last;
	int64_t tick;
	int64_t interval;
	bool news;
};

static void take(const struct copy *datagram, void *data)
{
	struct session *s = data;
	struct copy copy = *datagram;
	struct content content = { .kind = CONTENT_NONE };
	enum content_rule rule = s->options->rule;
	struct origin *origin;
	bool good;

	good = !mirror_open(s->options->format, &copy, &rule);
	origin = origins_find(s->origins, &copy);
	origin->last = copy.time;
	if (origin->has_numbers)
		numbering_take(&origin->numbering, copy.number, copy.matched);
	if (good)
		content_parse(rule, copy.data, copy.len, &content);
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
	if (s->tap.fd >= 0 && tap_put(&s->tap, &copy, &content))
		tap_close(&s->tap);
}

static bool is_full(const struct session *s)
{
	return s->packets >= s->options->count;
}

/* Returns 0 when the reader of standard output has gone, else -1. */
static int write_failed(struct session *s, int err, const char *name)
{
	if (err == -EPIPE) {
		s->reader_gone = true;
		return 0;
	}
	return session_fail(err, "cannot write", name);
}

/* The file first: a line means that the packet is in it. */
static int flush(struct session *s)
{
	int err = s->capture.fd >= 0 || s->capture.err ?
		  capture_flush(&s->capture) : 0;

	if (err)
		return write_failed(s, err, s->capture.name);
	if (fflush(s->report.lines))
		return write_failed(s, -errno, "lines");
	if (s->options->tap && s->tap.fd < 0)
		return session_fail(-ENODEV, "lost the TAP device",
				    s->options->tap);
	return 0;
}

/* Returns the number of datagrams, or -1 after saying what is wrong. */
static int read_socket(struct session *s, const struct inlet *l)
{
	int i, n = RECEIVER_BATCH, total = 0;

	for (i = 0; i < BATCHES_MAX && n == RECEIVER_BATCH && !is_full(s);
	     i++) {
		n = receiver_read(s->receiver, l,
				  s->options->count - s->packets, take, s);
		if (n < 0)
			return session_fail(n, "cannot read from", l->name);
		total += n;
	}
	return total && flush(s) ? -1 : total;
}

static int read_sockets(struct session *s, const struct pollfd *fds)
{
	int n, total = 0;
	size_t i;

	for (i = 0; i < s->options->ninlet; i++) {
		if (!fds[i].revents || is_full(s) || s->reader_gone)
			continue;
		n = read_socket(s, &s->options->inlet[i]);
		if (n < 0)
			return -1;
		total += n;
	}
	return total;
}

/*
 * What is in the queues when the end comes was captured: take it too. Returns
 * the exit status.
 */
static int drain(struct session *s, struct pollfd *fds)
{
	int n, left = DRAIN_MAX;
	size_t i;

	for (i = 0; i < s->options->ninlet; i++)
		fds[i].revents = fds[i].fd >= 0 ? POLLIN : 0;
	do {
		n = read_sockets(s, fds);
		left -= n;
	} while (n > 0 && left > 0);
	return n < 0 ? 1 : 0;
}

static int64_t milliseconds(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * INT64_C(1000) + ts.tv_nsec / 1000000;
}

static void tell_drops(struct session *s, uint64_t dropped)
{
	if (dropped == s->drops_told)
		return;
	fprintf(stderr, "dfcrecv: %" PRIu64 " datagrams dropped by the kernel "
		"(%" PRIu64 " in all)\n", dropped - s->drops_told, dropped);
	s->drops_told = dropped;
}

/* Returns 0, or -1 after saying what is wrong. */
static int tick(struct session *s, struct watch *w)
{
	struct summary summary;

	if (w->now - w->tick < w->interval)
		return 0;
	summary = session_summary(s, (w->now - w->tick) / 1000.0);
	if (s->options->top)
		top_write(&summary, s->report.lines, s->options->json);
	else
		tell_drops(s, summary.dropped);
	origins_mark(s->origins);
	w->tick = w->now;
	w->news = false;
	if (fflush(s->report.lines))
		return write_failed(s, -errno, "lines");
	return 0;
}

/* How long poll() may wait, -1: for ever. */
static int patience(const struct session *s, const struct watch *w)
{
	int64_t idle = s->options->idle * INT64_C(1000);
	int64_t wait = -1, left;

	if (s->options->top || w->news) {
		left = w->tick + w->interval - w->now;
		wait = left > 0 ? left : 0;
	}
	if (idle) {
		left = w->last + idle - w->now;
		left = left > 0 ? left : 0;
		wait = wait < 0 || left < wait ? left : wait;
	}
	return wait;
}

static void set_fds(const struct session *s, struct pollfd *fds)
{
	size_t i, n = s->options->ninlet;
	const char *file = s->options->file;

	for (i = 0; i < n; i++)
		fds[i] = (struct pollfd) {
			.fd = s->options->inlet[i].fd, .events = POLLIN,
		};
	fds[n] = (struct pollfd) { .fd = s->signals, .events = POLLIN };
	/* Says only that its reader has gone. */
	fds[n + 1] = (struct pollfd) {
		.fd = file && !strcmp(file, "-") ? STDOUT_FILENO : -1,
	};
}

/* One round: returns -1 to go on, or the exit status. */
static int receive(struct session *s, struct pollfd *fds, struct watch *w)
{
	size_t n = s->options->ninlet;
	int ready = poll(fds, n + 2, patience(s, w));
	int got = 0;

	if (ready < 0 && errno != EINTR) {
		session_fail(-errno, "cannot", "wait");
		return 1;
	}
	if (ready > 0 && fds[n].revents)
		return drain(s, fds);
	if (ready > 0 && fds[n + 1].revents)
		s->reader_gone = true;
	else if (ready > 0)
		got = read_sockets(s, fds);
	if (got < 0)
		return 1;
	w->now = milliseconds();
	if (got > 0) {
		w->last = w->now;
		w->news = true;
	}
	if (tick(s, w))
		return 1;
	if (s->options->idle &&
	    w->now - w->last >= s->options->idle * INT64_C(1000))
		return s->options->count != UINT64_MAX;
	return -1;
}

int intake_run(struct session *s)
{
	struct pollfd fds[INLETS_MAX + 2];
	struct watch w = { .interval = DROPS_INTERVAL };
	int status = -1;

	if (s->options->top)
		w.interval = s->options->interval * INT64_C(1000);
	w.now = milliseconds();
	w.last = w.now;
	w.tick = w.now;
	set_fds(s, fds);
	while (status < 0 && !is_full(s) && !s->reader_gone)
		status = receive(s, fds, &w);
	/* The summary does not go on the screen's last line. */
	if (s->options->top && !s->options->json &&
	    isatty(fileno(s->report.lines)))
		fputc('\n', s->report.lines);
	fflush(s->report.lines);
	return status > 0 ? status : 0;
}
