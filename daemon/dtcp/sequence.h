/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DTCP_SEQUENCE_H
#define DTCP_SEQUENCE_H

#include <stddef.h>
#include <stdint.h>

#include "dtcp/trouble.h"

/**
 * sequence_path() - where the numbers of a control source at a router are kept
 * @path: filled in; bytes that do not belong in a file name are written %XX
 * @room: bytes in @path
 * @csource: control source
 * @router: name or address
 * @t: filled in on failure
 *
 * ${XDG_STATE_HOME:-~/.local/state}/dtcp/CSOURCE@ROUTER
 *
 * Without the port: a router counts for a control source whichever of its
 * ports is asked, over SSH and UDP together. With the router: two of them in
 * turn would soon see numbers too far ahead of those they had.
 *
 * Return: 0 or -1.
 */
int sequence_path(char *path, size_t room, const char *csource,
		  const char *router, struct trouble *t);

/**
 * sequence_next() - take the next number
 * @path: file; made with its directories if it is not there
 * @start: number to start from, if it is not there
 * @seq: filled with a number that was not used before
 * @t: filled in on failure
 *
 * The file is locked meanwhile, and the disk holds the new number before this
 * returns: no other client takes it again, nor this one after a power cut.
 *
 * Return: 0 or -1.
 */
int sequence_next(const char *path, uint64_t start, uint64_t *seq,
		  struct trouble *t);

#endif
