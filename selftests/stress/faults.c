// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

/*
 * Each command, with its first, second, ... allocation failing until none is
 * left that could. Who is refused is told why, and finds all as it was.
 */

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "act.h"
#include "faults.h"
#include "nth.h"
#include "view.h"

/* No command makes so many allocations. */
#define NTH_MAX 20000

/* What became of a command. */
enum outcome {
	DONE,
	REFUSED,
	NOT_SENT,
	UNHEARD,
};

/* Reads what there is of the answer. */
static enum outcome hear(struct wire *w)
{
	static union {
		struct nlmsghdr nlh;
		char buf[64 * 1024];
	} in;
	const struct nlmsghdr *nlh;
	const int *error;
	int len;

	for (;;) {
		len = recv(mnl_socket_get_fd(w->nl), in.buf, sizeof(in), 0);
		if (len < 0)
			return UNHEARD;
		for (nlh = &in.nlh; mnl_nlmsg_ok(nlh, len);
		     nlh = mnl_nlmsg_next(nlh, &len)) {
			w->answer.objects++;
			if (nlh->nlmsg_type != NLMSG_ERROR &&
			    nlh->nlmsg_type != NLMSG_DONE)
				continue;
			error = mnl_nlmsg_get_payload(nlh);
			w->answer.error = -*error;
			return *error ? REFUSED : DONE;
		}
	}
}

static enum outcome send_and_hear(struct wire *w, unsigned int nth, bool *hit)
{
	const struct nlmsghdr *nlh = &w->request.nlh;
	enum outcome outcome = NOT_SENT;

	memset(&w->answer, 0, sizeof(w->answer));
	nth_arm(nth);
	if (mnl_socket_sendto(w->nl, nlh, nlh->nlmsg_len) >= 0)
		outcome = hear(w);
	else
		w->answer.error = errno;
	*hit = nth_disarm();
	return outcome;
}

static bool is_about_memory(int error)
{
	return error == ENOMEM || error == ENOBUFS;
}

/* What may be there after it, if not all is as it was. */
static bool may_have_changed(enum outcome outcome)
{
	return outcome == DONE || outcome == UNHEARD;
}

/* Returns whether it is over, by success of a command that nothing hit. */
static bool try(const struct fault *fault, struct wire *eye, unsigned int nth,
		bool *ok)
{
	struct view before, after, again;
	struct wire *w = wire_open();
	enum outcome outcome;
	bool hit;

	*ok = view_take(eye, &before);
	fault->put(w);
	outcome = send_and_hear(w, nth, &hit);
	*ok = *ok && view_take(eye, &after);
	if (!view_same(&before, &after)) {
		if (!may_have_changed(outcome)) {
			view_differs(&before, &after);
			*ok = false;
		}
		*ok = *ok && fault->undo && fault->undo(w) &&
		      view_take(eye, &again) && view_same(&before, &again);
	} else if (outcome == DONE && fault->undo) {
		tap_note("it was said to be done, and was not");
		*ok = false;
	}
	if (outcome == REFUSED && !is_about_memory(w->answer.error)) {
		tap_note("refused: %s", strerror(w->answer.error));
		*ok = false;
	}
	if (!hit && outcome != DONE) {
		tap_note("no fault, but: %s", strerror(w->answer.error));
		*ok = false;
	}
	wire_close(w);
	if (!*ok)
		tap_note("%s: allocation %u, outcome %d", fault->name, nth,
			 outcome);
	return !hit;
}

static bool survives(const struct fault *fault)
{
	struct wire *eye;
	unsigned int nth;
	bool ok, over;

	act_namespace();
	eye = wire_open();
	CHECK(fault->begin(eye));
	for (nth = 1; nth < NTH_MAX; nth++) {
		if (fault->fresh) {
			wire_close(eye);
			act_namespace();
			eye = wire_open();
			CHECK(fault->begin(eye));
		}
		over = try(fault, eye, nth, &ok);
		CHECK(ok);
		if (over)
			break;
	}
	tap_note("%s: each of %u allocations failed", fault->name, nth - 1);
	CHECK(nth > 1 && nth < NTH_MAX);
	wire_close(eye);
	return true;
}

int faults_main(void)
{
	char name[100];
	unsigned int i;

	if (!nth_init())
		return tap_skip("the kernel cannot let allocations fail");
	tap_plan(faults_count);
	for (i = 0; i < faults_count; i++) {
		snprintf(name, sizeof(name), "memory runs out: %s",
			 faults[i].name);
		tap_result(survives(&faults[i]), name);
	}
	return tap_end();
}
