/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DTCP_CLIENT_H
#define DTCP_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dtcp/body.h"
#include "dtcp/compose.h"
#include "dtcp/options.h"

/**
 * client_request() - send a request, wait for its answer and print it
 * @o: options
 * @method: ADD, ...
 * @args: table of the command's options
 * @v: their values
 *
 * Return: exit status.
 */
int client_request(const struct options *o, const char *method,
		   const struct compose_arg *args,
		   const struct compose_values *v);

/**
 * client_raw() - sign and send a request that somebody wrote by hand
 * @o: options
 * @b: what to sign
 *
 * Return: exit status, as client_request().
 */
int client_raw(const struct options *o, const struct body *b);

#endif
