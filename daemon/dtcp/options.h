/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DTCP_OPTIONS_H
#define DTCP_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "dtcp-proto/request.h"
#include "dtcp/hostport.h"
#include "dtcp/secret.h"

#define OPTIONS_PORT 32001	/* Junos FlowTap */

/**
 * struct options - what stands before the command
 * @udp: ask over UDP, not SSH
 * @user: control source, "" if not given
 * @router: name or address, without brackets
 * @port: TCP or UDP port; 0 until the router is known
 * @identity: file of a private key or NULL
 * @known_hosts: file or NULL for the default
 * @accept_new: take the host key of an unknown router
 * @json: print JSON
 * @timeout: seconds to wait for the router
 * @retries: how often a datagram is sent once more
 * @secret: shared key; its length is 0 if none was given
 * @version: DTCP version to speak, 0.0 if not given
 * @has_seq: the sequence number was given
 * @seq: the number
 * @sequence_file: where numbers are kept, NULL for the default
 * @help: only help is wanted
 * @show_version: only the version of the program is wanted
 */
struct options {
	bool udp;
	char user[DTCP_NAME_MAX + 1];
	char router[HOSTPORT_HOST_MAX];
	unsigned int port;
	const char *identity;
	const char *known_hosts;
	bool accept_new;
	bool json;
	unsigned int timeout;
	unsigned int retries;
	struct secret secret;
	struct dtcp_version version;
	bool has_seq;
	uint64_t seq;
	const char *sequence_file;
	bool help;
	bool show_version;
};

/**
 * dtcp_options_parse() - read the options before the router
 * @o: filled in
 * @argc: as main() has it
 * @argv: as main() has it; a shared key in it is overwritten, so that ps does
 *	not show it
 * @t: filled in on failure
 *
 * Return: place of the first word that is no option, or -1.
 */
int dtcp_options_parse(struct options *o, int argc, char **argv,
		       struct trouble *t);

/**
 * dtcp_options_transport() - refuse options that the transport has no use for
 * @o: options
 * @t: filled in on failure
 *
 * Who gives them expects something of them that would not come.
 *
 * Return: 0 or -1.
 */
int dtcp_options_transport(const struct options *o, struct trouble *t);

/**
 * dtcp_options_router() - read [USER@]ROUTER[:PORT]
 * @o: filled in
 * @word: the word
 * @t: filled in on failure
 *
 * Return: 0 or -1.
 */
int dtcp_options_router(struct options *o, const char *word, struct trouble *t);

/**
 * dtcp_options_take_key() - take the shared key from the command line
 * @o: filled in
 * @key: a word of the command line; overwritten
 * @t: filled in on failure
 *
 * Return: 0 or -1.
 */
int dtcp_options_take_key(struct options *o, char *key, struct trouble *t);

/**
 * dtcp_options_key() - find the shared key, if no option gave it
 * @o: filled in
 * @t: filled in on failure
 *
 * It is in DTCP_KEY, or over SSH that of Junos. Over UDP, where nothing else
 * protects a request, a key that everybody knows will not do.
 *
 * Return: 0 or -1.
 */
int dtcp_options_key(struct options *o, struct trouble *t);

/**
 * dtcp_options_number() - read a number of the command line
 * @name: option
 * @text: its value
 * @min: smallest
 * @max: largest
 * @value: filled in
 * @t: filled in on failure
 *
 * Return: 0 or -1.
 */
int dtcp_options_number(const char *name, const char *text, uint64_t min,
			uint64_t max, uint64_t *value, struct trouble *t);

#endif
