/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef ANSWER_H
#define ANSWER_H

#include <linux/netlink.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * struct refusal - how a request ended
 * @error: errno, 0 for success
 * @text: sentence of the extended acknowledgement, or empty
 */
struct refusal {
	int error;
	char text[256];
};

/**
 * answer_end() - take in the end of an answer
 * @nlh: NLMSG_ERROR or NLMSG_DONE
 * @end: filled in
 *
 * Return: NULL, or what is wrong with the message.
 */
const char *answer_end(const struct nlmsghdr *nlh, struct refusal *end);

/**
 * answer_wrong() - hold a message of the family against its specification
 * @nlh: answer or event
 * @what: filled with the attribute that is wrong
 * @room: bytes in @what
 *
 * Every attribute is one that there is, of its type, length and range, and
 * they fill the message.
 *
 * Return: NULL, or what is wrong.
 */
const char *answer_wrong(const struct nlmsghdr *nlh, char *what, size_t room);

/**
 * answer_id() - the object that a message of the family is about
 * @nlh: answer or event, with which nothing is wrong
 * @kind: filled with its outermost attribute
 *
 * Return: its id, or 0 for none.
 */
uint32_t answer_id(const struct nlmsghdr *nlh, unsigned int *kind);

#endif /* ANSWER_H */
