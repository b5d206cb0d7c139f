// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "dfc-netlink/stamp.h"
#include "dfcctl/error.h"
#include "dfcctl/interval.h"
#include "dfcctl/rates.h"

#define NS 1000000000L

#define HOME_AND_CLEAR "\033[H\033[2J"

int interval_parse(const char *word, double *seconds)
{
	char *end;

	/* Neither signs and blanks nor "inf", which strtod() would take. */
	if (*word < '0' || *word > '9')
		return -EINVAL;
	*seconds = strtod(word, &end);
	return *end || *seconds < INTERVAL_MIN || *seconds > INTERVAL_MAX ?
		-EINVAL : 0;
}

static double elapsed(const struct timespec *from, const struct timespec *to)
{
	return (double)(to->tv_sec - from->tv_sec) +
	       (double)(to->tv_nsec - from->tv_nsec) / NS;
}

/* Samples that came late must not make all later ones late. */
static void wait_for_turn(struct timespec *due, double interval)
{
	struct timespec now;
	long ns = (long)((interval - (long)interval) * NS);

	due->tv_sec += (long)interval + (due->tv_nsec + ns) / NS;
	due->tv_nsec = (due->tv_nsec + ns) % NS;
	clock_gettime(CLOCK_MONOTONIC, &now);
	if (elapsed(due, &now) > 0)
		*due = now;
	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, due, NULL) ==
	       EINTR)
		;
}

static void print_json(struct ctl *ctl, json_t *document, double seconds)
{
	json_t *line;

	if (!ctl->interval) {
		ctl_print(ctl, json_incref(document));
		return;
	}
	line = json_pack("{so}", "time", dfc_stamp_now());
	if (seconds > 0)
		json_object_set_new(line, "seconds", json_real(seconds));
	json_object_update(line, document);
	ctl_print(ctl, line);
}

static void print_heading(struct ctl *ctl, double seconds)
{
	json_t *time = dfc_stamp_now();

	if (ctl->screen)
		fputs(HOME_AND_CLEAR, stdout);
	fputs(json_string_value(time), stdout);
	if (seconds > 0)
		printf(", rates of the last %.3g s", seconds);
	fputs("\n\n", stdout);
	json_decref(time);
}

static void print(struct ctl *ctl, const struct interval_view *view, void *arg,
		  json_t *document, double seconds)
{
	if (ctl->json) {
		print_json(ctl, document, seconds);
		return;
	}
	if (ctl->interval)
		print_heading(ctl, seconds);
	view->print(ctl, arg, document);
	if (ctl->interval && !ctl->screen)
		putchar('\n');
}

int interval_run(struct ctl *ctl, const struct interval_view *view, void *arg)
{
	struct timespec due, then, now;
	json_t *document, *before = NULL;
	double seconds = 0;
	int status;

	if (ctl->interval)
		ctl->pretty = false;
	clock_gettime(CLOCK_MONOTONIC, &due);
	for (;;) {
		clock_gettime(CLOCK_MONOTONIC, &now);
		document = NULL;
		status = view->read(ctl, arg, &document);
		if (before && document) {
			seconds = elapsed(&then, &now);
			rates_add(document, before, seconds);
		}
		if (document)
			print(ctl, view, arg, document, seconds);
		json_decref(before);
		before = document;
		then = now;
		if (status || !ctl->interval)
			break;
		if (fflush(stdout)) {
			status = error_say(ERROR_USAGE, "cannot write: %s",
					   strerror(errno));
			break;
		}
		wait_for_turn(&due, ctl->interval);
	}
	json_decref(before);
	return status;
}
