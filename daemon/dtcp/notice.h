/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DTCP_NOTICE_H
#define DTCP_NOTICE_H

#include <stdbool.h>
#include <stdio.h>

#include "dtcp/reply.h"
#include "dtcp/trouble.h"

/**
 * notice_show() - write a notification
 * @out: stream, flushed at the end
 * @json: as JSON, one object in one line
 * @r: notification
 * @from: who sent it, or NULL
 *
 * As text it is a line of its own before what show_text() writes, and an empty
 * one behind it.
 */
void notice_show(FILE *out, bool json, const struct reply *r,
		 const char *from);

/**
 * notice_refuse() - write that something came that is not authentic
 * @json: on standard output as JSON, one object in one line; otherwise on
 *	standard error
 * @from: who sent it
 * @t: what is wrong with it
 */
void notice_refuse(bool json, const char *from, const struct trouble *t);

#endif
