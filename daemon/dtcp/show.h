/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DTCP_SHOW_H
#define DTCP_SHOW_H

#include <jansson.h>
#include <stdio.h>

#include "dtcp/reply.h"

/**
 * show_text() - write an answer for people
 * @out: stream
 * @r: reply; the rows of a LIST become a table, in which a column that no row
 *	has a value for is left out
 */
void show_text(FILE *out, const struct reply *r);

/**
 * show_json() - put an answer into JSON
 * @r: reply
 * @list: it answers LIST: there is a "criteria" even if it has no rows
 *
 * {"version", "code", "reason", "headers": {...}, "criteria": [{...}, ...]};
 * names of headers in lower case, values as strings but for those that DTCP
 * defines as one number.
 *
 * Return: an object that the caller owns; NULL when out of memory.
 */
json_t *show_json(const struct reply *r, bool list);

#endif
