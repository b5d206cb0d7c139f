/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DFCRECV_CAPTURE_H
#define DFCRECV_CAPTURE_H

#include <stdbool.h>
#include <stdint.h>

#include "dfcrecv/content.h"
#include "dfcrecv/origin.h"
#include "dfcrecv/pcapng.h"
#include "dfcrecv/receive.h"

/**
 * struct capture - a capture file being written
 * @name: its name for errors
 * @fd: file, -1: none
 * @file: a regular file: can be cut back
 * @blocks: not written yet
 * @interfaces: put so far
 */
struct capture {
	const char *name;
	int fd;
	bool file;
	struct pcapng blocks;
	uint32_t interfaces;
};

/**
 * capture_open() - create the file and write its header
 * @c: filled
 * @path: file, made anew for its owner only, or `-`: standard output
 *
 * Return: 0 or a negative errno.
 */
int capture_open(struct capture *c, const char *path);

/**
 * capture_put() - put a packet or a frame
 * @c: capture
 * @origin: where it came from; gets an interface if it has none of that kind
 * @copy: datagram
 * @content: what is in it, not CONTENT_NONE
 */
void capture_put(struct capture *c, struct origin *origin,
		 const struct copy *copy, const struct content *content);

/**
 * capture_flush() - write what was put, so that the file is whole
 * @c: capture
 *
 * When that fails, a regular file is cut back to the packets that it had
 * before.
 *
 * Return: 0 or a negative errno.
 */
int capture_flush(struct capture *c);

/**
 * capture_close() - close the file
 * @c: capture
 *
 * Return: 0 or a negative errno: the file system kept an error until now.
 */
int capture_close(struct capture *c);

#endif
