/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DFCRECV_ROTATION_H
#define DFCRECV_ROTATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

/* Most files that -W keeps. */
#define ROTATION_KEEP_MAX	100000

/**
 * struct rotation - when the next capture file begins, and how many stay
 * @size: after so many bytes, 0: never
 * @seconds: after so many seconds, 0: never
 * @keep: files that stay, 0: all
 */
struct rotation {
	uint64_t size;
	unsigned int seconds;
	unsigned int keep;
};

/**
 * rotation_is_due() - whether the next packet goes to a new file
 * @r: rotation
 * @bytes: in the file
 * @start: when the file began, seconds since the epoch
 * @now: time of the packet, the same
 *
 * Return: true if so.
 */
bool rotation_is_due(const struct rotation *r, uint64_t bytes, time_t start,
		     time_t now);

/**
 * rotation_base() - the name of a file, without its number
 * @r: rotation; with @seconds the pattern is one of strftime()
 * @pattern: what -w was given
 * @start: when the file begins
 * @out: filled and terminated
 * @room: bytes in @out
 *
 * Return: 0, or -ENAMETOOLONG.
 */
int rotation_base(const struct rotation *r, const char *pattern, time_t start,
		  char *out, size_t room);

/**
 * rotation_name() - the name of a file, as tcpdump names it
 * @r: rotation
 * @base: of rotation_base()
 * @number: of the file among those with this base, from 0 on
 * @out: filled and terminated
 * @room: bytes in @out
 *
 * Without @keep, or where time makes names, the first has none and the others
 * their number behind. With it, numbers begin at 0, are all of one width, and
 * begin anew after @keep files.
 *
 * Return: 0, or -ENAMETOOLONG.
 */
int rotation_name(const struct rotation *r, const char *base,
		  unsigned int number, char *out, size_t room);

/**
 * rotation_is_pattern() - whether a name changes with time
 * @name: what -w was given
 *
 * Return: true if there is a conversion of strftime() in it.
 */
bool rotation_is_pattern(const char *name);

#endif
