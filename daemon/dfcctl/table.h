/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DFCCTL_TABLE_H
#define DFCCTL_TABLE_H

#include <stdbool.h>

#include "dfcctl/field.h"

/**
 * table_list() - write objects as aligned columns, one object a line
 * @out: stream
 * @fields: table: those with a head are columns, those with FIELD_MATCH share
 *	the last one
 * @rows: array of objects
 * @colour: use colours
 *
 * A column that no row has a value for is left out.
 */
void table_list(FILE *out, const struct field *fields, json_t *rows,
		bool colour);

/**
 * table_detail() - write everything about one object, one value a line
 * @out: stream
 * @fields: table
 * @record: object
 * @indent: spaces before each line
 * @colour: use colours
 */
void table_detail(FILE *out, const struct field *fields, json_t *record,
		  int indent, bool colour);

/**
 * table_object() - write an object that there is no table for
 * @out: stream
 * @record: object; objects in it are indented
 * @indent: spaces before each line
 */
void table_object(FILE *out, json_t *record, int indent);

#endif
