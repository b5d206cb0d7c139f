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

/*
 * The protocol: a client writes a line, `REQUEST` or `REQUEST ARGUMENT`, and
 * gets one JSON document, in a line, that ends the connection; what was not
 * understood or done is an object with "error". There are
 *
 *	criteria, destinations, groups	what stands behind ids of the kernel
 *	control-source			what is counted for control sources
 *	source-names			names of control sources; costs nothing
 *	statistics			what is counted for all messages
 *	audit				where the audit log is, and ends
 *	ssh, udp			what is counted for connections, datagrams
 *	clear WHAT NAME			done, not asked
 *	events				the connection stays open, see below
 *
 * Who asks for events gets one JSON object a line, with "time" (ISO 8601) and
 * "event", which names it (tasking-event.h;
 * "configuration-reloaded", "configuration-refused", "stopping"); first at once that of the name "listening", then
 * each as it happens. At most 8 may listen; who has more than 256 KiB waiting,
 * or reads nothing for 10 s while something waits, is disconnected: it can
 * tell that it has missed something by that.
 */

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
 * control_heard() - whether anybody listens to events
 * @c: control; NULL: not open yet, nobody listens
 */
bool control_heard(const struct control *c);

/**
 * control_publish() - tell an event to all who listen
 * @c: control; NULL: not open yet, nobody listens
 * @event: JSON object with "event"; "time" is added to what is sent
 *
 * Who does not read is disconnected and logged (rate-limited).
 */
void control_publish(struct control *c, json_t *event);

/**
 * control_tick() - disconnect who does not get on; about once a second
 * @c: control
 */
void control_tick(struct control *c);

#endif
