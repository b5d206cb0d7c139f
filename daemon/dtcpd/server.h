/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DTCPD_SERVER_H
#define DTCPD_SERVER_H

#include <jansson.h>

#include "dtcpd/config.h"
#include "dtcpd/holding.h"
#include "dtcpd/loop.h"
#include "dtcpd/tasking.h"

struct server;
struct server_change;

/**
 * server_alloc() - an SSH server that does not listen yet
 * @l: the loop
 * @t: who answers requests
 * @h: what answers wait for; NULL: nothing
 *
 * Return: freed by server_free(), or NULL.
 */
struct server *server_alloc(struct loop *l, struct tasking *t,
			    struct holding *h);

/**
 * server_free() - disconnect everybody, stop to listen
 * @s: server or NULL
 */
void server_free(struct server *s);

/**
 * server_prepare() - make ready for a configuration, at start or on reload
 * @s: server
 * @c: configuration; kept by reference until the next server_commit()
 *
 * Host keys are read anew, sockets are opened. Nothing of it is used yet:
 * sessions, sockets and the configuration in force stay as they are. What is
 * wrong is logged.
 *
 * Return: freed by server_commit() or server_discard(), before the next call
 * and before server_free(); NULL if the configuration cannot be taken.
 */
struct server_change *server_prepare(struct server *s, const struct config *c);

/**
 * server_commit() - take the configuration; cannot fail
 * @change: of server_prepare(), freed
 *
 * Sockets that are still wanted stay open. Sessions go on, except those of a
 * control source that is gone.
 */
void server_commit(struct server_change *change);

/**
 * server_discard() - leave everything as it was
 * @change: of server_prepare(), freed
 */
void server_discard(struct server_change *change);

/**
 * server_notify() - send notifications to who is connected
 * @s: server
 * @source: whose SSH channels are told: those on which a request has asked
 *	with Flags: SendAsync; with ssh_notifications all of them
 * @text: signed notifications, header names in upper case; not kept
 *
 * Never waits. What a channel does not read is lost, counted and logged.
 */
void server_notify(struct server *s, const struct config_source *source,
		   const struct dtcp_writer *text);

/**
 * server_flush() - send what waits as far as the network takes it now
 * @s: server
 *
 * For the end of dtcpd: nothing of it would be sent in a turn of the loop any
 * more. No request is carried out, and nobody is waited for.
 */
void server_flush(struct server *s);

/**
 * server_tick() - end sessions that are overdue; about once a second
 * @s: server
 */
void server_tick(struct server *s);

/**
 * server_show() - counters, for the control socket
 * @s: server
 *
 * Return: {"ssh":{...}} owned by the caller, NULL when out of memory.
 */
json_t *server_show(const struct server *s);

#endif
