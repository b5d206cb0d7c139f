/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DTCP_COMMAND_H
#define DTCP_COMMAND_H

#include <stdio.h>

#include "dtcp/compose.h"
#include "dtcp/options.h"

/* Whether a command stands behind a router. */
enum command_place {
	COMMAND_REMOTE,
	COMMAND_LOCAL,
	COMMAND_EITHER,
};

/**
 * struct command - something that dtcp can do
 * @name: its word on the command line
 * @usage: the words behind it
 * @place: whether it needs a router
 * @form: of the request that it is, NULL if it is none
 * @run: does what is no request; gets the words behind the name, returns the
 *	exit status
 */
struct command {
	const char *name;
	const char *usage;
	enum command_place place;
	const struct compose_form *form;
	int (*run)(struct options *o, int argc, char **argv);
};

/**
 * dtcp_command_run() - find a command and do it
 * @o: options; the router is filled in, if there is one
 * @argc: number of words, at least one
 * @argv: words behind the options
 *
 * Return: exit status.
 */
int dtcp_command_run(struct options *o, int argc, char **argv);

/**
 * dtcp_command_find() - look a command up
 * @name: its full name
 *
 * Return: the command or NULL.
 */
const struct command *dtcp_command_find(const char *name);

/**
 * dtcp_command_usage() - list the commands
 * @out: stream
 */
void dtcp_command_usage(FILE *out);

extern const struct command command_add;
extern const struct command command_delete;
extern const struct command command_refresh;
extern const struct command command_list;
extern const struct command command_noop;
extern const struct command command_listen;
extern const struct command command_raw;
extern const struct command command_digest;
extern const struct command command_help;

#endif
