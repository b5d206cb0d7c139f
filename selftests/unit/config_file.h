/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef CONFIG_FILE_H
#define CONFIG_FILE_H

/* A dtcpd.conf in a directory of its own, and what is said of it. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dtcpd/config.h"

#define SSH(x) "flow-tap-dtcp { ssh {\n" x "\n} }\n"
#define DEST(x) "capture-group g { content-destination cd {\n" \
	"address = \"192.0.2.1\"\nport = 1\n" x "\n} }\n"
#define SOURCE(x) "capture-group g { control-source a {\n" x "\n} }\n"

static char dir[] = "/tmp/config-test-XXXXXX";
static char conf[64], host_key[64], other_key[64];
static char reported[2048];
static int reports;

static void report(const char *line)
{
	reports++;
	snprintf(reported, sizeof(reported), "%s", line);
}

static void write_file(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_int_equal(fwrite(text, 1, strlen(text), f), strlen(text));
	assert_int_equal(fclose(f), 0);
}

static struct config *load(const char *text)
{
	reports = 0;
	reported[0] = 0;
	write_file(conf, text);
	return config_load(conf, report);
}

/* Loads "flow-tap-dtcp ... host-key" (line 1), then @text from line 2 on. */
static struct config *load_after_ssh(const char *text)
{
	char all[65536];

	snprintf(all, sizeof(all),
		 "flow-tap-dtcp { ssh { host-key = {\"%s\"} } }\n%s", host_key,
		 text);
	return load(all);
}

/* The same, and there is nothing wrong with it. */
static inline struct config *good(const char *text)
{
	struct config *c = load_after_ssh(text);

	assert_string_equal(reported, "");
	assert_non_null(c);
	return c;
}

static inline void refused(const char *text, const char *where, const char *what)
{
	char expected[256];

	assert_null(load_after_ssh(text));
	assert_int_equal(reports, 1);
	snprintf(expected, sizeof(expected), "%s%s", conf, where);
	if (strncmp(reported, expected, strlen(expected)) ||
	    !strstr(reported, what) || strchr(reported, '\n'))
		fail_msg("\"%s\" is not \"%s ... %s\"", reported, expected,
			 what);
}

static int setup(void **state)
{
	if (!mkdtemp(dir))
		return -1;
	snprintf(conf, sizeof(conf), "%s/conf", dir);
	snprintf(host_key, sizeof(host_key), "%s/key", dir);
	snprintf(other_key, sizeof(other_key), "%s/other", dir);
	write_file(host_key, "key\n");
	write_file(other_key, "key\n");
	return 0;
}

static int teardown(void **state)
{
	unlink(conf);
	unlink(host_key);
	unlink(other_key);
	return rmdir(dir);
}

#endif
