/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DFCRECV_CAPTURE_H
#define DFCRECV_CAPTURE_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "dfcrecv/content.h"
#include "dfcrecv/origin.h"
#include "dfcrecv/pcapng.h"
#include "dfcrecv/receive.h"
#include "dfcrecv/rotation.h"

/**
 * struct capture - a capture file being written, and those before it
 * @pattern: what its name is made of
 * @rotation: when the next one begins
 * @comments: packets have comments
 * @base: its name without a number
 * @name: its name, for errors too
 * @number: of the files with this @base
 * @start: when it began, seconds since the epoch
 * @fd: file, -1: none
 * @file: a regular file: can be cut back
 * @bytes: written to it
 * @serial: 1, 2, ... a file
 * @kept: names of the last rotation.keep files where time makes the names, in
 *	a ring; owned
 * @blocks: not written yet
 * @interfaces: put so far
 * @origins: those that have interfaces in the file, linked by their next
 * @last: when the last copy came
 * @err: what went wrong and is not told yet, a negative errno
 */
struct capture {
	const char *pattern;
	struct rotation rotation;
	bool comments;
	char base[PATH_MAX];
	char name[PATH_MAX];
	unsigned int number;
	time_t start;
	int fd;
	bool file;
	uint64_t bytes;
	uint64_t serial;
	char **kept;
	struct pcapng blocks;
	uint32_t interfaces;
	struct origin *origins;
	uint64_t last;
	int err;
};

/**
 * capture_init() - start without a file
 * @c: filled
 */
void capture_init(struct capture *c);

/**
 * capture_open() - create the first file and write its header
 * @c: of capture_init()
 * @pattern: file, made anew for its owner only, or `-`: standard output; kept
 *	by reference
 * @rotation: when the next one begins; never with standard output
 * @now: seconds since the epoch
 *
 * Return: 0 or a negative errno.
 */
int capture_open(struct capture *c, const char *pattern,
		 const struct rotation *rotation, time_t now);

/**
 * capture_put() - put a packet or a frame, in the next file if it is time
 * @c: open capture
 * @origin: where it came from; gets an interface if it has none of that kind,
 *	and stays valid until the file is closed
 * @copy: datagram
 * @content: what is in it, not CONTENT_NONE
 *
 * What goes wrong is told by capture_flush().
 */
void capture_put(struct capture *c, struct origin *origin,
		 const struct copy *copy, const struct content *content);

/**
 * capture_flush() - write what was put, so that the file is whole
 * @c: open capture
 *
 * When that fails, a regular file is cut back to the packets that it had
 * before.
 *
 * Return: 0 or a negative errno, which is about the file of that name.
 */
int capture_flush(struct capture *c);

/**
 * capture_close() - write what numbers tell, and close the file
 * @c: capture
 *
 * Return: 0 or a negative errno.
 */
int capture_close(struct capture *c);

#endif
