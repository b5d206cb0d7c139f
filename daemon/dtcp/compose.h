/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DTCP_COMPOSE_H
#define DTCP_COMPOSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dtcp-proto/writer.h"
#include "dtcp/trouble.h"

#define COMPOSE_ARGS_MAX	40	/* most options of a command */
#define COMPOSE_EXTRA_MAX	32	/* most --header options */

enum compose_kind {
	COMPOSE_TEXT,		/* --option VALUE is header: VALUE */
	COMPOSE_PROTOCOL,	/* the same, with names of protocols */
	COMPOSE_FLAG,		/* --option adds a word to Flags */
	COMPOSE_HEADER,		/* --option 'Name: value', many times */
};

/* An option of a command; a table ends with one that has no name. */
struct compose_arg {
	const char *option;	/* without the dashes */
	enum compose_kind kind;
	const char *word;	/* header, or the flag */
};

struct compose_values;

/**
 * struct compose_form - what the command line can say about a request
 * @method: ADD, ...
 * @args: table of options; headers are written in its order
 * @check: judges options that depend on each other; returns 0, or -1 and
 *	fills @t in; NULL if there are none
 */
struct compose_form {
	const char *method;
	const struct compose_arg *args;
	int (*check)(const struct compose_values *v, struct trouble *t);
};

/**
 * struct compose_values - what the command line said
 * @form: what it can say
 * @value: of each option, by its place in the table; NULL: not given;
 *	points into the command line or at @protocol
 * @extra: whole header lines
 * @nextra: number of these
 * @protocol: the protocol filter with numbers for names
 */
struct compose_values {
	const struct compose_form *form;
	const char *value[COMPOSE_ARGS_MAX];
	const char *extra[COMPOSE_EXTRA_MAX];
	size_t nextra;
	char protocol[512];
};

/**
 * compose_parse() - read the options of a command
 * @v: filled in
 * @form: what they can be
 * @argc: number of words
 * @argv: words behind the command's name: `--option VALUE`, `--option=VALUE`
 * @t: filled in on failure
 *
 * Values are not judged, that is the router's: but none may hold control
 * characters, or it could smuggle in a header.
 *
 * Return: 0 or -1.
 */
int compose_parse(struct compose_values *v, const struct compose_form *form,
		  int argc, char **argv, struct trouble *t);

/**
 * compose_has() - whether an option was given
 * @v: values
 * @option: its name
 *
 * Return: true if it was.
 */
bool compose_has(const struct compose_values *v, const char *option);

/**
 * compose_version() - the oldest version that has all that is asked for
 * @v: values
 *
 * Return: 0.7; 0.8 if an option needs it.
 */
struct dtcp_version compose_version(const struct compose_values *v);

/**
 * compose_write() - write the request, but for its digest
 * @w: writer with nothing in it
 * @v: values
 * @version: version to speak
 * @csource: control source
 * @seq: sequence number
 */
void compose_write(struct dtcp_writer *w, const struct compose_values *v,
		   struct dtcp_version version, const char *csource,
		   uint64_t seq);

#endif
