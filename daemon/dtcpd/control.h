/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DTCPD_CONTROL_H
#define DTCPD_CONTROL_H

#include <jansson.h>

#include "dtcpd/loop.h"

struct control;

/**
 * control_answer_fn - answer a request of the operator
 * @ctx: of control_open()
 * @request: first word of the line
 * @argument: what follows it after one space, as it is; NULL: nothing
 *
 * Return: a JSON object that is freed by the caller, NULL for a request that
 * there is not.
 */
typedef json_t *control_answer_fn(void *ctx, const char *request,
				  const char *argument);

/**
 * control_open() - listen for requests of the operator
 * @l: the loop
 * @path: UNIX stream socket, made with mode 0600; one that is left over from
 *	a dtcpd that was killed is replaced, so the lock must be held
 * @answer: answers requests
 * @ctx: passed to @answer
 *
 * A client writes one line, gets one JSON document and is disconnected; with a
 * line without its end, or of more than 255 bytes, it gets nothing. What is
 * wrong is logged.
 *
 * Return: freed by control_close(), or NULL.
 */
struct control *control_open(struct loop *l, const char *path,
			     control_answer_fn *answer, void *ctx);

/**
 * control_close() - disconnect all, remove the socket
 * @c: control or NULL
 */
void control_close(struct control *c);

/**
 * control_tick() - disconnect who does not get on; about once a second
 * @c: control
 */
void control_tick(struct control *c);

#endif
