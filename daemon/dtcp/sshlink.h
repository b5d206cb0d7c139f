/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DTCP_SSHLINK_H
#define DTCP_SSHLINK_H

#include <libssh/libssh.h>
#include <stddef.h>

#include "dtcp/options.h"
#include "dtcp/trouble.h"

/* A channel to the subsystem flow-tap-dtcp of a router. */
struct sshlink {
	ssh_session session;
	ssh_channel channel;
};

/**
 * sshlink_open() - connect, check the router, log in, open the channel
 * @l: filled in; sshlink_close() frees it, after failures too
 * @o: router, user, identity, known hosts, timeout
 * @t: filled in on failure
 *
 * Reads no configuration file of OpenSSH but the known hosts.
 *
 * Return: 0 or -1.
 */
int sshlink_open(struct sshlink *l, const struct options *o,
		 struct trouble *t);

/**
 * sshlink_send() - send all of a text
 * @l: link
 * @text: what to send
 * @len: bytes in it
 * @t: filled in on failure
 *
 * Return: 0 or -1.
 */
int sshlink_send(struct sshlink *l, const char *text, size_t len,
		 struct trouble *t);

/**
 * sshlink_receive() - take what has come
 * @l: link
 * @buf: filled in
 * @room: bytes in @buf
 * @t: filled in on failure
 *
 * Return: number of bytes, 0 if nothing has come, -1 if the link is down.
 */
long sshlink_receive(struct sshlink *l, char *buf, size_t room,
		     struct trouble *t);

/**
 * sshlink_fd() - where to wait for more, when nothing has come
 * @l: link
 *
 * Return: a descriptor to poll for input.
 */
int sshlink_fd(const struct sshlink *l);

/**
 * sshlink_close() - end the connection
 * @l: link
 */
void sshlink_close(struct sshlink *l);

/**
 * sshlink_check_host() - find out whether this is the router meant
 * @session: connected
 * @o: router, known hosts
 * @t: filled in on failure
 *
 * Return: 0 or -1.
 */
int sshlink_check_host(ssh_session session, const struct options *o,
		       struct trouble *t);

/**
 * sshlink_login() - log in by key or password
 * @session: connected to the router meant
 * @o: user, identity
 * @t: filled in on failure
 *
 * Return: 0 or -1.
 */
int sshlink_login(ssh_session session, const struct options *o,
		  struct trouble *t);

#endif
