/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DFCCTL_OBJECT_H
#define DFCCTL_OBJECT_H

#include "dfcctl/ctl.h"
#include "dfcctl/field.h"

/**
 * struct object - what filters, destinations and groups have in common
 * @name: what one of them is called
 * @plural: key of their array in JSON
 * @get: command that gets or dumps them
 * @attr: attribute that holds one
 * @id_attr: attribute of the id in it
 * @fields: table of its values
 * @join: adds what dtcpd knows to an array of them
 */
struct object {
	const char *name;
	const char *plural;
	enum dfc_cmd get;
	uint16_t attr;
	uint16_t id_attr;
	const struct field *fields;
	void (*join)(const char *path, json_t *rows);
};

extern const struct object object_filter;
extern const struct object object_destination;
extern const struct object object_group;

/**
 * object_read() - turn a message into JSON
 * @o: kind of object
 * @nlh: message, genetlink header first
 * @rows: array, gets the objects in the message
 */
void object_read(const struct object *o, const struct nlmsghdr *nlh,
		 json_t *rows);

/**
 * object_dump() - read all objects from the kernel
 * @ctl: run, opened
 * @o: kind of object
 * @rows: set to an array owned by the caller, on failure too
 *
 * Return: 0, or an exit status after saying what is wrong.
 */
int object_dump(struct ctl *ctl, const struct object *o, json_t **rows);

/**
 * object_show() - print all objects, or everything about those named
 * @ctl: run
 * @o: kind of object
 * @argc: number of ids, 0: all objects as a list
 * @argv: ids
 *
 * Return: exit status.
 */
int object_show(struct ctl *ctl, const struct object *o, int argc,
		char **argv);

#endif
