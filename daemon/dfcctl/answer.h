/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DFCCTL_ANSWER_H
#define DFCCTL_ANSWER_H

#include <libmnl/libmnl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Longest sentence that is taken from the kernel. */
#define ANSWER_TEXT_MAX		256

/**
 * typedef answer_handler - told of each message of the family
 * @nlh: message, genetlink header first
 * @data: of struct answer
 */
typedef void (*answer_handler)(const struct nlmsghdr *nlh, void *data);

/**
 * struct answer - what the kernel replies to one request
 * @seq: sequence number of the request
 * @portid: of our socket
 * @handler: told of each message
 * @data: for @handler
 * @interrupted: objects came or went during the dump (NLM_F_DUMP_INTR)
 * @text: extended acknowledgement: the sentence the kernel refused with, or
 *	empty
 */
struct answer {
	uint32_t seq;
	uint32_t portid;
	answer_handler handler;
	void *data;
	bool interrupted;
	char text[ANSWER_TEXT_MAX];
};

/**
 * answer_whole() - whether a message is there, whole
 * @nlh: where it begins
 * @left: bytes from there on
 *
 * As mnl_nlmsg_ok(), which takes lengths of 2 GiB and more for negative ones,
 * and so for short.
 */
bool answer_whole(const struct nlmsghdr *nlh, int left);

/**
 * answer_feed() - take in what one read of the socket gave
 * @a: request; @handler is called from here
 * @buf: aligned as a struct nlmsghdr
 * @len: bytes in @buf
 *
 * Messages of other requests are passed over.
 *
 * Return: 1 more is to come, 0 complete, or a negative errno: the kernel
 * refused, or -EPROTO: that was not netlink.
 */
int answer_feed(struct answer *a, const void *buf, size_t len);

#endif
