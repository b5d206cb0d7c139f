/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DTCP_REPLY_H
#define DTCP_REPLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dtcp-proto/message.h"
#include "dtcp/trouble.h"

/* A row of a LIST: a run of headers. */
struct reply_entry {
	size_t first;
	size_t n;
};

/**
 * struct reply - a response or notification that is authentic
 * @version: of the status line
 * @code: 100..999
 * @reason: points into the message, as all headers do
 * @header: all headers but Authentication-Info; owned
 * @n: number of headers
 * @entry: rows of a LIST; owned
 * @nentries: number of rows
 */
struct reply {
	struct dtcp_version version;
	unsigned int code;
	struct dtcp_text reason;
	struct dtcp_header *header;
	size_t n;
	struct reply_entry *entry;
	size_t nentries;
};

/**
 * reply_parse() - check and split what the router sent
 * @r: filled in; reply_fini() frees it, after failures too
 * @msg: one whole message
 * @len: bytes in it
 * @key: shared key
 * @key_len: 1..DTCP_KEY_MAX
 * @t: filled in on failure
 *
 * Unlike dtcp_message_parse() it has no limit of headers, because the answer
 * to LIST holds all criteria.
 *
 * Return: 0, or -1 if it is no response or its digest is not right.
 */
int reply_parse(struct reply *r, const char *msg, size_t len, const void *key,
		size_t key_len, struct trouble *t);

/**
 * reply_fini() - free the lists
 * @r: reply
 */
void reply_fini(struct reply *r);

/**
 * reply_is_notification() - whether it answers nothing
 * @r: reply
 *
 * Return: true for the codes of notifications when there is no Seq.
 */
bool reply_is_notification(const struct reply *r);

/**
 * reply_check_seq() - whether it answers this request
 * @r: reply
 * @seq: sequence number of the request
 * @t: filled in on failure
 *
 * Return: 0 or -1.
 */
int reply_check_seq(const struct reply *r, uint64_t seq, struct trouble *t);

/**
 * reply_in_entry() - whether a header belongs to a row of a LIST
 * @r: reply
 * @i: place of the header
 *
 * Return: true if it does, false if it is the response's own.
 */
bool reply_in_entry(const struct reply *r, size_t i);

#endif
