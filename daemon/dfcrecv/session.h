/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DFCRECV_SESSION_H
#define DFCRECV_SESSION_H

#include "dfcrecv/capture.h"
#include "dfcrecv/options.h"
#include "dfcrecv/origin.h"
#include "dfcrecv/receive.h"
#include "dfcrecv/report.h"
#include "dfcrecv/summary.h"
#include "dfcrecv/tap.h"

/**
 * struct session - one run of dfcrecv
 * @options: command line
 * @signals: descriptor that SIGINT and SIGTERM are read from
 * @receiver: room for datagrams
 * @origins: where copies came from
 * @capture: capture file, its fd is -1 without one
 * @tap: TAP device, its fd is -1 without one
 * @report: lines and summary
 * @packets: packets and frames so far
 * @drops_told: drops of the kernel that were told of
 * @reader_gone: whoever read standard output does not any more
 */
struct session {
	struct options *options;
	int signals;
	struct receiver *receiver;
	struct origins *origins;
	struct capture capture;
	struct tap tap;
	struct report report;
	uint64_t packets;
	uint64_t drops_told;
	bool reader_gone;
};

/**
 * session_open() - open sockets, file and device, and become the user wanted
 * @s: filled; to be closed on failure too
 * @o: command line, kept by reference
 *
 * Return: 0, or -1 after saying what is wrong.
 */
int session_open(struct session *s, struct options *o);

/**
 * session_run() - receive until something ends it, then sum up
 * @s: session
 *
 * Return: exit status: 0 ended by a signal, by -c, by -t or by the reader of
 * standard output; 1 an error that was said, or -t came before -c was reached.
 */
int session_run(struct session *s);

/**
 * session_summary() - what came in so far
 * @s: session
 * @seconds: since the counts that rates are taken from, 0: no rates
 *
 * Return: refers to @s.
 */
struct summary session_summary(const struct session *s, double seconds);

/**
 * session_fail() - say what is wrong
 * @err: negative errno
 * @what: what cannot be done
 * @name: with which thing
 *
 * Return: -1.
 */
int session_fail(int err, const char *what, const char *name);

/**
 * session_close() - close all
 * @s: session
 *
 * Return: 0, or 1 after saying that the file could not be written.
 */
int session_close(struct session *s);

#endif
