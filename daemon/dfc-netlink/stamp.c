// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <sys/time.h>
#include <time.h>

#include "dfc-netlink/stamp.h"

json_t *dfc_stamp_now(void)
{
	char date[32], zone[8];
	struct timeval tv;
	struct tm tm;

	gettimeofday(&tv, NULL);
	localtime_r(&tv.tv_sec, &tm);
	strftime(date, sizeof(date), "%FT%T", &tm);
	strftime(zone, sizeof(zone), "%z", &tm);
	return json_sprintf("%s.%03ld%.3s:%s", date, (long)tv.tv_usec / 1000,
			    zone, zone + 3);
}
