/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DFCCTL_GENL_H
#define DFCCTL_GENL_H

#include <linux/dfc.h>
#include <stdbool.h>

#include "dfcctl/answer.h"

struct genl;

/**
 * genl_open() - open a socket to the kernel module
 *
 * Return: freed by genl_close(); NULL with errno: ENOENT the module is not
 * loaded, ENOMEM, or what the socket said.
 */
struct genl *genl_open(void);

/**
 * genl_close() - close the socket
 * @g: socket or NULL
 */
void genl_close(struct genl *g);

/**
 * genl_begin() - start a message
 * @cmd: command
 *
 * Needs no socket, so that words that are wrong are told where there is no
 * module.
 *
 * Return: the one message of FIELD_MESSAGE_MAX bytes, valid until the next
 * call or dump.
 */
struct nlmsghdr *genl_begin(enum dfc_cmd cmd);

/**
 * genl_send() - send the message begun last and wait for the answer
 * @g: socket
 * @handler: told of each message of the answer, or NULL
 * @data: for @handler
 *
 * Return: 0, or an exit status after saying why the kernel refused.
 */
int genl_send(struct genl *g, answer_handler handler, void *data);

/**
 * genl_dump() - read all objects of a kind
 * @g: socket
 * @cmd: DFC_CMD_FILTER_GET, DFC_CMD_DEST_GET or DFC_CMD_GROUP_GET
 * @reset: called before each try with @data: forget what came
 * @handler: told of each object
 * @data: for @reset and @handler
 *
 * Tries again while objects come and go, and in the end takes what it got and
 * says so.
 *
 * Return: 0, or an exit status after saying why the kernel refused.
 */
int genl_dump(struct genl *g, enum dfc_cmd cmd, void (*reset)(void *data),
	      answer_handler handler, void *data);

/**
 * genl_subscribe() - listen to events of the module, and to its unloading
 * @g: socket
 *
 * Return: 0, or an exit status after saying what is wrong.
 */
int genl_subscribe(struct genl *g);

/**
 * genl_fd() - what to poll for events
 * @g: subscribed socket
 *
 * Return: descriptor, owned by @g.
 */
int genl_fd(const struct genl *g);

/**
 * genl_listen() - wait for events
 * @g: subscribed socket
 * @handler: told of each event
 * @data: for @handler
 *
 * Return: 0 events were handled, -ENOBUFS some were lost, -ENODEV the module
 * is gone, or another negative errno.
 */
int genl_listen(struct genl *g, answer_handler handler, void *data);

#endif
