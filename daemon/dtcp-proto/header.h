/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DTCP_PROTO_HEADER_H
#define DTCP_PROTO_HEADER_H

#include "dtcp-proto/request.h"

/* Readers of single headers, shared by the methods of a request. */

/**
 * dtcp_header_refuse() - note why a request is refused
 * @e: filled in
 * @code: response code
 * @header: the culprit or NULL
 * @why: constant sentence
 *
 * Return: @code.
 */
unsigned int dtcp_header_refuse(struct dtcp_error *e, unsigned int code,
				const struct dtcp_header *header,
				const char *why);

/**
 * dtcp_header_name() - read a Csource-ID or a Cdest-ID
 * @t: value, escapes and all
 * @name: filled with 1..DTCP_NAME_MAX bytes, none a control character
 *
 * Return: 0 or -EINVAL.
 */
int dtcp_header_name(struct dtcp_text t, char name[DTCP_NAME_MAX + 1]);

/**
 * dtcp_header_text() - undo the escapes of a name
 * @t: value, escapes and all
 * @out: filled and terminated; none of its bytes is a control character
 * @room: bytes in @out
 *
 * Return: 0, -EINVAL if it is empty or malformed, -E2BIG if it is too long.
 */
int dtcp_header_text(struct dtcp_text t, char *out, size_t room);

/**
 * dtcp_header_cdests() - read the header Cdest-ID, if it is there
 * @r: names go here
 * @m: message
 * @e: filled in on refusal
 * @max: most names that the method takes
 *
 * Return: 0 or a response code.
 */
unsigned int dtcp_header_cdests(struct dtcp_request *r,
				const struct dtcp_message *m,
				struct dtcp_error *e, size_t max);

/**
 * dtcp_header_ids() - read the header Criteria-ID, if it is there
 * @r: ranges go here
 * @m: message
 * @e: filled in on refusal
 *
 * Return: 0 or a response code.
 */
unsigned int dtcp_header_ids(struct dtcp_request *r,
			     const struct dtcp_message *m,
			     struct dtcp_error *e);

/**
 * dtcp_header_flags() - read the header Flags, if it is there
 * @r: flags go here; those that mean nothing to the method do no harm
 * @m: message
 * @e: filled in on refusal
 *
 * Return: 0 or a response code; 501 for a flag that DTCP does not have.
 */
unsigned int dtcp_header_flags(struct dtcp_request *r,
			       const struct dtcp_message *m,
			       struct dtcp_error *e);

/**
 * dtcp_header_timeouts() - read the four Timeout headers
 * @r: limits go here
 * @m: message
 * @e: filled in on refusal
 * @min: 0 or 1, smallest value of each
 *
 * Return: 0 or 433.
 */
unsigned int dtcp_header_timeouts(struct dtcp_request *r,
				  const struct dtcp_message *m,
				  struct dtcp_error *e, uint64_t min);

/**
 * dtcp_request_parse_add() - understand the headers of an ADD
 * @r: filled in
 * @m: message
 * @e: filled in on refusal
 *
 * Return: as dtcp_request_parse().
 */
unsigned int dtcp_request_parse_add(struct dtcp_request *r,
				    const struct dtcp_message *m,
				    struct dtcp_error *e);

/**
 * dtcp_request_parse_scope() - understand VRF or interfaces of an ADD
 * @r: filled in
 * @m: message
 * @e: filled in on refusal
 *
 * Return: 0 or a response code.
 */
unsigned int dtcp_request_parse_scope(struct dtcp_request *r,
				      const struct dtcp_message *m,
				      struct dtcp_error *e);

/**
 * dtcp_request_parse_outer() - understand the X-JTap-Cdest headers of an ADD
 * @r: its Cdest-IDs are read, its outer header is filled in
 * @m: message
 * @e: filled in on refusal
 *
 * Return: 0 or a response code.
 */
unsigned int dtcp_request_parse_outer(struct dtcp_request *r,
				      const struct dtcp_message *m,
				      struct dtcp_error *e);

#endif
