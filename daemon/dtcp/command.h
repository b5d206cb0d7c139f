/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DTCP_COMMAND_H
#define DTCP_COMMAND_H

#include "dtcp/options.h"

/**
 * struct command - something that dtcp can do
 * @name: its word on the command line
 * @usage: the words behind it
 * @local: it needs no router
 * @run: does it; gets the words behind the name, returns the exit status
 */
struct command {
	const char *name;
	const char *usage;
	bool local;
	int (*run)(struct options *o, int argc, char **argv);
};

extern const struct command command_add;
extern const struct command command_delete;
extern const struct command command_refresh;
extern const struct command command_list;
extern const struct command command_noop;
extern const struct command command_raw;
extern const struct command command_digest;

#endif
