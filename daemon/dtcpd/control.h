/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DTCPD_CONTROL_H
#define DTCPD_CONTROL_H

#include <jansson.h>

#include "dtcpd/loop.h"

struct control;

/**
 * control_open() - listen for questions of the operator
 * @l: the loop
 * @path: UNIX stream socket, made with mode 0600; one that is left over from
 *	a dtcpd that was killed is replaced, so the lock must be held
 * @show: answers a question with a JSON object that is then freed here, NULL
 *	for an unknown one
 * @ctx: passed to @show
 *
 * A client writes one line, gets one JSON document and is disconnected. What
 * is wrong is logged.
 *
 * Return: freed by control_close(), or NULL.
 */
struct control *control_open(struct loop *l, const char *path,
			     json_t *(*show)(void *ctx, const char *what),
			     void *ctx);

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
