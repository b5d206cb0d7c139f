/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DFCRECV_OPTIONS_H
#define DFCRECV_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dfcrecv/mirror.h"
#include "dfcrecv/content.h"
#include "dfcrecv/inlet.h"

/**
 * struct options - the command line
 * @inlet: where to listen, at least one
 * @ninlet: number of them
 * @format: what datagrams hold
 * @rule: what a copy is taken for
 * @file: capture file, `-`: standard output, NULL: none
 * @user: user to become, or NULL
 * @count: end after so many packets, UINT64_MAX: never
 * @idle: end when nothing came for so many seconds, 0: never
 * @quiet: no line a packet
 * @json: JSON objects instead of text
 */
struct options {
	struct inlet inlet[INLETS_MAX];
	size_t ninlet;
	enum format format;
	enum content_rule rule;
	const char *file;
	const char *user;
	uint64_t count;
	unsigned int idle;
	bool quiet;
	bool json;
};

/**
 * options_parse() - read the command line
 * @o: filled
 * @argc: of main()
 * @argv: of main()
 *
 * Return: 0, 1 after help or the version was asked for and given, or -1 after
 * saying what is wrong.
 */
int options_parse(struct options *o, int argc, char **argv);

#endif
