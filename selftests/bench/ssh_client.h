/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef BENCH_SSH_CLIENT_H
#define BENCH_SSH_CLIENT_H

#include <libssh/libssh.h>
#include <stddef.h>

#include "requests.h"
#include "subject.h"

/**
 * struct ssh_client - a control source on one SSH channel
 * @ssh: its session
 * @channel: its channel, the subsystem is open
 */
struct ssh_client {
	ssh_session ssh;
	ssh_channel channel;
};

/**
 * ssh_client_open() - log in and open the subsystem
 * @c: filled
 * @p: server
 *
 * This and the functions below end the program with a sentence on standard
 * error where they cannot do what they say.
 */
void ssh_client_open(struct ssh_client *c, const struct subject *p);

/**
 * ssh_client_close() - log out
 * @c: of ssh_client_open()
 */
void ssh_client_close(struct ssh_client *c);

/**
 * ssh_client_add() - send ADDs without waiting for each answer
 * @c: of ssh_client_open()
 * @r: ADDs
 *
 * Every answer must be 200.
 */
void ssh_client_add(struct ssh_client *c, const struct requests *r);

/**
 * ssh_client_list() - send a LIST and read the whole answer
 * @c: of ssh_client_open()
 * @r: one LIST
 * @criteria: how many it must show
 *
 * Return: bytes of the answer.
 */
size_t ssh_client_list(struct ssh_client *c, const struct requests *r,
		       size_t criteria);

#endif
