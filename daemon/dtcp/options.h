/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DTCP_OPTIONS_H
#define DTCP_OPTIONS_H

#include <stdbool.h>

#include "dtcp-proto/request.h"
#include "dtcp/secret.h"

#define OPTIONS_PORT 32001	/* Junos FlowTap */

/**
 * struct options - what stands before the command
 * @user: control source, "" if not given
 * @router: name or address, without brackets
 * @port: TCP port
 * @identity: file of a private key or NULL
 * @known_hosts: file or NULL for the default
 * @accept_new: take the host key of an unknown router
 * @json: print JSON
 * @timeout: seconds to wait for the router
 * @secret: shared key
 * @help: only help is wanted
 */
struct options {
	char user[DTCP_NAME_MAX + 1];
	char router[256];
	unsigned int port;
	const char *identity;
	const char *known_hosts;
	bool accept_new;
	bool json;
	unsigned int timeout;
	struct secret secret;
	bool help;
};

/**
 * dtcp_options_parse() - read the options before the router
 * @o: filled in
 * @argc: as main() has it
 * @argv: as main() has it
 * @t: filled in on failure
 *
 * Return: place of the first word that is no option, or -1.
 */
int dtcp_options_parse(struct options *o, int argc, char **argv,
		       struct trouble *t);

/**
 * dtcp_options_router() - read ROUTER or USER@ROUTER
 * @o: filled in
 * @word: the word
 * @t: filled in on failure
 *
 * Return: 0 or -1.
 */
int dtcp_options_router(struct options *o, const char *word, struct trouble *t);

#endif
