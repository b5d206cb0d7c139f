/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DTCP_PROTO_REQUEST_H
#define DTCP_PROTO_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dtcp-proto/filter.h"
#include "dtcp-proto/message.h"
#include "dtcp-proto/writer.h"

#define DTCP_NAME_MAX		48	/* longest Csource-ID, Cdest-ID */
#define DTCP_CDESTS_MAX		2	/* most Cdest-IDs of an ADD */
#define DTCP_ID_RANGES_MAX	64	/* most entries of a Criteria-ID list */
#define DTCP_DAYSEC_MAX		86400
#define DTCP_INTERFACES_MAX	8	/* most interfaces of an ADD */
#define DTCP_INTERFACE_MAX	63	/* longest name of one, of Junos too */
#define DTCP_INTERCEPT_MAX	0x3fffffff	/* an id has 30 bits */

enum dtcp_method {
	DTCP_ADD,
	DTCP_DELETE,
	DTCP_REFRESH,
	DTCP_LIST,
	DTCP_NOOP,
	DTCP_ENABLE,
	DTCP_DISABLE,
	DTCP_METHOD_UNKNOWN,
};

enum dtcp_action { DTCP_COPY, DTCP_REDIRECT, DTCP_BLOCK };

/* Which header named the interfaces of an ADD. */
enum dtcp_scope {
	DTCP_EVERYWHERE,	/* none */
	DTCP_INPUT,		/* X-JTap-Input-Interface */
	DTCP_OUTPUT,		/* X-JTap-Output-Interface */
	DTCP_VRF,		/* X-JTap-VRF-Name: its one name is a VRF's */
};

/* What a LIST asks for; Both is the sum. */
#define DTCP_LIST_CRITERIA	(1U << 0)
#define DTCP_LIST_STATS		(1U << 1)

struct dtcp_id_range {
	uint32_t from;
	uint32_t to;	/* = from for a single id */
};

/* A timeout header: whether it was there, and its value. */
struct dtcp_limit {
	bool given;
	uint64_t value;
};

/**
 * struct dtcp_outer - X-JTap-Cdest-* headers of an ADD
 *
 * Addresses in network byte order; family AF_UNSPEC where none was given.
 */
struct dtcp_outer_addr {
	int family;
	uint8_t addr[16];
};

struct dtcp_outer {
	struct dtcp_outer_addr dst[DTCP_CDESTS_MAX];
	size_t ndst;
	uint16_t dst_port[DTCP_CDESTS_MAX];
	size_t ndst_port;
	struct dtcp_outer_addr src;
	uint16_t src_port;	/* 0: not given */
	uint8_t ttl;		/* 0: not given */
};

/**
 * struct dtcp_request - a request with its headers understood
 *
 * Lists are owned and freed by dtcp_request_fini(). Members that a method
 * does not have are zero.
 */
struct dtcp_request {
	enum dtcp_method method;
	struct dtcp_version version;
	uint64_t seq;
	char cdest[DTCP_CDESTS_MAX][DTCP_NAME_MAX + 1];
	size_t ncdest;
	struct dtcp_id_range id[DTCP_ID_RANGES_MAX];
	size_t nid;
	bool flag_static;
	bool flag_send_async;
	unsigned int list;		/* DTCP_LIST_* */
	uint8_t priority;		/* 1.., default 1 */
	enum dtcp_action action;
	struct dtcp_limit timeout_idle;		/* s, 0..DTCP_DAYSEC_MAX */
	struct dtcp_limit timeout_total;	/* s */
	struct dtcp_limit timeout_packets;
	struct dtcp_limit timeout_bytes;
	int family;		/* of the filter: AF_INET, AF_INET6, AF_UNSPEC */
	struct dtcp_addr_list src;
	struct dtcp_addr_list dst;
	struct dtcp_range_list protocol;
	struct dtcp_range_list src_port;
	struct dtcp_range_list dst_port;
	struct dtcp_range_list icmp_type;
	struct dtcp_range_list icmp_code;
	struct dtcp_outer outer;
	bool has_intercept_id;
	uint32_t intercept[2];		/* X-MD-Intercept-Id: word 0, word 1 */
	enum dtcp_scope scope;
	char interface[DTCP_INTERFACES_MAX][DTCP_INTERFACE_MAX + 1];
	size_t ninterface;
	bool family_ccc;		/* X-JTap-Filter-Family: ccc */
};

/**
 * struct dtcp_error - how a request is refused
 * @code: response code, 400..901
 * @header: the offending header, to be echoed; NULL if a header is missing
 *	or several contradict each other
 * @why: one sentence for the log: what is wrong, what was expected
 */
struct dtcp_error {
	unsigned int code;
	const struct dtcp_header *header;
	const char *why;
};

/**
 * dtcp_request_identity() - read what authentication needs, nothing else
 * @m: parsed message
 * @csource: filled with the Csource-ID, escapes undone
 * @seq: filled with the sequence number
 *
 * Return: 0, or -EBADMSG if one of them is missing or malformed, or @m is not
 * a request: such a message gets no answer.
 */
int dtcp_request_identity(const struct dtcp_message *m,
			  char csource[DTCP_NAME_MAX + 1], uint64_t *seq);

/**
 * dtcp_request_header() - how answers spell the name of a header
 * @name: as a request spells it, in any case
 *
 * Return: the name as in the drafts, NULL: they do not have it.
 */
const char *dtcp_request_header(struct dtcp_text name);

/**
 * dtcp_request_version() - judge the version of a request
 * @version: of the request
 * @answer: version that the answer carries: the request's; with 505 the
 *	newest (0.8) or oldest (0.6) that is spoken
 *
 * Return: 0 or 505.
 */
unsigned int dtcp_request_version(struct dtcp_version version,
				  struct dtcp_version *answer);

/**
 * dtcp_request_parse() - understand the headers of an authenticated request
 * @r: filled in; dtcp_request_fini() frees it, after errors too
 * @m: parsed message; @r points into its buffer
 * @e: filled in on refusal
 *
 * Checks everything that needs no knowledge of configuration or criteria:
 * mandatory headers, types, ranges, contradictions. Unknown X- headers are
 * ignored; unknown others are refused with 501, whatever the method.
 *
 * Return: 0 or the response code of the refusal (also in @e), 500 when out of
 * memory.
 */
unsigned int dtcp_request_parse(struct dtcp_request *r,
				const struct dtcp_message *m,
				struct dtcp_error *e);

/**
 * dtcp_request_format() - write a request out in full
 * @w: writer; a request is begun and left unsigned
 * @csource: Csource-ID
 * @r: what dtcp_request_parse() has made, or could have made
 *
 * The reverse of dtcp_request_parse(), which makes the same of it again:
 * defaults are spelt out, and ranges are written with both ends.
 */
void dtcp_request_format(struct dtcp_writer *w, const char *csource,
			 const struct dtcp_request *r);

/**
 * dtcp_method_name() - a method as it is written
 * @method: any
 *
 * Return: a constant string such as "ADD"; "UNKNOWN" for one that is not known.
 */
const char *dtcp_method_name(enum dtcp_method method);

/**
 * dtcp_request_fini() - free the lists of a request
 * @r: request; parsed or all zero
 */
void dtcp_request_fini(struct dtcp_request *r);

#endif
