/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DTCP_USAGE_H
#define DTCP_USAGE_H

#include <stdbool.h>
#include <stdio.h>

#include "dtcp/command.h"

/**
 * usage_show() - print how dtcp is called: options and commands
 * @out: stream
 */
void usage_show(FILE *out);

/**
 * usage_command() - print how a command is called
 * @out: stream
 * @c: command
 */
void usage_command(FILE *out, const struct command *c);

/**
 * usage_wanted() - print the usage on standard output, if --help is asked for
 *	behind a router or a command
 * @argc: number of words
 * @argv: words behind the options
 *
 * Return: true if it was.
 */
bool usage_wanted(int argc, char **argv);

#endif
