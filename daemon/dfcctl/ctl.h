/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DFCCTL_CTL_H
#define DFCCTL_CTL_H

#include <jansson.h>
#include <stdbool.h>

#include "dfcctl/genl.h"

/**
 * struct ctl - one run of dfcctl
 * @genl: to the kernel, opened by ctl_open()
 * @control: path of dtcpd's control socket
 * @json: print JSON
 * @pretty: ... for people
 * @colour: standard output takes colours
 * @screen: ... and can be cleared
 * @interval: seconds between samples; 0: show once
 */
struct ctl {
	struct genl *genl;
	const char *control;
	bool json;
	bool pretty;
	bool colour;
	bool screen;
	double interval;
};

/**
 * ctl_open() - open @ctl->genl unless it is open
 * @ctl: run
 *
 * Return: 0, or an exit status after saying what is missing.
 */
int ctl_open(struct ctl *ctl);

/**
 * ctl_send() - send the message begun last, over a socket opened for it
 * @ctl: run
 * @handler: told of each message of the answer, or NULL
 * @data: for @handler
 *
 * Return: 0, or an exit status after saying what is missing or why the kernel
 * refused.
 */
int ctl_send(struct ctl *ctl, answer_handler handler, void *data);

/**
 * ctl_close() - close what is open
 * @ctl: run
 */
void ctl_close(struct ctl *ctl);

/**
 * ctl_print() - print one JSON document and a newline
 * @ctl: run
 * @document: its reference is taken over
 */
void ctl_print(const struct ctl *ctl, json_t *document);

#endif
