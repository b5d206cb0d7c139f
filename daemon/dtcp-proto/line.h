/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DTCP_PROTO_LINE_H
#define DTCP_PROTO_LINE_H

#include <stdbool.h>
#include <stdint.h>

#include "dtcp-proto/message.h"

/**
 * dtcp_line_next() - take the next line of a text
 * @rest: what is left of the text; advanced behind the line's end
 * @line: filled, without its LF or CRLF; never a null pointer
 *
 * Return: whether the line has its end. If not, @line is what is left of the
 * text, which may be nothing.
 */
bool dtcp_line_next(struct dtcp_text *rest, struct dtcp_text *line);

/**
 * dtcp_line_trim() - drop white space at both ends
 * @t: text
 *
 * Return: the text without it.
 */
struct dtcp_text dtcp_line_trim(struct dtcp_text t);

/**
 * dtcp_line_header() - split a header line
 * @line: without its end
 * @h: filled; the name is empty if @line is not a header: no colon, a name
 *	that is empty or has white space in it, control characters
 *
 * Return: whether it is a header.
 */
bool dtcp_line_header(struct dtcp_text line, struct dtcp_header *h);

/**
 * dtcp_line_is_printable() - look for control characters
 * @line: without its end
 *
 * Return: false if there is one other than a tab, or a CR at the end.
 */
bool dtcp_line_is_printable(struct dtcp_text line);

/**
 * dtcp_line_is_digest() - whether this is the line that ends a message
 * @line: without its end
 * @h: filled as by dtcp_line_header()
 *
 * Return: whether it is Authentication-Info.
 */
bool dtcp_line_is_digest(struct dtcp_text line, struct dtcp_header *h);

/**
 * dtcp_line_digest() - read the value of Authentication-Info
 * @value: 40 hex digits in either case
 * @digest: filled
 *
 * Return: 0 or -EINVAL.
 */
int dtcp_line_digest(struct dtcp_text value, uint8_t digest[DTCP_DIGEST_LEN]);

#endif
