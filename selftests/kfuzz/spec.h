/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef SPEC_H
#define SPEC_H

#include <linux/dfc.h>
#include <stdbool.h>
#include <stdint.h>

/* Types of attributes, by their names in Documentation/netlink/dfc.yaml. */
enum spec_kind {
	SPEC_NONE,
	SPEC_PAD,
	SPEC_U8,
	SPEC_U16,
	SPEC_U32,
	SPEC_U64,
	SPEC_STRING,
	SPEC_BINARY,
	SPEC_NEST,
};

/**
 * struct spec_attr - an attribute
 * @name: as the uapi header calls it; NULL: there is none of this number
 * @kind: its type
 * @min: least value, or length of a string or of bytes
 * @max: largest value, or length; of flags the mask
 * @set: what is in a nest
 * @many: it may repeat
 * @output: never in a request
 */
struct spec_attr {
	const char *name;
	enum spec_kind kind;
	uint64_t min;
	uint64_t max;
	int set;
	bool many;
	bool output;
};

/**
 * struct spec_set - the attributes of a nest
 * @n: numbers, the first of which is 0
 * @attrs: by number
 */
struct spec_set {
	unsigned int n;
	const struct spec_attr *attrs;
};

/**
 * struct spec_command - a command or event
 * @name: as the uapi header calls it
 * @number: of the command
 * @takes: outermost attribute of its requests; 0: none
 * @dump: it can be a dump
 * @event: it is never a request
 */
struct spec_command {
	const char *name;
	uint8_t number;
	uint8_t takes;
	bool dump;
	bool event;
};

/* Made by table.py at build time; the tables themselves are in spec.c. */
#include "table.h"

extern const struct spec_set spec_sets[SPEC_SETS];
extern const struct spec_command spec_commands[SPEC_COMMANDS];

/**
 * spec_attr() - look up an attribute
 * @set: number of the set
 * @type: number of the attribute
 *
 * Return: the attribute, or NULL where the set has none of that number.
 */
const struct spec_attr *spec_attr(int set, unsigned int type);

/**
 * spec_command() - look up a command
 * @number: of the command
 *
 * Return: the command, or NULL.
 */
const struct spec_command *spec_command(unsigned int number);

#endif /* SPEC_H */
