/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DTCP_TROUBLE_H
#define DTCP_TROUBLE_H

/* Exit statuses; 0 is an answer of 200. */
#define TROUBLE_REFUSED	1	/* the router answered something else */
#define TROUBLE_FAILED	2	/* no answer, or no request to send */

/* What went wrong, in one sentence without a newline. */
struct trouble {
	char text[1024];
};

/**
 * trouble_set() - note what went wrong
 * @t: filled in; a longer text is cut
 * @fmt: printf format
 *
 * Return: always -1, so that a caller can note and return in one go.
 */
int trouble_set(struct trouble *t, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/**
 * trouble_say() - say it on standard error
 * @t: what went wrong
 *
 * Return: always TROUBLE_FAILED.
 */
int trouble_say(const struct trouble *t);

#endif
