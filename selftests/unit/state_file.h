/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef STATE_FILE_H
#define STATE_FILE_H

/* A state directory, and boots of a machine that are pretended. */

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dtcpd/state-private.h"

static const uint8_t boot_a[STATE_BOOT_SIZE] = "boot a";
static const uint8_t boot_b[STATE_BOOT_SIZE] = "boot b";

static char top[] = "/tmp/state-test-XXXXXX";
static char dir[64], file[80], bad[80];
static uint8_t image[STATE_FILE_SIZE];

static void read_image(void)
{
	int fd = open(file, O_RDONLY);

	assert_true(fd >= 0);
	assert_int_equal(pread(fd, image, sizeof(image), 0), sizeof(image));
	close(fd);
}

static void write_image(size_t len)
{
	int fd = open(file, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, image, len), len);
	close(fd);
}

/* All members hang together, so that a mixture of two is found out. */
static struct tasking_memory memory(uint64_t n)
{
	struct tasking_memory m = {
		.window = { .started = true, .oldest = n & 1, .max = n },
		.last_id = (uint32_t)n,
		.criteria = (uint32_t)(n * 7),
		.version = { (uint8_t)(n + 1), (uint8_t)(n + 2) },
	};
	size_t i;

	for (i = 0; i < DTCP_WINDOW / 64; i++)
		m.window.seen[i] = n * (i + 1);
	return m;
}

static void assert_memory(struct state *s, const char *name, uint64_t n)
{
	struct tasking_memory want = memory(n), got;
	size_t i;

	assert_true(state_recall(s, name, &got));
	assert_true(got.window.started);
	assert_int_equal(got.window.oldest, want.window.oldest);
	assert_int_equal(got.window.max, want.window.max);
	for (i = 0; i < DTCP_WINDOW / 64; i++)
		assert_int_equal(got.window.seen[i], want.window.seen[i]);
	assert_int_equal(got.last_id, want.last_id);
	assert_int_equal(got.criteria, want.criteria);
	assert_int_equal(got.version.major, want.version.major);
	assert_int_equal(got.version.minor, want.version.minor);
}

static void remember(struct state *s, const char *name, uint64_t n)
{
	struct tasking_memory m = memory(n);

	state_remember(s, name, &m);
}

static struct state *reopen(const uint8_t *boot)
{
	struct state *s = state_open_boot(dir, boot);

	assert_non_null(s);
	return s;
}

static int remove_all(void **state)
{
	char name[80];

	unlink(file);
	unlink(bad);
	snprintf(name, sizeof(name), "%s/state.new", dir);
	unlink(name);
	rmdir(dir);
	return 0;
}

static int make_top(void **state)
{
	if (!mkdtemp(top))
		return -1;
	snprintf(dir, sizeof(dir), "%s/dtcpd", top);
	snprintf(file, sizeof(file), "%s/state", dir);
	snprintf(bad, sizeof(bad), "%s/state.bad", dir);
	return 0;
}

static int remove_top(void **state)
{
	return rmdir(top);
}

#endif
