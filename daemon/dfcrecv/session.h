/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DFCRECV_SESSION_H
#define DFCRECV_SESSION_H

#include "dfcrecv/capture.h"
#include "dfcrecv/options.h"
#include "dfcrecv/origin.h"
#include "dfcrecv/receive.h"
#include "dfcrecv/report.h"

/**
 * struct session - one run of dfcrecv
 * @options: command line
 * @signals: descriptor that SIGINT and SIGTERM are read from
 * @receiver: room for datagrams
 * @origins: where copies came from
 * @capture: capture file, its fd is -1 without one
 * @report: lines and summary
 * @packets: packets and frames so far
 */
struct session {
	struct options *options;
	int signals;
	struct receiver *receiver;
	struct origins *origins;
	struct capture capture;
	struct report report;
	uint64_t packets;
};

/**
 * session_open() - open sockets and file, and become the user that is wanted
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
 * Return: exit status: 0 ended by a signal, by -c or by -t; 1 an error that
 * was said, or -t came before -c was reached.
 */
int session_run(struct session *s);

/**
 * session_close() - close all
 * @s: session
 *
 * Return: 0, or 1 after saying that the file could not be written.
 */
int session_close(struct session *s);

#endif
