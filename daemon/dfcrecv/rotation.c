// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "dfcrecv/rotation.h"

bool rotation_is_due(const struct rotation *r, uint64_t bytes, time_t start,
		     time_t now)
{
	return (r->size && bytes >= r->size) ||
	       (r->seconds && now - start >= (time_t)r->seconds);
}

int rotation_base(const struct rotation *r, const char *pattern, time_t start,
		  char *out, size_t room)
{
	struct tm tm;

	if (r->seconds) {
		localtime_r(&start, &tm);
		return strftime(out, room, pattern, &tm) ? 0 : -ENAMETOOLONG;
	}
	return (size_t)snprintf(out, room, "%s", pattern) < room ?
		0 : -ENAMETOOLONG;
}

/* Digits of the highest number of a ring; a ring of one has none. */
static int width(unsigned int keep)
{
	unsigned int highest = keep - 1;
	int digits = 0;

	for (; highest; highest /= 10)
		digits++;
	return digits;
}

int rotation_name(const struct rotation *r, const char *base,
		  unsigned int number, char *out, size_t room)
{
	int digits = 0;
	size_t len;

	if (r->keep && !r->seconds) {
		digits = width(r->keep);
		number %= r->keep;
	}
	if (number || digits)
		len = snprintf(out, room, "%s%0*u", base, digits, number);
	else
		len = snprintf(out, room, "%s", base);
	return len < room ? 0 : -ENAMETOOLONG;
}

bool rotation_is_pattern(const char *name)
{
	for (; (name = strchr(name, '%')); name += 2) {
		if (!name[1])
			return false;
		if (name[1] != '%')
			return true;
	}
	return false;
}
