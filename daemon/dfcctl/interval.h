/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DFCCTL_INTERVAL_H
#define DFCCTL_INTERVAL_H

#include "dfcctl/ctl.h"

#define INTERVAL_MIN	0.1	/* s */
#define INTERVAL_MAX	3600.0

/**
 * struct interval_view - what is shown once, or again and again
 * @read: make a JSON object of what there is now, owned by the caller; 0, or an
 *	exit status after saying what is wrong, and then what there is may be
 *	shown all the same
 * @print: write it for people
 */
struct interval_view {
	int (*read)(struct ctl *ctl, void *arg, json_t **document);
	void (*print)(struct ctl *ctl, void *arg, json_t *document);
};

/**
 * interval_parse() - read how often something is to be shown
 * @word: seconds, decimals allowed
 * @seconds: filled
 *
 * Return: 0, or -EINVAL: no number, or not INTERVAL_MIN..INTERVAL_MAX.
 */
int interval_parse(const char *word, double *seconds);

/**
 * interval_run() - show something once, or every @ctl->interval seconds
 * @ctl: run
 * @view: what is shown
 * @arg: passed to @view
 *
 * From the second time on with rates (rates_add()). On a terminal each takes
 * the place of the one before; in JSON each is a line with "time" and, with
 * rates, "seconds", the time that they are of.
 *
 * Return: exit status; with an interval only after something went wrong.
 */
int interval_run(struct ctl *ctl, const struct interval_view *view, void *arg);

#endif
