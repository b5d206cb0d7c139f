// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "nth.h"
#include "tap.h"

#define DEBUG "/sys/kernel/debug/"

static int nth_file = -1;

/* By default, those who may wait get their memory, and each failure is told. */
static const struct {
	const char *file;
	const char *value;
} settings[] = {
	{ DEBUG "failslab/ignore-gfp-wait", "N" },
	{ DEBUG "failslab/verbose", "0" },
	{ DEBUG "fail_page_alloc/ignore-gfp-wait", "N" },
	{ DEBUG "fail_page_alloc/ignore-gfp-highmem", "N" },
	{ DEBUG "fail_page_alloc/min-order", "0" },
	{ DEBUG "fail_page_alloc/verbose", "0" },
};

static bool set(const char *file, const char *value)
{
	int fd = open(file, O_WRONLY | O_CLOEXEC);
	bool ok = fd >= 0 && write(fd, value, strlen(value)) > 0;

	if (!ok)
		tap_note("%s: %s", file, strerror(errno));
	if (fd >= 0)
		close(fd);
	return ok;
}

bool nth_init(void)
{
	unsigned int i;

	for (i = 0; i < sizeof(settings) / sizeof(*settings); i++) {
		if (!set(settings[i].file, settings[i].value))
			return false;
	}
	nth_file = open("/proc/self/fail-nth", O_RDWR | O_CLOEXEC);
	return nth_file >= 0;
}

static void write_nth(unsigned int nth)
{
	char text[16];
	int len = snprintf(text, sizeof(text), "%u", nth);

	if (pwrite(nth_file, text, len, 0) != len) {
		tap_note("/proc/self/fail-nth: %s", strerror(errno));
		exit(1);
	}
}

void nth_arm(unsigned int nth)
{
	write_nth(nth);
}

bool nth_disarm(void)
{
	char text[16] = "";

	if (pread(nth_file, text, sizeof(text) - 1, 0) <= 0) {
		tap_note("/proc/self/fail-nth: %s", strerror(errno));
		exit(1);
	}
	write_nth(0);
	return atoi(text) == 0;
}
