/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DTCP_CLIENT_H
#define DTCP_CLIENT_H

#include "dtcp/body.h"
#include "dtcp/compose.h"
#include "dtcp/listen.h"
#include "dtcp/options.h"

/**
 * client_request() - send a request, wait for its answer and print it
 * @o: options; the shared key is filled in
 * @v: what the command line says about the request
 *
 * Return: exit status.
 */
int client_request(struct options *o, const struct compose_values *v);

/**
 * client_raw() - sign and send a request that somebody wrote by hand
 * @o: options; the shared key is filled in
 * @b: what to sign
 *
 * Return: exit status, as client_request().
 */
int client_raw(struct options *o, const struct body *b);

/**
 * client_listen() - ask a router for notifications over SSH and print them
 * @o: options; the shared key is filled in
 * @n: listener, but for its key
 *
 * Return: exit status; of an answer that is not 200, as client_request().
 */
int client_listen(struct options *o, struct listener *n);

/**
 * client_listen_at() - print notifications that come over UDP
 * @o: options; the shared key is filled in
 * @n: listener, but for its key
 * @at: where they come
 *
 * Return: exit status; TROUBLE_FAILED if one was not authentic.
 */
int client_listen_at(struct options *o, struct listener *n,
		     const struct hostport *at);

#endif
