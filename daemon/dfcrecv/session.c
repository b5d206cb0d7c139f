// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include "dfcrecv/intake.h"
#include "dfcrecv/session.h"
#include "dfcrecv/user.h"

int session_fail(int err, const char *what, const char *name)
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
	/* A reader that goes away is a write error, and an end. */
	signal(SIGPIPE, SIG_IGN);
	s->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return s->signals < 0 ?
		session_fail(-errno, "cannot", "take signals") : 0;
}

static int open_memory(struct session *s)
{
	s->receiver = receiver_alloc();
	s->origins = origins_alloc();
	return s->receiver && s->origins ? 0 :
		session_fail(-ENOMEM, "cannot", "start");
}

static int open_inlets(struct options *o)
{
	size_t i;
	int err;

	for (i = 0; i < o->ninlet; i++) {
		err = inlet_open(&o->inlet[i]);
		if (err)
			return session_fail(err, "cannot listen on",
					    o->inlet[i].name);
	}
	return 0;
}

static int open_capture(struct session *s)
{
	const struct options *o = s->options;
	int err;

	if (!o->file)
		return 0;
	s->capture.comments = !o->no_comments;
	err = capture_open(&s->capture, o->file, &o->rotation, time(NULL));
	return err ? session_fail(err, "cannot write", o->file) : 0;
}

static int open_tap(struct session *s)
{
	const struct options *o = s->options;
	int err;

	if (!o->tap)
		return 0;
	err = tap_open(&s->tap, o->tap, o->tap_mtu);
	return err ? session_fail(err, "cannot make the TAP device", o->tap) :
		     0;
}

static int become(const char *user)
{
	int err = user ? user_become(user) : 0;

	if (err == -ENOENT) {
		fprintf(stderr, "dfcrecv: -u '%s': expected a user of this machine\n",
			user);
		return -1;
	}
	return err ? session_fail(err, "cannot become user", user) : 0;
}

static void set_report(struct session *s)
{
	const struct options *o = s->options;
	bool piped = o->file && !strcmp(o->file, "-");

	s->report.quiet = o->quiet || o->top;
	s->report.json = o->json;
	s->report.lines = piped ? stderr : stdout;
	s->report.summary = o->json ? s->report.lines : stderr;
}

int session_open(struct session *s, struct options *o)
{
	size_t i;

	memset(s, 0, sizeof(*s));
	s->options = o;
	s->signals = -1;
	s->tap.fd = -1;
	capture_init(&s->capture);
	set_report(s);
	if (open_signals(s) || open_memory(s) || open_inlets(o) ||
	    open_capture(s) || open_tap(s) || become(o->user))
		return -1;
	for (i = 0; i < o->ninlet; i++)
		if (o->inlet[i].fd >= 0)
			fprintf(stderr, "dfcrecv: listening on %s\n",
				o->inlet[i].name);
	return 0;
}

struct summary session_summary(const struct session *s, double seconds)
{
	struct summary summary = {
		.origins = s->origins, .tap = &s->tap, .seconds = seconds,
	};
	size_t i;

	for (i = 0; i < s->options->ninlet; i++)
		summary.dropped += inlet_dropped(&s->options->inlet[i]);
	return summary;
}

int session_run(struct session *s)
{
	int status = intake_run(s);
	struct summary summary = session_summary(s, 0);

	if (s->options->json)
		summary_json(&summary, "summary", s->report.summary);
	else
		summary_text(&summary, s->report.summary);
	if (fflush(s->report.summary) && !status && !s->reader_gone) {
		session_fail(-errno, "cannot write", "summary");
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
	if (s->signals >= 0)
		close(s->signals);
	tap_close(&s->tap);
	err = capture_close(&s->capture);
	origins_free(s->origins);
	/* Its reader may go before it has the last words. */
	if (err == -EPIPE)
		err = 0;
	if (err)
		session_fail(err, "cannot write", s->capture.name);
	return err ? 1 : 0;
}
